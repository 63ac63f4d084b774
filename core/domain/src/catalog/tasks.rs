//! Task rules: which event opens which task, for whom, counted from what. The only place that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::answer_codes::AnswerCodes;
use super::checklist::Templates;
use super::codes::{PlainCode, RoleCode, ScriptCode, StepCode, SurveyCode, TaskRuleCode, TemplateId};
use super::csv_table::{Row, Table};
use super::error::Result;
use super::machines::Machines;
use super::scripts::Script;
use super::surveys::Survey;

/// The file of the task rules.
pub(super) const FILE: &str = "task_rules.csv";

/// The events of the journey, from which tasks count.
pub const JOURNEY_EVENTS: [&str; 18] = [
    "visit_registered",
    "contract_started",
    "contract_signed",
    "household_assigned",
    "design_changed",
    "open_day_planned",
    "handover_planned",
    "handover_notice_sent",
    "handover",
    "batch_handover",
    "moved_in",
    "one_year_check_done",
    "ticket_received",
    "repair_closed",
    "complaint_answered",
    "round_planned",
    "fitout_permitted",
    "public_area_survey_done",
];

/// For what a rule opens one task each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskScope {
    /// A home.
    Home,
    /// A household.
    Household,
    /// A batch of homes that are handed over together.
    Batch,
    /// The project.
    Project,
    /// A round of a patrol.
    Route,
    /// A case.
    Case,
}

impl TaskScope {
    /// Tells whether one task serves many homes.
    #[must_use]
    pub fn is_for_many(self) -> bool {
        matches!(self, Self::Batch | Self::Project)
    }
}

/// How often a rule opens a task for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repeat {
    /// Once for each time the event happens.
    Once,
    /// Every day.
    Daily,
    /// Every week until what it watches is closed.
    WeeklyUntilClosed,
    /// Every month until the handover.
    MonthlyUntilHandover,
    /// Every year.
    Yearly,
}

/// A time between an event and what counts from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lag {
    /// Days.
    Days(u32),
    /// Calendar months.
    Months(u32),
    /// Calendar years.
    Years(u32),
}

/// An event, and how long after it: `moved_in+3mo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The event.
    pub event: String,
    /// How long after it.
    pub lag: Lag,
}

/// A text that is no trigger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no trigger, as moved_in+3mo is")]
pub struct NotATrigger(pub String);

impl FromStr for Trigger {
    type Err = NotATrigger;

    fn from_str(text: &str) -> std::result::Result<Self, NotATrigger> {
        let wrong = || NotATrigger(text.to_owned());
        let (event, lag) = text.split_once('+').unwrap_or((text, "0d"));
        if !JOURNEY_EVENTS.contains(&event) {
            return Err(wrong());
        }
        let units = [
            ("mo", Lag::Months as fn(u32) -> Lag),
            ("d", Lag::Days),
            ("y", Lag::Years),
        ];
        let lag = units.into_iter().find_map(|(unit, of)| {
            let number = lag.strip_suffix(unit)?;
            whole(number).map(of)
        });
        lag.map(|lag| Self {
            event: event.to_owned(),
            lag,
        })
        .ok_or_else(wrong)
    }
}

/// Reads up to four digits: more would leave the calendar.
fn whole(text: &str) -> Option<u32> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.event)?;
        match self.lag {
            Lag::Days(0) => Ok(()),
            Lag::Days(n) => write!(f, "+{n}d"),
            Lag::Months(n) => write!(f, "+{n}mo"),
            Lag::Years(n) => write!(f, "+{n}y"),
        }
    }
}

/// A rule that opens tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRule {
    /// Its code.
    pub code: TaskRuleCode,
    /// The kind of its tasks (`answer_codes.csv`, group `task_kind`).
    pub kind: PlainCode,
    /// The step of the journey; none: outside of it.
    pub step: Option<StepCode>,
    /// For what it opens one task each.
    pub scope: TaskScope,
    /// What it counts from.
    pub trigger: Trigger,
    /// What it counts from while the event of the trigger is unknown.
    pub fallback: Option<Trigger>,
    /// Days from opening to the last day.
    pub due_days: u32,
    /// Who does it.
    pub role: RoleCode,
    /// The kind of its inspection (`answer_codes.csv`, group `inspection_kind`).
    pub inspection_kind: Option<PlainCode>,
    /// The checklist of its inspection.
    pub template: Option<TemplateId>,
    /// The survey that is asked.
    pub survey: Option<SurveyCode>,
    /// The script of the talk.
    pub script: Option<ScriptCode>,
    /// How often.
    pub repeat: Repeat,
    /// Where it stands in the list.
    pub order: u32,
}

