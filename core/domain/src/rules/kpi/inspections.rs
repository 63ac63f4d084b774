//! Figures of inspections.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Recorded;
use super::figure::{Counted, count};
use super::first_pass::{FirstPass, first_pass};
use super::index::{Index, first};
use crate::ids::PlaceId;
use crate::rules::mean;

/// States of a defect that counts no more: it was none, or it is another one.
const NOT_VALID: &[&str] = &["cancelled", "duplicate"];

/// Homes without a defect of severity A, B or C at their first inspection; rehearsals apart.
pub(super) fn first_pass_rate(index: &Index<'_>) -> Counted {
    let handovers = passed(index, "handover");
    let rehearsals = passed(index, "rehearsal");
    Counted::of(handovers.percent, handovers.passed, handovers.inspected).apart_share(
        "rehearsal",
        rehearsals.passed,
        rehearsals.inspected,
    )
}

fn passed(index: &Index<'_>, kind: &str) -> FirstPass {
    let mut firsts: BTreeMap<PlaceId, (i64, &Recorded)> = BTreeMap::new();
    let of_kind = |i: &&&Recorded| i.projection.inspection_kind == kind;
    for inspection in index.inspections.iter().filter(of_kind).copied() {
        if let Some(signed) = first(inspection, &["sign"]) {
            let known = firsts.entry(inspection.place).or_insert((signed.at_ms, inspection));
            if (signed.at_ms, inspection.id) < (known.0, known.1.id) {
                *known = (signed.at_ms, inspection);
            }
        }
    }
    let ids: Vec<String> = firsts
        .values()
        .filter(|(at, _)| index.holds(*at))
        .map(|(_, inspection)| inspection.id.to_string())
        .collect();
    first_pass(
        ids.iter()
            .map(|id| valid(index, id).map(|defect| defect.projection.severity.as_str())),
    )
}

/// Valid defects per home inspected, by part and trade; rehearsals are no inspection of the home's owner.
pub(super) fn defects_per_unit(index: &Index<'_>) -> Counted {
    let (mut homes, mut defects) = (BTreeSet::new(), 0);
    let (mut parts, mut trades): (BTreeMap<&str, i64>, BTreeMap<&str, i64>) = Default::default();
    let inspected = index
        .inspections
        .iter()
        .filter(|i| i.projection.inspection_kind != "rehearsal");
    for inspection in inspected.filter(|i| first(i, &["sign"]).is_some_and(|s| index.holds(s.at_ms))) {
        homes.insert(inspection.place);
        for defect in valid(index, &inspection.id.to_string()) {
            defects += 1;
            if let Some(known) = index.facts.catalog.defects.get(defect.projection.what.as_str()) {
                *parts.entry(known.part.as_str()).or_default() += 1;
                *trades.entry(known.trade.as_str()).or_default() += 1;
            }
        }
    }
    let homes = count(homes.iter());
    let mut counted = Counted::mean(defects, homes);
    for (of, all) in [("part", parts), ("trade", trades)] {
        for (code, n) in all {
            counted = counted.split(of, code, mean(n, homes), n);
        }
    }
    counted
}

/// The median of seconds per item, of those answered one by one.
pub(super) fn answer_seconds(index: &Index<'_>) -> Counted {
    let mut spans: BTreeMap<u32, i64> = BTreeMap::new();
    for inspection in &index.inspections {
        if first(inspection, &["sign"]).is_some_and(|signed| index.holds(signed.at_ms)) {
            for (seconds, n) in &inspection.projection.pace {
                *spans.entry(*seconds).or_default() += i64::from(*n);
            }
        }
    }
    let n: i64 = spans.values().sum();
    // Of an even number, the mean of the two in the middle.
    let (low, high) = (at(&spans, (n - 1) / 2), at(&spans, n / 2));
    let middle = low.zip(high).and_then(|(low, high)| mean(low + high, 2));
    Counted::measured(middle, n)
}

/// The span at a place of the sorted list, counted from 0.
fn at(spans: &BTreeMap<u32, i64>, place: i64) -> Option<i64> {
    let mut before = 0;
    let found = spans.iter().find(|(_, n)| {
        before += **n;
        before > place
    });
    found.map(|(seconds, _)| i64::from(*seconds))
}

fn valid<'a>(index: &'a Index<'_>, inspection: &str) -> impl Iterator<Item = &'a Recorded> + use<'a> {
    let found = index.found_in.get(inspection).into_iter().flatten().copied();
    found.filter(|defect| !NOT_VALID.contains(&defect.projection.state.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let spans = BTreeMap::from([(3, 2), (5, 1), (9, 1)]);
        assert_eq!((at(&spans, 1), at(&spans, 2), at(&spans, 4)), (Some(3), Some(5), None));
    }
}
