//! Cases: one matter that was brought to us, from the report until it is closed.
//!
//! [`report`] begins one: four fields, by anybody, at any place. What follows is events. An enquiry, a request, a
//! suggestion or praise is dispatched, acknowledged with a promised time, answered and closed ([`desk`]); a complaint
//! goes its own, longer way ([`complaint`]). Which of the two counts follows the field `case_kind`. Cases that tell of
//! one issue in many homes are proposed as a [`cluster`], and a person decides.

pub mod cluster;
pub mod complaint;
pub mod desk;
mod report;
mod view;

pub use report::{Report, change, rekind, report};
pub use view::{CaseView, OptionView, ToldView, case_view};
