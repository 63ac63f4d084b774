//! What was found of a home before its handover: every factor, counted from records and rows.

use super::Factors;
use crate::catalog::{Catalog, StateKind};
use crate::record::Projection;
use crate::rows::{NoticeCopyRow, NoticeRow, SalesPromiseRow, notice_life};

/// The part of the defect catalogue that stands for papers.
const PAPERS: &str = "papers";

/// What is known of a home.
#[derive(Clone, Debug, Default)]
pub struct Found<'a> {
    /// Its records.
    pub records: Vec<&'a Projection>,
    /// What was promised to it in sales.
    pub promises: Vec<&'a SalesPromiseRow>,
    /// The notices that it is among the audience of, each with what became of it here.
    pub notices: Vec<(&'a NoticeRow, Option<&'a NoticeCopyRow>)>,
    /// Somebody has records of its building that were not sent yet.
    pub unsynced: bool,
}

/// Counts the factors.
///
/// A defect that is open before the handover counts whichever inspection found it; what a rehearsal was for is that
/// nothing is left open. A disclosure counts until one notice of that kind was acknowledged here.
#[must_use]
pub fn found(catalog: &Catalog, home: &Found<'_>, now_ms: i64) -> Factors {
    let of_kind = |kind: &'static str| home.records.iter().filter(move |r| r.kind == kind);
    let open = |machine: &str, state: &str| {
        let state = catalog.machines.get(machine).and_then(|m| m.state(state));
        state.is_some_and(|state| state.kind != StateKind::Final)
    };
    let defects: Vec<_> = of_kind("defect").filter(|d| open("defect", &d.state)).collect();
    let severe = |codes: &[&str]| number(defects.iter().filter(|d| codes.contains(&d.severity.as_str())));
    let is_paper = |d: &&&&Projection| {
        catalog
            .defects
            .get(d.what.as_str())
            .is_some_and(|known| known.part == *PAPERS)
    };
    let inspected = |kind: &str| of_kind("inspection").any(|i| i.inspection_kind == kind && was_signed(i));
    let complaints = of_kind("case").filter(|c| c.case_kind == "complaint");
    let promise = catalog.machines.get("promise");
    let kept = ["kept", "kept_late", "withdrawn"];
    let owed = home.promises.iter().filter(|row| {
        let state = promise.map(|machine| row.stand(machine, now_ms).state);
        state.is_some_and(|state| !kept.contains(&state.as_str()))
    });
    Factors::from([
        ("rehearsal_ab_open".to_owned(), severe(&["A", "B"])),
        ("rehearsal_c_open".to_owned(), severe(&["C"])),
        ("not_rehearsed".to_owned(), u32::from(!inspected("rehearsal"))),
        (
            "acceptance_missing".to_owned(),
            u32::from(!inspected("unit_acceptance")),
        ),
        ("papers_missing".to_owned(), number(defects.iter().filter(is_paper))),
        ("promise_open".to_owned(), number(owed)),
        ("change_not_acknowledged".to_owned(), unread(catalog, home, "change")),
        (
            "disclosure_not_acknowledged".to_owned(),
            u32::from(!was_disclosed(catalog, home)),
        ),
        (
            "complaint_open".to_owned(),
            number(complaints.filter(|c| open("complaint", &c.state))),
        ),
        ("unsynced".to_owned(), u32::from(home.unsynced)),
    ])
}

/// An inspection counts once it was signed; a refused signature is no conclusion.
fn was_signed(inspection: &Projection) -> bool {
    inspection
        .history
        .iter()
        .any(|step| step.event == "sign" && !step.has("refusal"))
}

/// The states of notices of a kind in this home.
fn states(catalog: &Catalog, home: &Found<'_>, kind: &str) -> Vec<String> {
    let Some(machine) = catalog.machines.get("notice") else {
        return Vec::new();
    };
    let of_kind = home.notices.iter().filter(|(notice, _)| notice.kind == kind);
    of_kind
        .map(|(notice, copy)| notice_life(machine, notice, *copy).state)
        .collect()
}

/// Notices of a kind that nobody here has acknowledged; one that a newer version replaced asks for nothing.
fn unread(catalog: &Catalog, home: &Found<'_>, kind: &str) -> u32 {
    let done = ["acknowledged", "superseded"];
    number(
        states(catalog, home, kind)
            .iter()
            .filter(|state| !done.contains(&state.as_str())),
    )
}

fn was_disclosed(catalog: &Catalog, home: &Found<'_>) -> bool {
    states(catalog, home, "disclosure")
        .iter()
        .any(|state| state == "acknowledged")
}

fn number<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}
