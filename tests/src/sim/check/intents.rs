//! Intents: each is judged once, on the server and on the phone alike; what was done is there, exactly once; nobody sees
//! more of people than their role may.

use super::{Broken, facts};
use crate::harness::{ServerDb, World};
use crate::sim::edits::rows::SECRET;
use crate::sim::model::{Asked, Model};
use crate::sim::tally::Tally;
use keyturn_domain::intents::{Command, NoticeEvent, PersonChange, PromiseEvent};
use keyturn_domain::rows::{
    self, AppointmentRow, ContactRow, HouseholdRow, MilestoneRow, NoticeCopyRow, NoticeRow, PersonRow, RiskDecisionRow,
    RowEvent, SalesPromiseRow, SubjectKeyRow, TaskRow, kind,
};
use keyturn_domain::{ProjectId, ScopeId, UserId};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Everything about intents that must hold at the end.
///
/// # Errors
/// What does not.
pub fn intents(world: &World, model: &Model, there: &ServerDb, tally: &mut Tally) -> Result<(), Broken> {
    let judged: BTreeMap<Uuid, String> = there.intents().into_iter().map(|j| (j.id, j.refused)).collect();
    every_one_is_judged(world, model, &judged, tally)?;
    let after = After::of(world, there);
    let mut done = Vec::new();
    for verdict in there.intents() {
        let Some(asked) = model.asked.get(&verdict.id) else {
            return Err(format!("the server judged {}, which nobody asked", verdict.id));
        };
        if verdict.refused.is_empty()
            && let Ok(command) = Command::read(&asked.kind, &asked.payload)
        {
            done.push((asked, command));
        }
    }
    after.is_of(&done, tally)?;
    after.nothing_in_plain()?;
    for phone in world.running() {
        shown(world, phone, &after)?;
    }
    Ok(())
}

/// What was acknowledged as saved has a verdict that the phone shows, or waits on a phone that was withdrawn.
fn every_one_is_judged(
    world: &World,
    model: &Model,
    judged: &BTreeMap<Uuid, String>,
    tally: &mut Tally,
) -> Result<(), Broken> {
    let mut waits = BTreeMap::new();
    for phone in world.running() {
        let name = &world.phones[phone].name;
        let withdrawn = facts(world, phone).withdrawn;
        let db = world.phones[phone].peek();
        let rows = db.rows();
        let mut here = db.intents();
        let people = world.phones[phone].client().people();
        let listed = people.intents().map_err(|e| e.to_string())?;
        for (id, asked) in &model.asked {
            let key = Command::read(&asked.kind, &asked.payload)
                .ok()
                .and_then(|c| c.subject())
                .map(SubjectKeyRow::id_of);
            let Some(wanted) = here.remove(id) else {
                let gone = key.is_some_and(|key| !rows.contains_key(&(kind::SUBJECT_KEY.to_owned(), key)));
                let code = judged.get(id).map(String::as_str).unwrap_or_default();
                // Where the key of the subject has gone, the command goes, too.
                if asked.phone == phone && !code.is_empty() && code != "erased" && !gone && !asked.restored {
                    return Err(format!(
                        "{name} does not show that {id} ({}) was refused: {code}",
                        asked.kind
                    ));
                }
                continue;
            };
            let shown = listed.iter().any(|view| view.intent == id.to_string());
            if shown != (wanted.state != "done") {
                return Err(format!("{name} lists {id} wrongly: it is {}", wanted.state));
            }
            match (judged.get(id), wanted.state.as_str()) {
                (Some(code), "done") if code.is_empty() => {}
                (Some(code), "refused") if *code == wanted.code => {}
                (Some(_), "queued") if withdrawn => {}
                // A server that went back does not know what it refused, and may have been asked again by a repetition.
                (_, "refused") if model.fell_back && !wanted.code.is_empty() => {}
                (None, "queued") if withdrawn => {
                    waits.insert(*id, ());
                }
                (verdict, state) => {
                    return Err(format!(
                        "{name} says that {id} ({}) is {state}, the server {verdict:?}",
                        asked.kind
                    ));
                }
            }
            if wanted.state == "refused" {
                waits.insert(*id, ());
            }
        }
        if let Some((id, unknown)) = here.into_iter().next() {
            return Err(format!("{name} has {id} ({}), which nobody asked", unknown.kind));
        }
    }
    for (id, asked) in &model.asked {
        match (judged.get(id), asked.excused) {
            (Some(code), _) if code.is_empty() => {
                tally.one("intent: done");
                tally.one(&format!("intent: {} done", asked.kind));
            }
            (Some(code), _) => tally.one(&format!("intent: refused, {code}")),
            (None, Some(why)) => tally.one(&format!("excused: {why}")),
            // Whoever was erased takes along what was said of them.
            (None, None) if of_erased(world, asked) => tally.one("intent: gone with its subject"),
            (None, None) if waits.contains_key(id) => {
                tally.one("intent: waits or was refused by a server that is gone")
            }
            (None, None) => {
                let name = &world.phones[asked.phone].name;
                return Err(format!("lost: {id} ({}) of {name}", asked.kind));
            }
        }
    }
    Ok(())
}

