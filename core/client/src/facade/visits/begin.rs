//! A visit begins: out of a task, or because somebody called.

use super::super::context;
use super::super::people_at::household_at;
use super::super::record::command;
use crate::records::edition;
use crate::{Client, ClientError};
use keyturn_domain::catalog::{Catalog, TaskRule};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::visit::life::{self, Plan};
use keyturn_domain::record::{CommandError, pinned};
use keyturn_domain::rows::{HomeRow, TaskRow, kind};
use keyturn_domain::{DocumentId, PlaceId};

/// Asked by ourselves.
const OWN: &str = "own";

/// Begins the record of a task. Idempotent.
pub(super) fn of_task(client: &Client, task: uuid::Uuid) -> Result<DocumentId, ClientError> {
    let (genesis, plan, pin) = client.look(|conn| {
        let (project, task) = context::task(conn, task)?.ok_or_else(|| ClientError::refused("unknown_task"))?;
        let edition = edition(conn, project, Some(task.template_version))?;
        let household = household_at(conn, project, task.place)?;
        let genesis = Genesis {
            document: task.record,
            project,
            place: task.place,
            kind: task.record_kind.clone(),
        };
        let household = household.map(|(id, _)| id.to_string()).unwrap_or_default();
        let plan = plan(&edition.catalog, &task, household);
        Ok((genesis, plan, task.template_version))
    })?;
    begin(client, &genesis, &plan, pin)
}

/// Begins the answers that one home gives to a survey of many: a record of its own, the same on every phone.
pub(super) fn of_survey(client: &Client, task: uuid::Uuid, place: PlaceId) -> Result<DocumentId, ClientError> {
    let (genesis, plan, pin) = client.look(|conn| {
        let (project, task) = context::task(conn, task)?.ok_or_else(|| ClientError::refused("unknown_task"))?;
        let edition = edition(conn, project, Some(task.template_version))?;
        let plan = plan(&edition.catalog, &task, String::new());
        if !task.is_told() || plan.survey.is_empty() {
            return Err(CommandError::Kind.into());
        }
        if task.closed.is_some() {
            return Err(ClientError::refused("illegal"));
        }
        let home = super::super::lists::row::<HomeRow>(conn, project, kind::HOME, place.0)?;
        home.ok_or_else(|| ClientError::refused("unknown_place"))?;
        let household = household_at(conn, project, place)?;
        let genesis = Genesis {
            document: DocumentId::derive(task.id.0, &format!("survey:{place}")),
            project,
            place,
            kind: "visit".to_owned(),
        };
        let household = household.map(|(id, _)| id.to_string()).unwrap_or_default();
        Ok((genesis, Plan { household, ..plan }, task.template_version))
    })?;
    begin(client, &genesis, &plan, pin)
}

/// Begins a talk that nobody planned.
pub(super) fn at_place(client: &Client, place: PlaceId, script: &str, survey: &str) -> Result<DocumentId, ClientError> {
    let project = client.look(|conn| Ok(context::project_of(conn, place)?))?;
    let project = project.ok_or_else(|| ClientError::refused("unknown_place"))?;
    let in_force = client.in_force(project)?;
    let catalog = &*in_force.catalog;
    let known = catalog.scripts.contains_key(script) && (survey.is_empty() || catalog.surveys.contains_key(survey));
    if !known {
        return Err(CommandError::UnknownCode(format!("{script} {survey}")).into());
    }
    let household = client.look(|conn| Ok(household_at(conn, project, place)?))?;
    let genesis = Genesis {
        document: DocumentId(client.new_id()),
        project,
        place,
        kind: "visit".to_owned(),
    };
    let rule = catalog
        .task_rules
        .values()
        .find(|rule| rule.script.as_ref().is_some_and(|s| *s == *script));
    let plan = Plan {
        script: script.to_owned(),
        survey: survey.to_owned(),
        survey_mode: OWN.to_owned(),
        step: step(rule),
        household: household.map(|(id, _)| id.to_string()).unwrap_or_default(),
        ..Plan::default()
    };
    begin(client, &genesis, &plan, in_force.number)
}

/// Begins the record, which pins the edition that its task names, also one that is not here yet.
fn begin(client: &Client, genesis: &Genesis, plan: &Plan, pin: u32) -> Result<DocumentId, ClientError> {
    let edition = client.edition(genesis.project, Some(pin))?;
    let heads = client.opened(genesis.document, |document, _| document.heads())?;
    command(client, genesis, true, &heads.unwrap_or_default(), |ask| {
        Ok(pinned(life::begin(&ask.scene(&edition.catalog), plan)?, pin))
    })?;
    Ok(genesis.document)
}

/// What the task says; where it says nothing, its rule.
fn plan(catalog: &Catalog, task: &TaskRow, household: String) -> Plan {
    let rule = catalog.task_rules.get(task.rule.as_str());
    let or = |own: &str, ruled: Option<String>| {
        if own.is_empty() {
            ruled.unwrap_or_default()
        } else {
            own.to_owned()
        }
    };
    Plan {
        task: task.id.to_string(),
        rule: task.rule.clone(),
        script: or(
            &task.script,
            rule.and_then(|r| r.script.as_ref()).map(ToString::to_string),
        ),
        survey: or(
            &task.survey,
            rule.and_then(|r| r.survey.as_ref()).map(ToString::to_string),
        ),
        survey_mode: mode(catalog, rule),
        step: step(rule),
        household,
    }
}

/// Who asks, as the kind of the task says: the yearly survey is asked by somebody else.
fn mode(catalog: &Catalog, rule: Option<&TaskRule>) -> String {
    let kind = rule.map_or("", |rule| rule.kind.as_str());
    let modes = catalog.codes.group("survey_mode").iter();
    let named = modes.map(|mode| mode.code.as_str()).find(|mode| kind.starts_with(mode));
    named.unwrap_or(OWN).to_owned()
}

fn step(rule: Option<&TaskRule>) -> String {
    let step = rule.and_then(|rule| rule.step.as_ref());
    step.map(ToString::to_string).unwrap_or_default()
}
