//! What goes over the wire, and the trait that phone and server both implement.
//!
//! One exchange does everything (DESIGN 4): [`SyncRequest`] up, [`SyncReply`] down, CBOR in zstd ([`codec`]).
//! It goes like this when all is well:
//!
//! 1. The phone sends its [`Cursor`], its witness when that is another, and the changes in its outbox grouped by
//!    document in causal order ([`Push`]).
//! 2. The server judges each change and answers in push order with verdict [`Run`]s, then reads what the phone has not
//!    seen, the push's own effects included: [`Page`]s of [`Entry`]s. What this phone itself sent comes back as eight
//!    bytes of its hash.
//! 3. The phone stores entries and cursor in one transaction. `more` says that another exchange brings the rest.
//! 4. A reply without entries to a phone with nothing queued carries the closing sum ([`Sum`]).
//!
//! When it goes wrong:
//!
//! - The reply is lost: the phone sends the same again; hashes make it idempotent, verdicts say `duplicate`.
//! - The closing sum differs: the phone sends its sums per scope ([`Audit`]), the server names the scopes that differ,
//!   the phone lists documents and heads of those, the server sends what the phone lacks and asks ([`Want`]) for what
//!   it lacks itself.
//! - The server went back (a restore): the cursor names another epoch, or its chain does not match. The server finds
//!   the fork point and says so ([`Rewind`]); the phone offers again what it had received above it.

pub mod api;
pub mod auth;
pub mod codec;
mod error;
mod sum;
mod sync;

pub use api::{ApiError, SyncApi};
pub use error::Code;
pub use sum::Sum;
pub use sync::{
    Audit, BackupMark, Closing, Cursor, DocumentHeads, Entry, Intent, IntentReply, Mark, Page, Provenance, Push,
    Rewind, RowAsked, Run, ScopeDocuments, SyncReply, SyncRequest, Verdict, Want, Wiping,
};

/// The version of the exchange. 1 (2026-11): first.
pub const VERSION: u16 = 1;
/// The oldest version that this code still speaks.
pub const OLDEST: u16 = 1;
