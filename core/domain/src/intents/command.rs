//! What an intent says, typed.

use super::{
    AppointmentPut, CollisionSettle, ContactLog, HouseholdChange, MilestoneSet, MoveIn, MoveOut, NoticeEvent,
    NoticePut, PersonChange, PersonPut, PromiseEvent, Refusal, RiskDecide, TaskAssign, TaskClose, TeamChange,
};
use crate::ids::{PlaceId, ProjectId};
use crate::rows::SubjectKeyRow;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// The most that a payload may have.
const LARGEST: usize = 64 << 10;
/// The deepest that a payload may be nested.
const DEEPEST: usize = 16;

/// What an intent says, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `person_put`
    PersonPut(PersonPut),
    /// `person_change`
    PersonChange(PersonChange),
    /// `household_change`
    HouseholdChange(HouseholdChange),
    /// `contact_log`
    ContactLog(ContactLog),
    /// `move_out`
    MoveOut(MoveOut),
    /// `move_in`
    MoveIn(MoveIn),
    /// `promise_event`
    PromiseEvent(PromiseEvent),
    /// `notice_put`
    NoticePut(NoticePut),
    /// `notice_event`
    NoticeEvent(NoticeEvent),
    /// `risk_decide`
    RiskDecide(RiskDecide),
    /// `milestone_set`
    MilestoneSet(MilestoneSet),
    /// `appointment_put`
    AppointmentPut(AppointmentPut),
    /// `task_close`
    TaskClose(TaskClose),
    /// `task_assign`
    TaskAssign(TaskAssign),
    /// `team_change`
    TeamChange(TeamChange),
    /// `collision_settle`
    CollisionSettle(CollisionSettle),
}

/// What must be known before a command is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The place whose scope the command is about; its rows are needed. None: the project as a whole.
    pub place: Option<PlaceId>,
    /// Single rows beside them.
    pub rows: Vec<Uuid>,
}

/// Those who meet owners.
const MEETERS: &[&str] = &["engineer", "ambassador", "reviewer", "manager"];
/// Those who look after owners.
const CALLERS: &[&str] = &["ambassador", "reviewer", "manager"];

