//! A life as a fold over events (DESIGN 3.2.8).
//!
//! Each event names in `after` the latest events that its author saw. The fold walks that graph in topological order,
//! smallest id first among the ready (Kahn). An event is judged against the state that its author saw, never against
//! what somebody else did at the same time: so two legal events that did not see each other are both legal, the state
//! is contested, and a policy says what counts meanwhile (reopen beats close). An illegal event is kept, marked, shown,
//! and moves nothing.

mod fold;
mod guards;

pub use fold::{Life, LifeEvent, Meanwhile, Standing, StateCandidate, fold, fold_with_time};
pub use guards::{GUARDS, guards_met};

/// Events that say something without moving the state: known to every kind of document.
pub const NEUTRAL: &[&str] = &[
    "checked",
    "settled",
    "removed",
    "note",
    // A manager chose an option or waived a photo; a cluster was judged.
    "choose_option",
    "waive",
    "confirm_cluster",
    "reject_cluster",
    // A manager read the log of a round.
    "read",
    // The severity of a defect that was handed in is another, and so are its targets.
    "terms",
];

/// What the events of a promise begin with: its life is folded apart, and they move the record's own state nowhere.
pub const PROMISE_PREFIX: &str = "promise_";

/// Tells whether an event moves the state of no record.
#[must_use]
pub fn is_neutral(event: &str) -> bool {
    NEUTRAL.contains(&event) || event.starts_with(PROMISE_PREFIX)
}
