//! The gate: foreign bytes pass here, or not at all (DESIGN 3.3).
//!
//! The CRDT library is not safe on bytes that it did not write: some are accepted and make the next save unreadable,
//! some kill the document a few honest edits later, some panic, some take gigabytes. So every change from elsewhere, on
//! phone and server alike, goes through [`MergeEngine::admit`], once per document and push. [`Gate`] is the one for
//! automerge 0.12. Five steps:
//!
//! 1. **Caps** before anything is parsed: size, kind of chunk, columns that unfold into too much.
//! 2. **Header**: hash, actor, sequence, dependencies, operation numbers. Nothing of the library is called yet.
//! 3. **Operations**: only what our documents use, only where they use it, only on what the author had seen.
//! 4. **Apply** the batch to a copy under `catch_unwind`; each new hash must give back the very bytes that came in.
//! 5. **Save**: the new snapshot.
//!
//! When step 4 or 5 fails, the copy is thrown away and the batch is halved until the bad changes stand alone, now with
//! save and load in between; the changes beside them are admitted. A bad change never blocks its neighbours, only what
//! depends on it.
//!
//! What passes is sound, not permitted: only a server knows logins, grants and quotas.

mod chunk;
mod engine;
mod header;
mod judge;
mod limits;
mod snapshot;
mod structure;
mod verdict;

pub use engine::{Batch, Gate, MergeEngine};
pub use header::Header;
pub use limits::Limits;
pub use snapshot::open_snapshot;
pub use verdict::{ChangeVerdict, Outcome, Refusal, RefusalCode, Step};

#[cfg(test)]
mod tests;
