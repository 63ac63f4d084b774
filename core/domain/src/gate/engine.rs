//! The seam, and the gate behind it: apply, compare, save, and find out which changes are to blame.

use super::header::Header;
use super::judge::Trial;
use super::{ChangeVerdict, Limits, Outcome, Refusal, RefusalCode, Step};
use crate::document::{Document, Genesis};
use crate::ids::Hash;
use automerge::{Automerge, Change, ChangeHash};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Takes foreign changes into a document, or says why not. The seam behind which the CRDT library stands.
pub trait MergeEngine: Send + Sync {
    /// Judges the changes in their order and admits the sound ones. Does not panic, whatever the bytes are.
    fn admit(&self, batch: Batch<'_>) -> Outcome;
}

/// The changes that arrived for one document.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// What the document must be: id, project, place, kind.
    pub genesis: &'a Genesis,
    /// What is held now; `None` when the document is new here. Then its genesis must come first.
    pub current: Option<&'a Document>,
    /// The bytes of each change, in causal order as sent.
    pub changes: &'a [&'a [u8]],
}

/// The gate for automerge 0.12.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    limits: Limits,
    first: Proof,
}

/// How a batch shows that it did no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Every change comes back byte for byte.
    Bytes,
    /// It also does after a save and a load.
    Reload,
}

impl Gate {
    /// Returns the gate of a server.
    #[must_use]
    pub const fn server() -> Self {
        Self {
            limits: Limits::SERVER,
            first: Proof::Bytes,
        }
    }

    /// Returns the gate of a phone.
    #[must_use]
    pub const fn phone() -> Self {
        Self {
            limits: Limits::PHONE,
            first: Proof::Bytes,
        }
    }

    /// Returns a gate with other caps.
    #[must_use]
    pub const fn with_limits(limits: Limits) -> Self {
        Self {
            limits,
            first: Proof::Bytes,
        }
    }

    /// Returns the same gate, but saving and loading in every batch: slow, and says the same (a test asserts it).
    #[must_use]
    pub const fn reloading(self) -> Self {
        Self {
            first: Proof::Reload,
            ..self
        }
    }
}

impl MergeEngine for Gate {
    fn admit(&self, batch: Batch<'_>) -> Outcome {
        if batch.current.is_some_and(|held| held.genesis() != batch.genesis) {
            return Outcome::nothing(batch.changes, RefusalCode::WrongDocument);
        }
        let mut run = Run {
            batch,
            actor: batch.genesis.actor(),
            limits: self.limits,
            verdicts: vec![None; batch.changes.len()],
            held: batch.current.map(Cow::Borrowed),
            snapshot: None,
            refused: BTreeMap::new(),
        };
        let mut rest = 0..batch.changes.len();
        if run.held.is_none() {
            // What stands before the genesis has nothing to stand on.
            let genesis = catch_unwind(AssertUnwindSafe(|| batch.genesis.change()));
            let genesis = genesis.ok().and_then(Result::ok).unwrap_or_default().1;
            let first = batch.changes.iter().position(|bytes| *bytes == genesis);
            let before = first.unwrap_or(rest.end);
            run.admit(0..before, self.first);
            rest.start = before;
            if first.is_some() && run.begin(before, &genesis) {
                rest.start += 1;
            }
        }
        run.admit(rest, self.first);
        run.outcome()
    }
}

impl Outcome {
    fn nothing(changes: &[&[u8]], code: RefusalCode) -> Self {
        let refusal = Refusal {
            step: Step::Header,
            code,
        };
        let verdict = ChangeVerdict::Refused { hash: None, refusal };
        Self {
            verdicts: vec![verdict; changes.len()],
            document: None,
            snapshot: None,
        }
    }
}

/// One batch on its way.
pub(super) struct Run<'a> {
    pub(super) batch: Batch<'a>,
    /// The actor that writes the genesis and nothing else.
    pub(super) actor: [u8; 16],
    pub(super) limits: Limits,
    pub(super) held: Option<Cow<'a, Document>>,
    /// What was refused, and because of which change in the end.
    pub(super) refused: BTreeMap<Hash, Hash>,
    verdicts: Vec<Option<ChangeVerdict>>,
    snapshot: Option<Vec<u8>>,
}

