//! The messages of one exchange. Empty parts are not sent.

use crate::Sum;
use keyturn_domain::document::Genesis;
use keyturn_domain::{DocumentId, EpochId, Hash, ProjectId, ScopeId, UserId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A place in the logs of all projects that a phone holds. Opaque to the phone: only the server reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub ByteBuf);

/// What a phone sends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// [`crate::VERSION`] of the phone.
    pub version: u16,
    /// Where the phone is; none on a new phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// The highest place that the phone was ever given, when that is not the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Cursor>,
    /// The last eight witnesses, newest first; only after [`Rewind::SendEarlier`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Cursor>,
    /// Changes, grouped by document, in causal order within each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub push: Vec<Push>,
    /// Commands about rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<Intent>,
    /// What the phone holds, to find out what differs.
    #[serde(default, skip_serializing_if = "Audit::is_empty")]
    pub audit: Audit,
    /// Documents that the phone asks for whole: it lacks something that an entry builds on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<DocumentId>,
    /// How many bytes of entries the phone takes in this reply; 0: the server's own limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub budget: u64,
    /// Nothing is queued on the phone: the closing sum may be compared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub idle: bool,
    /// The version of the app; empty: an older one, which does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub app: String,
    /// How many changes and commands stay on the phone unsent after this request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsent: u64,
    /// The phone was told to erase itself ([`SyncReply::wipe`]), has handed in what it could, and does it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wiping: Option<Wiping>,
}

/// What became of the work on a phone that erases itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiping {
    /// Changes that the server did not have and that were handed in since.
    pub handed_in: u64,
    /// Changes and commands that nobody will have.
    pub lost: u64,
}

/// The changes of one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// The document.
    pub document: DocumentId,
    /// What the document is, until the phone has a receipt for one of its changes. Both sides compute the first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genesis: Option<Genesis>,
    /// Change chunks, never deflated.
    pub changes: Vec<ByteBuf>,
    /// Other people's changes that the server asked for ([`Want`]).
    #[serde(default, skip_serializing_if = "is_false")]
    pub wanted: bool,
}

/// A phone-made, idempotent command about a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// UUIDv7, made on the phone.
    pub id: uuid::Uuid,
    /// The project.
    pub project: ProjectId,
    /// What is to be done, e.g. `lift_mark`.
    pub kind: String,
    /// CBOR, by kind.
    pub payload: ByteBuf,
}

/// The verdict on an intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentReply {
    /// The intent.
    pub id: uuid::Uuid,
    /// None: done, now or before. Else the stable code of why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What was done stands at or below this seat of the project's log: a backup mark above it covers the intent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seq: u64,
}

/// What a phone holds, coarse first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Sums per scope: the server names those that differ ([`SyncReply::differing`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<(ProjectId, ScopeId, Sum)>,
    /// All documents of a scope that differed: the server sends what is missing or newer here, and wants the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<ScopeDocuments>,
    /// Single documents that the server may have lost (received above a fork): it wants what it does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentHeads>,
    /// Rows that the phone learnt above a fork: the server tells them as they are now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowAsked>,
}

/// A row whose present state is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowAsked {
    /// The project.
    pub project: ProjectId,
    /// Its kind.
    pub kind: String,
    /// The row.
    pub id: uuid::Uuid,
    /// The scope that the phone holds it in.
    pub scope: ScopeId,
}

impl Audit {
    /// Tells whether nothing is asked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.contents.is_empty() && self.documents.is_empty() && self.rows.is_empty()
    }
}

/// All documents that a phone holds of one scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScopeDocuments {
    /// The project.
    pub project: ProjectId,
    /// The scope.
    pub scope: ScopeId,
    /// Every document of it that the phone holds.
    pub documents: Vec<DocumentHeads>,
}

/// A document and the changes that nothing else builds on yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentHeads {
    /// What the document is: the server may have lost it altogether.
    pub genesis: Genesis,
    /// Its heads on the phone.
    pub heads: Vec<Hash>,
}

/// What a server answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncReply {
    /// [`crate::VERSION`] of the server.
    pub version: u16,
    /// The server's clock, so that a phone whose clock is years off can say so.
    pub now_ms: i64,
    /// Verdicts on the pushed changes, in push order over all groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Run>,
    /// Verdicts on the intents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<IntentReply>,
    /// What the phone has not seen, per project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Page>,
    /// Where the phone is when it has stored the pages; none: where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// The highest place, when that is not the cursor (more to come, or the push's own seats lie above).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Cursor>,
    /// Another exchange brings the rest.
    #[serde(default, skip_serializing_if = "is_false")]
    pub more: bool,
    /// The server went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewind: Option<Rewind>,
    /// What the server asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub want: Vec<Want>,
    /// The scopes of [`Audit::scopes`] whose sums differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<(ProjectId, ScopeId)>,
    /// Backup marks that changed since the cursor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backup: Vec<BackupMark>,
    /// The closing check; only on a reply without entries to an idle phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// The phone hands in what it can, says what it could not ([`SyncRequest::wiping`]), and erases itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wipe: bool,
}

