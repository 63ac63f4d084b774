//! Two people who reported the same defect: proposed by a rule, confirmed by a person, never merged by itself.
//!
//! The rule looks at projections alone. Where both stand on the plan, the plan decides; otherwise the time does. Both
//! records keep their histories: the one that is confirmed as the same ends, and names the one that goes on.

use super::CommandError;
use super::common::facts;
use super::promises;
use super::scene::{Scene, add, fact, with_name};
use crate::document::Write;

/// How near in time two reports of one defect are, where the plan says nothing.
pub const NEAR_MS: i64 = 14 * 24 * 60 * 60 * 1_000;
/// How near their pins are, in parts per 10,000 of the plan.
pub const NEAR_PIN: i64 = 400;

/// What the rule must know of a defect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// The room.
    pub room: String,
    /// The building part.
    pub part: String,
    /// The pin: `x,y`.
    pub pin: String,
    /// When it was recorded.
    pub at_ms: i64,
    /// Who recorded it.
    pub by: String,
    /// Nothing is to be done about it any more.
    pub done: bool,
    /// Records of which a person said that it is not the same.
    pub not: Vec<String>,
}

/// Returns those of `others` that may be the same as `one`: same place, room and part, by somebody else, near on the
/// plan or else in time; the earliest first.
#[must_use]
pub fn same<'a>(one: &Reported, others: &'a [Reported]) -> Vec<&'a Reported> {
    let mut found: Vec<&Reported> = others.iter().filter(|other| is_same(one, other)).collect();
    found.sort_by(|a, b| (a.at_ms, &a.record).cmp(&(b.at_ms, &b.record)));
    found
}

fn is_same(one: &Reported, other: &Reported) -> bool {
    let room = one.room == other.room || one.room.is_empty() || other.room.is_empty();
    let judged = one.not.contains(&other.record) || other.not.contains(&one.record);
    let near = match (pin(&one.pin), pin(&other.pin)) {
        (Some(a), Some(b)) => a.0.abs_diff(b.0).max(a.1.abs_diff(b.1)) <= NEAR_PIN.unsigned_abs(),
        _ => one.at_ms.abs_diff(other.at_ms) <= NEAR_MS.unsigned_abs(),
    };
    one.record != other.record
        && one.place == other.place
        && !one.part.is_empty()
        && one.part == other.part
        && one.by != other.by
        && !one.done
        && !other.done
        && !judged
        && room
        && near
}

fn pin(text: &str) -> Option<(i64, i64)> {
    let (x, y) = text.split_once(',')?;
    Some((x.parse().ok()?, y.parse().ok()?))
}

/// Proposes that the defect is the same as another; moves nothing.
///
/// # Errors
/// [`CommandError::Value`] for itself, [`CommandError::Illegal`] when nothing is to be done about it any more.
pub fn propose(scene: &Scene<'_>, target: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    if target == scene.document.id().to_string() {
        return Err(CommandError::Value("target"));
    }
    Ok(vec![
        scene.event("propose_duplicate", facts([("target", target.into())]))?,
    ])
}

/// Confirms a proposal: the defect ends, and `duplicate_of` names the one that goes on. `hand_over`: what was promised
/// ends here too, because the other one takes it over; otherwise it stays open.
///
/// # Errors
/// [`CommandError::UnknownEntry`] for a proposal that is none, [`CommandError::Illegal`] for whoever only records.
pub fn confirm(scene: &Scene<'_>, proposal: &str, hand_over: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let target = target(scene, proposal)?;
    let carries = facts([("proposal", proposal.into()), ("target", target.as_str().into())]);
    let mut writes = vec![
        scene.set("duplicate_of", target.as_str())?,
        scene.event("confirm_duplicate", carries)?,
    ];
    if hand_over {
        writes.extend(promises::release(scene, "duplicate", &target, "")?);
    }
    Ok(writes)
}

/// Says that it is another defect, and why; the pair is not proposed again.
///
/// # Errors
/// [`CommandError::UnknownEntry`], [`CommandError::Illegal`] without a reason.
pub fn reject(scene: &Scene<'_>, proposal: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let target = target(scene, proposal)?;
    let mut carries = facts([("proposal", proposal.into()), ("target", target.as_str().into())]);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("reject_duplicate", carries)?])
}

fn target(scene: &Scene<'_>, proposal: &str) -> Result<String, CommandError> {
    let life = scene.life()?;
    let found = with_name(&life, "propose_duplicate").find(|e| e.id == proposal);
    found
        .map(|e| fact(e, "target").to_owned())
        .ok_or_else(|| CommandError::UnknownEntry(proposal.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(n: u8) -> Reported {
        Reported {
            record: format!("d{n}"),
            place: "home".into(),
            room: "r03".into(),
            part: "window".into(),
            by: format!("person{n}"),
            ..Reported::default()
        }
    }

    #[test]
    fn the_plan_decides_where_both_stand_on_it_and_the_time_otherwise() {
        let at = |n, pin: &str, days: i64| Reported {
            pin: pin.into(),
            at_ms: days * 24 * 60 * 60 * 1_000,
            ..reported(n)
        };
        let one = at(1, "1000,1000", 0);
        let cases = [
            (at(2, "1300,700", 90), true),
            (at(2, "1500,1000", 0), false),
            (at(2, "", 14), true),
            (at(2, "", 15), false),
            (at(2, "somewhere", 3), true),
        ];
        for (other, expected) in cases {
            assert_eq!(
                same(&one, std::slice::from_ref(&other)).len() == 1,
                expected,
                "{other:?}"
            );
        }
    }

    #[test]
    fn another_place_part_room_or_the_same_person_is_not_the_same() {
        let one = reported(1);
        let others = [
            one.clone(),
            Reported {
                place: "elsewhere".into(),
                ..reported(2)
            },
            Reported {
                part: "door".into(),
                ..reported(2)
            },
            Reported {
                part: String::new(),
                ..reported(2)
            },
            Reported {
                room: "r04".into(),
                ..reported(2)
            },
            Reported {
                by: "person1".into(),
                ..reported(2)
            },
            Reported {
                done: true,
                ..reported(2)
            },
            Reported {
                not: vec!["d1".into()],
                ..reported(2)
            },
        ];
        assert!(same(&one, &others).is_empty());
        let room_unknown = Reported {
            room: String::new(),
            ..reported(2)
        };
        let later = Reported {
            at_ms: 5,
            ..reported(3)
        };
        let found = [later, room_unknown];
        let names: Vec<&str> = same(&one, &found).iter().map(|r| r.record.as_str()).collect();
        assert_eq!(names, ["d2", "d3"]);
    }
}
