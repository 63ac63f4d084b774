//! What the next exchange carries, out of what is stored.

use super::{StepBudget, closing};
use crate::ClientError;
use crate::client::Inner;
use crate::records::load;
use keyturn_domain::gate::Header;
use keyturn_domain::{DocumentId, Hash, ScopeId};
use keyturn_protocol::{
    Audit, Cursor, DocumentHeads, Intent, Push, RowAsked, ScopeDocuments, Sum, SyncRequest, VERSION,
};
use keyturn_store::errands::Errand;
use keyturn_store::outbox::{Command, State};
use keyturn_store::{Connection, changes, documents, errands, intents, meta, outbox, progress};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet};

const INTENTS: u32 = 100;
const NEEDS: u32 = 100;
const WANTS: u32 = 100;
const AUDITED: u32 = 1_000;
const SCOPES: u32 = 8;
const ROWS: u32 = 1_000;

/// One change that is sent.
pub(super) struct Sent {
    pub(super) document: DocumentId,
    pub(super) hash: Hash,
    pub(super) deps: Vec<Hash>,
    /// The server asked for it: it had nothing of it then, whatever was received before.
    pub(super) wanted: bool,
}

/// A request, and what it carries: the reply is applied to exactly that.
#[derive(Default)]
pub(super) struct Outgoing {
    pub(super) request: SyncRequest,
    /// The pushed changes in push order.
    pub(super) sent: Vec<Sent>,
    /// Wants that are answered, with what the server has then; none: whole.
    pub(super) wants: Vec<(DocumentId, Option<Vec<Hash>>)>,
    /// Documents whose heads are told.
    pub(super) audits: Vec<(DocumentId, Vec<Hash>)>,
    /// Scopes that are listed.
    pub(super) scopes: Vec<ScopeId>,
    /// Rows that are asked for.
    pub(super) rows: Vec<uuid::Uuid>,
    /// Sums per scope are told.
    pub(super) sums: bool,
    /// The documents that are asked for whole.
    pub(super) needs: Vec<DocumentId>,
    /// Nothing else was to be done.
    pub(super) idle: bool,
}

impl Inner {
    /// Builds the next request.
    pub(super) fn outgoing(&self, conn: &Connection, budget: StepBudget) -> Result<Outgoing, ClientError> {
        let mut out = Outgoing::default();
        out.request.version = VERSION;
        out.request.app = env!("CARGO_PKG_VERSION").to_owned();
        out.request.budget = budget.reply_bytes;
        let cursor = |bytes: Vec<u8>| Cursor(ByteBuf::from(bytes));
        out.request.cursor = meta::get(conn, "cursor")?.map(cursor);
        let witness = meta::get(conn, "witness")?.map(cursor);
        out.request.witness = witness.filter(|w| Some(w) != out.request.cursor.as_ref());
        if meta::get(conn, "send_earlier")?.is_some() {
            out.request.earlier = progress::witnesses(conn)?.into_iter().map(cursor).collect();
            return Ok(out);
        }
        let mut room = Room::of(budget);
        let mut apart = self.answer_wants(conn, &mut out, &mut room)?;
        out.audits = self.told_heads(conn, &mut out.request.audit)?;
        apart.extend(out.request.audit.documents.iter().map(|told| told.genesis.document));
        out.request.need = errands::documents(conn, Errand::Need, NEEDS)?;
        apart.extend(out.request.need.iter().copied());
        push_queue(conn, &mut out, &apart, &mut room)?;
        out.request.intents = queued_intents(conn)?;
        list_scopes(conn, &mut out)?;
        let doubted = errands::rows(conn, ROWS)?.into_iter();
        let row = |(project, kind, id, scope)| RowAsked {
            project,
            kind,
            id,
            scope,
        };
        out.request.audit.rows = doubted.map(row).collect();
        out.rows = out.request.audit.rows.iter().map(|row| row.id).collect();
        if closing::is_due(conn)? {
            out.sums = true;
            let sums = progress::sums(conn)?.into_iter();
            out.request.audit.scopes = sums
                .filter_map(|(p, s, sum)| Some((p, s, Sum::from_slice(&sum)?)))
                .collect();
        }
        let waiting = outbox::counts(conn)?.get(&State::Queued).copied().unwrap_or_default();
        let waiting = waiting + intents::queued(conn, u32::MAX)?.len() as u64;
        let carried = out.sent.len() + out.request.intents.len();
        out.request.unsent = waiting.saturating_sub(carried as u64);
        let request = &out.request;
        let busy = !request.push.is_empty()
            || !request.intents.is_empty()
            || !request.audit.is_empty()
            || !request.need.is_empty()
            || out.sums;
        out.request.idle = !busy && is_idle(conn)?;
        out.idle = out.request.idle;
        out.needs.clone_from(&out.request.need);
        Ok(out)
    }

