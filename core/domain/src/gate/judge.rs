//! Steps 1 to 3: one change after the other, as if those before it were in.

use super::engine::Run;
use super::header::Header;
use super::limits::{Limits, START_OP_JUMP};
use super::structure::{self, EntryId, Made};
use super::{ChangeVerdict, Refusal, RefusalCode, Step};
use crate::document::{Document, Tip, Tips};
use crate::ids::Hash;
use automerge::{ActorId, Change};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A place in the graph of changes.
#[derive(Clone)]
struct Node {
    deps: Vec<Hash>,
    max_op: u64,
}

/// What would be, were the changes judged so far applied.
pub(super) struct Trial {
    pub(super) verdicts: Vec<(usize, ChangeVerdict)>,
    pub(super) accepted: Vec<Change>,
    pub(super) refused: BTreeMap<Hash, Hash>,
    pub(super) tips: Tips,
    nodes: BTreeMap<Hash, Node>,
    /// Which change made the operations of an actor from a number on, and up to which.
    operations: BTreeMap<(ActorId, u64), (u64, Hash)>,
    entries: BTreeMap<EntryId, Made>,
}

impl Trial {
    /// Judges the changes in `range`.
    pub(super) fn judge(run: &Run<'_>, range: Range<usize>) -> Self {
        let held = run.held.as_deref();
        let mut tips = held.map(|d| d.tips.caught_up(&d.doc)).unwrap_or_default();
        if let Some(document) = held
            && tips.bytes.is_none()
        {
            tips.bytes = Some(document.save().len());
        }
        let mut trial = Self {
            verdicts: Vec::with_capacity(range.len()),
            accepted: Vec::with_capacity(range.len()),
            refused: run.refused.clone(),
            tips,
            nodes: BTreeMap::new(),
            operations: BTreeMap::new(),
            entries: BTreeMap::new(),
        };
        for index in range {
            let bytes = run.batch.changes.get(index).copied().unwrap_or_default();
            let verdict = trial.one(run, held, bytes);
            let bad = matches!(
                verdict,
                ChangeVerdict::Refused { .. } | ChangeVerdict::ForkedActor { .. }
            );
            match (&verdict, verdict.hash()) {
                (ChangeVerdict::BlockedBy { by, .. }, Some(hash)) => trial.refused.insert(hash, *by),
                (_, Some(hash)) if bad => trial.refused.insert(hash, hash),
                _ => None,
            };
            trial.verdicts.push((index, verdict));
        }
        trial
    }

    fn one(&mut self, run: &Run<'_>, held: Option<&Document>, bytes: &[u8]) -> ChangeVerdict {
        let header = match Header::read(bytes, &run.limits) {
            Ok(header) => header,
            Err((hash, refusal)) => return ChangeVerdict::Refused { hash, refusal },
        };
        let hash = header.hash;
        let refuse = |(step, code)| ChangeVerdict::Refused {
            hash: Some(hash),
            refusal: Refusal { step, code },
        };
        if self.node(held, &hash).is_some() {
            return ChangeVerdict::Duplicate(hash);
        }
        if let Some(by) = header.deps.iter().find_map(|dep| self.refused.get(dep)) {
            return ChangeVerdict::BlockedBy { hash, by: *by };
        }
        if header.actor == run.actor {
            return refuse((Step::Header, RefusalCode::GenesisActor));
        }
        if header.deps.is_empty() {
            return refuse((Step::Header, RefusalCode::WrongDocument));
        }
        let actor = ActorId::from(header.actor.as_slice());
        let tip = self.tips.actors.get(&actor).copied();
        if tip.is_some_and(|tip| header.seq <= tip.seq) {
            return ChangeVerdict::ForkedActor { hash };
        }
        let mut missing = header.deps.clone();
        missing.retain(|dep| self.node(held, dep).is_none());
        let (true, Some(held)) = (missing.is_empty(), held) else {
            return ChangeVerdict::MissingDeps { hash, missing };
        };
        match self.admit(&run.limits, held, &header, &actor, tip, bytes) {
            Ok(change) => {
                self.add(&header, actor, bytes.len());
                self.accepted.push(change);
                ChangeVerdict::Admitted(header)
            }
            Err(refusal) => refuse(refusal),
        }
    }

