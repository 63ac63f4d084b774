//! Which tasks the rules open for a project, which they move, and which they take back.
//!
//! Only what has not begun is moved or taken back, and only what a rule has placed: a day that a person chose stays, and
//! so does what somebody has said became of a task without a record. The
//! id of a task follows from rule, subject and occurrence, so planning twice, or on two servers, opens nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::tasks::{Opening, Replan, occurrences, open_task, replan_task};
use crate::catalog::{Catalog, Repeat, TaskRule, TaskScope};
use crate::ids::{DocumentId, PlaceId, ProjectId, ScopeId, TaskId, UserId};
use crate::rows::{MilestoneRow, TaskRow, row_id};

/// How far ahead what repeats is opened: long enough for a phone that is offline for a while.
const AHEAD_DAYS: u64 = 14;

/// A milestone, and the scope in which it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The scope of its row.
    pub scope: ScopeId,
    /// The milestone.
    pub milestone: MilestoneRow,
}

/// A task that is planned otherwise than it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTask {
    /// The task.
    pub id: TaskId,
    /// The scope of its row.
    pub scope: ScopeId,
    /// Its row from now on; none: it is taken back.
    pub row: Option<TaskRow>,
}

/// What planning looks at.
pub struct Planner<'a> {
    /// The rules: the project's edition in force.
    pub catalog: &'a Catalog,
    /// The number of that edition, which new tasks pin.
    pub edition: u32,
    /// The project.
    pub project: ProjectId,
    /// The project's own handover template.
    pub template: &'a str,
    /// What happened, and is planned.
    pub milestones: &'a [&'a Told],
    /// The tasks as they stand, with the scopes of their rows.
    pub tasks: &'a BTreeMap<TaskId, (ScopeId, TaskRow)>,
    /// The records that exist: their tasks have begun.
    pub begun: &'a BTreeSet<DocumentId>,
    /// Who does what somebody in a role does at a place.
    pub assignees: &'a dyn Fn(PlaceId, &str) -> Vec<UserId>,
    /// The day, in the project's zone.
    pub today: NaiveDate,
}

/// Milestones of one subject by event and occurrence.
type Happened<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Told>>;

