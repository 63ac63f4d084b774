//! What an order of the API is as the command that phones send.

use super::Order;
use super::rows::{Fact, Language, Words};
use crate::Error;
use crate::state::AppState;
use keyturn_domain::catalog::Lang;
use keyturn_domain::intents::{
    AppointmentPut, CollisionSettle, Command, HouseholdChange, MilestoneSet, MoveIn, MoveOut, NextHousehold,
    NoticeEvent, NoticePut, PersonPut, PromiseEvent, RiskDecide, TaskClose,
};
use keyturn_domain::rows::{Audience, PersonName, PersonRow, Reach};
use keyturn_domain::sealed::{NotSealed, SubjectKey};
use keyturn_domain::{DocumentId, PlaceId, ScopeId, UserId};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Order {
    /// Returns the command that a phone would send; `id` is that of a row that it makes.
    pub(super) fn command(&self, state: &AppState, id: Uuid, now: i64) -> Result<Command, Error> {
        let too_large = |_: NotSealed| Error::reason("too_large", "");
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
                    quiet: Vec::new(),
                    name: name.transpose().map_err(too_large)?,
                    contact: contact.transpose().map_err(too_large)?,
                    key,
                })
            }
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
            Self::MoveOut { home, household, day } => Command::MoveOut(MoveOut {
                home: PlaceId(home),
                household,
                day: day.to_string(),
                next: None,
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
                    language: match language {
                        Language::Zh => Lang::Zh,
                        Language::En => Lang::En,
                    },
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