/// The sum over all scopes that the phone may read, of all its projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Closing(pub Sum);

/// Several changes with the same verdict, in push order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The verdict on each of them.
    pub verdict: Verdict,
    /// The seat in the log of the first one; the others follow without a gap. 0 when they have none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub first_seq: u64,
    /// How many.
    pub n: u32,
}

/// What became of a pushed change. Whatever it is, the queue moves on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Received: durable, merged, in the log. The receipt.
    Accepted,
    /// Received before.
    Duplicate,
    /// A dependency is not known here: send what it builds on first.
    MissingDeps,
    /// Another change sits at this (actor, seq): make the commands again under a new actor.
    ForkedActor,
    /// Kept out, not stored; the code says why (unknown project, quota).
    Rejected(String),
    /// Kept with its bytes and this reason; it changes nothing.
    Quarantined(String),
    /// It builds on a change that is in quarantine or was kept out.
    BlockedBy(Hash),
    /// The document was purged: forget it.
    Purged,
}

/// Entries of one project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The project.
    pub project: ProjectId,
    /// The entries, in log order; of a backfill, in id order.
    pub entries: Vec<Entry>,
}

/// Who a change came from, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The person who was logged in when the actor's first change arrived, or whom the change claims if it was relayed.
    pub user: UserId,
    /// When the server received it.
    pub received_ms: i64,
    /// The person whose phone handed it in for somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed_by: Option<UserId>,
    /// Why a reviewer must look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// Why an accepted change needs a reviewer. Set by the server beside the change, never inside the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The author once held this scope, but no longer: shown, effective.
    Late,
    /// The author never held it, or not in a role that may: shown, not effective until lifted.
    Role,
    /// Was marked `role`; a reviewer lifted it.
    Lifted,
}

/// One thing that the phone has not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A document was begun; the first change is computed from this.
    Begin {
        /// Its seat in the log.
        seq: u64,
        /// What it is.
        genesis: Genesis,
        /// The scope that it is in.
        scope: ScopeId,
    },
    /// A change of a document that was begun or sent before.
    Change {
        /// Its seat in the log.
        seq: u64,
        /// The document.
        document: DocumentId,
        /// The chunk.
        bytes: ByteBuf,
        /// Who it came from.
        from: Provenance,
    },
    /// Consecutive changes that this phone itself pushed: 8 bytes of hash each.
    Yours {
        /// The seat of the first one; the others follow without a gap.
        seq: u64,
        /// The document.
        document: DocumentId,
        /// When the server received them.
        received_ms: i64,
        /// 8 bytes each.
        prefixes: ByteBuf,
        /// Their mark, if they have one (a run has one mark).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<Mark>,
    },
    /// A whole document as it was when read: backfill, `need` and audit.
    Snapshot {
        /// What it is.
        genesis: Genesis,
        /// The scope that it is in.
        scope: ScopeId,
        /// Undeflated bytes of the document; checked by the phone when it is first opened.
        bytes: ByteBuf,
        /// Its heads, sorted.
        heads: Vec<Hash>,
        /// The server's projection, CBOR of `keyturn_domain::record::Projection`.
        projection: ByteBuf,
        /// The highest seat of one of its changes.
        seq: u64,
        /// Changes with a mark or relayed; all others came from the person whom they claim.
        marked: Vec<(Hash, Provenance)>,
    },
    /// A row in its present state, cut to what the role may see.
    Row {
        /// Its seat in the log.
        seq: u64,
        /// e.g. `home`, `task`, `layout`.
        kind: String,
        /// The row.
        id: uuid::Uuid,
        /// The scope that it is in.
        scope: ScopeId,
        /// CBOR map; none: gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<ByteBuf>,
    },
    /// The user holds a scope from here on; what is in it follows.
    Grant {
        /// Its seat in the log.
        seq: u64,
        /// The scope.
        scope: ScopeId,
        /// The role.
        role: String,
        /// False: to read only.
        write: bool,
    },
    /// The user does not hold a scope in this role any longer.
    Revoke {
        /// Its seat in the log.
        seq: u64,
        /// The scope.
        scope: ScopeId,
        /// The role.
        role: String,
    },
    /// A document was purged: forget it, and never offer it again.
    Purge {
        /// Its seat in the log.
        seq: u64,
        /// The document.
        document: DocumentId,
    },
    /// The mark of a change was changed by a reviewer.
    Marked {
        /// Its seat in the log.
        seq: u64,
        /// The document.
        document: DocumentId,
        /// The change.
        hash: Hash,
        /// The mark from now on.
        mark: Mark,
    },
    /// An entry of a kind that this version does not know: stored raw, read again after an upgrade.
    #[serde(untagged)]
    Unknown(ciborium::Value),
}

