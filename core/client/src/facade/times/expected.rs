//! What the journey of a home holds ready: tasks that are planned, and those that wait for an event.

use super::home::home;
use super::views::ExpectedView;
use crate::ClientError;
use crate::facade::context::project_of;
use crate::facade::record::parse;
use crate::facade::tasks::Tasks;
use crate::records::edition;
use keyturn_domain::catalog::{Catalog, TaskRule, TaskScope};
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{self, TaskRow, kind};
use keyturn_domain::rules::{HomeFacts, Opening, Replan, open_task, replan_task};
use keyturn_domain::{PlaceId, ScopeId};
use keyturn_store::{documents, rows as stored_rows};

impl Tasks {
    /// Shows what a home expects: each task of its rules with its day, also those that the server has not opened yet,
    /// and those that wait for an event without a day; the earliest first, what waits last.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_project`.
    pub fn expected(&self, place: &str) -> Result<Vec<ExpectedView>, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        self.0.look(|conn| {
            let project = project_of(conn, place)?.ok_or_else(|| ClientError::refused("unknown_place"))?;
            let in_force = edition(conn, project, None)?;
            let catalog = &*in_force.catalog;
            let home = home(conn, project, place)?;
            let changed = self.0.waiting(conn, project, kind::TASK)?;
            let mut tasks: Vec<(TaskRow, bool)> = Vec::new();
            for stored in stored_rows::of_scope(conn, ScopeId::home(place), kind::TASK)? {
                if let Some(task) = rows::read::<TaskRow>(&stored.body) {
                    let task = changed.get(&task.id.0).cloned().unwrap_or(task);
                    let begun = documents::get(conn, task.record)?.is_some() || task.closed.is_some();
                    tasks.push((task, begun));
                }
            }
            let mut all: Vec<ExpectedView> = tasks
                .iter()
                .map(|(task, begun)| opened(catalog, &home, task, *begun))
                .collect();
            let rules = catalog.task_rules.values().filter(|rule| rule.scope == TaskScope::Home);
            let missing = rules.filter(|rule| tasks.iter().all(|(task, _)| rule.code != task.rule.as_str()));
            all.extend(missing.map(|rule| waiting(catalog, &home, rule)));
            all.sort_by(|a, b| (a.day.is_empty(), &a.day, &a.rule).cmp(&(b.day.is_empty(), &b.day, &b.rule)));
            Ok(all)
        })
    }
}

/// A task that the server opened. A date that only this phone knows moves it here as it will there.
fn opened(catalog: &Catalog, home: &HomeFacts, task: &TaskRow, begun: bool) -> ExpectedView {
    let rule = catalog.task_rules.get(task.rule.as_str());
    let planned = rule.filter(|rule| task.occurrence == "1" && rule.scope == TaskScope::Home);
    let planned = planned.and_then(|rule| day_of(home, rule));
    let fixed = begun || task.anchor.is_empty();
    let moved = task.day.parse().ok().map(|day| replan_task(fixed, day, planned));
    let mut view = ExpectedView {
        rule: task.rule.clone(),
        kind: task.kind.clone(),
        text: words(catalog, &task.kind),
        step: rule
            .and_then(|rule| rule.step.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        role: task.role.clone(),
        task: task.id.to_string(),
        day: task.day.clone(),
        due: if task.due.is_empty() {
            task.day.clone()
        } else {
            task.due.clone()
        },
        anchor: task.anchor.clone(),
        begun,
        outcome: task.outcome().to_owned(),
    };
    if let Some(Replan::Moved(to)) = moved {
        (view.day, view.due, view.anchor) = (to.opens_on.to_string(), to.due.to_string(), to.anchor);
    }
    view
}

fn waiting(catalog: &Catalog, home: &HomeFacts, rule: &TaskRule) -> ExpectedView {
    let planned = day_of(home, rule);
    ExpectedView {
        rule: rule.code.to_string(),
        kind: rule.kind.to_string(),
        text: words(catalog, rule.kind.as_str()),
        step: rule.step.as_ref().map(ToString::to_string).unwrap_or_default(),
        role: rule.role.to_string(),
        day: planned.as_ref().map(|p| p.opens_on.to_string()).unwrap_or_default(),
        due: planned.as_ref().map(|p| p.due.to_string()).unwrap_or_default(),
        anchor: planned.map_or_else(|| rule.trigger.event.clone(), |p| p.anchor),
        ..ExpectedView::default()
    }
}

fn day_of(home: &HomeFacts, rule: &TaskRule) -> Option<Opening> {
    open_task(rule, |event| home.happened.get(event).copied())
}

fn words(catalog: &Catalog, kind: &str) -> TextView {
    let known = catalog.codes.get("task_kind", kind);
    known.map(|code| TextView::from(&code.text)).unwrap_or_default()
}