impl Run<'_> {
    /// Begins the document with the genesis that stands at `index`.
    fn begin(&mut self, index: usize, genesis: &[u8]) -> bool {
        let begun = catch_unwind(AssertUnwindSafe(|| {
            let mut document = Document::begin(self.batch.genesis).ok()?;
            let header = Header::read(genesis, &self.limits).ok()?;
            let snapshot = document.save();
            document.tips = document.tips.caught_up(&document.doc);
            document.tips.bytes = Some(snapshot.len());
            Some((document, header, snapshot))
        }));
        let Ok(Some((document, header, snapshot))) = begun else {
            return false;
        };
        self.held = Some(Cow::Owned(document));
        self.snapshot = Some(snapshot);
        self.say(index, ChangeVerdict::Admitted(header));
        true
    }

    /// Admits what is sound of the changes in `range`, which stand on what is held now.
    fn admit(&mut self, range: Range<usize>, proof: Proof) {
        if range.is_empty() {
            return;
        }
        let trial = Trial::judge(self, range.clone());
        if trial.accepted.is_empty() {
            self.commit(trial, None);
            return;
        }
        match self.apply(trial.accepted.clone(), proof) {
            Ok(new) => self.commit(trial, Some(new)),
            Err(code) if range.len() == 1 => {
                let step = match code {
                    RefusalCode::NotLoadable => Step::Save,
                    _ => Step::Apply,
                };
                let hash = trial.verdicts.first().and_then(|(_, verdict)| verdict.hash());
                if let Some(hash) = hash {
                    self.refused.insert(hash, hash);
                }
                let refusal = Refusal { step, code };
                self.say(range.start, ChangeVerdict::Refused { hash, refusal });
            }
            Err(_) => {
                let middle = range.start + range.len() / 2;
                self.admit(range.start..middle, Proof::Reload);
                self.admit(middle..range.end, Proof::Reload);
            }
        }
    }

    /// Applies the changes to a copy of what is held, and shows that they did no harm.
    fn apply(&self, changes: Vec<Change>, proof: Proof) -> Result<(Document, Vec<u8>), RefusalCode> {
        let Some(held) = self.held.as_deref() else {
            return Err(RefusalCode::NotReproduced);
        };
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let before = held.doc.get_heads();
            let mut document = held.clone();
            let expected: BTreeMap<ChangeHash, Vec<u8>> = changes
                .iter()
                .map(|change| (change.hash(), change.raw_bytes().to_vec()))
                .collect();
            document
                .doc
                .apply_changes(changes)
                .map_err(|_| RefusalCode::NotReproduced)?;
            if !gives_back(&document.doc, &before, &expected) {
                return Err(RefusalCode::NotReproduced);
            }
            let snapshot = document.save();
            if proof == Proof::Reload {
                let loaded = Automerge::load(&snapshot).map_err(|_| RefusalCode::NotLoadable)?;
                if loaded.get_heads() != document.doc.get_heads() || !gives_back(&loaded, &before, &expected) {
                    return Err(RefusalCode::NotLoadable);
                }
            }
            Ok((document, snapshot))
        }));
        applied.unwrap_or(Err(RefusalCode::NotReproduced))
    }

    fn commit(&mut self, trial: Trial, new: Option<(Document, Vec<u8>)>) {
        for (index, verdict) in trial.verdicts {
            self.say(index, verdict);
        }
        self.refused = trial.refused;
        if let Some((mut document, snapshot)) = new {
            document.tips = trial.tips;
            document.tips.settle(&document.doc, snapshot.len());
            self.held = Some(Cow::Owned(document));
            self.snapshot = Some(snapshot);
        }
    }

    fn say(&mut self, index: usize, verdict: ChangeVerdict) {
        if let Some(slot) = self.verdicts.get_mut(index) {
            *slot = Some(verdict);
        }
    }

    fn outcome(self) -> Outcome {
        let unsaid = ChangeVerdict::Refused {
            hash: None,
            refusal: Refusal {
                step: Step::Apply,
                code: RefusalCode::NotReproduced,
            },
        };
        let document = match self.held {
            Some(Cow::Owned(document)) => Some(document),
            _ => None,
        };
        Outcome {
            verdicts: self
                .verdicts
                .into_iter()
                .map(|v| v.unwrap_or_else(|| unsaid.clone()))
                .collect(),
            document,
            snapshot: self.snapshot,
        }
    }
}

/// Whether what `doc` has beyond `before` is exactly what is expected, byte for byte.
fn gives_back(doc: &Automerge, before: &[ChangeHash], expected: &BTreeMap<ChangeHash, Vec<u8>>) -> bool {
    let back = doc.get_changes(before);
    back.len() == expected.len()
        && back.iter().all(|change| {
            expected
                .get(&change.hash())
                .is_some_and(|bytes| bytes == change.raw_bytes())
        })
}
