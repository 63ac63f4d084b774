//! One message of every form: requests, replies, and what stands in them.

use ciborium::Value;
use keyturn_domain::document::Genesis;
use keyturn_domain::{DocumentId, EpochId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::{
    Audit, BackupMark, Closing, Cursor, DocumentHeads, Entry, Intent, IntentReply, Mark, Page, Provenance, Push,
    Rewind, RowAsked, Run, ScopeDocuments, Sum, SyncReply, SyncRequest, Verdict, Want, codec,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use uuid::Uuid;

/// A message, its bytes, and how it is read again.
pub struct Sample {
    /// What it is.
    pub name: String,
    /// Its CBOR.
    pub bytes: Vec<u8>,
    /// Reads bytes of this form, and writes them again; none: they are not understood.
    pub again: fn(&[u8]) -> Option<Vec<u8>>,
}

fn sample<T: Serialize + DeserializeOwned>(name: impl Into<String>, message: &T) -> Sample {
    Sample {
        name: name.into(),
        bytes: codec::to_cbor(message).expect("our messages are written"),
        again: |bytes| codec::to_cbor(&codec::from_cbor::<T>(bytes).ok()?).ok(),
    }
}

fn project() -> ProjectId {
    ProjectId::from_bytes([2; 16])
}

fn scope() -> ScopeId {
    ScopeId::from_bytes([4; 16])
}

fn document() -> DocumentId {
    DocumentId::from_bytes([1; 16])
}

fn genesis() -> Genesis {
    Genesis {
        document: document(),
        project: project(),
        place: PlaceId::from_bytes([3; 16]),
        kind: "inspection".into(),
    }
}

fn cursor(n: u8) -> Cursor {
    Cursor(ByteBuf::from(vec![n; 5]))
}

fn bytes(n: u8) -> ByteBuf {
    ByteBuf::from(vec![n; 3])
}

fn from(mark: Option<Mark>) -> Provenance {
    Provenance {
        user: UserId::from_bytes([5; 16]),
        received_ms: 1_796_342_400_000,
        relayed_by: mark.map(|_| UserId::from_bytes([6; 16])),
        mark,
    }
}

/// Returns one message of every form.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut all = vec![
        sample("request/empty", &SyncRequest::default()),
        sample("request/full", &request()),
        sample("reply/empty", &SyncReply::default()),
        sample("reply/full", &reply()),
    ];
    all.extend(
        entries()
            .iter()
            .map(|(name, entry)| sample(format!("entry/{name}"), entry)),
    );
    all.extend(
        verdicts()
            .iter()
            .map(|(name, verdict)| sample(format!("verdict/{name}"), verdict)),
    );
    let rewinds = [
        ("send_earlier", Rewind::SendEarlier),
        (
            "to",
            Rewind::To {
                epoch: EpochId::from_bytes([9; 16]),
                forks: vec![(project(), 7)],
            },
        ),
        (
            "everything",
            Rewind::Everything {
                epoch: EpochId::from_bytes([9; 16]),
            },
        ),
    ];
    all.extend(
        rewinds
            .iter()
            .map(|(name, rewind)| sample(format!("rewind/{name}"), rewind)),
    );
    all
}

fn request() -> SyncRequest {
    let heads = DocumentHeads {
        genesis: genesis(),
        heads: vec![Hash([8; 32])],
    };
    SyncRequest {
        version: 1,
        cursor: Some(cursor(1)),
        witness: Some(cursor(2)),
        earlier: vec![cursor(3), cursor(4)],
        push: vec![Push {
            document: document(),
            genesis: Some(genesis()),
            changes: vec![bytes(1), bytes(2)],
            wanted: true,
        }],
        intents: vec![Intent {
            id: Uuid::from_bytes([7; 16]),
            project: project(),
            kind: "contact_log".into(),
            payload: bytes(9),
        }],
        audit: Audit {
            scopes: vec![(project(), scope(), Sum::default())],
            contents: vec![ScopeDocuments {
                project: project(),
                scope: scope(),
                documents: vec![heads.clone()],
            }],
            documents: vec![heads],
            rows: vec![RowAsked {
                project: project(),
                kind: "task".into(),
                id: Uuid::from_bytes([3; 16]),
                scope: scope(),
            }],
        },
        need: vec![document()],
        budget: 1_000_000,
        idle: true,
        app: String::new(),
        unsent: 0,
        wiping: None,
    }
}