/// The server went back behind what the phone was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewind {
    /// It cannot tell how far: send the earlier witnesses.
    SendEarlier,
    /// Everything above these seats is gone there: it is saved on this phone only, and offered again.
    To {
        /// The epoch that now runs.
        epoch: EpochId,
        /// The highest seat that survived, per project.
        forks: Vec<(ProjectId, u64)>,
    },
    /// Nothing of what the phone was given is known: everything is audited.
    Everything {
        /// The epoch that now runs.
        epoch: EpochId,
    },
}

/// The server asks for what it lacks of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// The document.
    pub document: DocumentId,
    /// What the server has: send everything that is not among the ancestors of these. Empty: everything.
    pub have: Vec<Hash>,
}

/// Everything up to this seat is in a backup that was read back. May fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMark {
    /// The project.
    pub project: ProjectId,
    /// The seat; 0: nothing is in backup.
    pub seq: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(b: &bool) -> bool {
    !*b
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{from_cbor, pack, to_cbor, unpack};
    use keyturn_domain::PlaceId;

    fn genesis() -> Genesis {
        Genesis {
            document: DocumentId::from_bytes([1; 16]),
            project: ProjectId::from_bytes([2; 16]),
            place: PlaceId::from_bytes([3; 16]),
            kind: "inspection".into(),
        }
    }

    #[test]
    fn every_entry_comes_back_and_an_unknown_one_is_kept() {
        let from = Provenance {
            user: UserId::default(),
            received_ms: 5,
            relayed_by: None,
            mark: Some(Mark::Late),
        };
        let (document, scope, hash) = (genesis().document, ScopeId::from_bytes([9; 16]), Hash([7; 32]));
        let entries = vec![
            Entry::Begin {
                seq: 1,
                genesis: genesis(),
                scope,
            },
            Entry::Change {
                seq: 2,
                document,
                bytes: ByteBuf::from(vec![1, 2]),
                from: from.clone(),
            },
            Entry::Yours {
                seq: 3,
                document,
                received_ms: 1,
                prefixes: ByteBuf::from(vec![0; 16]),
                mark: None,
            },
            Entry::Snapshot {
                genesis: genesis(),
                scope,
                bytes: ByteBuf::from(vec![1; 100]),
                heads: vec![hash],
                projection: ByteBuf::new(),
                seq: 4,
                marked: vec![(hash, from)],
            },
            Entry::Row {
                seq: 5,
                kind: "home".into(),
                id: scope.0,
                scope,
                body: Some(ByteBuf::from(vec![1])),
            },
            Entry::Grant {
                seq: 6,
                scope,
                role: "engineer".into(),
                write: true,
            },
            Entry::Revoke {
                seq: 7,
                scope,
                role: "engineer".into(),
            },
            Entry::Purge { seq: 8, document },
            Entry::Marked {
                seq: 9,
                document,
                hash,
                mark: Mark::Lifted,
            },
        ];
        let reply = SyncReply {
            version: 1,
            verdicts: vec![Run {
                verdict: Verdict::Rejected("quota".into()),
                first_seq: 0,
                n: 2,
            }],
            pages: vec![Page {
                project: ProjectId::default(),
                entries,
            }],
            rewind: Some(Rewind::To {
                epoch: EpochId::default(),
                forks: vec![(ProjectId::default(), 4)],
            }),
            closing: Some(Closing(Sum::default())),
            ..Default::default()
        };
        assert_eq!(unpack::<SyncReply>(&pack(&reply).unwrap(), 10_000).unwrap(), reply);
        let later = ciborium::Value::Map(vec![(
            "weather".into(),
            ciborium::Value::Map(vec![("seq".into(), 5.into())]),
        )]);
        let entry: Entry = from_cbor(&to_cbor(&later).unwrap()).unwrap();
        assert!(matches!(entry, Entry::Unknown(v) if v == later));
    }
}
