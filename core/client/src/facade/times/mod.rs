//! Days and deadlines of one place or record: warranty per component, targets, clocks, rounds, what is expected.

mod clock;
mod due;
mod expected;
mod home;
mod rounds;
mod views;
mod warranty;

pub use views::{
    ClauseView, ClockStepView, ClockView, ComponentView, DefectDueView, EscalationView, ExpectedView, LogLine,
    PartView, RoundView, WarrantyView,
};