    /// What needs the document: its place in the graph, then its operations.
    fn admit(
        &mut self,
        limits: &Limits,
        held: &Document,
        header: &Header,
        actor: &ActorId,
        tip: Option<Tip>,
        bytes: &[u8],
    ) -> Result<Change, (Step, RefusalCode)> {
        let at = |step: Step| move |code: RefusalCode| (step, code);
        self.place(limits, held, header, tip).map_err(at(Step::Header))?;
        let operations = self.tips.operations + header.operations();
        let size = self.tips.bytes.unwrap_or_default() + bytes.len();
        if operations > limits.operations {
            return Err((Step::Operations, RefusalCode::TooManyOperations));
        }
        if size > limits.document_bytes {
            return Err((Step::Operations, RefusalCode::DocumentTooLarge));
        }
        let read = catch_unwind(AssertUnwindSafe(|| {
            let change = Change::try_from(bytes).map_err(|_| RefusalCode::Undecodable)?;
            if Hash::from(change.hash()) != header.hash || change.max_op() != header.max_op {
                return Err(RefusalCode::Undecodable);
            }
            let made = structure::check(self, held, header, actor, &change)?;
            Ok((change, made))
        }));
        let (change, made) = read
            .unwrap_or(Err(RefusalCode::Undecodable))
            .map_err(at(Step::Operations))?;
        self.entries.extend(made);
        Ok(change)
    }

    fn place(&self, limits: &Limits, held: &Document, header: &Header, tip: Option<Tip>) -> Result<(), RefusalCode> {
        match tip {
            Some(tip) if header.seq == tip.seq + 1 => {
                if !self.covers(held, &header.deps, BTreeSet::from([tip.hash])) {
                    return Err(RefusalCode::OwnPreviousUnseen);
                }
            }
            None if header.seq == 1 => {
                if self.tips.actors.len() >= limits.actors {
                    return Err(RefusalCode::TooManyActors);
                }
            }
            _ => return Err(RefusalCode::SeqGap),
        }
        let seen = header.deps.iter().filter_map(|dep| self.node(Some(held), dep));
        if seen.map(|node| node.max_op).max() >= Some(header.start_op) {
            return Err(RefusalCode::StartOpLow);
        }
        if header.start_op > self.tips.max_op + START_OP_JUMP {
            return Err(RefusalCode::StartOpJump);
        }
        Ok(())
    }

    fn add(&mut self, header: &Header, actor: ActorId, bytes: usize) {
        let tip = Tip {
            seq: header.seq,
            hash: header.hash,
        };
        let range = (actor.clone(), header.start_op);
        self.operations.insert(range, (header.max_op, header.hash));
        self.tips.add(actor, tip, header.start_op, header.max_op);
        self.tips.bytes = self.tips.bytes.map(|sum| sum + bytes);
        let node = Node {
            deps: header.deps.clone(),
            max_op: header.max_op,
        };
        self.nodes.insert(header.hash, node);
    }

    /// An entry that a change of this batch made.
    pub(super) fn entry(&self, id: &EntryId) -> Option<Made> {
        self.entries.get(id).copied()
    }

    /// Which change made an operation.
    pub(super) fn maker(&self, held: &Document, (number, actor): &EntryId) -> Option<Hash> {
        let here = self.operations.range(..=(actor.clone(), *number)).next_back();
        match here {
            Some(((of, _), (last, hash))) if of == actor && number <= last => Some(*hash),
            _ => {
                let id = automerge::ObjId::Id(*number, actor.clone(), 0);
                held.doc.hash_for_opid(&id).map(Hash::from)
            }
        }
    }

    /// Whether all of `wanted` are among `from` and their ancestors.
    pub(super) fn covers(&self, held: &Document, from: &[Hash], mut wanted: BTreeSet<Hash>) -> bool {
        for hash in from {
            wanted.remove(hash);
        }
        // Numbers rise from change to change, so nothing below the lowest of the wanted can lead to one of them.
        let floor = wanted
            .iter()
            .filter_map(|h| self.node(Some(held), h))
            .map(|n| n.max_op)
            .min();
        let mut open = from.to_vec();
        let mut visited = BTreeSet::new();
        while let (false, Some(hash)) = (wanted.is_empty(), open.pop()) {
            wanted.remove(&hash);
            let Some(node) = self.node(Some(held), &hash) else {
                continue;
            };
            if Some(node.max_op) > floor && visited.insert(hash) {
                open.extend(node.deps.iter());
            }
        }
        wanted.is_empty()
    }

    fn node(&self, held: Option<&Document>, hash: &Hash) -> Option<Node> {
        if let Some(node) = self.nodes.get(hash) {
            return Some(node.clone());
        }
        let meta = held?.doc.get_change_meta_by_hash(&(*hash).into())?;
        Some(Node {
            deps: meta.deps.into_iter().map(Hash::from).collect(),
            max_op: meta.max_op,
        })
    }
}
