//! Figures of open defects.

use super::figure::Counted;
use super::index::{DAY, Index};
use crate::catalog::StateKind;

/// How old an open defect is when it is listed.
const OLD: i64 = 30 * DAY;

/// Defects that are open now and were recorded at least 30 days ago, by severity.
pub(super) fn open_over_30_days(index: &Index<'_>) -> Counted {
    let machine = index.facts.catalog.machines.get("defect");
    let is_open = |state: &str| {
        machine
            .and_then(|m| m.state(state))
            .is_some_and(|s| s.kind != StateKind::Final)
    };
    let old = |begun_ms: i64| begun_ms > 0 && index.facts.now_ms.saturating_sub(begun_ms) >= OLD;
    let mut by_severity = std::collections::BTreeMap::new();
    for defect in &index.defects {
        if is_open(&defect.projection.state) && old(defect.projection.begun_ms) {
            *by_severity.entry(defect.projection.severity.as_str()).or_insert(0) += 1;
        }
    }
    let mut counted = Counted::number(by_severity.values().sum());
    for (severity, n) in by_severity {
        counted = counted.split_count("severity", severity, n);
    }
    counted
}
