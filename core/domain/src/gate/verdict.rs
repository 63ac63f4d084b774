//! What the gate says.

use super::Header;
use crate::document::Document;
use crate::ids::Hash;
use serde::{Deserialize, Serialize};

/// The step that refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Before anything is parsed.
    Caps,
    /// Hash, actor, sequence, dependencies, operation numbers.
    Header,
    /// What the operations do.
    Operations,
    /// Applied to a copy, it did not come back as it came in.
    Apply,
    /// The document could not be saved with it.
    Save,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why a change is refused. The codes are stable; phones, servers and people's notes keep them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode {
            $($(#[$doc])* $name,)*
        }

        impl RefusalCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

codes! {
    // Caps
    /// More bytes than a change may have.
    TooLarge = "too_large",
    /// No chunk of the library's format, or of a kind that is not known.
    NotAChange = "not_a_change",
    /// A whole document where a change belongs.
    Snapshot = "snapshot",
    /// A deflated change: a small one unfolds into gigabytes.
    Deflated = "deflated",
    /// It ends before it should.
    Truncated = "truncated",
    /// Its parts are not where they should be.
    Malformed = "malformed",
    /// Few bytes that unfold into too many operations.
    Unfolds = "unfolds",
    // Header
    /// The checksum is not that of the content.
    WrongHash = "wrong_hash",
    /// The actor is too short or too long.
    BadActor = "bad_actor",
    /// Its time is in no calendar: before the year 1 or after 9999.
    BadTime = "bad_time",
    /// It carries words for a commit message; ours never do.
    Message = "message",
    /// Bytes at its end that are no author.
    ExtraBytes = "extra_bytes",
    /// An author on a change that is not the first of its actor.
    LateAuthor = "late_author",
    /// It has no operations.
    Empty = "empty",
    /// A first change that is not the genesis of this document.
    WrongDocument = "wrong_document",
    /// The actor of the genesis writes its first change and nothing else.
    GenesisActor = "genesis_actor",
    /// The changes of its actor before it are not known.
    SeqGap = "seq_gap",
    /// It does not depend on the change that its actor made before.
    OwnPreviousUnseen = "own_previous_unseen",
    /// Its operations are not numbered above those that it depends on.
    StartOpLow = "start_op_low",
    /// Its operations are numbered far above all that are known.
    StartOpJump = "start_op_jump",
    /// The document has too many actors.
    TooManyActors = "too_many_actors",
    // Operations
    /// The library cannot read its operations.
    Undecodable = "undecodable",
    /// The document has too many operations.
    TooManyOperations = "too_many_operations",
    /// The document is too large.
    DocumentTooLarge = "document_too_large",
    /// An operation on the root, which only a genesis writes.
    RootOperation = "root_operation",
    /// An operation on a container that only a genesis writes.
    FrozenContainer = "frozen_container",
    /// An operation on an object that is not there.
    UnknownObject = "unknown_object",
    /// It refers to something that is there but that its author had not seen.
    UnseenReference = "unseen_reference",
    /// A key of a map in a text, or of a text in a map, or an empty one, or one with a NUL.
    WrongKey = "wrong_key",
    /// A key is too long.
    KeyTooLong = "key_too_long",
    /// A value is too large.
    ValueTooLarge = "value_too_large",
    /// A counter, a value of a type that is not known, a number that is none, a text with a NUL.
    WrongValue = "wrong_value",
    /// A kind of operation that our documents do not use, or not there.
    NotOurs = "not_ours",
    /// A deletion in a map: nothing is deleted in a document.
    DeleteInMap = "delete_in_map",
    /// An entry in the place of another.
    EntryReplaced = "entry_replaced",
    /// An event or signature that changes after it was made.
    EventChanged = "event_changed",
    /// Too many scalars in one entry.
    TooManyFields = "too_many_fields",
    // Apply
    /// The document does not give it back as it came in: something that it refers to does not exist. Whether the
    /// library refuses, panics or says nothing differs between its builds, so all of it is one code.
    NotReproduced = "not_reproduced",
    // Save
    /// The document with it does not load again.
    NotLoadable = "not_loadable",
}

impl std::fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// Which step refused a change, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Refusal {
    /// The step.
    pub step: Step,
    /// The reason.
    pub code: RefusalCode,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeVerdict {
    /// It is part of the document now.
    Admitted(Header),
    /// It was part of the document before, or stood earlier in the same batch.
    Duplicate(Hash),
    /// Changes that it depends on are not known here. Not the sender's fault.
    MissingDeps {
        /// The change.
        hash: Hash,
        /// What it depends on and nobody sent.
        missing: Vec<Hash>,
    },
    /// Its actor has already used this sequence number for something else: a copied or restored phone.
    ForkedActor {
        /// The change.
        hash: Hash,
    },
    /// It is unsound.
    Refused {
        /// The change, when so much could be read.
        hash: Option<Hash>,
        /// Which step refused it, and why.
        refusal: Refusal,
    },
    /// It depends on a change of this batch that was refused or forked.
    BlockedBy {
        /// The change.
        hash: Hash,
        /// The change that was refused.
        by: Hash,
    },
}

impl ChangeVerdict {
    /// Returns the change, when so much could be read.
    #[must_use]
    pub const fn hash(&self) -> Option<Hash> {
        match self {
            Self::Admitted(header) => Some(header.hash),
            Self::Duplicate(hash)
            | Self::MissingDeps { hash, .. }
            | Self::ForkedActor { hash }
            | Self::BlockedBy { hash, .. } => Some(*hash),
            Self::Refused { hash, .. } => *hash,
        }
    }

    /// Tells whether the change is part of the document now.
    #[must_use]
    pub const fn is_in(&self) -> bool {
        matches!(self, Self::Admitted(_) | Self::Duplicate(_))
    }

    /// Returns the stable code: `accepted`, `duplicate`, `missing_deps`, `forked_actor`, `blocked_by`, or that of the
    /// refusal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Admitted(_) => "accepted",
            Self::Duplicate(_) => "duplicate",
            Self::MissingDeps { .. } => "missing_deps",
            Self::ForkedActor { .. } => "forked_actor",
            Self::BlockedBy { .. } => "blocked_by",
            Self::Refused { refusal, .. } => refusal.code.code(),
        }
    }
}

/// What became of a batch.
#[derive(Clone)]
pub struct Outcome {
    /// One verdict per change, in the order of the batch.
    pub verdicts: Vec<ChangeVerdict>,
    /// The new document, when anything was admitted. Like the old one, it may be written as the same actor: only one
    /// of the two may live on.
    pub document: Option<Document>,
    /// Its bytes, not deflated, when anything was admitted.
    pub snapshot: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use super::RefusalCode;

    #[test]
    fn the_code_is_what_is_serialized() {
        for code in RefusalCode::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.code()));
        }
    }
}