fn reply() -> SyncReply {
    SyncReply {
        version: 1,
        now_ms: 1_796_342_400_000,
        verdicts: vec![Run {
            verdict: Verdict::Accepted,
            first_seq: 12,
            n: 3,
        }],
        intents: vec![IntentReply {
            id: Uuid::from_bytes([7; 16]),
            refused: Some("collides".into()),
            seq: 15,
        }],
        pages: vec![Page {
            project: project(),
            entries: entries().into_iter().map(|(_, entry)| entry).collect(),
        }],
        cursor: Some(cursor(1)),
        witness: Some(cursor(2)),
        more: true,
        rewind: Some(Rewind::SendEarlier),
        want: vec![Want {
            document: document(),
            have: vec![Hash([8; 32])],
        }],
        differing: vec![(project(), scope())],
        backup: vec![BackupMark {
            project: project(),
            seq: 11,
        }],
        closing: Some(Closing(Sum::default())),
        wipe: false,
    }
}

fn entries() -> Vec<(&'static str, Entry)> {
    let hash = Hash([8; 32]);
    vec![
        (
            "begin",
            Entry::Begin {
                seq: 1,
                genesis: genesis(),
                scope: scope(),
            },
        ),
        (
            "change",
            Entry::Change {
                seq: 2,
                document: document(),
                bytes: bytes(3),
                from: from(None),
            },
        ),
        (
            "yours",
            Entry::Yours {
                seq: 3,
                document: document(),
                received_ms: 4,
                prefixes: bytes(4),
                mark: Some(Mark::Late),
            },
        ),
        (
            "snapshot",
            Entry::Snapshot {
                genesis: genesis(),
                scope: scope(),
                bytes: bytes(5),
                heads: vec![hash],
                projection: bytes(6),
                seq: 9,
                marked: vec![(hash, from(Some(Mark::Role)))],
            },
        ),
        (
            "row",
            Entry::Row {
                seq: 10,
                kind: "home".into(),
                id: Uuid::from_bytes([3; 16]),
                scope: scope(),
                body: Some(bytes(7)),
            },
        ),
        (
            "grant",
            Entry::Grant {
                seq: 11,
                scope: scope(),
                role: "engineer".into(),
                write: true,
            },
        ),
        (
            "revoke",
            Entry::Revoke {
                seq: 12,
                scope: scope(),
                role: "engineer".into(),
            },
        ),
        (
            "purge",
            Entry::Purge {
                seq: 13,
                document: document(),
            },
        ),
        (
            "marked",
            Entry::Marked {
                seq: 14,
                document: document(),
                hash,
                mark: Mark::Lifted,
            },
        ),
        (
            "unknown",
            Entry::Unknown(Value::Map(vec![(
                Value::Text("of_a_later_version".into()),
                Value::Map(vec![(Value::Text("seq".into()), Value::Integer(15.into()))]),
            )])),
        ),
    ]
}

fn verdicts() -> Vec<(&'static str, Verdict)> {
    vec![
        ("accepted", Verdict::Accepted),
        ("duplicate", Verdict::Duplicate),
        ("missing_deps", Verdict::MissingDeps),
        ("forked_actor", Verdict::ForkedActor),
        ("rejected", Verdict::Rejected("project_unknown".into())),
        ("quarantined", Verdict::Quarantined("bad_hash".into())),
        ("blocked_by", Verdict::BlockedBy(Hash([8; 32]))),
        ("purged", Verdict::Purged),
    ]
}
