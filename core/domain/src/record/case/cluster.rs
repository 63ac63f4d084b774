//! One issue in many homes: proposed by a rule, decided by a person.
//!
//! The rule looks at projections alone: cases of one category in one building, each near in time to the next, from at
//! least so many homes. Nothing is merged: every case keeps its own life; those of a cluster name its first case, where
//! the one commander and the one text of a major matter stand.

use crate::document::Write;
use crate::record::scene::{Scene, add};
use crate::record::{CommandError, common};
use std::collections::{BTreeMap, BTreeSet};

/// How near in time two cases of one cluster are.
pub const NEAR_MS: i64 = 14 * 24 * 60 * 60 * 1_000;

/// Kinds of cases that can tell of a common cause.
const KINDS: [&str; 3] = ["complaint", "repair", "help"];
/// States in which a case tells of nothing any more.
const GONE: [&str; 2] = ["merged", "withdrawn"];

/// What the rule must know of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// The building, or what else the places of a cluster have in common.
    pub building: String,
    /// Kind of the case.
    pub kind: String,
    /// What it is about.
    pub category: String,
    /// When it reached us.
    pub at_ms: i64,
    /// Its state.
    pub state: String,
    /// The cluster that a person put it in; empty: none.
    pub cluster: String,
    /// A person said that it belongs to no cluster.
    pub refused: bool,
}

/// Cases that may have one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The building.
    pub building: String,
    /// What they are about.
    pub category: String,
    /// The cases, the earliest first.
    pub cases: Vec<String>,
    /// How many homes.
    pub homes: usize,
    /// The cluster that some of them are in already; empty: none.
    pub known: String,
}

/// Proposes clusters: those of which a person has not yet said yes or no.
#[must_use]
pub fn propose(cases: &[Told], min_homes: usize) -> Vec<Cluster> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Told>> = BTreeMap::new();
    for case in cases {
        let counts = KINDS.contains(&case.kind.as_str()) && !GONE.contains(&case.state.as_str());
        if counts && !case.category.is_empty() && !case.building.is_empty() {
            groups.entry((&case.building, &case.category)).or_default().push(case);
        }
    }
    let mut found = Vec::new();
    for ((building, category), mut group) in groups {
        group.sort_by(|a, b| (a.at_ms, &a.record).cmp(&(b.at_ms, &b.record)));
        let runs = group.chunk_by(|a, b| b.at_ms.saturating_sub(a.at_ms) <= NEAR_MS);
        for run in runs.filter(|run| is_open(run)) {
            let homes: BTreeSet<&str> = run.iter().map(|case| case.place.as_str()).collect();
            if homes.len() < min_homes.max(2) {
                continue;
            }
            found.push(Cluster {
                building: building.to_owned(),
                category: category.to_owned(),
                cases: run.iter().map(|case| case.record.clone()).collect(),
                homes: homes.len(),
                known: run
                    .iter()
                    .find(|c| !c.cluster.is_empty())
                    .map(|c| c.cluster.clone())
                    .unwrap_or_default(),
            });
        }
    }
    found
}

/// Tells whether somebody still has to decide: not when all are in one cluster, and not when all were refused.
fn is_open(run: &[&Told]) -> bool {
    let undecided = |case: &&Told| case.cluster.is_empty() && !case.refused;
    run.iter().any(undecided)
}

/// A person's decision that cases are one matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The record of its first case.
    pub cluster: String,
    /// `cluster` or `major` (`answer_codes.csv`, group `scale`).
    pub scale: String,
    /// The one person who leads a major one.
    pub commander: String,
    /// What everybody says about a major one.
    pub agreed_text: String,
    /// Why.
    pub reason: String,
}

/// Puts a case into a cluster; the first case takes the commander and the agreed text.
///
/// # Errors
/// [`CommandError::Role`] for whoever is neither reviewer nor manager, [`CommandError::Missing`] for a major one without
/// a commander, [`CommandError::UnknownCode`], [`CommandError::Contested`].
pub fn confirm(scene: &Scene<'_>, decision: &Decision) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.only(&["reviewer", "manager"])?;
    match decision.scale.as_str() {
        "cluster" => {}
        "major" if decision.commander.is_empty() => return Err(CommandError::Missing("commander")),
        "major" => {}
        other => return Err(CommandError::UnknownCode(other.to_owned())),
    }
    let mut writes = scene.set_all(&[("scale", &decision.scale), ("cluster", &decision.cluster)])?;
    if scene.document.id().to_string() == decision.cluster {
        let leads = [
            ("commander", decision.commander.as_str()),
            ("agreed_text", &decision.agreed_text),
        ];
        writes.extend(scene.set_all(&leads)?);
    }
    let mut carries = common::facts([("cluster", decision.cluster.as_str().into())]);
    add(&mut carries, "scale", &decision.scale);
    add(&mut carries, "commander", &decision.commander);
    add(&mut carries, "reason", &decision.reason);
    writes.push(scene.neutral("confirm_cluster", carries)?);
    Ok(writes)
}

/// Says that a case belongs to no cluster; it is not proposed again by itself.
///
/// # Errors
/// [`CommandError::Role`], [`CommandError::Missing`] without a reason.
pub fn reject(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.only(&["reviewer", "manager"])?;
    if reason.trim().is_empty() {
        return Err(CommandError::Missing("reason"));
    }
    Ok(vec![scene.neutral(
        "reject_cluster",
        common::facts([("reason", reason.into())]),
    )?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(n: u8, day: i64) -> Told {
        Told {
            record: format!("case{n}"),
            place: format!("home{n}"),
            building: "3".into(),
            kind: "complaint".into(),
            category: "quality".into(),
            at_ms: day * 24 * 60 * 60 * 1_000,
            state: "received".into(),
            ..Told::default()
        }
    }

    fn proposed(cases: &[Told]) -> Vec<Vec<String>> {
        propose(cases, 3).into_iter().map(|c| c.cases).collect()
    }

    #[test]
    fn same_category_building_and_time_in_enough_homes() {
        let three = [case(2, 5), case(1, 0), case(3, 18)];
        assert_eq!(proposed(&three), [["case1", "case2", "case3"]]);
        let one_home = [
            case(1, 0),
            case(2, 1),
            Told {
                place: "home1".into(),
                ..case(3, 2)
            },
        ];
        assert!(proposed(&one_home).is_empty());
        for other in [
            Told {
                building: "4".into(),
                ..case(3, 2)
            },
            Told {
                category: "fees".into(),
                ..case(3, 2)
            },
            Told {
                kind: "praise".into(),
                ..case(3, 2)
            },
            Told {
                state: "withdrawn".into(),
                ..case(3, 2)
            },
            case(3, 30),
        ] {
            assert!(
                proposed(&[case(1, 0), case(2, 1), other.clone()]).is_empty(),
                "{other:?}"
            );
        }
    }

    #[test]
    fn what_a_person_decided_is_not_proposed_again_until_another_case_comes() {
        let inside = |n| Told {
            cluster: "case1".into(),
            ..case(n, 0)
        };
        let mut cases = vec![inside(1), inside(2), inside(3)];
        assert!(proposed(&cases).is_empty());
        cases.push(case(4, 1));
        let again = propose(&cases, 3);
        assert_eq!((again[0].cases.len(), again[0].known.as_str()), (4, "case1"));
        let refused = |n| Told {
            refused: true,
            ..case(n, 0)
        };
        let mut cases = vec![refused(1), refused(2), refused(3)];
        assert!(proposed(&cases).is_empty());
        cases.push(case(4, 1));
        assert_eq!(proposed(&cases).len(), 1);
    }
}
