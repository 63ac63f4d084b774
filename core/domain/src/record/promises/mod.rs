//! Promises: what, by whom, by when, to whom, kept or not.
//!
//! A promise is an entry of the record in which it was made, of any kind. What becomes of it are events of that record
//! (`promise_keep`, `promise_move`, …) that name its key; they move the record's own state nowhere and are folded apart,
//! by the machine `promise`. That the day has passed is no event: an event claimed after the due time that counts is
//! judged from `overdue`, and a read knows the time. A moved date counts only with the owner's agreement.
//!
//! A record that ends before its promises are kept ends them too (`release`); where another record goes on with the
//! matter, it takes them over, and each side names the other.

mod commands;
mod life;

pub(super) use commands::release;
pub use commands::{
    ENDED_FOR_ANOTHER, NewPromise, Postponed, act, goes_on_in, hand_on, keep, make, open, postpone, take_over,
};
pub(super) use life::among;
pub(super) use life::is_promise;
pub use life::{ProjectedPromise, Promise, all, find, shown, text};
