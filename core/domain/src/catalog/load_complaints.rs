//! Reads complaint_profiles.json and checks it against the lists, roles and itself.

use super::complaints::*;
use super::json_file::JsonFile;
use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    default_profile: ProfileCode,
    profiles: Vec<RawProfile>,
    progress_update: Progress,
    quiet_hours: QuietHours,
    revisit: Revisit,
    first_contact: FirstContact,
    escalation: Vec<EscalationLevel>,
    escalation_receivers: Vec<Named<PlainCode>>,
    unacknowledged: Unacknowledged,
    major: Major,
    compensation: Compensation,
    survey_questions_before_more: usize,
    defect_targets: Vec<DefectTarget>,
    channels: Vec<Named<PlainCode>>,
    wanted_outcomes: Vec<Named<PlainCode>>,
    verdicts: Vec<Named<PlainCode>>,
    revisit_results: Vec<Named<PlainCode>>,
}

#[derive(Deserialize)]
struct Progress {
    every_days: u32,
}

#[derive(Deserialize)]
struct Compensation {
    approvals: u32,
}

#[derive(Deserialize)]
struct Unacknowledged {
    limit_from: String,
    then: String,
}

#[derive(Deserialize)]
struct RawProfile {
    code: ProfileCode,
    #[serde(flatten)]
    text: Text,
    clock: Clock,
    start: Start,
    business_days: Option<Vec<u32>>,
    calendar: Option<WorkingTime>,
    steps: Vec<RawStep>,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Clock {
    CalendarDays,
    WorkingTime,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Start {
    Receipt,
    FirstBusinessDayAfterReceipt,
}

#[derive(Deserialize)]
struct RawStep {
    code: PlainCode,
    #[serde(flatten)]
    text: Text,
    days: Option<u32>,
    working_hours: Option<u32>,
    working_days: Option<u32>,
    after: Option<PlainCode>,
    #[serde(default)]
    met_by: Vec<PlainCode>,
}

/// The lists in which a code may say danger.
const EXEMPT: [&str; 2] = ["severity", "urgency"];

/// Reads the rules.
pub(super) fn load(text: &str, codes: &AnswerCodes, machines: &Machines) -> Result<ComplaintRules, CatalogError> {
    let json = JsonFile::new(complaints::FILE, text);
    let file: File = json.read()?;
    let check = Check { json, codes, machines };
    check.lists(&file)?;
    check.working(&file)?;
    check.escalation(&file)?;
    check.targets(&file, codes)?;
    let mut profiles = Vec::new();
    for (n, raw) in file.profiles.into_iter().enumerate() {
        profiles.push(check.profile(raw, &format!("profiles[{n}]"))?);
    }
    Ok(ComplaintRules {
        default_profile: file.default_profile,
        profiles,
        update_every_days: file.progress_update.every_days,
        quiet_hours: file.quiet_hours,
        revisit: file.revisit,
        first_contact: file.first_contact,
        escalation: file.escalation,
        receivers: file.escalation_receivers,
        major: file.major,
        compensation_approvals: file.compensation.approvals,
        questions_before_more: file.survey_questions_before_more,
        defect_targets: file.defect_targets,
        channels: file.channels,
        wanted_outcomes: file.wanted_outcomes,
        verdicts: file.verdicts,
        revisit_results: file.revisit_results,
    })
}

struct Check<'a> {
    json: JsonFile<'a>,
    codes: &'a AnswerCodes,
    machines: &'a Machines,
}

impl Check<'_> {
    /// No code twice in any list.
    fn lists(&self, file: &File) -> Result<(), CatalogError> {
        self.json
            .unique("profiles", file.profiles.iter().map(|p| p.code.as_str()), ".code")?;
        for (path, list) in [
            ("escalation_receivers", &file.escalation_receivers),
            ("channels", &file.channels),
            ("wanted_outcomes", &file.wanted_outcomes),
            ("verdicts", &file.verdicts),
            ("revisit_results", &file.revisit_results),
        ] {
            self.json.unique(path, list.iter().map(|e| e.code.as_str()), ".code")?;
        }
        let known = file.profiles.iter().any(|p| p.code == file.default_profile);
        let code = file.default_profile.as_str();
        self.json
            .check(known, || "default_profile".into(), code, "a code of profiles")
    }

