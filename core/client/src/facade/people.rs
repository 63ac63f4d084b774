//! People: who lives in a home, how to reach them, what was said. Opened while it is shown, stored sealed.

use super::intents::{self, Held, home_of};
use super::people_read as read;
use super::people_views::{CollisionView, HouseholdView, IntentView, QuietHours};
use super::record::parse;
use super::visits::quiet_at;
use crate::{Client, ClientError};
use keyturn_domain::intents::{
    AppointmentPut, CollisionSettle, Command, ContactLog, HouseholdChange, PersonChange, PersonPut, PromiseEvent, Seen,
};
use keyturn_domain::record::view::FactView;
use keyturn_domain::rows::{ContactRow, PersonName, PersonRow, Reach, SubjectKeyRow, kind};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{PlaceId, ProjectId};
use uuid::Uuid;

/// People of homes.
#[derive(Clone)]
pub struct People(pub(crate) Client);

/// What is known of a new person or caller; only the relation is needed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// The home. One that this phone does not hold can still be reported for.
    pub place: String,
    /// Owner, tenant …
    pub relation: String,
    /// The name.
    pub name: String,
    /// The name in Latin letters.
    pub latin: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// The preferred way; empty: not said.
    pub way: String,
}

/// What shall be different about a person; what is none stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonEdit {
    /// The home.
    pub place: String,
    /// The person.
    pub person: String,
    /// The version that the screen showed.
    pub version: String,
    /// The name, with its Latin spelling.
    pub name: Option<String>,
    /// The Latin spelling; only together with the name.
    pub latin: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The preferred way.
    pub way: Option<String>,
    /// The quiet hours.
    pub quiet: Option<Vec<QuietHours>>,
    /// Left the household.
    pub left: bool,
}

/// A contact to be logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewContact {
    /// The home.
    pub place: String,
    /// With whom; empty: not known.
    pub person: String,
    /// How.
    pub way: String,
    /// They came to us.
    pub incoming: bool,
    /// Whether somebody was reached.
    pub reached: bool,
    /// When they want to be called again.
    pub again_ms: Option<i64>,
    /// The record that it belongs to; empty: none.
    pub record: String,
    /// Why it could not wait for the end of quiet hours: a record that is a danger, or a code as `A` or `safety`; empty: no
    /// danger.
    pub danger: String,
    /// What was said.
    pub words: String,
}

/// A time to be agreed, moved or called off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBooking {
    /// The home.
    pub place: String,
    /// The appointment that is changed; empty: a new one.
    pub appointment: String,
    /// With whom; empty: the household.
    pub person: String,
    /// What for: a task kind.
    pub purpose: String,
    /// The record that it belongs to; empty: none.
    pub record: String,
    /// Begin.
    pub from_ms: i64,
    /// End.
    pub to_ms: i64,
    /// Who comes; empty: I.
    pub by: String,
    /// Why it is called off (group `called_off`); empty: it holds.
    pub cancelled: String,
}

