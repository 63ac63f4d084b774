//! What must hold: on the wire, after every exchange, and at the end of every history.

mod intents;
mod wire;

pub use wire::wire;

use super::model::{Item, Model};
use super::tally::Tally;
use crate::harness::{Content, OnServer, PhoneDb, Refused, Seen, ServerDb, World};
use keyturn_domain::document::Document;
use keyturn_domain::rows::{self, StaffRow, kind};
use keyturn_domain::{Container, DocumentId, Hash, ScopeId, Value, Write};
use keyturn_protocol::{Entry, SyncReply, SyncRequest, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What does not hold, in words.
pub type Broken = String;

/// The words on every record of a phone are true.
///
/// # Errors
/// What is not.
pub fn words(world: &World, phone: usize) -> Result<(), Broken> {
    let name = &world.phones[phone].name;
    let (here, there) = (world.phones[phone].peek(), world.server.peek());
    let changes = there.changes();
    let (head, backup) = there.head(world.project.id);
    let told = here.backup().get(&world.project.id).copied().unwrap_or(0);
    if told > backup {
        return Err(format!(
            "{name} was told that {told} is in backup, the mark stands at {backup}"
        ));
    }
    let purged = there.purged();
    for (document, hash, seq) in here.received() {
        if purged.contains(&document) {
            continue;
        }
        match changes.get(&(document, hash)) {
            None => {
                return Err(format!(
                    "{name} says that {hash:?} of {document} was received, and it was not"
                ));
            }
            // A seat that is too high promises less. Copied back twice, a log may grow again exactly as it once was: a phone that missed what was in between
            // keeps a seat of that.
            Some((at, _)) if seq != 0 && *at > seq && world.raw_restores < 2 => {
                return Err(format!("{name} says that {hash:?} has seat {seq}, it has {at}"));
            }
            Some(_) if seq > head => return Err(format!("{name} knows a seat above the log: {seq} > {head}")),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Everything that must hold at the end, when every phone has synced three times.
///
/// # Errors
/// What does not.
pub async fn end(world: &World, model: &Model, tally: &mut Tally) -> Result<(), Broken> {
    let there = world.server.peek();
    let documents = there.documents();
    log_is_whole(world, &there).await?;
    let mut changes: BTreeMap<DocumentId, BTreeSet<Hash>> = BTreeMap::new();
    for (document, hash) in there.changes().into_keys() {
        changes.entry(document).or_default().insert(hash);
    }
    let contents = server_is_sound(&there, &documents, &changes)?;
    for phone in world.running() {
        words(world, phone)?;
        converged(world, phone, &there, &documents, &changes, tally)?;
    }
    nothing_is_lost(world, model, &there, &documents, &contents, tally)?;
    intents::intents(world, model, &there, tally)?;
    nothing_twice(model, &contents)
}

async fn log_is_whole(world: &World, there: &ServerDb) -> Result<(), Broken> {
    let (head, _) = there.head(world.project.id);
    let length = there.log_length(world.project.id);
    if head != length {
        return Err(format!("the log has {length} entries and its head is {head}"));
    }
    let mut conn = world
        .server
        .get()
        .state()
        .db
        .begin_read()
        .await
        .map_err(|e| e.to_string())?;
    match keyturn_server::audit::first_broken(&mut conn).await {
        Ok(None) => Ok(()),
        other => Err(format!("the audit chain is broken: {other:?}")),
    }
}

/// Every document loads, is made of exactly its changes, and is projected as it should be.
fn server_is_sound(
    there: &ServerDb,
    documents: &BTreeMap<DocumentId, OnServer>,
    changes: &BTreeMap<DocumentId, BTreeSet<Hash>>,
) -> Result<BTreeMap<DocumentId, Content>, Broken> {
    let none = BTreeSet::new();
    let mut contents = BTreeMap::new();
    for (id, stored) in documents {
        let kept = changes.get(id).unwrap_or(&none);
        if stored.purged {
            if !kept.is_empty() {
                return Err(format!("{id} was purged and {} changes of it are kept", kept.len()));
            }
            continue;
        }
        let open = stored
            .open()
            .map_err(|e| format!("{id} does not load on the server: {e}"))?;
        let held: BTreeSet<Hash> = open.changes_since(&[]).into_iter().map(|(hash, _)| hash).collect();
        if held != *kept {
            return Err(format!("{id} has {} changes, {} are kept", held.len(), kept.len()));
        }
        if open.heads() != stored.heads {
            return Err(format!("the heads of {id} are not those that are stored"));
        }
        let bytes = there.bytes_of(*id);
        let again = Document::restore(open.genesis(), None, bytes.iter().map(Vec::as_slice));
        if again.map_err(|e| e.to_string())?.heads() != stored.heads {
            return Err(format!("{id} made again from its changes is another document"));
        }
        contents.insert(*id, Content::of(&open));
    }
    match changes.keys().find(|id| !documents.contains_key(*id)) {
        Some(document) => Err(format!("changes of {document} are kept, the document is not")),
        None => Ok(contents),
    }
}

/// A phone shows what the server shows, of everything that its person may read and of nothing else.
fn converged(
    world: &World,
    phone: usize,
    there: &ServerDb,
    documents: &BTreeMap<DocumentId, OnServer>,
    changes: &BTreeMap<DocumentId, BTreeSet<Hash>>,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let SimPhoneFacts { name, user, withdrawn } = facts(world, phone);
    let may = |scope: ScopeId| !withdrawn && world.office.may_read(user, &world.project, scope);
    let here = world.phones[phone].peek();
    let records = world.phones[phone].client().records();
    let open: Vec<Refused> = here.open_commands();
    let none = BTreeSet::new();
    let mut held = here.documents();
    for (id, stored) in documents {
        let local = held.remove(id);
        if stored.purged {
            if local.is_some() {
                return Err(format!("{name} holds {id}, which was purged"));
            }
            continue;
        }
        let Some(local) = local else {
            if may(stored.scope) {
                return Err(format!("{name} may read {id} and does not hold it"));
            }
            continue;
        };
        if withdrawn {
            continue;
        }
        if !may(stored.scope) {
            // What one wrote oneself where one never might is no secret.
            let (own, all) = (here.own_changes(*id).len(), here.count_changes(*id));
            if !local.husk && own != all {
                return Err(format!(
                    "{name} holds {id} with {} changes of others and may not read it",
                    all - own
                ));
            }
            continue;
        }
        if local.husk {
            return Err(format!("{name} holds {id} as a husk and may read it"));
        }
        let stuck: BTreeSet<Hash> = open.iter().filter(|c| c.document == *id).map(|c| c.hash).collect();
        let shown = records.read(*id, |document, _| {
            let theirs = document.changes_since(&[]).into_iter().map(|(hash, _)| hash);
            (theirs.collect::<BTreeSet<_>>(), document.heads())
        });
        let (hashes, heads) = shown.map_err(|e| format!("{name} cannot open {id}: {e}"))?;
        // The server's document was seen to be made of exactly these.
        let server = changes.get(id).unwrap_or(&none);
        let lacks = server.difference(&hashes).count();
        let more: Vec<&Hash> = hashes.difference(server).filter(|h| !stuck.contains(h)).collect();
        if lacks > 0 || !more.is_empty() {
            return Err(format!(
                "{name} lacks {lacks} changes of {id} and has {} of its own",
                more.len()
            ));
        }
        if stuck.is_empty() {
            if heads != stored.heads {
                return Err(format!("{name} shows {id} at other heads than the server"));
            }
            let listed = records.listed(*id).map_err(|e| e.to_string())?;
            if listed.is_none_or(|l| l.projection != stored.projection) {
                return Err(format!("{name} lists {id} otherwise than the server"));
            }
        }
    }
    // What only this phone has.
    for (id, local) in held {
        let waits = open.iter().any(|c| c.document == id);
        if !waits && !local.husk && !withdrawn {
            return Err(format!("{name} holds {id}, which the server does not know"));
        }
    }
    if withdrawn {
        return Ok(());
    }
    same_rows(world, phone, there, &here)?;
    same_marks(name, documents, there, &here, &may, tally)?;
    match here.number("projection_differences") {
        0 => Ok(()),
        n => Err(format!("{name} projected {n} documents otherwise than the server")),
    }
}

struct SimPhoneFacts<'a> {
    name: &'a str,
    user: keyturn_domain::UserId,
    withdrawn: bool,
}

fn facts(world: &World, phone: usize) -> SimPhoneFacts<'_> {
    SimPhoneFacts {
        name: &world.phones[phone].name,
        user: world.phones[phone].user,
        withdrawn: world.office.withdrawn.contains(&phone),
    }
}

fn same_rows(world: &World, phone: usize, there: &ServerDb, here: &PhoneDb) -> Result<(), Broken> {
    let SimPhoneFacts { name, user, .. } = facts(world, phone);
    let mut held = here.rows();
    for ((kind, id), (scope, body)) in there.rows() {
        let roles = world.office.roles(user, &world.project, scope);
        let local = held.remove(&(kind.clone(), id));
        if roles.is_empty() {
            if local.is_some() {
                return Err(format!("{name} holds the {kind} {id} and may not read it"));
            }
            continue;
        }
        let local = local.map(|(_, body)| body);
        if local.is_none() && rows::cut(&kind, &body, &roles).is_some() {
            return Err(format!("{name} lacks the {kind} {id}"));
        }
        if local != rows::cut(&kind, &body, &roles) {
            return Err(format!("{name} shows the {kind} {id} otherwise than the server"));
        }
    }
    match held.keys().next() {
        Some((kind, id)) => Err(format!("{name} holds the {kind} {id}, which the server does not know")),
        None => Ok(()),
    }
}

fn same_marks(
    name: &str,
    documents: &BTreeMap<DocumentId, OnServer>,
    there: &ServerDb,
    here: &PhoneDb,
    may: &impl Fn(ScopeId) -> bool,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let readable = |document: &DocumentId| documents.get(document).is_some_and(|d| !d.purged && may(d.scope));
    let local: BTreeMap<_, _> = here.marks().into_iter().filter(|((d, _), _)| readable(d)).collect();
    let server: BTreeMap<_, _> = there
        .changes()
        .into_iter()
        .filter(|((d, _), (_, mark))| readable(d) && !mark.is_empty())
        .map(|(key, (_, mark))| (key, mark))
        .collect();
    for mark in server.values() {
        tally.one(&format!("outcome: marked {mark}"));
    }
    if local == server {
        return Ok(());
    }
    let differs = server.iter().find(|(key, mark)| local.get(key) != Some(mark));
    Err(format!(
        "{name} shows other marks than the server: {differs:?}, of {} and {}",
        local.len(),
        server.len()
    ))
}

/// What a phone said was saved is on the server, or there is a reason that a person can see.
fn nothing_is_lost(
    world: &World,
    model: &Model,
    there: &ServerDb,
    documents: &BTreeMap<DocumentId, OnServer>,
    contents: &BTreeMap<DocumentId, Content>,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let quarantine = there.quarantine();
    let mut waiting: Vec<(usize, Refused)> = Vec::new();
    for phone in world.running() {
        let open = world.phones[phone].peek().open_commands();
        waiting.extend(open.into_iter().map(|c| (phone, c)));
    }
    for (phone, command) in &waiting {
        stuck_for_a_reason(world, model, *phone, command, &quarantine)?;
    }
    for item in &model.items {
        if let Some(why) = item.excused {
            tally.one(&format!("excused: {why}"));
            continue;
        }
        let purged = documents.get(&item.document).is_some_and(|d| d.purged);
        if purged || contents.get(&item.document).is_some_and(|c| there_is(c, item)) {
            tally.one("item: on the server");
            continue;
        }
        let mine = |c: &Refused| c.document == item.document && c.writes.contains(&item.write);
        let hashes = waiting.iter().filter(|(_, c)| mine(c)).map(|(_, c)| c.hash);
        let refused: Vec<Hash> = hashes.chain([item.hash]).collect();
        if refused
            .iter()
            .any(|hash| quarantine.contains_key(&(item.document, *hash)))
        {
            tally.one("item: in quarantine");
            continue;
        }
        if waiting.iter().any(|(_, c)| mine(c)) {
            tally.one("item: on its phone");
            continue;
        }
        return Err(format!("lost: {item:?} of {}", world.phones[item.phone].name));
    }
    Ok(())
}

/// Made again on a document that says the same already, a command changes nothing.
fn there_is(content: &Content, item: &Item) -> bool {
    if content.holds(&item.write, item.user) {
        return true;
    }
    match &item.write {
        Write::Put { key, value, .. } => content
            .puts
            .iter()
            .any(|p| p.key == *key && p.value == value.to_string()),
        _ => false,
    }
}

/// Nothing waits on a phone without a reason that a person can see.
fn stuck_for_a_reason(
    world: &World,
    model: &Model,
    phone: usize,
    command: &Refused,
    quarantine: &BTreeMap<(DocumentId, Hash), (String, Vec<u8>)>,
) -> Result<(), Broken> {
    let SimPhoneFacts { name, user, withdrawn } = facts(world, phone);
    let kept = quarantine.contains_key(&(command.document, command.hash));
    let scope = model.documents.get(&command.document).copied().unwrap_or_default();
    let may = !withdrawn && world.office.may_read(user, &world.project, scope);
    let fine = match (command.state.as_str(), command.code.as_str()) {
        ("stuck", "quota" | "blocked_by") => true,
        ("stuck", _) if kept => true,
        // What cannot be made again, because the record may not be read any longer.
        ("stuck", code) => !may && !code.is_empty(),
        _ => false,
    };
    if fine {
        Ok(())
    } else {
        Err(format!("{name} still has {command:?}, its person may read it: {may}"))
    }
}

/// What was recorded once is there once.
fn nothing_twice(model: &Model, contents: &BTreeMap<DocumentId, Content>) -> Result<(), Broken> {
    for item in &model.items {
        let Write::Entry { container, fields, .. } = &item.write else {
            continue;
        };
        let said = fields.get("type").and_then(Value::as_text).unwrap_or_default();
        if *container != Container::Items || !["remark", "photo", "present", "meter"].contains(&said) {
            continue;
        }
        let Some(content) = contents.get(&item.document) else {
            continue;
        };
        let equal = |(key, there): &(&(Container, String), &BTreeMap<String, Value>)| {
            key.0 == *container && fields.iter().all(|(name, value)| there.get(name) == Some(value))
        };
        let times = content.entries.iter().filter(equal).count();
        if times > 1 {
            return Err(format!("recorded once, there {times} times: {item:?}"));
        }
    }
    Ok(())
}