    /// Numbers that only make sense above some limit.
    fn working(&self, file: &File) -> Result<(), CatalogError> {
        let least = |path: &str, value: usize, least: usize| {
            let expected = format!("{least} or more");
            self.json
                .check(value >= least, || path.to_owned(), &value.to_string(), &expected)
        };
        least("major.cluster_min_homes", file.major.cluster_min_homes, 2)?;
        least("compensation.approvals", wide(file.compensation.approvals), 2)?;
        least("progress_update.every_days", wide(file.progress_update.every_days), 1)?;
        least("revisit.days", wide(file.revisit.days), 1)?;
        least("revisit.unreachable_tries", wide(file.revisit.unreachable_tries), 1)?;
        for (n, period) in file.quiet_hours.periods.iter().enumerate() {
            let at = || format!("quiet_hours.periods[{n}]");
            self.json.check(
                period.0 != period.1,
                at,
                &period.0.to_string(),
                "two different times of day",
            )?;
        }
        for (n, exempt) in file.quiet_hours.exempt.iter().enumerate() {
            let group = exempt.group.as_str();
            self.json.check(
                EXEMPT.contains(&group),
                || format!("quiet_hours.exempt[{n}].group"),
                group,
                "severity or urgency",
            )?;
            self.json.check(
                self.codes.has(group, &exempt.code),
                || format!("quiet_hours.exempt[{n}].code"),
                &exempt.code,
                "a code of this group of answer_codes.csv",
            )?;
        }
        Ok(())
    }

    fn escalation(&self, file: &File) -> Result<(), CatalogError> {
        let receiver = |code: &PlainCode| file.escalation_receivers.iter().any(|r| r.code == *code);
        for (n, level) in file.escalation.iter().enumerate() {
            let at = |field: &str| format!("escalation[{n}].{field}");
            let role = level.to_role.as_str();
            self.json.check(
                self.machines.has_role(role),
                || at("to_role"),
                role,
                "a role of state_machines.json",
            )?;
            let known = level.receiver.as_ref().is_none_or(receiver);
            let named = level.receiver.as_ref().map_or("", PlainCode::as_str);
            self.json
                .check(known, || at("receiver"), named, "a code of escalation_receivers")?;
            let rises = usize::try_from(level.level).is_ok_and(|level| level == n + 1);
            self.json
                .check(rises, || at("level"), &level.level.to_string(), &(n + 1).to_string())?;
        }
        let at = || "major.first_person".to_owned();
        let first = &file.major.first_person;
        self.json
            .check(receiver(first), at, first.as_str(), "a code of escalation_receivers")?;
        let limit = file.unacknowledged.limit_from.as_str();
        let known = limit == "defect_targets.contact_minutes";
        self.json.check(
            known,
            || "unacknowledged.limit_from".into(),
            limit,
            "defect_targets.contact_minutes",
        )?;
        let then = file.unacknowledged.then.as_str();
        self.json.check(
            then == "escalation",
            || "unacknowledged.then".into(),
            then,
            "escalation",
        )
    }

    /// One target for each severity.
    fn targets(&self, file: &File, codes: &AnswerCodes) -> Result<(), CatalogError> {
        let all: Vec<String> = file.defect_targets.iter().map(|t| t.severity.to_string()).collect();
        self.json
            .unique("defect_targets", all.iter().map(String::as_str), ".severity")?;
        let missing = codes.group("severity").iter().find(|s| !all.contains(&s.code));
        let expected = missing
            .map(|s| format!("a target for severity {}", s.code))
            .unwrap_or_default();
        self.json
            .check(missing.is_none(), || "defect_targets".into(), "", &expected)
    }

    fn profile(&self, raw: RawProfile, path: &str) -> Result<ComplaintProfile, CatalogError> {
        self.json.unique(
            &format!("{path}.steps"),
            raw.steps.iter().map(|s| s.code.as_str()),
            ".code",
        )?;
        let start = match raw.clock {
            Clock::CalendarDays => Start::FirstBusinessDayAfterReceipt,
            Clock::WorkingTime => Start::Receipt,
        };
        self.json.check(
            raw.start == start,
            || format!("{path}.start"),
            "",
            "the start that this clock counts from",
        )?;
        let deadlines = match raw.clock {
            Clock::CalendarDays => Deadlines::CalendarDays {
                business_days: self.days(raw.business_days, &format!("{path}.business_days"))?,
                steps: self.calendar_steps(raw.steps, path)?,
            },
            Clock::WorkingTime => Deadlines::WorkingTime {
                calendar: self.working_time(raw.calendar, &format!("{path}.calendar"))?,
                steps: self.working_steps(raw.steps, path)?,
            },
        };
        Ok(ComplaintProfile {
            code: raw.code,
            text: raw.text,
            deadlines,
        })
    }

