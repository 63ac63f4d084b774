//! Days and deadlines of one place or record: warranty per component, targets, clocks, rounds, what is expected.

mod clock;
mod due;
mod expected;
mod home;
mod rounds;
mod views;
mod warranty;

pub(super) use clock::{Office, clock_of};
pub use keyturn_domain::rules::{ClauseView, ComponentView, PartView, WarrantyView};
pub use views::{DefectDueView, ExpectedView, LogLine, RoundView};
