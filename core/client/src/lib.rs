//! What an app calls.
//!
//! [`Client`] is the one object that an app opens; it hands out small clients. Layers, from below:
//!
//! - `records`: open documents; [`Records::record`] writes durably: one automerge change, one SQLite transaction
//!   (change, projection, outbox), and only then the answer.
//! - `engine`: [`Sync::step`]: one bounded exchange with any [`keyturn_protocol::SyncApi`]; its state is in SQLite, so
//!   that any step may be the last before a kill.
//! - [`facade`]: one call for what one screen needs.
//! - `session`: enrolment, token, roles. `http`: the server over HTTP. `observe`: who is told what changed.
//!
//! Time, randomness, device key and server enter as traits, so that a simulator can hold them all.

mod client;
mod engine;
mod error;
pub mod facade;
mod http;
mod key;
mod observe;
#[cfg(feature = "planted")]
pub mod planted;
mod records;
mod session;
mod status;
mod system;

#[cfg(test)]
mod tests;

pub use client::{Client, ClientOptions};
pub use engine::{Backoff, StepBudget, StepReport, Sync};
pub use error::{Action, ClientError};
pub use http::{HttpApi, Poke, Pokes};
pub use key::FileKey;
pub use observe::{Event, Observer, Subscription};
pub use records::{Recording, Records, Saved, Target};
pub use session::{DeviceState, Erased, Me, Role, Session};
pub use status::{Promise, RecordStatus, StuckCommand, SyncStatus};
pub use system::{SystemClock, SystemIds};

pub use keyturn_store::OpenReport;