    /// At least one day of the week, or the clock would never move.
    fn days(&self, days: Option<Vec<u32>>, path: &str) -> Result<Vec<u32>, CatalogError> {
        let days = days.unwrap_or_default();
        let good = !days.is_empty() && days.iter().all(|day| (1..=7).contains(day));
        let expected = "days of the week, 1 to 7, at least one";
        self.json
            .check(good, || path.to_owned(), &format!("{days:?}"), expected)?;
        Ok(days)
    }

    fn working_time(&self, calendar: Option<WorkingTime>, path: &str) -> Result<WorkingTime, CatalogError> {
        let missing = || {
            self.json
                .error(path.to_owned(), "", "working days, working hours and a time zone")
        };
        let calendar = calendar.ok_or_else(missing)?;
        self.days(Some(calendar.working_days.clone()), &format!("{path}.working_days"))?;
        let mut before = None;
        for (n, hours) in calendar.working_hours.iter().enumerate() {
            let good = hours.0 < hours.1 && before.is_none_or(|end| end <= hours.0);
            let at = || format!("{path}.working_hours[{n}]");
            self.json
                .check(good, at, &hours.0.to_string(), "hours that rise and do not overlap")?;
            before = Some(hours.1);
        }
        let at = || format!("{path}.working_hours");
        self.json
            .check(before.is_some(), at, "", "at least one stretch of the day")?;
        Ok(calendar)
    }

    /// The events that meet a step: at least one, each of a case or complaint, or that the owner was told how it stands.
    fn met_by(&self, events: &[PlainCode], at: &str) -> Result<(), CatalogError> {
        let has = !events.is_empty();
        self.json
            .check(has, || at.to_owned(), "", "the events that meet the step")?;
        let machines = ["case", "complaint"].map(|code| self.machines.get(code));
        for (n, event) in events.iter().enumerate() {
            let mut transitions = machines.iter().flatten().flat_map(|machine| &machine.transitions);
            let known = event.as_str() == "update" || transitions.any(|t| t.event.as_str() == event.as_str());
            let expected = "a known event of a case or complaint";
            self.json
                .check(known, || format!("{at}.met_by[{n}]"), event.as_str(), expected)?;
        }
        Ok(())
    }

    fn calendar_steps(&self, steps: Vec<RawStep>, path: &str) -> Result<Vec<CalendarStep>, CatalogError> {
        let mut out = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let only = step.working_hours.is_none() && step.working_days.is_none() && step.after.is_none();
            let days = step.days.filter(|_| only);
            let days = days.ok_or_else(|| {
                let at = format!("{path}.steps[{n}]");
                self.json
                    .error(at, step.code.as_str(), "a number of days, and nothing of another clock")
            })?;
            self.met_by(&step.met_by, &format!("{path}.steps[{n}]"))?;
            out.push(CalendarStep {
                code: step.code,
                text: step.text,
                days,
                met_by: step.met_by,
            });
        }
        Ok(out)
    }

    fn working_steps(&self, steps: Vec<RawStep>, path: &str) -> Result<Vec<WorkingStep>, CatalogError> {
        let mut out: Vec<WorkingStep> = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let at = |field: &str| format!("{path}.steps[{n}]{field}");
            let length = match (step.days, step.working_hours, step.working_days) {
                (None, Some(hours), None) => Some(WorkingLength::Hours(hours)),
                (None, None, Some(days)) => Some(WorkingLength::Days(days)),
                _ => None,
            };
            let length = length.filter(|length| !matches!(length, WorkingLength::Hours(0) | WorkingLength::Days(0)));
            let wrong = || {
                self.json.error(
                    at(""),
                    step.code.as_str(),
                    "either working hours or working days, above 0",
                )
            };
            let length = length.ok_or_else(wrong)?;
            // Only an earlier step may be waited for: so steps never wait for each other in a circle.
            let known = step
                .after
                .as_ref()
                .is_none_or(|after| out.iter().any(|earlier| earlier.code == *after));
            let after = step.after.as_ref().map_or("", PlainCode::as_str);
            let expected = "an earlier step of this profile: steps that wait for each other never begin";
            self.json.check(known, || at(".after"), after, expected)?;
            self.met_by(&step.met_by, &at(""))?;
            out.push(WorkingStep {
                code: step.code,
                text: step.text,
                length,
                met_by: step.met_by,
                after: step.after,
            });
        }
        Ok(out)
    }
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