impl People {
    /// Shows who lives in a home: persons, contacts with the last one first, agreed times, sales promises.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn household(&self, place: &str) -> Result<HouseholdView, ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let now_ms = self.0.inner.now_ms();
        self.0.look(|conn| {
            let project = home_of(conn, home)?;
            let held = self.0.held(conn, project, home)?;
            let mut view = read::household(&held, home, now_ms)?;
            view.intents = intents::open_intents(conn, Some(place))?;
            // Without the project's calendar nobody knows when it is night there.
            let quiet = quiet_at(conn, project, &view.household, "", now_ms).ok();
            view.may_call = quiet.is_none_or(|quiet| quiet.allowed);
            view.next_call_ms = quiet.and_then(|quiet| quiet.next_allowed_ms);
            Ok(view)
        })
    }

    /// Lists the commands of this phone about people, places and notices that wait or were refused.
    ///
    /// # Errors
    /// A storage error.
    pub fn intents(&self) -> Result<Vec<IntentView>, ClientError> {
        self.0.look(|conn| intents::open_intents(conn, None))
    }

    /// Forgets a refused command: somebody has read why.
    ///
    /// # Errors
    /// `not_refused`.
    pub fn dismiss(&self, intent: &str) -> Result<(), ClientError> {
        intents::dismiss(&self.0, intent)
    }

    /// Adds a person, e.g. a caller; returns the person. Works without a signal: id and key are made here.
    ///
    /// # Errors
    /// `unknown_code`, `no_grant`.
    pub fn add(&self, project: &str, new: &NewPerson) -> Result<String, ClientError> {
        let (project, home) = (parse::<ProjectId>(project, "project")?, parse(&new.place, "place")?);
        let put = person_put(&self.0, home, new)?;
        let id = put.id;
        self.0.command(project, &Command::PersonPut(put))?;
        Ok(id.to_string())
    }

    /// Changes what is known of a person.
    ///
    /// # Errors
    /// `stale_screen` when the row has changed since it was shown; `unknown_subject`, `unknown_code`, `no_grant`.
    pub fn change(&self, edit: &PersonEdit) -> Result<(), ClientError> {
        let (home, id) = (parse(&edit.place, "place")?, parse::<Uuid>(&edit.person, "person")?);
        let (project, held) = self.home(home)?;
        let (row, _) = held
            .present
            .get::<PersonRow>(kind::PERSON, id)
            .ok_or_else(|| ClientError::refused("unknown_subject"))?;
        if read::version(&held.present, id) != edit.version {
            return Err(ClientError::refused("stale_screen"));
        }
        let (key, new_key) = self.key_of(&held, id);
        let mut change = PersonChange {
            id,
            home,
            household: row.household,
            left: edit.left,
            ..PersonChange::default()
        };
        if edit.name.is_some() || edit.latin.is_some() {
            let mut name = row.open_name(id, &key).unwrap_or_default();
            take(&mut name.name, edit.name.as_ref());
            take(&mut name.latin, edit.latin.as_ref());
            let to = key.seal(PersonRow::name_label(id), &name).map_err(too_large)?;
            change.name = Some(Seen {
                was: row.name.clone(),
                to,
            });
        }
        if edit.phone.is_some() || edit.email.is_some() {
            let mut reach = row.open_contact(id, &key).unwrap_or_default();
            take(&mut reach.phone, edit.phone.as_ref());
            take(&mut reach.email, edit.email.as_ref());
            let to = key.seal(PersonRow::contact_label(id), &reach).map_err(too_large)?;
            change.contact = Some(Seen {
                was: row.contact.clone(),
                to,
            });
        }
        if change.name.is_some() || change.contact.is_some() {
            change.key = new_key;
        }
        let seen = |was: &str, to: &Option<String>| {
            to.clone().map(|to| Seen {
                was: Some(was.to_owned()),
                to,
            })
        };
        change.relation = seen(&row.relation, &edit.relation);
        change.way = seen(&row.way, &edit.way);
        if let Some(quiet) = &edit.quiet {
            change.quiet = Some(Seen {
                was: Some(row.quiet.clone()),
                to: read::hours(quiet)?,
            });
        }
        self.0.command(project, &Command::PersonChange(change)).map(drop)
    }

    /// Says when nobody of a household wants to be called.
    ///
    /// # Errors
    /// `bad_input` for a time that is none, `unknown_subject`, `no_grant`.
    pub fn quiet(&self, place: &str, hours: &[QuietHours]) -> Result<(), ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let (project, held) = self.home(home)?;
        let (household, row) = read::living(&held.present).ok_or_else(|| ClientError::refused("unknown_subject"))?;
        let change = HouseholdChange {
            household,
            home,
            quiet: Some(Seen {
                was: Some(row.quiet),
                to: read::hours(hours)?,
            }),
            ..HouseholdChange::default()
        };
        self.0.command(project, &Command::HouseholdChange(change)).map(drop)
    }

    /// Logs a contact; returns it.
    ///
    /// # Errors
    /// `unknown_subject`, `unknown_code`, `no_danger`, `no_grant`.
    pub fn log(&self, new: &NewContact) -> Result<String, ClientError> {
        let home: PlaceId = parse(&new.place, "place")?;
        let (project, held) = self.home(home)?;
        let (household, _) = read::living(&held.present).ok_or_else(|| ClientError::refused("unknown_subject"))?;
        let id = self.0.new_id();
        let person = optional::<Uuid>(&new.person, "person")?;
        let (mut words, mut key) = (None, None);
        if !new.words.trim().is_empty() {
            let (sealer, brought) = self.key_of(&held, person.unwrap_or(household));
            words = Some(ContactRow::seal_words(id, &sealer, &new.words).map_err(too_large)?);
            key = brought;
        }
        let log = ContactLog {
            id,
            home,
            household,
            person,
            way: new.way.clone(),
            incoming: new.incoming,
            reached: new.reached,
            at_ms: self.0.inner.now_ms(),
            again_ms: new.again_ms,
            record: optional(&new.record, "record")?,
            danger: super::danger::read(&self.0, project, &new.danger)?.what,
            key,
            words,
        };
        self.0.command(project, &Command::ContactLog(log))?;
        Ok(id.to_string())
    }

    /// Agrees on a time, moves it or calls it off; returns the appointment.
    ///
    /// # Errors
    /// `collides` when the household is taken then, `missing` for a time that is none, `unknown_code`, `no_grant`.
    pub fn book(&self, new: &NewBooking) -> Result<String, ClientError> {
        let home: PlaceId = parse(&new.place, "place")?;
        let (project, held) = self.home(home)?;
        let (household, _) = read::living(&held.present).ok_or_else(|| ClientError::refused("unknown_subject"))?;
        let id = optional::<Uuid>(&new.appointment, "appointment")?;
        let before = id.and_then(|id| read::appointment(&held.present, id));
        let id = id.unwrap_or_else(|| self.0.new_id());
        let put = AppointmentPut {
            id,
            home,
            household,
            person: optional(&new.person, "person")?,
            purpose: new.purpose.clone(),
            record: optional(&new.record, "record")?,
            from_ms: new.from_ms,
            to_ms: new.to_ms,
            by: match optional(&new.by, "by")? {
                Some(by) => by,
                None => self.0.session().me()?.user,
            },
            was_from_ms: before.map(|row| row.from_ms),
            cancelled: new.cancelled.clone(),
        };
        self.0.command(project, &Command::AppointmentPut(put))?;
        Ok(id.to_string())
    }

    /// Records what happened to a sales promise: kept with a proof, moved with consent, withdrawn, broken.
    ///
    /// # Errors
    /// `illegal` when the machine does not allow it, `role`, `missing`, `no_grant`.
    pub fn sales_event(&self, place: &str, promise: &str, event: &str, facts: &[FactView]) -> Result<(), ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let (project, _) = self.home(home)?;
        let command = PromiseEvent {
            promise: parse(promise, "promise")?,
            home,
            event: event.to_owned(),
            facts: read::facts(facts),
            at_ms: self.0.inner.now_ms(),
        };
        self.0.command(project, &Command::PromiseEvent(command)).map(drop)
    }

    /// Lists what collided in the homes that this phone holds, for the office to decide.
    ///
    /// # Errors
    /// A storage error.
    pub fn collisions(&self) -> Result<Vec<CollisionView>, ClientError> {
        self.0.look(read::collisions)
    }

    /// Says that a collision is decided: by a change that somebody made since, or by leaving it as it is.
    ///
    /// # Errors
    /// `unknown_subject`, `no_grant`.
    pub fn settle_collision(&self, place: &str, task: &str) -> Result<(), ClientError> {
        // Also one of the whole project, which stands at its public places.
        let home: PlaceId = parse(place, "place")?;
        let found = self.0.look(|conn| Ok(super::context::project_of(conn, home)?))?;
        let project = found.ok_or_else(|| ClientError::refused("unknown_place"))?;
        let task = parse(task, "task")?;
        let command = Command::CollisionSettle(CollisionSettle { home, task });
        self.0.command(project, &command).map(drop)
    }

    pub(super) fn home(&self, home: PlaceId) -> Result<(ProjectId, Held), ClientError> {
        self.0.look(|conn| {
            let project = home_of(conn, home)?;
            Ok((project, self.0.held(conn, project, home)?))
        })
    }

    /// The key of a subject; where there is none yet, a new one that goes along.
    fn key_of(&self, held: &Held, subject: Uuid) -> (SubjectKey, Option<SubjectKey>) {
        let row = held
            .present
            .get::<SubjectKeyRow>(kind::SUBJECT_KEY, SubjectKeyRow::id_of(subject));
        if let Some((row, _)) = row {
            return (row.key, None);
        }
        let key = SubjectKey::generate(&*self.0.inner.ids);
        (key.clone(), Some(key))
    }
}

