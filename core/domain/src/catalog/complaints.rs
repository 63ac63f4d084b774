//! Deadlines of complaints, quiet hours, revisits, escalation, targets for defects.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::answer_codes::Severity;
use super::codes::{PlainCode, ProfileCode, RoleCode};
use super::machines::Named;
use super::text::Text;

/// The file of the complaint profiles.
pub(super) const FILE: &str = "complaint_profiles.json";

/// A stretch of the day, from its first moment to the one after its last; it may run over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QuietPeriod(
    #[serde(with = "super::hours")] pub NaiveTime,
    #[serde(with = "super::hours")] pub NaiveTime,
);

/// When nobody is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QuietHours {
    /// Where these times of day are meant, unless the project says otherwise.
    #[serde(deserialize_with = "super::hours::zone")]
    pub time_zone: Tz,
    /// The stretches of the day.
    pub periods: Vec<QuietPeriod>,
    /// Whether an owner's own hours replace these.
    pub owner_request_overrides: bool,
    /// What is so dangerous that somebody calls at any hour.
    pub exempt: Vec<Exempt>,
}

/// A code that says danger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Exempt {
    /// Its list (`answer_codes.csv`): `severity`, `urgency`.
    pub group: PlainCode,
    /// Its code there.
    pub code: String,
}

impl QuietHours {
    /// Tells whether a code of a list says danger.
    #[must_use]
    pub fn is_exempt(&self, group: &str, code: &str) -> bool {
        self.exempt.iter().any(|e| e.group == *group && e.code == code)
    }
}

/// How a deadline is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadlines {
    /// In calendar days from the first business day after receipt.
    CalendarDays {
        /// Days of the week on which business is done; 1 is Monday.
        business_days: Vec<u32>,
        /// The steps, all from the same start.
        steps: Vec<CalendarStep>,
    },
    /// In working hours and working days.
    WorkingTime {
        /// When work is done.
        calendar: WorkingTime,
        /// The steps, each from receipt or from the end of an earlier one.
        steps: Vec<WorkingStep>,
    },
}

/// A step counted in calendar days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarStep {
    /// Its code.
    pub code: PlainCode,
    /// Its words.
    pub text: Text,
    /// Days after the start.
    pub days: u32,
    /// The events that meet it.
    pub met_by: Vec<PlainCode>,
}

/// A step counted in working time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingStep {
    /// Its code.
    pub code: PlainCode,
    /// Its words.
    pub text: Text,
    /// How long.
    pub length: WorkingLength,
    /// The step after which it begins; none: receipt.
    pub after: Option<PlainCode>,
    /// The events that meet it.
    pub met_by: Vec<PlainCode>,
}

/// A length of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingLength {
    /// So many hours of work.
    Hours(u32),
    /// To the close of work on that working day, the next one being the first.
    Days(u32),
}

/// When work is done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkingTime {
    /// Days of the week; 1 is Monday.
    pub working_days: Vec<u32>,
    /// Hours of each of them.
    pub working_hours: Vec<WorkingHours>,
    /// Where they are meant, unless the project says otherwise.
    #[serde(deserialize_with = "super::hours::zone")]
    pub time_zone: Tz,
}

/// Hours of work between two pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct WorkingHours(
    #[serde(with = "super::hours")] pub NaiveTime,
    #[serde(with = "super::hours")] pub NaiveTime,
);

/// Deadlines under one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintProfile {
    /// Its code.
    pub code: ProfileCode,
    /// Its name.
    pub text: Text,
    /// How and how long.
    pub deadlines: Deadlines,
}

impl ComplaintProfile {
    /// Returns the codes and words of its steps.
    #[must_use]
    pub fn steps(&self) -> Vec<(&str, &Text)> {
        match &self.deadlines {
            Deadlines::CalendarDays { steps, .. } => steps.iter().map(|s| (s.code.as_str(), &s.text)).collect(),
            Deadlines::WorkingTime { steps, .. } => steps.iter().map(|s| (s.code.as_str(), &s.text)).collect(),
        }
    }
}