    /// Sends what the server asked for; returns those documents.
    fn answer_wants(
        &self,
        conn: &Connection,
        out: &mut Outgoing,
        room: &mut Room,
    ) -> Result<BTreeSet<DocumentId>, ClientError> {
        let mut apart = BTreeSet::new();
        for (id, have) in errands::wants(conn, WANTS)? {
            apart.insert(id);
            if room.is_full() {
                continue;
            }
            let Some(stored) = documents::get(conn, id)?.filter(|d| !d.husk) else {
                out.wants.push((id, None));
                continue;
            };
            let Ok(document) = load(conn, self.gate.as_ref(), &stored) else {
                out.wants.push((id, None));
                continue;
            };
            let genesis = stored.genesis.change().map_err(ClientError::Document)?.0;
            let missing = document.changes_since(&have);
            let mut push = Push {
                document: id,
                genesis: have.is_empty().then(|| stored.genesis.clone()),
                changes: Vec::new(),
                wanted: true,
            };
            let (mut all, mut has) = (true, have);
            for (hash, bytes) in missing.into_iter().filter(|(hash, _)| *hash != genesis) {
                if !room.take(bytes.len()) {
                    all = false;
                    break;
                }
                let deps = document.builds_on(&hash).unwrap_or_default();
                has.push(hash);
                out.sent.push(Sent {
                    document: id,
                    hash,
                    deps,
                    wanted: true,
                });
                push.changes.push(ByteBuf::from(bytes));
            }
            if !push.changes.is_empty() || push.genesis.is_some() {
                out.request.push.push(push);
            }
            out.wants.push((id, (!all).then_some(has)));
        }
        Ok(apart)
    }

    /// Tells the heads of documents that the server may have lost.
    fn told_heads(&self, conn: &Connection, audit: &mut Audit) -> Result<Vec<(DocumentId, Vec<Hash>)>, ClientError> {
        let mut told = Vec::new();
        for id in errands::documents(conn, Errand::Audit, AUDITED)? {
            let heads = match documents::get(conn, id)? {
                Some(stored) if !stored.husk => {
                    let heads = stored.heads.clone();
                    audit.documents.push(DocumentHeads {
                        genesis: stored.genesis,
                        heads: heads.clone(),
                    });
                    heads
                }
                _ => Vec::new(),
            };
            told.push((id, heads));
        }
        Ok(told)
    }
}

/// Adds queued commands, grouped by document, oldest first; documents in `apart` go another way this time.
pub(super) fn push_queue(
    conn: &Connection,
    out: &mut Outgoing,
    apart: &BTreeSet<DocumentId>,
    room: &mut Room,
) -> Result<(), ClientError> {
    let most = u32::try_from(room.changes)
        .unwrap_or(u32::MAX)
        .saturating_add(apart_len(apart));
    let mut groups: Vec<(DocumentId, Vec<Command>)> = Vec::new();
    let mut index: BTreeMap<DocumentId, usize> = BTreeMap::new();
    for command in outbox::queued(conn, most)? {
        if apart.contains(&command.document) {
            continue;
        }
        let at = *index.entry(command.document).or_insert_with(|| {
            groups.push((command.document, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(at) {
            group.push(command);
        }
    }
    for (id, group) in groups {
        let Some(stored) = documents::get(conn, id)? else {
            continue;
        };
        let genesis = stored.server_heads.is_empty().then(|| stored.genesis.clone());
        let mut push = Push {
            document: id,
            genesis,
            changes: Vec::new(),
            wanted: false,
        };
        for command in group {
            let Some(change) = changes::get(conn, id, command.hash)? else {
                continue;
            };
            if !room.take(change.bytes.len()) {
                break;
            }
            let deps = Header::peek(&change.bytes).map(|h| h.deps).unwrap_or_default();
            out.sent.push(Sent {
                document: id,
                hash: command.hash,
                deps,
                wanted: false,
            });
            push.changes.push(ByteBuf::from(change.bytes));
        }
        if !push.changes.is_empty() {
            out.request.push.push(push);
        }
    }
    Ok(())
}

/// Documents that go another way may hold the head of the queue: look that much further.
fn apart_len(apart: &BTreeSet<DocumentId>) -> u32 {
    u32::try_from(apart.len()).unwrap_or(0).saturating_mul(400)
}

fn queued_intents(conn: &Connection) -> Result<Vec<Intent>, ClientError> {
    let queued = intents::queued(conn, INTENTS)?.into_iter();
    Ok(queued
        .map(|i| Intent {
            id: i.id,
            project: i.project,
            kind: i.kind,
            payload: ByteBuf::from(i.payload),
        })
        .collect())
}

/// Lists all documents of scopes whose sums differ.
fn list_scopes(conn: &Connection, out: &mut Outgoing) -> Result<(), ClientError> {
    for (project, scope) in errands::scopes(conn, SCOPES)? {
        let held = documents::of_scope(conn, project, scope)?.into_iter();
        let held = held.map(|(genesis, heads)| DocumentHeads { genesis, heads }).collect();
        out.request.audit.contents.push(ScopeDocuments {
            project,
            scope,
            documents: held,
        });
        out.scopes.push(scope);
    }
    Ok(())
}

fn is_idle(conn: &Connection) -> Result<bool, ClientError> {
    Ok(outbox::queued(conn, 1)?.is_empty() && errands::counts(conn)?.is_empty())
}

pub(super) struct Room {
    changes: usize,
    bytes: usize,
}

impl Room {
    pub(super) const fn of(budget: StepBudget) -> Self {
        Self {
            changes: budget.changes,
            bytes: budget.bytes,
        }
    }

    const fn is_full(&self) -> bool {
        self.changes == 0 || self.bytes == 0
    }

    /// Takes room for one change; one that is larger than the whole room goes alone.
    const fn take(&mut self, bytes: usize) -> bool {
        if self.is_full() {
            return false;
        }
        self.changes -= 1;
        self.bytes = self.bytes.saturating_sub(bytes);
        true
    }
}
