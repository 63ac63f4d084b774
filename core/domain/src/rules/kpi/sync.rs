//! How well records come in.

use super::figure::{Counted, count};
use super::index::Index;

/// Four counts. Conflicts stand in the records; the rest only the side that asks can know, and leaves out what it cannot.
pub(super) fn health(index: &Index<'_>) -> Counted {
    let open = index
        .facts
        .records
        .iter()
        .filter(|r| !r.projection.contested.is_empty());
    let health = index.facts.health;
    let known = [
        ("records_waiting", health.records_waiting),
        ("photos_waiting", health.photos_waiting),
        ("devices_silent", health.devices_silent),
    ];
    let conflicts = Counted::measured(None, 0).split_count("count", "conflicts", count(open));
    known.into_iter().fold(conflicts, |counted, (code, n)| match n {
        Some(n) => counted.split_count("count", code, i64::from(n)),
        None => counted,
    })
}
