//! The simulator: seeded histories of the real client and the real server, and what must hold after every one.
//!
//! - [`plan`]: a seed becomes a list of actions, none of which depends on what happens.
//! - [`edits`]: what people record, by the commands of the domain.
//! - [`model`]: what each person recorded, in a form so simple that it cannot be wrong.
//! - [`attack`]: bytes that no client of ours makes.
//! - [`run`]: carries the actions out.
//! - [`check`]: what must hold, on the wire, after every exchange and at the end.
//! - [`tally`]: how often each fault and each outcome occurred.
//! - [`runner`]: many histories on a few threads; the bug base; bugs on purpose.
//! - [`named`]: histories with a name, written out.

pub mod attack;
pub mod check;
pub mod edits;
pub mod model;
pub mod named;
pub mod plan;
pub mod run;
pub mod runner;
pub mod tally;

pub use plan::{Action, Plan};
pub use run::{Ended, History};
pub use runner::{Options, Simulator};
pub use tally::Tally;
