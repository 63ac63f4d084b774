//! Records, rules, CRDT documents and the gate. No I/O: clock, ids and randomness are parameters.
//!
//! Read from the bottom up:
//! - [`ids`], [`clock`]: identities, and where time and randomness come in.
//! - [`catalog`]: the built-in data (checklists, defects, tolerances, machines), typed.
//! - [`document`]: one automerge document: genesis, writes made at what was seen, reads that show contested values.
//! - [`schema`]: every field of every kind of document with its merge policy, as data.
//! - [`events`]: a life as a fold over events.
//! - [`record`]: inspections and defects: commands, views, projections, signatures.
//! - [`rows`]: facts that the server owns; [`sealed`]: personal data in them, readable only as long as a key lives.
//! - [`intents`]: commands about rows, one rule for phone and server.
//! - [`rules`]: dates, clocks, warranty, what is due: pure functions that the test vectors hold.
//! - [`search`]: finding by a few characters, or by the first letters of their readings.
//! - [`gate`]: foreign bytes pass here, or not at all.

pub mod catalog;
pub mod clock;
pub mod document;
pub mod events;
pub mod gate;
pub mod ids;
pub mod intents;
pub mod record;
pub mod rows;
pub mod rules;
pub mod schema;
pub mod sealed;
pub mod search;

pub use clock::{Clock, Ids};
pub use document::{Container, Document, DocumentError, Value, Write};
pub use ids::{DeviceId, DocumentId, EpochId, Hash, PlaceId, ProjectId, ScopeId, TaskId, UserId};