impl TaskRule {
    /// Returns the events that it counts from, the one that counts first.
    pub fn events(&self) -> impl Iterator<Item = &Trigger> {
        std::iter::once(&self.trigger).chain(&self.fallback)
    }
}

/// What rules name in other files.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) codes: &'a AnswerCodes,
    pub(super) templates: &'a Templates,
    pub(super) machines: &'a Machines,
    pub(super) surveys: &'a BTreeMap<SurveyCode, Survey>,
    pub(super) scripts: &'a BTreeMap<ScriptCode, Script>,
}

/// Reads the rules in their order.
pub(super) fn load(text: &str, known: Known<'_>) -> Result<BTreeMap<TaskRuleCode, TaskRule>> {
    let (mut all, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for row in Table::read(FILE, text)?.rows() {
        let rule = read(&row)?;
        row.unique(&mut seen, rule.code.clone(), "rule_code")?;
        check(&row, &rule, known)?;
        all.insert(rule.code.clone(), rule);
    }
    Ok(all)
}

fn read(row: &Row<'_>) -> Result<TaskRule> {
    let trigger = "an event of the journey, or one and a time: moved_in+3mo";
    let scope = match row.cell("scope")? {
        "home" => TaskScope::Home,
        "household" => TaskScope::Household,
        "batch" => TaskScope::Batch,
        "project" => TaskScope::Project,
        "route" => TaskScope::Route,
        "case" => TaskScope::Case,
        _ => return Err(row.error("scope", "home, household, batch, project, route or case")),
    };
    let repeat = match row.cell("repeat")? {
        "" => Repeat::Once,
        "daily" => Repeat::Daily,
        "weekly_until_closed" => Repeat::WeeklyUntilClosed,
        "monthly_until_handover" => Repeat::MonthlyUntilHandover,
        "yearly" => Repeat::Yearly,
        _ => {
            let expected = "nothing, daily, weekly_until_closed, monthly_until_handover or yearly";
            return Err(row.error("repeat", expected));
        }
    };
    let fallback = row.cell("fallback_trigger")?;
    let due = row.cell("due")?.strip_suffix('d').and_then(whole);
    Ok(TaskRule {
        code: row.code("rule_code")?,
        kind: row.code("task_kind")?,
        step: row.maybe_code("step_code")?,
        scope,
        trigger: row.parse("trigger", trigger)?,
        fallback: match fallback {
            "" => None,
            _ => Some(row.parse("fallback_trigger", trigger)?),
        },
        due_days: due.ok_or_else(|| row.error("due", "days, as 7d"))?,
        role: row.code("role")?,
        inspection_kind: row.maybe_code("inspection_kind")?,
        template: row.maybe_code("template_id")?,
        survey: row.maybe_code("survey_id")?,
        script: row.maybe_code("script_id")?,
        repeat,
        order: row.whole("order")?,
    })
}

fn check(row: &Row<'_>, rule: &TaskRule, known: Known<'_>) -> Result<()> {
    let has = |group: &str, code: &PlainCode| known.codes.has(group, code);
    let kind = has("task_kind", &rule.kind);
    row.check("task_kind", kind, "a task_kind of answer_codes.csv")?;
    row.check(
        "role",
        known.machines.has_role(rule.role.as_str()),
        "a role of state_machines.json",
    )?;
    let inspection = rule
        .inspection_kind
        .as_ref()
        .is_none_or(|kind| has("inspection_kind", kind));
    row.check("inspection_kind", inspection, "an inspection_kind of answer_codes.csv")?;
    let template = rule.template.as_ref().is_none_or(|id| known.templates.contains_key(id));
    row.check("template_id", template, "a checklist template")?;
    let survey = rule.survey.as_ref().is_none_or(|id| known.surveys.contains_key(id));
    row.check("survey_id", survey, "a survey of surveys.csv")?;
    let script = rule.script.as_ref().is_none_or(|id| known.scripts.contains_key(id));
    row.check("script_id", script, "a script of visit_scripts.csv")?;
    let together = rule.template.is_some() == rule.inspection_kind.is_some();
    row.check("template_id", together, "a template and an inspection kind, or neither")?;
    // Who is rated never asks.
    let asks =
        (rule.kind != "revisit" || rule.role == "reviewer") && (rule.survey.is_none() || rule.role != "engineer");
    row.check("role", asks, "a role that is not rated by the answers")?;
    let batch = ["batch_handover", "public_area_survey_done"].contains(&rule.trigger.event.as_str());
    let counts = (rule.scope == TaskScope::Batch) == batch;
    row.check("trigger", counts, "an event of the batch exactly for the scope batch")?;
    let other = rule
        .fallback
        .as_ref()
        .is_none_or(|fallback| fallback.event != rule.trigger.event);
    row.check(
        "fallback_trigger",
        other,
        "another event than that of the trigger: a rule never waits for itself",
    )
}
