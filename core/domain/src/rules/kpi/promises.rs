//! Figures of promises to owners.

use super::figure::Counted;
use super::index::Index;

/// Promises to owners that fell due in the period and were kept by then. A moved date counts only with the owner's
/// agreement; one that the owner gave up, or that ended with its
/// record, is listed apart.
pub(super) fn kept(index: &Index<'_>) -> Counted {
    let made = index.facts.records.iter().flat_map(|r| &r.projection.promises);
    let to_owners = made.chain(index.facts.sales_promises).filter(|p| !p.to.is_empty());
    let (mut due, mut kept, mut withdrawn, mut released) = (0, 0, 0, 0);
    for promise in to_owners.filter(|p| index.holds(p.due_ms) && p.due_ms <= index.facts.now_ms) {
        if promise.state == "withdrawn" {
            withdrawn += 1;
        } else if promise.state == "released" {
            released += 1;
        } else {
            due += 1;
            kept += i64::from(promise.state == "kept");
        }
    }
    Counted::share(kept, due)
        .apart("withdrawn", withdrawn)
        .apart("released", released)
}