/// Tells whether an intent is about somebody whose key has ended.
fn of_erased(world: &World, asked: &Asked) -> bool {
    let command = Command::read(&asked.kind, &asked.payload).ok();
    let subject = command.and_then(|command| command.subject());
    subject.is_some_and(|subject| world.erased.contains(&subject))
}

/// The rows as they are at the end.
struct After {
    rows: BTreeMap<(String, Uuid), (ScopeId, Vec<u8>)>,
    office: ScopeId,
    project: ProjectId,
    erased: BTreeSet<Uuid>,
}

/// What was said last of each thing of which only the last counts.
type Last = BTreeMap<(Uuid, &'static str), Vec<u8>>;

impl After {
    fn of(world: &World, there: &ServerDb) -> Self {
        Self {
            rows: there.rows(),
            office: ScopeId::project(world.project.id),
            project: world.project.id,
            erased: world.erased.clone(),
        }
    }

    fn get<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<T> {
        let (_, body) = self.rows.get(&(kind.to_owned(), id))?;
        rows::read(body)
    }

    fn must<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Result<T, Broken> {
        self.get(kind, id)
            .ok_or_else(|| format!("an intent was done, and the {kind} {id} is not there"))
    }

    fn all<T: DeserializeOwned>(&self, kind: &str) -> impl Iterator<Item = (Uuid, ScopeId, T)> {
        let rows = self.rows.iter().filter(move |((of, _), _)| of == kind);
        rows.filter_map(|((_, id), (scope, body))| Some((*id, *scope, rows::read(body)?)))
    }

    /// What was done is there, once; of what was said several times, what was said last.
    fn is_of(&self, done: &[(&Asked, Command)], tally: &mut Tally) -> Result<(), Broken> {
        let mut last = Last::new();
        let mut equal = BTreeMap::new();
        for (asked, command) in done {
            self.has(asked, command)?;
            note_last(&mut last, command, self.project);
            if let Some(what) = same_for_all(command) {
                *equal.entry(what).or_insert(0_u64) += 1;
            }
        }
        tally.add(
            "outcome: equal intents",
            equal.values().filter(|n| **n > 1).count() as u64,
        );
        self.ends_with(&last)
    }

    fn has(&self, asked: &Asked, command: &Command) -> Result<(), Broken> {
        let holds = match command {
            Command::PersonPut(it) => {
                let row: PersonRow = self.must(kind::PERSON, it.id)?;
                let key = self.get::<SubjectKeyRow>(kind::SUBJECT_KEY, SubjectKeyRow::id_of(it.id));
                let ended = self.erased.contains(&it.id);
                key.map_or(ended, |key| !ended && key.key == it.key)
                    && it.household.is_none_or(|household| household == row.household)
            }
            Command::PersonChange(it) => {
                let row: PersonRow = self.must(kind::PERSON, it.id)?;
                row.household == it.household && (row.left || !it.left)
            }
            Command::ContactLog(it) => {
                let row: ContactRow = self.must(kind::CONTACT, it.id)?;
                (row.household, row.at_ms, row.by) == (it.household, it.at_ms, asked.user) && row.words == it.words
            }
            Command::MoveOut(it) => {
                let row: HouseholdRow = self.must(kind::HOUSEHOLD, it.household)?;
                let next = it
                    .next
                    .as_ref()
                    .map(|n| self.must::<HouseholdRow>(kind::HOUSEHOLD, n.id));
                let next = next.transpose()?.is_none_or(|n| n.home == it.home);
                row.moved_out == it.day && next && self.file_is_in_the_office(it.household)?
            }
            Command::MoveIn(it) => self.must::<HouseholdRow>(kind::HOUSEHOLD, it.household.id)?.home == it.home,
            Command::PromiseEvent(it) => {
                let row: SalesPromiseRow = self.must(kind::SALES_PROMISE, it.promise)?;
                once(&row.events, |e| same_promise(e, it, asked.user))
            }
            Command::NoticePut(it) => {
                let row: NoticeRow = self.must(kind::NOTICE, it.id)?;
                let replaced = match it.supersedes {
                    Some(old) => once(&self.must::<NoticeRow>(kind::NOTICE, old)?.events, |e| {
                        e.event == "supersede"
                    }),
                    None => true,
                };
                row.code == it.code && replaced
            }
            Command::NoticeEvent(it) => match it.home {
                Some(home) => {
                    let copy: NoticeCopyRow = self.must(kind::NOTICE_COPY, NoticeCopyRow::id_of(it.notice, home))?;
                    once(&copy.events, |e| same_notice(e, it, asked.user))
                }
                None => {
                    let row: NoticeRow = self.must(kind::NOTICE, it.notice)?;
                    once(&row.events, |e| same_notice(e, it, asked.user))
                }
            },
            Command::RiskDecide(it) => {
                let row: RiskDecisionRow = self.must(kind::RISK_DECISION, it.id)?;
                row == it.row(asked.user)
            }
            Command::CollisionSettle(it) => !self.rows.contains_key(&(kind::TASK.to_owned(), it.task)),
            // What was said last stands there.
            Command::TaskClose(it) => self.must::<TaskRow>(kind::TASK, it.task)?.is_told(),
            Command::HouseholdChange(_)
            | Command::MilestoneSet(_)
            | Command::AppointmentPut(_)
            | Command::TaskAssign(_)
            | Command::TeamChange(_) => true,
        };
        if holds {
            Ok(())
        } else {
            Err(format!("done, and not there or not once: {command:?}"))
        }
    }

    /// Everything of a household that moved out is with the office: the next one begins empty.
    fn file_is_in_the_office(&self, household: Uuid) -> Result<bool, Broken> {
        let persons = self
            .all::<PersonRow>(kind::PERSON)
            .filter(|(.., row)| row.household == household);
        let contacts = self
            .all::<ContactRow>(kind::CONTACT)
            .filter(|(.., row)| row.household == household);
        let mut of: Vec<(Uuid, ScopeId)> = persons.map(|(id, scope, _)| (id, scope)).collect();
        let subjects: Vec<Uuid> = of.iter().map(|(id, _)| *id).chain([household]).collect();
        of.extend(contacts.map(|(id, scope, _)| (id, scope)));
        for (id, scope, key) in self.all::<SubjectKeyRow>(kind::SUBJECT_KEY) {
            if subjects.contains(&key.subject) {
                of.push((id, scope));
            }
        }
        match of.iter().find(|(_, scope)| *scope != self.office) {
            Some((id, _)) => Err(format!("{id} of {household} is not with the office, and it moved out")),
            None => Ok(true),
        }
    }

    fn ends_with(&self, last: &Last) -> Result<(), Broken> {
        for ((id, what), said) in last {
            let there = match *what {
                "day" => Some(bytes(&self.must::<MilestoneRow>(kind::MILESTONE, *id)?.day)),
                "quiet" => Some(bytes(&self.must::<HouseholdRow>(kind::HOUSEHOLD, *id)?.quiet)),
                "language" => Some(bytes(&self.must::<HouseholdRow>(kind::HOUSEHOLD, *id)?.language)),
                "time" => {
                    let row: AppointmentRow = self.must(kind::APPOINTMENT, *id)?;
                    Some(bytes(&(row.from_ms, row.to_ms, row.cancelled)))
                }
                "name" => self.must::<PersonRow>(kind::PERSON, *id)?.name.map(|it| bytes(&it)),
                "contact" => self.must::<PersonRow>(kind::PERSON, *id)?.contact.map(|it| bytes(&it)),
                _ => Some(bytes(&self.must::<PersonRow>(kind::PERSON, *id)?.way)),
            };
            if there.as_ref() != Some(said) {
                return Err(format!("the {what} of {id} is not what was said last"));
            }
        }
        Ok(())
    }

    /// What was said about people stands nowhere in plain bytes.
    fn nothing_in_plain(&self) -> Result<(), Broken> {
        for ((kind, id), (_, body)) in &self.rows {
            if body.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()) {
                return Err(format!("the {kind} {id} tells a name, a number or words"));
            }
        }
        Ok(())
    }
}

