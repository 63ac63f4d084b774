//! Judging one document's changes: attribution, then the gate. Pure; runs on a thread of the pool, outside of any
//! transaction.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::gate::{Batch, ChangeVerdict, Header, MergeEngine};
use keyturn_domain::{Document, DocumentId, Hash, ScopeId, UserId};
use keyturn_protocol::{Mark, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::projected::Projected;
use super::rights::Right;

/// One pushed change.
pub(super) struct Item {
    /// Its place in the request.
    pub(super) at: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) header: Option<Header>,
    /// Sent because it was asked for: somebody else's is allowed.
    pub(super) wanted: bool,
}

impl Item {
    /// Returns the hash; of bytes that are no change, that of the bytes.
    pub(super) fn hash(&self) -> Hash {
        self.header.as_ref().map_or_else(|| Hash::of(&self.bytes), |h| h.hash)
    }
}

/// What is held of a document.
pub(super) enum Held {
    /// Nothing: it begins now.
    Nothing,
    /// Open since an earlier push.
    Open(Arc<Document>),
    /// As it was saved.
    Saved(Vec<u8>),
}

/// The changes that arrived for one document, with everything that judging them needs.
pub(super) struct Work {
    pub(super) genesis: Genesis,
    pub(super) scope: ScopeId,
    /// The version that is held; 0 for none.
    pub(super) version: i64,
    pub(super) heads: Vec<Hash>,
    pub(super) held: Held,
    pub(super) actors: BTreeMap<Vec<u8>, Author>,
    pub(super) rights: BTreeMap<UserId, Right>,
    /// Marks of changes that are held.
    pub(super) marks: BTreeMap<Hash, Mark>,
    pub(super) items: Vec<Item>,
}

/// A change that is to be stored.
pub(super) struct Accepted {
    pub(super) at: usize,
    pub(super) hash: Hash,
    pub(super) actor: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) by: Author,
    pub(super) relayed: bool,
    pub(super) mark: Option<Mark>,
}

/// A change that goes to quarantine.
pub(super) struct Refused {
    pub(super) document: DocumentId,
    /// What it is of, where this server has no such record.
    pub(super) genesis: Option<Genesis>,
    pub(super) at: usize,
    pub(super) hash: Hash,
    pub(super) code: String,
    pub(super) bytes: Vec<u8>,
}

/// A document with what was accepted.
pub(super) struct New {
    pub(super) document: Document,
    pub(super) snapshot: Vec<u8>,
    pub(super) projected: Projected,
}

/// What is to be done about one document.
pub(super) struct Judged {
    pub(super) genesis: Genesis,
    pub(super) scope: ScopeId,
    pub(super) version: i64,
    pub(super) old_heads: Vec<Hash>,
    pub(super) marks: BTreeMap<Hash, Mark>,
    pub(super) verdicts: Vec<(usize, Verdict)>,
    pub(super) duplicates: Vec<(usize, Hash)>,
    /// Changes whose dependencies are not known: perhaps these are in quarantine.
    pub(super) missing: Vec<(usize, Hash, Vec<Hash>)>,
    pub(super) accepted: Vec<Accepted>,
    pub(super) refused: Vec<Refused>,
    /// What the document is now, when something was accepted.
    pub(super) new: Option<New>,
}