fn take(field: &mut String, new: Option<&String>) {
    if let Some(new) = new {
        field.clone_from(new);
    }
}

pub(super) fn optional<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<Option<T>, ClientError> {
    if text.is_empty() {
        Ok(None)
    } else {
        parse(text, what).map(Some)
    }
}

fn too_large(_: keyturn_domain::sealed::NotSealed) -> ClientError {
    ClientError::refused("too_large")
}

/// Seals what is known of a new person, under an id and a key that are made here.
pub(super) fn person_put(client: &Client, home: PlaceId, new: &NewPerson) -> Result<PersonPut, ClientError> {
    let id = client.new_id();
    let key = SubjectKey::generate(&*client.inner.ids);
    let name = PersonName {
        name: new.name.clone(),
        latin: new.latin.clone(),
    };
    let reach = Reach {
        phone: new.phone.clone(),
        email: new.email.clone(),
    };
    // The only checks where this phone does not hold the home: what is no code may be a name, and travels open.
    let codes = &keyturn_domain::catalog::Catalog::built_in()?.codes;
    let known = |group: &str, code: &str| codes.get(group, code).is_some();
    if !known("relation", &new.relation) || !(new.way.is_empty() || known("contact_way", &new.way)) {
        return Err(ClientError::refused("unknown_code"));
    }
    let name = (name != PersonName::default()).then(|| key.seal(PersonRow::name_label(id), &name));
    let contact = (reach != Reach::default()).then(|| key.seal(PersonRow::contact_label(id), &reach));
    Ok(PersonPut {
        id,
        home,
        household: None,
        relation: new.relation.clone(),
        way: new.way.clone(),
        quiet: Vec::new(),
        name: name.transpose().map_err(too_large)?,
        contact: contact.transpose().map_err(too_large)?,
        key,
    })
}
