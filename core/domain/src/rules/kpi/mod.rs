//! Key figures: each counted from raw events as its definition in `kpis.json` says, so that two offices get the same
//! number.
//!
//! A figure is shown for a project, never for a person. It comes with how many it was counted from, with both sides of
//! its share, with what its definition lists apart, and with a mark when there are too few answers to say much.

mod cases;
mod defects;
mod facts;
mod figure;
mod first_pass;
mod index;
mod inspections;
mod promises;
mod repairs;
mod revisits;
mod service;
mod surveys;
mod sync;

#[cfg(test)]
mod tests;

pub use facts::{Facts, Health, Recorded};
pub use figure::{Figure, Part};
pub use first_pass::{FirstPass, first_pass};

use figure::Counted;
use index::Index;

/// How one figure is counted.
type Count = fn(&Index<'_>) -> Counted;

/// Every figure that this version counts, by its code.
const COUNTED: &[(&str, Count)] = &[
    ("first_pass_rate", inspections::first_pass_rate),
    ("defects_per_unit", inspections::defects_per_unit),
    ("assigned_once_rate", repairs::assigned_once),
    ("protection_cleaning_rate", repairs::protection_cleaning),
    ("first_time_fix_rate", repairs::first_time_fix),
    ("promise_kept_rate", promises::kept),
    ("open_over_30_days", defects::open_over_30_days),
    ("revisit_within_3_days", revisits::within_three_days),
    ("revisit_coverage", revisits::coverage),
    ("complaint_handling_rate", cases::handling),
    ("cause_found_rate", cases::cause_found),
    ("satisfaction", surveys::satisfaction),
    ("expectation_index", surveys::expectation),
    ("recommend_score", surveys::recommend),
    ("yes_share_stars", surveys::yes_share),
    ("sync_health", sync::health),
    ("item_answer_seconds", inspections::answer_seconds),
    ("handover_rate", service::handover),
    ("arrived_on_noticed_day", service::arrived),
    ("acknowledged_in_time", service::acknowledged),
    ("first_contact_7_days", service::first_contact),
    ("progress_told_in_time", cases::progress_told),
    ("patrol_on_time", service::patrols),
    ("response_rate", surveys::response_rate),
    ("would_buy_again", surveys::would_buy_again),
];

/// Tells whether this version counts a figure of that code.
#[must_use]
pub fn is_counted(code: &str) -> bool {
    COUNTED.iter().any(|(known, _)| *known == code)
}

/// Returns all figures of the catalogue, in its order.
#[must_use]
pub fn figures(facts: &Facts<'_>) -> Vec<Figure> {
    let index = Index::of(facts);
    let count = |kpi: &crate::catalog::Kpi| {
        let (_, count) = COUNTED.iter().find(|(code, _)| kpi.code == *code)?;
        Some(count(&index).named(kpi))
    };
    facts.catalog.kpis.iter().filter_map(count).collect()
}
