//! Milestones that records tell: a handover that was signed, a repair that was closed, an answer that was given.

use uuid::Uuid;

use super::calendar::ProjectCalendar;
use crate::ids::{DocumentId, PlaceId};
use crate::record::Projection;
use crate::rows::MilestoneRow;

/// A record, as far as milestones need it.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The record.
    pub document: DocumentId,
    /// Where it was made.
    pub place: PlaceId,
    /// What its task was opened for; none: its place.
    pub subject: Option<Uuid>,
    /// What it says.
    pub projection: &'a Projection,
}

/// Returns what a record tells. The first signature and the first answer count, of a repair the last closing.
#[must_use]
pub fn milestones_of(record: Recorded<'_>, calendar: &ProjectCalendar) -> Vec<MilestoneRow> {
    let told = |event: &str, subject: Uuid, occurrence: String, at_ms: i64| MilestoneRow {
        event: event.to_owned(),
        subject,
        occurrence,
        day: calendar.day_of(at_ms),
        until: None,
        rest: Default::default(),
    };
    let steps = &record.projection.history;
    let first = |event: &str| steps.iter().find(|step| step.event == event).map(|step| step.at_ms);
    let last = |event: &str| {
        steps
            .iter()
            .rev()
            .find(|step| step.event == event)
            .map(|step| step.at_ms)
    };
    let (home, own) = (record.place.0, record.document.to_string());
    let subject = record.subject.unwrap_or(home);
    let found = match (
        record.projection.kind.as_str(),
        record.projection.inspection_kind.as_str(),
    ) {
        ("inspection", "handover") => first("sign").map(|at| told("handover", home, String::new(), at)),
        ("inspection", "one_year") => first("sign").map(|at| told("one_year_check_done", home, String::new(), at)),
        ("inspection", "renewal") => {
            first("sign").map(|at| told("public_area_survey_done", subject, String::new(), at))
        }
        ("defect", _) => last("verify").map(|at| told("repair_closed", home, own, at)),
        ("case", _) => {
            let matter = &record.projection.matter;
            let received = matter.received_ms.unwrap_or(record.projection.begun_ms);
            let answered = first("answer").or_else(|| first("answer_without_plan"));
            let answered = answered.filter(|_| matter.case_kind == "complaint");
            let answered = answered.map(|at| told("complaint_answered", home, own, at));
            let opened = (received != 0).then(|| told("ticket_received", record.document.0, String::new(), received));
            return opened.into_iter().chain(answered).collect();
        }
        _ => None,
    };
    found.into_iter().collect()
}
