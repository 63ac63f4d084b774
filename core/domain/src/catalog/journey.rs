//! The journey of a home: its steps, and what is ready before the handover event.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{DocumentKindCode, PrepCode, RoleCode, StepCode, TaskRuleCode};
use super::csv_table::Table;
use super::error::Result;
use super::machines::Machines;
use super::papers::DocumentKind;
use super::tasks::{TaskRule, Trigger};
use super::text::Text;

/// The file of the steps.
pub(super) const FILE: &str = "journey_steps.csv";
/// The file of what is ready before the event.
pub(super) const PREP_FILE: &str = "event_prep.csv";

/// How a step stands to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Track {
    /// One after the other.
    Main,
    /// Beside them.
    Parallel,
}

/// A step of the journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyStep {
    /// Its code.
    pub code: StepCode,
    /// Its name.
    pub text: Text,
    /// How it stands to the others.
    pub track: Track,
    /// What opens it.
    pub trigger: Trigger,
    /// Where the owner meets us.
    pub touchpoint: Text,
    /// What is on the owner's mind.
    pub customer_mind: Text,
    /// What is done.
    pub work: Text,
    /// What it produces.
    pub document_kinds: Vec<DocumentKindCode>,
}

/// Something that is ready before the handover event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// Its code.
    pub code: PrepCode,
    /// What.
    pub text: Text,
    /// So many days before the event.
    pub days_before: u32,
    /// Whose task it is.
    pub role: RoleCode,
}

/// Reads the steps in their order.
pub(super) fn load(
    text: &str,
    rules: &BTreeMap<TaskRuleCode, TaskRule>,
    kinds: &BTreeMap<DocumentKindCode, DocumentKind>,
) -> Result<Vec<JourneyStep>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for row in Table::read(FILE, text)?.rows() {
        let code: StepCode = row.code("code")?;
        row.unique(&mut seen, code.clone(), "code")?;
        let track = match row.cell("track")? {
            "main" => Track::Main,
            "parallel" => Track::Parallel,
            _ => return Err(row.error("track", "main or parallel")),
        };
        let trigger: Trigger = row.parse("trigger", "an event of the journey, or one and a time: moved_in+3mo")?;
        let opened = rules
            .values()
            .any(|rule| rule.step.as_ref() == Some(&code) && rule.trigger == trigger);
        row.check(
            "trigger",
            opened,
            "the trigger of a rule of task_rules.csv with this step",
        )?;
        let produces: Vec<DocumentKindCode> = row.code_list("document_kinds")?;
        let known = produces.iter().all(|kind| kinds.contains_key(kind));
        row.check("document_kinds", known, "codes of document_kinds.csv")?;
        let step = JourneyStep {
            code,
            text: row.text("zh", "en")?,
            track,
            trigger,
            touchpoint: row.text("touchpoint_zh", "touchpoint_en")?,
            customer_mind: row.text("customer_mind_zh", "customer_mind_en")?,
            work: row.text("work_zh", "work_en")?,
            document_kinds: produces,
        };
        all.push((row.whole("order")?, step));
    }
    all.sort_by_key(|(order, _)| *order);
    Ok(all.into_iter().map(|(_, step)| step).collect())
}

/// Reads what is ready before the event, the earliest first.
pub(super) fn load_prep(text: &str, machines: &Machines) -> Result<Vec<Preparation>> {
    let (mut all, mut seen, mut before) = (Vec::new(), BTreeSet::new(), u32::MAX);
    for row in Table::read(PREP_FILE, text)?.rows() {
        let one = Preparation {
            code: row.code("code")?,
            text: row.text("zh", "en")?,
            days_before: row.whole("days_before")?,
            role: row.code("role")?,
        };
        row.unique(&mut seen, one.code.clone(), "code")?;
        row.check(
            "role",
            machines.has_role(one.role.as_str()),
            "a role of state_machines.json",
        )?;
        let falls = one.days_before <= before;
        row.check("days_before", falls, "not more days than the row above")?;
        before = one.days_before;
        all.push(one);
    }
    Ok(all)
}

/// Refuses a rule whose step does not exist.
pub(super) fn check_rules(text: &str, steps: &[JourneyStep]) -> Result<()> {
    for row in Table::read(super::tasks::FILE, text)?.rows() {
        let step: Option<StepCode> = row.maybe_code("step_code")?;
        let known = step.is_none_or(|code| steps.iter().any(|step| step.code == code));
        row.check("step_code", known, "a step of journey_steps.csv")?;
    }
    Ok(())
}