impl Planner<'_> {
    /// Returns what has to change, by task.
    #[must_use]
    pub fn plan(&self) -> Vec<PlannedTask> {
        let mut wanted = BTreeSet::new();
        let mut changed = BTreeMap::new();
        let by_subject = self.by_subject();
        let whole_project = self.whole_project();
        let batches = self.milestones.iter().filter(|t| t.milestone.event == "batch_handover");
        let handed_over = batches.map(|t| t.milestone.day).max();
        for rule in self.catalog.task_rules.values() {
            let one = [(self.project.0, &whole_project)];
            let subjects: Box<dyn Iterator<Item = (Uuid, &Happened<'_>)>> = match rule.scope {
                TaskScope::Project => Box::new(one.into_iter()),
                _ => Box::new(by_subject.iter().map(|(subject, days)| (*subject, days))),
            };
            for (subject, days) in subjects {
                self.of_subject(rule, subject, days, handed_over, &mut |id, planned| {
                    wanted.insert(id);
                    if let Some(planned) = planned {
                        changed.insert(id, planned);
                    }
                });
            }
        }
        let gone = self
            .tasks
            .iter()
            .filter(|(id, (_, task))| !self.is_fixed(task) && !wanted.contains(*id));
        let gone = gone.map(|(id, (scope, _))| PlannedTask {
            id: *id,
            scope: *scope,
            row: None,
        });
        let mut all: Vec<_> = changed.into_values().chain(gone).collect();
        all.sort_by_key(|task| task.id);
        all
    }

    fn by_subject(&self) -> BTreeMap<Uuid, Happened<'_>> {
        let mut all: BTreeMap<Uuid, Happened<'_>> = BTreeMap::new();
        for told in self.milestones.iter().copied() {
            let of = all.entry(told.milestone.subject).or_default();
            let days = of.entry(&told.milestone.event).or_default();
            days.insert(&told.milestone.occurrence, told);
        }
        all
    }

    /// For the project as a whole an event happens when it first happens to anybody.
    fn whole_project(&self) -> Happened<'_> {
        let mut all: Happened<'_> = BTreeMap::new();
        for told in self.milestones.iter().copied() {
            let own = told.milestone.subject == self.project.0;
            let occurrence = if own { told.milestone.occurrence.as_str() } else { "" };
            let days = all.entry(&told.milestone.event).or_default();
            let first = days.entry(occurrence).or_insert(told);
            if (told.milestone.day, told.milestone.subject) < (first.milestone.day, first.milestone.subject) {
                *first = told;
            }
        }
        all
    }

    /// Plans one rule for one subject: once for each time that its event happened.
    fn of_subject(
        &self,
        rule: &TaskRule,
        subject: Uuid,
        days: &Happened<'_>,
        handed_over: Option<NaiveDate>,
        found: &mut dyn FnMut(TaskId, Option<PlannedTask>),
    ) {
        let known = rule.events().find_map(|trigger| days.get(trigger.event.as_str()));
        for (occurrence, told) in known.into_iter().flatten() {
            if rule.scope == TaskScope::Home && told.scope.0 != subject {
                continue;
            }
            let day_of = |event: &str| Some(days.get(event)?.get(occurrence)?.milestone.day);
            let Some(first) = open_task(rule, day_of) else { continue };
            let until = self.today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(self.today);
            let all = occurrences(rule, &first, until, ends(rule, told, handed_over));
            for (n, opening) in (1..).zip(&all) {
                let occurrence = match (occurrence.is_empty(), rule.repeat == Repeat::Once) {
                    (true, _) => format!("{n}"),
                    (false, true) => (*occurrence).to_owned(),
                    (false, false) => format!("{occurrence}/{n}"),
                };
                let id = TaskId::of_rule(rule.code.as_str(), subject, &occurrence);
                // What repeats and was missed before anybody planned it is not opened any more.
                let missed = rule.repeat != Repeat::Once && opening.due < self.today && !self.tasks.contains_key(&id);
                if !missed {
                    found(id, self.task(rule, subject, told, id, occurrence, opening));
                }
            }
        }
    }

    /// The task as it shall stand; none where it stands so.
    fn task(
        &self,
        rule: &TaskRule,
        subject: Uuid,
        told: &Told,
        id: TaskId,
        occurrence: String,
        opening: &Opening,
    ) -> Option<PlannedTask> {
        let (scope, row) = match self.tasks.get(&id) {
            Some((scope, task)) => (*scope, self.moved(task, opening)?),
            None => {
                let scope = if rule.scope == TaskScope::Project {
                    ScopeId::public_places(self.project)
                } else {
                    told.scope
                };
                (scope, self.new_task(rule, subject, scope, id, occurrence, opening))
            }
        };
        let row = Some(row);
        Some(PlannedTask { id, scope, row })
    }

    /// A person chose its day, it has begun, or it is over.
    fn is_fixed(&self, task: &TaskRow) -> bool {
        task.anchor.is_empty() || task.closed.is_some() || self.begun.contains(&task.record)
    }

    fn moved(&self, task: &TaskRow, to: &Opening) -> Option<TaskRow> {
        let stands: NaiveDate = task.day.parse().ok()?;
        match replan_task(self.is_fixed(task), stands, Some(to.clone())) {
            Replan::Kept => None,
            Replan::Moved(to) => Some(TaskRow {
                day: to.opens_on.to_string(),
                due: to.due.to_string(),
                anchor: to.anchor,
                ..task.clone()
            }),
        }
    }

    fn new_task(
        &self,
        rule: &TaskRule,
        subject: Uuid,
        scope: ScopeId,
        id: TaskId,
        occurrence: String,
        opening: &Opening,
    ) -> TaskRow {
        let place = PlaceId(scope.0);
        let code = |code: Option<&str>| code.unwrap_or_default().to_owned();
        let named = rule
            .template
            .as_ref()
            .and_then(|named| self.catalog.template_for(named.as_str(), self.template));
        let template = named.map(|template| template.id.to_string()).unwrap_or_default();
        let record = match rule.scope {
            // A case is there before anybody is asked to look at it.
            TaskScope::Case => DocumentId(subject),
            _ => DocumentId::derive(id.0, "record"),
        };
        TaskRow {
            id,
            kind: rule.kind.to_string(),
            rule: rule.code.to_string(),
            place,
            record_kind: record_kind(rule).to_owned(),
            record,
            template_version: self.edition,
            template,
            assignees: (self.assignees)(place, rule.role.as_str()),
            day: opening.opens_on.to_string(),
            slot: self.slot(rule, subject),
            due: opening.due.to_string(),
            role: rule.role.to_string(),
            script: code(rule.script.as_ref().map(|script| script.as_str())),
            survey: code(rule.survey.as_ref().map(|survey| survey.as_str())),
            subject,
            occurrence,
            anchor: opening.anchor.clone(),
            ..TaskRow::default()
        }
    }

    /// When a round leaves.
    fn slot(&self, rule: &TaskRule, subject: Uuid) -> String {
        let mut rounds = self.catalog.patrols.rounds.iter();
        let round =
            rounds.find(|round| rule.scope == TaskScope::Route && route(self.project, round.code.as_str()) == subject);
        round
            .map(|round| round.start.format("%H:%M").to_string())
            .unwrap_or_default()
    }
}

