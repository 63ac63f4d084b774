//! Patrols: the rounds of the day, what they pass, and the log that writes itself.

use chrono::NaiveTime;
use serde::Deserialize;

use super::answer_codes::AnswerCodes;
use super::checklist::Templates;
use super::codes::{PlainCode, RoleCode, RoomKindCode, TemplateId};
use super::error::Result;
use super::json_file::JsonFile;
use super::machines::{Machines, Named};
use super::rooms::RoomKinds;
use super::text::Text;

/// The file of the patrols.
pub(super) const FILE: &str = "patrols.json";

/// A round.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Round {
    /// Its code: `morning`.
    pub code: PlainCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// When it leaves.
    #[serde(with = "super::hours")]
    pub start: NaiveTime,
    /// When it is back.
    #[serde(with = "super::hours")]
    pub end: NaiveTime,
}

/// Places that a round passes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Area {
    /// Its code.
    pub code: PlainCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Kinds of public rooms.
    pub rooms: Vec<RoomKindCode>,
}

/// The talk before a shift.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Briefing {
    /// So long before the shift.
    pub before_shift_minutes: u32,
    /// There is none when it rains.
    pub not_in_rain: bool,
    /// What it is about.
    pub agenda: Vec<Named<PlainCode>>,
}

/// The log of a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogRules {
    /// Who remarks on it.
    pub remark_by: RoleCode,
    /// Whether reading leaves a stamp.
    pub read_stamp: bool,
    /// When the day is closed.
    #[serde(with = "super::hours")]
    pub daily_close: NaiveTime,
}

/// Who reads what visitors of homes brought back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HomeVisitForms {
    /// The role.
    pub read_by: RoleCode,
    /// How often: `week`.
    pub every: PlainCode,
}

/// Everything about patrols.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Patrols {
    /// So long before the shift somebody is there.
    pub arrive_before_shift_minutes: u32,
    /// What they read first.
    pub arrive_reads: Text,
    /// The talk before the shift.
    pub briefing: Briefing,
    /// The rounds in their order.
    pub rounds: Vec<Round>,
    /// Kinds of inspection that end as a round does: whoever walked answers for it, and no owner signs.
    pub inspection_kinds: Vec<PlainCode>,
    /// Where a round begins.
    pub start_place: PlainCode,
    /// Where it ends.
    pub end_place: PlainCode,
    /// So far from its time a round is still on time.
    pub tolerance_minutes: u32,
    /// Whether a round that is not on time needs a reason.
    pub exception_needs_reason: bool,
    /// Its checklist.
    pub template_id: TemplateId,
    /// What it passes.
    pub areas: Vec<Area>,
    /// Its log.
    pub log: LogRules,
    /// Forms of visits.
    pub home_visit_forms: HomeVisitForms,
}

impl Patrols {
    /// Returns a round by its code.
    #[must_use]
    pub fn round(&self, code: &str) -> Option<&Round> {
        self.rounds.iter().find(|round| round.code == code)
    }

    /// Tells whether an inspection of a kind ends as a round does.
    #[must_use]
    pub fn is_round(&self, inspection_kind: &str) -> bool {
        self.inspection_kinds.iter().any(|kind| *kind == *inspection_kind)
    }
}

/// What patrols name in other files.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) codes: &'a AnswerCodes,
    pub(super) rooms: &'a RoomKinds,
    pub(super) templates: &'a Templates,
    pub(super) machines: &'a Machines,
}

/// Reads the patrols.
pub(super) fn load(text: &str, known: Known<'_>) -> Result<Patrols> {
    let Known {
        codes,
        rooms,
        templates,
        machines,
    } = known;
    let json = JsonFile::new(FILE, text);
    let file: Patrols = json.read()?;
    json.unique("rounds", file.rounds.iter().map(|r| r.code.as_str()), ".code")?;
    json.unique("areas", file.areas.iter().map(|a| a.code.as_str()), ".code")?;
    let mut before = None;
    for (n, round) in file.rounds.iter().enumerate() {
        let rises = round.start < round.end && before.is_none_or(|end| end <= round.start);
        let at = || format!("rounds[{n}].start");
        json.check(
            rises,
            at,
            &round.start.to_string(),
            "rounds that rise and do not overlap",
        )?;
        before = Some(round.end);
    }
    let close = file.log.daily_close;
    let expected = "a time after the last round";
    let late = before.is_none_or(|end| end < close);
    json.check(late, || "log.daily_close".into(), &close.to_string(), expected)?;
    let template = file.template_id.as_str();
    json.check(
        templates.contains_key(template),
        || "template_id".into(),
        template,
        "a checklist template",
    )?;
    for (path, role) in [
        ("log.remark_by", &file.log.remark_by),
        ("home_visit_forms.read_by", &file.home_visit_forms.read_by),
    ] {
        json.check(
            machines.has_role(role.as_str()),
            || path.into(),
            role.as_str(),
            "a role of state_machines.json",
        )?;
    }
    json.unique("inspection_kinds", file.inspection_kinds.iter().map(|k| k.as_str()), "")?;
    for (n, kind) in file.inspection_kinds.iter().enumerate() {
        json.check(
            codes.has("inspection_kind", kind),
            || format!("inspection_kinds[{n}]"),
            kind.as_str(),
            "an inspection_kind of answer_codes.csv",
        )?;
    }
    areas(&json, &file, rooms)?;
    Ok(file)
}

/// Every public kind of room lies in exactly one area.
fn areas(json: &JsonFile<'_>, file: &Patrols, rooms: &RoomKinds) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for (n, area) in file.areas.iter().enumerate() {
        for (i, kind) in area.rooms.iter().enumerate() {
            let public = rooms.get(kind.as_str()).is_some_and(|kind| kind.group == "public");
            let good = public && seen.insert(kind.as_str());
            let at = || format!("areas[{n}].rooms[{i}]");
            json.check(
                good,
                at,
                kind.as_str(),
                "a public kind of rooms.csv that no other area has",
            )?;
        }
    }
    let mut public = rooms.iter().filter(|kind| kind.group == "public");
    let missing = public.find(|kind| !seen.contains(kind.code.as_str()));
    let expected = missing
        .map(|kind| format!("an area with {}", kind.code))
        .unwrap_or_default();
    json.check(missing.is_none(), || "areas".into(), "", &expected)
}
