//! `POST /api/v1/projects/{id}/commands`: what phones ask of rows, by the same rule and with the same verdicts.

use super::parts::{Changed, Fact, FullName, Hours, Language, Next, Reached, Words};
use crate::Error;
use crate::http::{Caller, JsonBody, RequestKey};
use crate::records::ask::Id;
use crate::records::people::keys;
use crate::state::AppState;
use crate::sync::SyncService;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use keyturn_domain::ProjectId;
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A command on rows of a project. What is left out is empty, or stays as it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Says what became of a task without a record, or opens it again.
    CloseTask {
        /// The task.
        task: Uuid,
        /// Where it is; of a task of the whole project its `scope`.
        place: Uuid,
        /// Group `task_outcome`; empty: it is open again.
        #[serde(default)]
        outcome: String,
        /// Why it was not done.
        #[serde(default)]
        reason: String,
        /// The outcome that was seen.
        #[serde(default)]
        was: String,
    },
    /// Books a time with a household, moves it or calls it off.
    PutAppointment {
        /// The appointment; none: a new one.
        id: Option<Uuid>,
        /// Where.
        home: Uuid,
        /// With which household.
        household: Uuid,
        /// With whom of it.
        person: Option<Uuid>,
        /// What for: group `task_kind`.
        purpose: String,
        /// The record that it belongs to.
        record: Option<Uuid>,
        /// Begin, in milliseconds.
        from_ms: i64,
        /// End.
        to_ms: i64,
        /// Who comes: a user.
        by: Uuid,
        /// The begin that was seen, when it is moved or called off.
        was_from_ms: Option<i64>,
        /// Called off, and why: group `called_off`.
        #[serde(default)]
        cancelled: String,
    },
    /// Adds a person to a household. What is personal is sealed before it is stored.
    AddPerson {
        /// The home.
        home: Uuid,
        /// The household; none: whichever lives there.
        household: Option<Uuid>,
        /// Group `relation`.
        relation: String,
        /// The preferred way: group `contact_way`.
        #[serde(default)]
        way: String,
        /// When this person does not want to be called.
        #[serde(default)]
        quiet: Vec<Hours>,
        /// The name as the person writes it.
        #[serde(default)]
        name: String,
        /// In Latin letters.
        #[serde(default)]
        latin: String,
        /// Telephone.
        #[serde(default)]
        phone: String,
        /// E-mail.
        #[serde(default)]
        email: String,
    },
    /// Changes what is known of a person: each part with what was read of it. What is personal is sealed before it is
    /// stored.
    ChangePerson {
        /// The person.
        person: Uuid,
        /// The home.
        home: Uuid,
        /// The household.
        household: Uuid,
        /// The name.
        name: Option<Changed<FullName>>,
        /// Telephone and e-mail.
        contact: Option<Changed<Reached>>,
        /// Group `relation`.
        relation: Option<Changed<String>>,
        /// The preferred way: group `contact_way`.
        way: Option<Changed<String>>,
        /// When this person does not want to be called.
        quiet: Option<Changed<Vec<Hours>>>,
        /// Left the household, or was entered twice.
        #[serde(default)]
        left: bool,
    },
    /// Logs a contact with a household. The words are sealed before they are stored.
    LogContact {
        /// The home.
        home: Uuid,
        /// The household.
        household: Uuid,
        /// With whom of it.
        person: Option<Uuid>,
        /// How: group `contact_way`.
        way: String,
        /// They came to us.
        #[serde(default)]
        incoming: bool,
        /// Somebody was reached.
        reached: bool,
        /// When, in milliseconds; none: now.
        at_ms: Option<i64>,
        /// When they want to be called again, in milliseconds.
        again_ms: Option<i64>,
        /// The record that it belongs to.
        record: Option<Uuid>,
        /// Why it could not wait for the end of quiet hours: list and code, `severity/A`.
        #[serde(default)]
        danger: String,
        /// What was said.
        #[serde(default)]
        words: String,
    },
    /// Says when nobody of a household wants to be called.
    SetQuiet {
        /// The household.
        household: Uuid,
        /// Its home.
        home: Uuid,
        /// The hours.
        quiet: Changed<Vec<Hours>>,
    },
    /// Says in which language a household is written to.
    SetLanguage {
        /// The household.
        household: Uuid,
        /// Its home.
        home: Uuid,
        /// `zh` or `en`.
        language: Language,
    },
    /// Says who does a task from now on; who is sent to a home holds it, and who is sent there no longer loses it.
    AssignTask {
        /// The task.
        task: Uuid,
        /// Where it is; of a task of the whole project its `scope`.
        place: Uuid,
        /// Users; nobody: whoever has the role.
        assignees: BTreeSet<Uuid>,
        /// Who did it, as it was read.
        was: BTreeSet<Uuid>,
    },
    /// Says who is of a team from now on.
    ChangeTeam {
        /// The team.
        team: Uuid,
        /// Users.
        members: BTreeSet<Uuid>,
        /// Who was, as it was read.
        was: BTreeSet<Uuid>,
    },
    /// Says who looks after a household.
    AssignAmbassador {
        /// The household.
        household: Uuid,
        /// Its home.
        home: Uuid,
        /// A user.
        ambassador: Uuid,
    },
    /// A household leaves.
    MoveOut {
        /// The home.
        home: Uuid,
        /// Who leaves.
        household: Uuid,
        /// The day.
        day: NaiveDate,
        /// The household that comes.
        next: Option<Next>,
    },
    /// A household comes to a home in which nobody lives.
    MoveIn {
        /// The home.
        home: Uuid,
        /// The code of the household.
        code: String,
        /// `zh` or `en`.
        language: Language,
        /// Who looks after it: a user.
        ambassador: Option<Uuid>,
    },
    /// Something happened to what sales promised.
    PromiseEvent {
        /// The promise.
        promise: Uuid,
        /// Its home.
        home: Uuid,
        /// An event of machine `promise`.
        event: String,
        /// What it carries for its guards.
        #[serde(default)]
        facts: BTreeMap<String, Fact>,
    },
    /// Writes a notice, or its next version.
    PutNotice {
        /// Its code; all versions have the same.
        code: String,
        /// Group `notice_kind`.
        kind: String,
        /// Its title.
        title: Words,
        /// What it says.
        #[serde(default)]
        points: Vec<Words>,
        /// Whole buildings that it is for; nothing named: everybody.
        #[serde(default)]
        buildings: BTreeSet<Uuid>,
        /// Single homes that it is for.
        #[serde(default)]
        homes: BTreeSet<Uuid>,
        /// The version that it replaces.
        supersedes: Option<Uuid>,
        /// Why there is a new version.
        #[serde(default)]
        reason: String,
    },
    /// Something happened to a notice.
    NoticeEvent {
        /// The notice.
        notice: Uuid,
        /// The home; none: all of its audience.
        home: Option<Uuid>,
        /// An event of machine `notice`.
        event: String,
        /// What it carries for its guards.
        #[serde(default)]
        facts: BTreeMap<String, Fact>,
    },
    /// A manager opens the gate of a home or building, or keeps it shut.
    DecideRisk {
        /// The home or building.
        subject: Uuid,
        /// Handed over; else stopped.
        open: bool,
        /// Why.
        reason: String,
        /// The score that was seen.
        score: i64,
        /// The band that was seen.
        band: String,
        /// The factors that were seen, each with its count.
        #[serde(default)]
        factors: BTreeMap<String, i64>,
    },
    /// Tells a day from which tasks count.
    SetMilestone {
        /// The home; none: something of the project, a batch or a route.
        place: Option<Uuid>,
        /// The event.
        event: String,
        /// The home, household, batch, project, route or case.
        subject: Uuid,
        /// Which one, where it happens more than once.
        #[serde(default)]
        occurrence: String,
        /// The day.
        day: NaiveDate,
        /// The day on which it no longer holds.
        until: Option<NaiveDate>,
        /// The day that was seen; none: it was not known.
        was: Option<NaiveDate>,
    },
    /// Says that the task about a collision is done.
    SettleCollision {
        /// The home.
        home: Uuid,
        /// The task.
        task: Uuid,
    },
}