impl Command {
    /// Reads a payload.
    ///
    /// # Errors
    /// [`Refusal::UnknownKind`], [`Refusal::TooLarge`], [`Refusal::Payload`].
    pub fn read(kind: &str, payload: &[u8]) -> Result<Self, Refusal> {
        if payload.len() > LARGEST {
            return Err(Refusal::TooLarge);
        }
        Ok(match kind {
            "person_put" => Self::PersonPut(from(payload)?),
            "person_change" => Self::PersonChange(from(payload)?),
            "household_change" => Self::HouseholdChange(from(payload)?),
            "contact_log" => Self::ContactLog(from(payload)?),
            "move_out" => Self::MoveOut(from(payload)?),
            "move_in" => Self::MoveIn(from(payload)?),
            "promise_event" => Self::PromiseEvent(from(payload)?),
            "notice_put" => Self::NoticePut(from(payload)?),
            "notice_event" => Self::NoticeEvent(from(payload)?),
            "risk_decide" => Self::RiskDecide(from(payload)?),
            "milestone_set" => Self::MilestoneSet(from(payload)?),
            "appointment_put" => Self::AppointmentPut(from(payload)?),
            "task_close" => Self::TaskClose(from(payload)?),
            "task_assign" => Self::TaskAssign(from(payload)?),
            "team_change" => Self::TeamChange(from(payload)?),
            "collision_settle" => Self::CollisionSettle(from(payload)?),
            _ => return Err(Refusal::UnknownKind),
        })
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PersonPut(_) => "person_put",
            Self::PersonChange(_) => "person_change",
            Self::HouseholdChange(_) => "household_change",
            Self::ContactLog(_) => "contact_log",
            Self::MoveOut(_) => "move_out",
            Self::MoveIn(_) => "move_in",
            Self::PromiseEvent(_) => "promise_event",
            Self::NoticePut(_) => "notice_put",
            Self::NoticeEvent(_) => "notice_event",
            Self::RiskDecide(_) => "risk_decide",
            Self::MilestoneSet(_) => "milestone_set",
            Self::AppointmentPut(_) => "appointment_put",
            Self::TaskClose(_) => "task_close",
            Self::TaskAssign(_) => "task_assign",
            Self::TeamChange(_) => "team_change",
            Self::CollisionSettle(_) => "collision_settle",
        }
    }

    /// Writes the payload.
    ///
    /// # Errors
    /// [`Refusal::Payload`] when it cannot be written, [`Refusal::TooLarge`].
    pub fn payload(&self) -> Result<Vec<u8>, Refusal> {
        let bytes = match self {
            Self::PersonPut(it) => to(it),
            Self::PersonChange(it) => to(it),
            Self::HouseholdChange(it) => to(it),
            Self::ContactLog(it) => to(it),
            Self::MoveOut(it) => to(it),
            Self::MoveIn(it) => to(it),
            Self::PromiseEvent(it) => to(it),
            Self::NoticePut(it) => to(it),
            Self::NoticeEvent(it) => to(it),
            Self::RiskDecide(it) => to(it),
            Self::MilestoneSet(it) => to(it),
            Self::AppointmentPut(it) => to(it),
            Self::TaskClose(it) => to(it),
            Self::TaskAssign(it) => to(it),
            Self::TeamChange(it) => to(it),
            Self::CollisionSettle(it) => to(it),
        }?;
        if bytes.len() > LARGEST {
            Err(Refusal::TooLarge)
        } else {
            Ok(bytes)
        }
    }

    /// Returns what must be known before it is applied.
    #[must_use]
    pub fn needs(&self, project: ProjectId) -> Needs {
        // Single rows, because what belongs to a household that moved out is not in the home's scope any more.
        let of = |place: PlaceId, rows: &[Option<Uuid>]| Needs {
            place: Some(place),
            rows: rows.iter().copied().flatten().collect(),
        };
        // A task of the whole project stands at the public places, which are no place of their own.
        let at = |place: PlaceId, task: Uuid| Needs {
            place: Some(place).filter(|place| *place != PlaceId::public_places(project)),
            rows: vec![task],
        };
        let key = |subject| Some(SubjectKeyRow::id_of(subject));
        match self {
            Self::PersonPut(it) => of(it.home, &[Some(it.id), key(it.id), it.household]),
            Self::PersonChange(it) => of(it.home, &[Some(it.id), Some(it.household), key(it.id)]),
            Self::HouseholdChange(it) => of(it.home, &[Some(it.household)]),
            Self::ContactLog(it) => {
                let subject = it.person.unwrap_or(it.household);
                of(it.home, &[Some(it.id), Some(it.household), it.person, key(subject)])
            }
            Self::MoveOut(it) => of(it.home, &[Some(it.household)]),
            Self::MoveIn(it) => of(it.home, &[Some(it.household.id)]),
            Self::PromiseEvent(it) => of(it.home, &[]),
            Self::NoticePut(it) => Needs {
                place: None,
                rows: it.supersedes.into_iter().chain([it.id]).collect(),
            },
            Self::NoticeEvent(it) => Needs {
                place: it.home,
                rows: it.home.into_iter().map(|home| home.0).chain([it.notice]).collect(),
            },
            Self::RiskDecide(it) => of(PlaceId(it.subject), &[Some(it.id)]),
            Self::MilestoneSet(it) => Needs {
                place: it.place,
                rows: vec![it.row().id(project)],
            },
            Self::AppointmentPut(it) => of(it.home, &[Some(it.id), Some(it.household)]),
            Self::TaskClose(it) => at(it.place, it.task),
            Self::TaskAssign(it) => at(it.place, it.task),
            Self::TeamChange(it) => Needs {
                place: None,
                rows: vec![it.team],
            },
            Self::CollisionSettle(it) => at(it.home, it.task),
        }
    }

    /// Returns the roles that may ask for it; where a machine decides, those that may at all. `None`: everybody who
    /// holds anything in the project, at any place.
    #[must_use]
    pub const fn roles(&self) -> Option<&'static [&'static str]> {
        match self {
            Self::PersonPut(_) => None,
            Self::HouseholdChange(_) | Self::MoveOut(_) | Self::MoveIn(_) | Self::CollisionSettle(_) => Some(CALLERS),
            Self::PersonChange(_)
            | Self::ContactLog(_)
            | Self::AppointmentPut(_)
            | Self::MilestoneSet(_)
            | Self::PromiseEvent(_)
            | Self::TaskClose(_)
            | Self::NoticeEvent(_) => Some(MEETERS),
            Self::NoticePut(_) | Self::TaskAssign(_) | Self::TeamChange(_) => Some(&["reviewer", "manager"]),
            Self::RiskDecide(_) => Some(&["manager"]),
        }
    }

    /// Tells whether it may still be handed in by somebody who has lost the place since: what happened on site did.
    #[must_use]
    pub const fn may_be_late(&self) -> bool {
        matches!(
            self,
            Self::PersonPut(_)
                | Self::PersonChange(_)
                | Self::ContactLog(_)
                | Self::PromiseEvent(_)
                | Self::TaskClose(_)
                | Self::NoticeEvent(NoticeEvent { home: Some(_), .. })
        )
    }

    /// Returns the household or person whom it is about.
    #[must_use]
    pub fn subject(&self) -> Option<Uuid> {
        match self {
            Self::PersonPut(it) => Some(it.id),
            Self::PersonChange(it) => Some(it.id),
            Self::HouseholdChange(it) => Some(it.household),
            Self::ContactLog(it) => Some(it.person.unwrap_or(it.household)),
            Self::MoveOut(it) => Some(it.household),
            Self::MoveIn(it) => Some(it.household.id),
            Self::AppointmentPut(it) => Some(it.person.unwrap_or(it.household)),
            _ => None,
        }
    }
}

fn from<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Refusal> {
    ciborium::de::from_reader_with_recursion_limit(payload, DEEPEST).map_err(|_| Refusal::Payload)
}

fn to<T: Serialize>(it: &T) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    ciborium::into_writer(it, &mut bytes).map_err(|_| Refusal::Payload)?;
    Ok(bytes)
}