/// When somebody asks whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Revisit {
    /// Within so many days, to the end of the last.
    pub days: u32,
    /// After these events.
    pub events: Vec<PlainCode>,
    /// Tries after which somebody counts as unreachable.
    pub unreachable_tries: u32,
    /// Over so many days at least.
    pub unreachable_days: u32,
}

/// When a household first hears from its ambassador.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FirstContact {
    /// Within so many days.
    pub days: u32,
    /// After this event.
    pub event: PlainCode,
}

/// Who hears of a deadline, and when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EscalationLevel {
    /// Counts from 1.
    pub level: u32,
    /// When it is reached.
    pub at: EscalationAt,
    /// The role that hears of it.
    pub to_role: RoleCode,
    /// What is done.
    pub action: Text,
    /// Who by name of office; none: the person in charge.
    pub receiver: Option<PlainCode>,
}

/// A moment beside a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum EscalationAt {
    /// Four fifths of the time are over.
    #[serde(rename = "80_percent_of_time")]
    EightyPercent,
    /// The deadline.
    #[serde(rename = "deadline_passed")]
    Passed,
    /// A day after it.
    #[serde(rename = "deadline_passed_24h")]
    PassedDay,
    /// Three days after it.
    #[serde(rename = "deadline_passed_72h")]
    PassedThreeDays,
}

/// What holds when many homes complain of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Major {
    /// From so many homes on, a cluster is proposed.
    pub cluster_min_homes: usize,
    /// Who hears of it first.
    pub first_person: PlainCode,
    /// What it needs.
    pub needs: Vec<PlainCode>,
    /// Whether a third party may be asked.
    pub third_party_possible: bool,
}

/// How fast a defect of some severity is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct DefectTarget {
    /// The severity.
    pub severity: Severity,
    /// Until the person named has answered with a time.
    pub contact_minutes: u32,
    /// Until somebody was there.
    pub visit_hours: Option<u32>,
    /// Until there is a plan.
    pub plan_days: Option<u32>,
    /// Until it is fixed.
    pub fix_days: Option<u32>,
}

/// Everything about complaints and how quickly somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintRules {
    /// The profile of a project that names none.
    pub default_profile: ProfileCode,
    /// All profiles.
    pub profiles: Vec<ComplaintProfile>,
    /// While a case is open, its owner hears of it every so many days.
    pub update_every_days: u32,
    /// When nobody is called.
    pub quiet_hours: QuietHours,
    /// Revisits.
    pub revisit: Revisit,
    /// The first contact.
    pub first_contact: FirstContact,
    /// Escalation, the first level first.
    pub escalation: Vec<EscalationLevel>,
    /// Who may receive one.
    pub receivers: Vec<Named<PlainCode>>,
    /// Clusters and major cases.
    pub major: Major,
    /// How many people approve a compensation.
    pub compensation_approvals: u32,
    /// How many questions a survey asks before "more".
    pub questions_before_more: usize,
    /// Targets by severity.
    pub defect_targets: Vec<DefectTarget>,
    /// How a matter reaches us.
    pub channels: Vec<Named<PlainCode>>,
    /// What a complainant may want.
    pub wanted_outcomes: Vec<Named<PlainCode>>,
    /// What an investigation may find.
    pub verdicts: Vec<Named<PlainCode>>,
    /// What a revisit may end with.
    pub revisit_results: Vec<Named<PlainCode>>,
}

impl ComplaintRules {
    /// Returns the profile of this code, or the default one.
    #[must_use]
    pub fn profile(&self, code: &str) -> Option<&ComplaintProfile> {
        let find = |code: &str| self.profiles.iter().find(|profile| profile.code == code);
        find(code).or_else(|| find(self.default_profile.as_str()))
    }

    /// Returns the target for a severity.
    #[must_use]
    pub fn target(&self, severity: Severity) -> Option<&DefectTarget> {
        self.defect_targets.iter().find(|target| target.severity == severity)
    }
}