fn bytes<T: serde::Serialize>(it: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(it, &mut bytes).expect("CBOR");
    bytes
}

fn note_last(last: &mut Last, command: &Command, project: ProjectId) {
    match command {
        Command::PersonPut(it) => {
            let boxes = [("name", &it.name), ("contact", &it.contact)];
            for (what, sealed) in boxes.into_iter().filter_map(|(w, s)| Some((w, s.as_ref()?))) {
                last.entry((it.id, what)).or_insert_with(|| bytes(sealed));
            }
            last.entry((it.id, "way")).or_insert_with(|| bytes(&it.way));
        }
        Command::PersonChange(PersonChange {
            id, name, contact, way, ..
        }) => {
            for (what, seen) in [("name", name), ("contact", contact)] {
                if let Some(seen) = seen {
                    last.insert((*id, what), bytes(&seen.to));
                }
            }
            if let Some(way) = way {
                last.insert((*id, "way"), bytes(&way.to));
            }
        }
        Command::HouseholdChange(it) => {
            if let Some(quiet) = &it.quiet {
                last.insert((it.household, "quiet"), bytes(&quiet.to));
            }
            if let Some(language) = &it.language {
                last.insert((it.household, "language"), bytes(language));
            }
        }
        Command::MilestoneSet(it) => {
            let row = MilestoneRow {
                event: it.event.clone(),
                subject: it.subject,
                occurrence: it.occurrence.clone(),
                day: it.day,
                until: it.until,
                rest: rows::Rest::new(),
            };
            last.insert((row.id(project), "day"), bytes(&it.day));
        }
        Command::AppointmentPut(it) => {
            last.insert((it.id, "time"), bytes(&(it.from_ms, it.to_ms, &it.cancelled)));
        }
        _ => {}
    }
}

