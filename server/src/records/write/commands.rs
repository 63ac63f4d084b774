//! What an order of the API is as the command that phones send.

use super::Order;
use super::parts::{Changed, Fact, FullName, Hours, Reached, Words};
use crate::Error;
use crate::state::AppState;
use keyturn_domain::intents::{
    AppointmentPut, CollisionSettle, Command, ContactLog, HouseholdChange, MilestoneSet, MoveIn, MoveOut,
    NextHousehold, NoticeEvent, NoticePut, PersonChange, PersonPut, PromiseEvent, RiskDecide, Seen, TaskAssign,
    TaskClose, TeamChange,
};
use keyturn_domain::rows::{Audience, ContactRow, PersonName, PersonRow, Quiet, Reach};
use keyturn_domain::sealed::{Label, NotSealed, Sealed, SubjectKey};
use keyturn_domain::{DocumentId, PlaceId, ScopeId, UserId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Order {
    /// Returns the person or household whose key seals what it says, if it says something personal of a known one.
    pub(super) fn subject(&self) -> Option<Uuid> {
        match self {
            Self::ChangePerson {
                person, name, contact, ..
            } => Some(*person).filter(|_| name.is_some() || contact.is_some()),
            Self::LogContact {
                household,
                person,
                words,
                ..
            } => Some(person.unwrap_or(*household)).filter(|_| !words.trim().is_empty()),
            _ => None,
        }
    }

    /// Returns the command that a phone would send; `id` is that of a row that it makes, `key` that of
    /// [`Order::subject`], which brings one of its own where it has none.
    pub(super) fn command(
        &self,
        state: &AppState,
        id: Uuid,
        now: i64,
        key: Option<SubjectKey>,
    ) -> Result<Command, Error> {
        let users = |ids: BTreeSet<Uuid>| ids.into_iter().map(UserId).collect::<Vec<_>>();
        let hours = |all: Vec<Hours>| all.iter().map(Hours::read).collect::<Result<Vec<Quiet>, Error>>();
        let sealer = || match &key {
            Some(key) => (key.clone(), None),
            None => {
                let new = SubjectKey::generate(&*state.ids);
                (new.clone(), Some(new))
            }
        };
        let facts = |facts: &BTreeMap<String, Fact>| facts.iter().map(|(k, v)| (k.clone(), v.into())).collect();
        Ok(match self.clone() {
            Self::CloseTask {
                task,
                place,
                outcome,
                reason,
                was,
            } => Command::TaskClose(TaskClose {
                task,
                place: PlaceId(place),
                outcome,
                reason,
                was,
                at_ms: now,
            }),
            Self::PutAppointment {
                id: known,
                home,
                household,
                person,
                purpose,
                record,
                from_ms,
                to_ms,
                by,
                was_from_ms,
                cancelled,
            } => Command::AppointmentPut(AppointmentPut {
                id: known.unwrap_or(id),
                home: PlaceId(home),
                household,
                person,
                purpose,
                record: record.map(DocumentId),
                from_ms,
                to_ms,
                by: UserId(by),
                was_from_ms,
                cancelled,
            }),
            Self::AddPerson {
                home,
                household,
                relation,
                way,
                quiet,
                name,
                latin,
                phone,
                email,
            } => {
                let key = SubjectKey::generate(&*state.ids);
                let name = PersonName { name, latin };
                let reach = Reach { phone, email };
                let name = (name != PersonName::default()).then(|| key.seal(PersonRow::name_label(id), &name));
                let contact = (reach != Reach::default()).then(|| key.seal(PersonRow::contact_label(id), &reach));
                Command::PersonPut(PersonPut {
                    id,
                    home: PlaceId(home),
                    household,
                    relation,
                    way,
                    quiet: hours(quiet)?,
                    name: name.transpose().map_err(too_large)?,
                    contact: contact.transpose().map_err(too_large)?,
                    key,
                })
            }
            Self::ChangePerson {
                person,
                home,
                household,
                name,
                contact,
                relation,
                way,
                quiet,
                left,
            } => {
                let (key, new) = sealer();
                let called = |name: FullName| PersonName {
                    name: name.name,
                    latin: name.latin,
                };
                let reached = |at: Reached| Reach {
                    phone: at.phone,
                    email: at.email,
                };
                let sealing = name.is_some() || contact.is_some();
                Command::PersonChange(PersonChange {
                    id: person,
                    home: PlaceId(home),
                    household,
                    key: new.filter(|_| sealing),
                    name: name
                        .map(|c| sealed(&key, PersonRow::name_label(person), c, called))
                        .transpose()?,
                    contact: contact
                        .map(|c| sealed(&key, PersonRow::contact_label(person), c, reached))
                        .transpose()?,
                    relation: relation.map(seen),
                    way: way.map(seen),
                    quiet: quiet.map(|c| quiet_seen(c, hours)).transpose()?,
                    left,
                })
            }
            Self::LogContact {
                home,
                household,
                person,
                way,
                incoming,
                reached,
                at_ms,
                again_ms,
                record,
                danger,
                words,
            } => {
                let (mut sealed, mut brought) = (None, None);
                if !words.trim().is_empty() {
                    let (key, new) = sealer();
                    sealed = Some(ContactRow::seal_words(id, &key, &words).map_err(too_large)?);
                    brought = new;
                }
                Command::ContactLog(ContactLog {
                    id,
                    home: PlaceId(home),
                    household,
                    person,
                    way,
                    incoming,
                    reached,
                    at_ms: at_ms.unwrap_or(now),
                    again_ms,
                    record: record.map(DocumentId),
                    danger,
                    key: brought,
                    words: sealed,
                })
            }
            Self::SetQuiet { household, home, quiet } => Command::HouseholdChange(HouseholdChange {
                household,
                home: PlaceId(home),
                quiet: Some(quiet_seen(quiet, hours)?),
                ..HouseholdChange::default()
            }),
            Self::SetLanguage {
                household,
                home,
                language,
            } => Command::HouseholdChange(HouseholdChange {
                household,
                home: PlaceId(home),
                language: Some(language.into()),
                ..HouseholdChange::default()
            }),
            Self::AssignTask {
                task,
                place,
                assignees,
                was,
            } => Command::TaskAssign(TaskAssign {
                task,
                place: PlaceId(place),
                assignees: users(assignees),
                was: users(was),
            }),
            Self::ChangeTeam { team, members, was } => Command::TeamChange(TeamChange {
                team,
                members: users(members),
                was: users(was),
            }),
            Self::AssignAmbassador {
                household,
                home,
                ambassador,
            } => Command::HouseholdChange(HouseholdChange {
                household,
                home: PlaceId(home),
                ambassador: Some(UserId(ambassador)),
                ..HouseholdChange::default()
            }),
            Self::MoveOut {
                home,
                household,
                day,
                next,
            } => Command::MoveOut(MoveOut {
                home: PlaceId(home),
                household,
                day: day.to_string(),
                next: next.map(|next| NextHousehold {
                    id,
                    code: next.code,
                    language: next.language.into(),
                }),
            }),
            Self::MoveIn {
                home,
                code,
                language,
                ambassador,
            } => Command::MoveIn(MoveIn {
                home: PlaceId(home),
                household: NextHousehold {
                    id,
                    code,
                    language: language.into(),
                },
                ambassador: ambassador.map(UserId),
            }),
            Self::PromiseEvent {
                promise,
                home,
                event,
                facts: carries,
            } => Command::PromiseEvent(PromiseEvent {
                promise,
                home: PlaceId(home),
                event,
                facts: facts(&carries),
                at_ms: now,
            }),
            Self::PutNotice {
                code,
                kind,
                title,
                points,
                buildings,
                homes,
                supersedes,
                reason,
            } => Command::NoticePut(NoticePut {
                id,
                code,
                kind,
                title: title.text()?,
                points: points.into_iter().map(Words::text).collect::<Result<_, _>>()?,
                audience: Audience {
                    buildings: buildings.into_iter().map(ScopeId).collect(),
                    homes: homes.into_iter().map(PlaceId).collect(),
                },
                supersedes,
                reason,
                at_ms: now,
            }),
            Self::NoticeEvent {
                notice,
                home,
                event,
                facts: carries,
            } => Command::NoticeEvent(NoticeEvent {
                notice,
                home: home.map(PlaceId),
                event,
                facts: facts(&carries),
                at_ms: now,
            }),
            Self::DecideRisk {
                subject,
                open,
                reason,
                score,
                band,
                factors,
            } => Command::RiskDecide(RiskDecide {
                id,
                subject,
                open,
                reason,
                score,
                band,
                factors,
                at_ms: now,
            }),
            Self::SetMilestone {
                place,
                event,
                subject,
                occurrence,
                day,
                until,
                was,
            } => Command::MilestoneSet(MilestoneSet {
                place: place.map(PlaceId),
                event,
                subject,
                occurrence,
                day,
                until,
                was,
            }),
            Self::SettleCollision { home, task } => Command::CollisionSettle(CollisionSettle {
                home: PlaceId(home),
                task,
            }),
        })
    }
}

fn too_large(_: NotSealed) -> Error {
    Error::reason("too_large", "")
}

fn seen<T>(changed: Changed<T>) -> Seen<T> {
    Seen {
        was: changed.was,
        to: changed.to,
    }
}

/// Both sides sealed: the same words make the same box, so that they can be compared without being opened.
fn sealed<T, U: Serialize>(
    key: &SubjectKey,
    label: Label<'_>,
    changed: Changed<T>,
    read: impl Fn(T) -> U,
) -> Result<Seen<Sealed>, Error> {
    let seal = |it: T| key.seal(label, &read(it)).map_err(too_large);
    Ok(Seen {
        was: changed.was.map(seal).transpose()?,
        to: seal(changed.to)?,
    })
}

fn quiet_seen(
    changed: Changed<Vec<Hours>>,
    read: impl Fn(Vec<Hours>) -> Result<Vec<Quiet>, Error>,
) -> Result<Seen<Vec<Quiet>>, Error> {
    Ok(Seen {
        was: changed.was.map(&read).transpose()?,
        to: read(changed.to)?,
    })
}