/// Judges the changes of one document; `me` is the login that sent them.
///
/// # Errors
/// The work itself when the stored document does not load; the caller rebuilds it from its changes and comes again.
pub(super) fn judge(engine: &dyn MergeEngine, me: Author, mut work: Work) -> Result<Judged, Box<Work>> {
    let current = match std::mem::replace(&mut work.held, Held::Nothing) {
        Held::Open(document) => Ok(document),
        Held::Saved(bytes) => Document::load(&bytes).map(Arc::new),
        Held::Nothing => Document::begin(&work.genesis).map(Arc::new),
    };
    let Ok(current) = current else {
        return Err(Box::new(work));
    };
    let mut judged = Judged {
        genesis: work.genesis,
        scope: work.scope,
        version: work.version,
        old_heads: work.heads,
        marks: work.marks,
        verdicts: Vec::new(),
        duplicates: Vec::new(),
        missing: Vec::new(),
        accepted: Vec::new(),
        refused: Vec::new(),
        new: None,
    };
    let mut asked = Vec::new();
    for item in work.items {
        if item.header.as_ref().is_some_and(|h| current.has(&h.hash)) {
            judged.duplicates.push((item.at, item.hash()));
            continue;
        }
        match attribute(&item, me, &mut work.actors, &work.rights) {
            Ok(by) => asked.push((item, by)),
            Err(code) => judged.refuse(item, code),
        }
    }
    let bytes: Vec<&[u8]> = asked.iter().map(|(item, _)| item.bytes.as_slice()).collect();
    let outcome = engine.admit(Batch {
        genesis: &judged.genesis,
        current: Some(&current),
        changes: &bytes,
    });
    for ((item, by), verdict) in asked.into_iter().zip(outcome.verdicts) {
        judged.take(item, by, me, verdict, &work.rights);
    }
    if !judged.accepted.is_empty() {
        judged.new = outcome.document.zip(outcome.snapshot).map(|(document, snapshot)| New {
            projected: Projected::of(&document, &judged.marks),
            document,
            snapshot,
        });
    }
    Ok(judged)
}

impl Judged {
    fn take(
        &mut self,
        item: Item,
        by: Option<Author>,
        me: Author,
        verdict: ChangeVerdict,
        rights: &BTreeMap<UserId, Right>,
    ) {
        match verdict {
            ChangeVerdict::Admitted(header) => {
                let by = by.unwrap_or(me);
                let mark = match rights.get(&by.user) {
                    Some(Right::Marked(mark)) => Some(*mark),
                    _ => None,
                };
                if let Some(mark) = mark {
                    self.marks.insert(header.hash, mark);
                }
                self.accepted.push(Accepted {
                    at: item.at,
                    hash: header.hash,
                    actor: header.actor,
                    bytes: item.bytes,
                    by,
                    relayed: by != me,
                    mark,
                });
            }
            ChangeVerdict::Duplicate(hash) => self.duplicates.push((item.at, hash)),
            ChangeVerdict::MissingDeps { hash, missing } => self.missing.push((item.at, hash, missing)),
            ChangeVerdict::ForkedActor { .. } => self.verdicts.push((item.at, Verdict::ForkedActor)),
            ChangeVerdict::BlockedBy { by, .. } => self.verdicts.push((item.at, Verdict::BlockedBy(by))),
            ChangeVerdict::Refused { refusal, .. } => self.refuse(item, refusal.code.code()),
        }
    }

    fn refuse(&mut self, item: Item, code: &str) {
        self.verdicts.push((item.at, Verdict::Quarantined(code.to_owned())));
        self.refused.push(Refused {
            document: self.genesis.document,
            genesis: (self.version == 0).then(|| self.genesis.clone()),
            at: item.at,
            hash: item.hash(),
            code: code.to_owned(),
            bytes: item.bytes,
        });
    }
}

/// Says who made a change, as far as that can be told; the gate judges the rest.
fn attribute(
    item: &Item,
    me: Author,
    actors: &mut BTreeMap<Vec<u8>, Author>,
    rights: &BTreeMap<UserId, Right>,
) -> Result<Option<Author>, &'static str> {
    let Some(header) = &item.header else {
        return Ok(None);
    };
    let by = match (actors.get(&header.actor), header.author) {
        (Some(known), _) => *known,
        (None, Some(claimed)) => claimed,
        (None, None) if header.seq == 1 && !header.deps.is_empty() => return Err("no_author"),
        // Its actor's first change is unknown: the gate will say so.
        (None, None) => return Ok(None),
    };
    if !item.wanted && by != me {
        return Err("other_actor");
    }
    if !item.wanted && rights.get(&by.user) == Some(&Right::TooLate) {
        return Err("too_late");
    }
    actors.entry(header.actor.clone()).or_insert(by);
    Ok(Some(by))
}
