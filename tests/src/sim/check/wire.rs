//! What went over the wire: counted, and held against what the phone may read.

use super::*;

/// Checks what one phone sent and got, and counts it.
///
/// # Errors
/// What does not hold.
pub fn wire(world: &World, model: &Model, phone: usize, seen: &[Seen], tally: &mut Tally) -> Result<(), Broken> {
    for exchange in seen {
        count_request(&exchange.request, tally);
        let Some(Ok(reply)) = &exchange.reply else { continue };
        count_reply(reply, tally);
        may_read(world, model, phone, reply)?;
        refused_is_kept(world, &exchange.request, reply)?;
    }
    Ok(())
}

fn count_request(request: &SyncRequest, tally: &mut Tally) {
    if !request.audit.is_empty() {
        tally.one("outcome: audited");
    }
    if !request.need.is_empty() {
        tally.one("outcome: needed");
    }
    if request.push.iter().any(|p| p.wanted && !p.changes.is_empty()) {
        tally.one("outcome: relayed");
    }
}

fn count_reply(reply: &SyncReply, tally: &mut Tally) {
    for run in &reply.verdicts {
        let name = match run.verdict {
            Verdict::Accepted => "outcome: received",
            Verdict::Duplicate => "outcome: duplicate",
            Verdict::MissingDeps => "outcome: missing deps",
            Verdict::ForkedActor => "outcome: forked actor",
            Verdict::Rejected(_) => "outcome: rejected",
            Verdict::Quarantined(_) => "outcome: quarantined",
            Verdict::BlockedBy(_) => "outcome: blocked",
            Verdict::Purged => "outcome: purged",
        };
        tally.add(name, u64::from(run.n));
    }
    if reply.rewind.is_some() {
        tally.one("outcome: rewound");
    }
    if !reply.want.is_empty() {
        tally.one("outcome: wanted");
    }
    if reply.more {
        tally.one("outcome: more than one page");
    }
    for entry in reply.pages.iter().flat_map(|p| &p.entries) {
        match entry {
            Entry::Snapshot { .. } => tally.one("outcome: snapshot"),
            Entry::Marked { .. } => tally.one("outcome: mark lifted"),
            _ => {}
        }
    }
}

/// Nobody is sent what they may not read.
fn may_read(world: &World, model: &Model, phone: usize, reply: &SyncReply) -> Result<(), Broken> {
    let user = world.phones[phone].user;
    let withdrawn = world.office.withdrawn.contains(&phone);
    for page in &reply.pages {
        for entry in &page.entries {
            let known = |document: &DocumentId| model.documents.get(document).copied();
            let scope: Option<ScopeId> = match entry {
                Entry::Begin { scope, .. } | Entry::Snapshot { scope, .. } | Entry::Row { scope, .. } => Some(*scope),
                Entry::Change { document, .. } | Entry::Marked { document, .. } => known(document),
                // Own work, own rights, and what is gone tell nothing.
                Entry::Yours { .. } | Entry::Grant { .. } | Entry::Revoke { .. } | Entry::Purge { .. } => None,
                Entry::Unknown(_) => return Err("an entry of an unknown kind was sent".into()),
            };
            let purge = matches!(entry, Entry::Purge { .. });
            if withdrawn && !purge {
                return Err(format!("{} was withdrawn and got {entry:?}", world.phones[phone].name));
            }
            if let Some(scope) = scope
                && !world.office.may_read(user, &world.project, scope)
            {
                let name = &world.phones[phone].name;
                return Err(format!("{name} may not read scope {scope} and got {entry:?}"));
            }
            if let Entry::Row { kind, scope, body, .. } = entry
                && kind == kind::STAFF
                && !world.office.roles(user, &world.project, *scope).contains(&"reviewer")
                && body
                    .as_ref()
                    .and_then(|b| rows::read::<StaffRow>(b))
                    .is_some_and(|r| r.phone.is_some())
            {
                return Err(format!("{} got a telephone number", world.phones[phone].name));
            }
        }
    }
    Ok(())
}

/// What was refused is in quarantine with its bytes.
fn refused_is_kept(world: &World, request: &SyncRequest, reply: &SyncReply) -> Result<(), Broken> {
    let quarantined = |run: &&keyturn_protocol::Run| matches!(run.verdict, Verdict::Quarantined(_));
    if !reply.verdicts.iter().any(|run| quarantined(&run)) {
        return Ok(());
    }
    let pushed: Vec<(DocumentId, &[u8])> = request
        .push
        .iter()
        .flat_map(|p| p.changes.iter().map(|c| (p.document, c.as_slice())))
        .collect();
    let db = world.server.peek();
    let kept: BTreeSet<Vec<u8>> = db.quarantine().into_values().map(|(_, bytes)| bytes).collect();
    let verdicts = reply
        .verdicts
        .iter()
        .flat_map(|run| (0..run.n).map(move |_| &run.verdict));
    for (verdict, (document, bytes)) in verdicts.zip(pushed) {
        let purged = world.office.purged.contains(&document);
        if let Verdict::Quarantined(code) = verdict
            && !purged
            && !kept.contains(bytes)
        {
            return Err(format!(
                "a change of {document} was refused ({code}) and its bytes are not kept"
            ));
        }
    }
    Ok(())
}