/// What two phones may ask alike, so that it is done once.
fn same_for_all(command: &Command) -> Option<String> {
    match command {
        Command::MoveOut(it) => Some(format!("{} {}", it.household, it.day)),
        Command::MilestoneSet(it) => Some(format!("{} {} {}", it.event, it.subject, it.day)),
        Command::CollisionSettle(it) => Some(it.task.to_string()),
        Command::PersonChange(PersonChange { id, way: Some(way), .. }) => Some(format!("{id} {}", way.to)),
        Command::HouseholdChange(it) => it.quiet.as_ref().map(|q| format!("{} {:?}", it.household, q.to)),
        _ => None,
    }
}

fn once(events: &[RowEvent], is: impl Fn(&RowEvent) -> bool) -> bool {
    events.iter().filter(|e| is(e)).count() == 1
}

fn same_promise(event: &RowEvent, it: &PromiseEvent, user: UserId) -> bool {
    (&event.event, event.by, event.at_ms, &event.facts) == (&it.event, user, it.at_ms, &it.facts)
}

fn same_notice(event: &RowEvent, it: &NoticeEvent, user: UserId) -> bool {
    (&event.event, event.by, event.at_ms, &event.facts) == (&it.event, user, it.at_ms, &it.facts)
}

/// A phone shows who lives in a home and nobody who lived there before, as far as its person's role may see them.
fn shown(world: &World, phone: usize, after: &After) -> Result<(), Broken> {
    let name = &world.phones[phone].name;
    let (user, withdrawn) = (world.phones[phone].user, world.office.withdrawn.contains(&phone));
    if withdrawn {
        return Ok(());
    }
    let people = world.phones[phone].client().people();
    for home in world.project.homes.iter().take(4) {
        let roles = world.office.roles(user, &world.project, home.scope());
        let living: Vec<Uuid> = after
            .all::<HouseholdRow>(kind::HOUSEHOLD)
            .filter(|(.., row)| row.home == home.place && row.moved_out.is_empty())
            .map(|(id, ..)| id)
            .collect();
        if living.len() > 1 {
            return Err(format!("two households live in {}: {living:?}", home.place));
        }
        if roles.is_empty() {
            continue;
        }
        let view = match people.household(&home.place.to_string()) {
            Ok(view) => view,
            // Whoever holds a home alone may not be told of its building.
            Err(error) if error.code() == "unknown_place" => continue,
            Err(error) => return Err(format!("{name} cannot show {}: {error}", home.place)),
        };
        let household = view.household.parse::<Uuid>().ok();
        if household != living.first().copied() {
            return Err(format!(
                "{name} shows {household:?} in {}, there lives {living:?}",
                home.place
            ));
        }
        let calls = roles
            .iter()
            .any(|role| ["ambassador", "reviewer", "manager"].contains(role));
        for person in &view.persons {
            let id: Uuid = person.person.parse().map_err(|_| "a person without an id")?;
            let Some(row) = after.get::<PersonRow>(kind::PERSON, id) else {
                return Err(format!("{name} shows {id}, whom the server does not know"));
            };
            if Some(row.household) != household {
                return Err(format!("{name} shows {id} in {}, who does not live there", home.place));
            }
            let key = after.get::<SubjectKeyRow>(kind::SUBJECT_KEY, SubjectKeyRow::id_of(id));
            let opened = key.map(|k| (row.open_name(id, &k.key), row.open_contact(id, &k.key)));
            let (named, reach) = opened.unwrap_or_default();
            let reach = reach.filter(|_| calls).unwrap_or_default();
            let is = (person.name.as_str(), person.phone.as_str());
            if is != (named.unwrap_or_default().name.as_str(), reach.phone.as_str()) {
                return Err(format!("{name} ({roles:?}) shows {id} otherwise than it may: {is:?}"));
            }
        }
    }
    Ok(())
}