/// What became of a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderDone")]
pub struct Ordered {
    /// The command, and the new row if it made one.
    pub id: Uuid,
    /// It stands at or below this seat of the project's log.
    pub seq: u64,
}

/// `POST /api/v1/projects/{id}/commands`.
pub async fn order(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(project): Id,
    RequestKey(key): RequestKey,
    JsonBody(order): JsonBody<Order>,
) -> Result<Json<Ordered>, Error> {
    let now = state.now();
    if !login.active(now).any(|g| g.is_server_wide() || g.project.0 == project) {
        return Err(Code::NotFound.into());
    }
    // The same key is the same command, whatever became of the first answer.
    let id = match key {
        Some(key) => Uuid::new_v5(&login.token, key.as_bytes()),
        None => state.ids.uuid_v7(now),
    };
    let sync = SyncService::new(state.clone());
    sync.known_project(ProjectId(project)).await?;
    let key = match order.subject() {
        Some(subject) => {
            let mut tx = state.db.begin_read().await?;
            keys(&mut tx, ProjectId(project), &[subject]).await?.remove(&subject)
        }
        None => None,
    };
    let command = order.command(&state, id, now, key)?;
    let seq = sync.order(&login, ProjectId(project), id, &command).await?;
    Ok(Json(Ordered { id, seq }))
}
