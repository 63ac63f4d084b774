//! Days and deadlines of one place or record: warranty per component, targets, clocks, rounds, what is expected.

mod clock;
mod due;
mod expected;
mod home;
mod rounds;
mod views;
mod warranty;

pub(super) use clock::{Office, clock_of};
pub use views::{ClauseView, ComponentView, DefectDueView, ExpectedView, LogLine, PartView, RoundView, WarrantyView};