/// The day from which a rule repeats no more.
fn ends(rule: &TaskRule, told: &Told, handed_over: Option<NaiveDate>) -> Option<NaiveDate> {
    let own = told.milestone.until;
    match rule.repeat {
        Repeat::MonthlyUntilHandover => own.or(handed_over),
        Repeat::Once | Repeat::Daily | Repeat::WeeklyUntilClosed | Repeat::Yearly => own,
    }
}

/// Returns the subject of the tasks of a round.
#[must_use]
pub fn route(project: ProjectId, round: &str) -> Uuid {
    row_id(project, "route", round)
}

/// Returns the subject of what happens to a batch of homes.
#[must_use]
pub fn batch(project: ProjectId, code: &str) -> Uuid {
    row_id(project, "batch", code)
}

/// The record that a task of a rule produces; empty: none, it is done otherwise.
fn record_kind(rule: &TaskRule) -> &'static str {
    let talks = rule.script.is_some() || rule.survey.is_some();
    match rule.scope {
        TaskScope::Case => "case",
        _ if rule.template.is_some() => "inspection",
        TaskScope::Home | TaskScope::Household if talks => "visit",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn project() -> ProjectId {
        ProjectId::from_bytes([2; 16])
    }

    /// An office: what it knows, and the tasks that follow from it.
    struct Office {
        milestones: Vec<Told>,
        tasks: BTreeMap<TaskId, (ScopeId, TaskRow)>,
        begun: BTreeSet<DocumentId>,
        today: NaiveDate,
    }

    impl Office {
        fn new(today: &str) -> Self {
            Self {
                milestones: Vec::new(),
                tasks: BTreeMap::new(),
                begun: BTreeSet::new(),
                today: day(today),
            }
        }

        fn learn(&mut self, event: &str, subject: Uuid, scope: ScopeId, on: &str) {
            self.milestones
                .retain(|t| (t.milestone.event.as_str(), t.milestone.subject) != (event, subject));
            let milestone = MilestoneRow {
                event: event.into(),
                subject,
                occurrence: String::new(),
                day: day(on),
                until: None,
                rest: Default::default(),
            };
            self.milestones.push(Told { scope, milestone });
        }

        fn of_home(&mut self, event: &str, n: u8, on: &str) {
            let home = Uuid::from_bytes([n; 16]);
            self.learn(event, home, ScopeId(home), on);
        }

        /// Plans, and returns how much changed.
        fn plan(&mut self) -> usize {
            let milestones: Vec<&Told> = self.milestones.iter().collect();
            let planner = Planner {
                catalog: Catalog::built_in().unwrap(),
                edition: 1,
                project: project(),
                template: "handover_shell_v1",
                milestones: &milestones,
                tasks: &self.tasks,
                begun: &self.begun,
                assignees: &|_, role| vec![UserId::derive(Uuid::nil(), role)],
                today: self.today,
            };
            let changed = planner.plan();
            for task in &changed {
                match &task.row {
                    Some(row) => self.tasks.insert(task.id, (task.scope, row.clone())),
                    None => self.tasks.remove(&task.id),
                };
            }
            changed.len()
        }

        fn of_rule(&self, rule: &str) -> Vec<&TaskRow> {
            self.tasks
                .values()
                .map(|(_, task)| task)
                .filter(|task| task.rule == rule)
                .collect()
        }
    }

    #[test]
    fn a_home_is_handed_over_and_its_owner_moves_in_later() {
        let mut office = Office::new("2026-12-04");
        office.of_home("handover", 7, "2026-12-04");
        assert_eq!(office.plan(), 5);
        let visit = office.of_rule("tr-m3-visit")[0].clone();
        assert_eq!((visit.day.as_str(), visit.anchor.as_str()), ("2027-03-04", "handover"));
        assert_eq!(
            (visit.record_kind.as_str(), visit.script.as_str()),
            ("visit", "three_month_v1")
        );
        assert_eq!(office.of_rule("tr-y1-warranty")[0].day, "2027-12-04");
        assert_eq!(office.plan(), 0, "planning again changes nothing");

        // The check has begun before the day of moving in is learnt: it stays, the visit moves.
        let check = office.of_rule("tr-m3-check")[0].clone();
        office.begun.insert(check.record);
        office.of_home("moved_in", 7, "2027-02-20");
        office.plan();
        assert_eq!(office.of_rule("tr-m3-check"), [&check]);
        let moved = office.of_rule("tr-m3-visit")[0];
        assert_eq!((moved.day.as_str(), moved.anchor.as_str()), ("2027-05-20", "moved_in"));
        assert_eq!((moved.id, moved.record), (visit.id, visit.record));
        assert_eq!(office.of_rule("tr-move-in").len(), 1);
    }

    #[test]
    fn what_somebody_closed_is_neither_moved_nor_taken_back_and_moves_when_it_is_open_again() {
        let mut office = Office::new("2026-12-04");
        office.of_home("design_changed", 7, "2026-12-04");
        assert_eq!(office.plan(), 1);
        let id = office.of_rule("tr-change")[0].id;
        let close = |office: &mut Office, closed: Option<crate::rows::TaskClosed>| {
            office.tasks.get_mut(&id).unwrap().1.closed = closed;
        };
        let done = crate::rows::TaskClosed {
            outcome: "done".into(),
            ..Default::default()
        };
        close(&mut office, Some(done));
        office.of_home("design_changed", 7, "2026-12-20");
        assert_eq!(office.plan(), 0);
        office.milestones.clear();
        assert_eq!(office.plan(), 0);
        close(&mut office, None);
        office.of_home("design_changed", 7, "2026-12-20");
        assert_eq!(office.plan(), 1);
        assert_eq!(office.of_rule("tr-change")[0].day, "2026-12-20");
    }

    #[test]
    fn a_day_that_a_person_chose_stays_and_a_shell_project_uses_its_own_template() {
        let mut office = Office::new("2026-12-01");
        office.of_home("handover_notice_sent", 7, "2026-12-01");
        office.plan();
        let id = office.of_rule("tr-handover")[0].id;
        assert_eq!(id, TaskId::of_rule("tr-handover", Uuid::from_bytes([7; 16]), "1"));
        assert_eq!(office.of_rule("tr-handover")[0].template, "handover_shell_v1");
        let (_, task) = office.tasks.get_mut(&id).unwrap();
        (task.day, task.anchor) = ("2026-12-09".into(), String::new());
        office.of_home("handover_notice_sent", 7, "2026-12-02");
        assert_eq!(office.plan(), 0);
        office.milestones.clear();
        assert_eq!(office.plan(), 0, "nor is it taken back");
    }

    #[test]
    fn rounds_are_opened_ahead_day_by_day_and_never_for_days_that_have_passed() {
        let mut office = Office::new("2026-12-10");
        let public = ScopeId::public_places(project());
        office.learn("round_planned", route(project(), "afternoon"), public, "2026-12-01");
        office.plan();
        let days: BTreeSet<_> = office
            .of_rule("tr-patrol")
            .iter()
            .map(|task| task.day.clone())
            .collect();
        assert_eq!((days.len(), days.first().unwrap().as_str()), (15, "2026-12-10"));
        let round = office.of_rule("tr-patrol")[0];
        assert_eq!(
            (round.slot.as_str(), round.place),
            ("15:00", PlaceId::public_places(project()))
        );
        office.today = day("2026-12-11");
        assert_eq!(office.plan(), 1, "one day more, and the missed one stays to be told of");
        // The route is given up: what has not begun is taken back.
        office.milestones[0].milestone.until = Some(day("2026-12-13"));
        office.plan();
        assert_eq!(office.of_rule("tr-patrol").len(), 3);
    }

    #[test]
    fn a_batch_a_project_and_a_case_open_one_task_whatever_the_number_of_homes() {
        let mut office = Office::new("2026-12-10");
        let public = ScopeId::public_places(project());
        office.learn("batch_handover", batch(project(), "batch1"), public, "2026-12-25");
        for n in 1..9 {
            office.of_home("contract_signed", n, "2026-11-20");
        }
        let case = Uuid::from_bytes([99; 16]);
        office.learn("ticket_received", case, ScopeId::from_bytes([7; 16]), "2026-12-04");
        office.plan();
        let one = |rule: &str| office.of_rule(rule).len();
        assert_eq!((one("tr-y4-survey"), one("tr-bulletin"), one("tr-triage")), (1, 1, 1));
        assert_eq!(office.of_rule("tr-triage")[0].record, DocumentId(case));
        assert_eq!(office.of_rule("tr-y4-survey")[0].day, "2030-12-25");
    }

    proptest! {
        #[test]
        fn planning_again_changes_nothing_and_begun_tasks_never_move(
            learnt in prop::collection::vec((0..4_usize, 1..5_u8, 0..900_u64, any::<bool>()), 1..12),
        ) {
            let events = ["handover", "moved_in", "fitout_permitted", "handover_planned"];
            let mut office = Office::new("2027-01-15");
            for (event, home, after, begin) in learnt {
                let on = day("2026-06-01") + Days::new(after);
                office.of_home(events[event], home, &on.to_string());
                let before: Vec<TaskRow> = office.tasks.values().map(|(_, task)| task.clone()).collect();
                office.plan();
                prop_assert_eq!(office.plan(), 0);
                for task in before.iter().filter(|task| office.begun.contains(&task.record)) {
                    prop_assert_eq!(&office.tasks[&task.id].1, task);
                }
                if begin {
                    office.begun.extend(office.tasks.values().map(|(_, task)| task.record).step_by(3));
                }
            }
        }
    }
}
