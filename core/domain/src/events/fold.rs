//! The fold itself.

use super::{guards_met, is_neutral};
use crate::catalog::{Illegal, Machine, StateKind};
use crate::document::{EntryView, Value, Written};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an event is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Legal where its author stood: it moved the state, or was meant to leave it (a proposal).
    Legal,
    /// Says something and moves nothing by its nature.
    Neutral,
    /// Not legal; `state`, `role`, or the guards that are missing. Kept and shown.
    Illegal {
        /// `state`, `role` or `guard`.
        code: String,
        /// The guards that were not met.
        missing: Vec<String>,
    },
    /// A server's mark keeps it out until a reviewer lifts it.
    HeldBack,
    /// Of a newer version.
    Unknown,
}

/// One event of a life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LifeEvent {
    /// Its id.
    pub id: String,
    /// What happened.
    pub event: String,
    /// Everything that it carries.
    pub facts: BTreeMap<String, Value>,
    /// Who wrote it, when, in which change.
    pub written: Written,
    /// What it is worth.
    pub standing: Standing,
    /// Events that moved the state and that neither saw nor were seen by this one.
    pub concurrent: Vec<String>,
    /// The state after it, as its author saw it.
    pub state: String,
}

/// One of the states that a record is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCandidate {
    /// The state.
    pub state: String,
    /// Who is responsible after it, if the event named somebody.
    pub person: String,
    /// The event that led here; empty: nothing happened yet.
    pub event: String,
}

impl StateCandidate {
    /// Lets an event of the system happen here, if the machine has it in this state.
    fn pass(&mut self, machine: &Machine, event: &str) {
        if let Some(to) = machine.find(&self.state, event).and_then(|t| t.to.as_ref()) {
            to.as_str().clone_into(&mut self.state);
        }
    }
}

/// A life: where it stands and how it came there.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Life {
    /// The state that counts meanwhile.
    pub state: String,
    /// Who is responsible, by the last legal event that named somebody.
    pub person: String,
    /// All sides, if people did different things without seeing each other; empty: not contested.
    pub contested: Vec<StateCandidate>,
    /// All events, in the order of the fold.
    pub events: Vec<LifeEvent>,
    /// The ids that the next event names in `after`.
    pub latest: Vec<String>,
}

/// What is known after an event: the legal events that nothing legal builds on, and all that it saw.
#[derive(Clone, Default)]
struct After {
    tips: BTreeSet<usize>,
    seen: BTreeSet<usize>,
}

/// Folds the events of a record.
///
/// `held_back` tells for a change whether a server's mark keeps its events out of what counts. The result depends on
/// the set of events alone, not on their order of arrival.
#[must_use]
pub fn fold(machine: &Machine, events: Vec<EntryView>, held_back: &dyn Fn(&crate::Hash) -> bool) -> Life {
    fold_with_time(machine, events, held_back, &|_, _| None)
}

/// What time alone has done to a life before an event: the system's event that nobody wrote, if its hour had come.
///
/// It is given the event and the legal events that its author saw.
pub type Meanwhile<'a> = &'a dyn Fn(&EntryView, &[&EntryView]) -> Option<&'static str>;

/// Folds as [`fold`] does, with what time alone has done in between (a promise falls due).
#[must_use]
pub fn fold_with_time(
    machine: &Machine,
    events: Vec<EntryView>,
    held_back: &dyn Fn(&crate::Hash) -> bool,
    meanwhile: Meanwhile<'_>,
) -> Life {
    let order = topological(&events);
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    let mut after: Vec<After> = Vec::new();
    let mut sides: Vec<StateCandidate> = Vec::new();
    let mut standings: Vec<Standing> = Vec::new();
    let mut moved: Vec<usize> = Vec::new();
    for (n, event) in order.iter().enumerate() {
        let mut now = After::default();
        for seen in event.text("after").split_whitespace().filter_map(|id| place.get(id)) {
            if let Some(before) = after.get(*seen) {
                now.tips.extend(&before.tips);
                now.seen.extend(&before.seen);
            }
            now.seen.insert(*seen);
        }
        now.tips = newest(&now.tips, &after);
        let mut from = candidates(&now.tips, &sides, machine);
        let before: Vec<&EntryView> = now
            .seen
            .iter()
            .filter(|n| standings.get(**n) == Some(&Standing::Legal))
            .filter_map(|n| order.get(*n).copied())
            .collect();
        if let Some(happened) = meanwhile(event, &before) {
            from.iter_mut().for_each(|side| side.pass(machine, happened));
        }
        let (standing, moved_to) = judge(machine, event, &from, held_back(&event.made.change));
        let here = from.first().map(|c| c.state.clone()).unwrap_or_default();
        let named = event.text("person");
        let previous = from.first().map(|c| c.person.clone()).unwrap_or_default();
        let person = if named.is_empty() { previous } else { named.to_owned() };
        let moves = moved_to.is_some();
        sides.push(StateCandidate {
            state: moved_to.unwrap_or(here),
            person,
            event: event.key.clone(),
        });
        if moves {
            now.tips = BTreeSet::from([n]);
            moved.push(n);
        }
        standings.push(standing);
        after.push(now);
        place.insert(&event.key, n);
    }
    let all_tips: BTreeSet<usize> = after.iter().flat_map(|a| a.tips.iter().copied()).collect();
    let ends = candidates(&newest(&all_tips, &after), &sides, machine);
    let mentioned: BTreeSet<usize> = after.iter().flat_map(|a| a.seen.iter().copied()).collect();
    let latest = order
        .iter()
        .enumerate()
        .filter(|(n, _)| !mentioned.contains(n))
        .map(|(_, e)| e.key.clone())
        .collect();
    let saw = |a: usize, b: usize| after.get(a).is_some_and(|x| x.seen.contains(&b));
    let concurrent = |n: usize| {
        let others = moved
            .iter()
            .filter(|other| **other != n && !saw(n, **other) && !saw(**other, n));
        others
            .filter_map(|other| order.get(*other))
            .map(|e| e.key.clone())
            .collect()
    };
    let mut told = Vec::new();
    for (n, ((event, standing), side)) in order.iter().zip(standings.iter().cloned()).zip(&sides).enumerate() {
        told.push(LifeEvent {
            id: event.key.clone(),
            event: event.text("type").to_owned(),
            facts: event.fields.clone(),
            written: event.made.clone(),
            concurrent: if moved.contains(&n) { concurrent(n) } else { Vec::new() },
            standing,
            state: side.state.clone(),
        });
    }
    let (state, person) = ends
        .first()
        .map(|c| (c.state.clone(), c.person.clone()))
        .unwrap_or_default();
    Life {
        state,
        person,
        contested: if ends.len() > 1 { ends } else { Vec::new() },
        events: told,
        latest,
    }
}

/// Events in causal order, smallest id first among the ready. One that names an unknown event is ready without it; a
/// circle, which no honest author can make, is entered at its smallest id.
fn topological(events: &[EntryView]) -> Vec<&EntryView> {
    let known: BTreeMap<&str, &EntryView> = events.iter().map(|e| (e.key.as_str(), e)).collect();
    let mut waits: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut then: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events {
        let needs: BTreeSet<&str> = event
            .text("after")
            .split_whitespace()
            .filter(|id| known.contains_key(id) && *id != event.key)
            .collect();
        for id in &needs {
            then.entry(id).or_default().push(&event.key);
        }
        waits.insert(&event.key, needs);
    }
    let mut ready: BTreeSet<&str> = waits.iter().filter(|(_, w)| w.is_empty()).map(|(k, _)| *k).collect();
    let mut order = Vec::new();
    while let Some(id) = ready.pop_first().or_else(|| waits.keys().next().copied()) {
        waits.remove(id);
        order.extend(known.get(id));
        for next in then.remove(id).unwrap_or_default() {
            if let Some(needs) = waits.get_mut(next) {
                needs.remove(id);
                if needs.is_empty() {
                    ready.insert(next);
                }
            }
        }
    }
    order
}

/// Drops those tips that another tip has seen.
fn newest(tips: &BTreeSet<usize>, after: &[After]) -> BTreeSet<usize> {
    let seen = |n: usize| {
        tips.iter()
            .any(|t| *t != n && after.get(*t).is_some_and(|a| a.seen.contains(&n)))
    };
    tips.iter().copied().filter(|n| !seen(*n)).collect()
}

/// The sides at these tips, the one that counts first; the initial state if nothing happened.
fn candidates(tips: &BTreeSet<usize>, sides: &[StateCandidate], machine: &Machine) -> Vec<StateCandidate> {
    let mut found: Vec<StateCandidate> = tips.iter().filter_map(|n| sides.get(*n)).cloned().collect();
    if found.is_empty() {
        let state = machine.initial.as_str().to_owned();
        return vec![StateCandidate {
            state,
            person: String::new(),
            event: String::new(),
        }];
    }
    // What still needs somebody counts before what is done; among equals the earlier state, then the smaller event.
    let rank = |side: &StateCandidate| {
        let kind = match machine.state(&side.state).map(|s| s.kind) {
            Some(StateKind::Side) => 0,
            Some(StateKind::Normal) => 1,
            Some(StateKind::Final) => 2,
            None => 3,
        };
        (
            kind,
            machine.states.iter().position(|s| s.code == *side.state),
            side.event.clone(),
        )
    };
    found.sort_by_key(rank);
    // The same outcome twice is one: two people who verified the same repair do not disagree.
    let mut told = BTreeSet::new();
    found.retain(|side| told.insert((side.state.clone(), side.person.clone())));
    found
}

/// What an event is worth, and the state that it moves to, if it moves.
fn judge(machine: &Machine, event: &EntryView, from: &[StateCandidate], held_back: bool) -> (Standing, Option<String>) {
    let name = event.text("type");
    if is_neutral(name) {
        return (Standing::Neutral, None);
    }
    if !machine.transitions.iter().any(|t| t.event == *name) {
        return (Standing::Unknown, None);
    }
    if held_back {
        return (Standing::HeldBack, None);
    }
    let mut refusal = Illegal::State;
    for side in from {
        let found = machine.find(&side.state, name);
        let met = found.map(|t| guards_met(t, event)).unwrap_or_default();
        match machine.transition(&side.state, name, event.text("role"), &met) {
            Ok(_) => {
                let to = found.and_then(|t| t.to.as_ref());
                return (Standing::Legal, to.map(|to| to.as_str().to_owned()));
            }
            Err(why) if refusal == Illegal::State => refusal = why,
            Err(_) => {}
        }
    }
    let missing = if let Illegal::Guard(codes) = &refusal {
        codes.iter().map(|c| c.as_str().to_owned()).collect()
    } else {
        Vec::new()
    };
    let code = refusal.code().to_owned();
    (Standing::Illegal { code, missing }, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::ids::Hash;

    fn event(id: &str, name: &str, role: &str, after: &str, facts: &[(&str, Value)]) -> EntryView {
        let mut fields: BTreeMap<String, Value> = facts.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        for (key, value) in [("type", name), ("role", role), ("after", after), ("by", id)] {
            fields.insert(key.to_owned(), value.into());
        }
        let made = Written {
            author: None,
            at_ms: 0,
            change: Hash::of(id.as_bytes()),
        };
        EntryView {
            key: id.to_owned(),
            fields,
            made,
        }
    }

    fn told(facts: &[(&'static str, &str)]) -> Vec<(&'static str, Value)> {
        let mut all: Vec<_> = facts.iter().map(|(k, v)| (*k, Value::from(*v))).collect();
        all.push(("owner_told", Value::Bool(true)));
        all.push(("promise_at", Value::Int(5)));
        all.push(("clean", Value::Bool(true)));
        all
    }

    fn life_until_closed() -> Vec<EntryView> {
        vec![
            event(
                "e1",
                "submit",
                "engineer",
                "",
                &told(&[("room", "r03"), ("code", "wl-01"), ("photo", "h")]),
            ),
            event("e2", "assign", "reviewer", "e1", &told(&[("person", "anna")])),
            event("e3", "accept", "engineer", "e2", &told(&[])),
            event(
                "e4",
                "start_repair",
                "engineer",
                "e3",
                &told(&[("protection_photo", "h")]),
            ),
            event("e5", "finish_repair", "engineer", "e4", &told(&[("after_photo", "h")])),
            event("e6", "verify", "reviewer", "e5", &told(&[("repairer", "e3")])),
        ]
    }

    fn of(events: Vec<EntryView>) -> Life {
        fold(
            Catalog::built_in().unwrap().machines.get("defect").unwrap(),
            events,
            &|_| false,
        )
    }

    #[test]
    fn a_whole_life_in_any_order_of_arrival() {
        let life = of(life_until_closed());
        assert_eq!(
            (life.state.as_str(), life.person.as_str(), life.latest.as_slice()),
            ("closed", "anna", &["e6".to_owned()][..])
        );
        let mut backwards = life_until_closed();
        backwards.reverse();
        assert_eq!(of(backwards), life);
    }

    #[test]
    fn reopen_beats_close_and_stays_contested_until_somebody_saw_both() {
        let mut events = life_until_closed();
        events.push(event("e7", "reject", "manager", "e5", &told(&[("reason", "漏水")])));
        let life = of(events.clone());
        assert_eq!(life.state, "rejected");
        assert_eq!(
            life.contested.iter().map(|c| c.state.as_str()).collect::<Vec<_>>(),
            ["rejected", "closed"]
        );
        assert_eq!(life.events.iter().find(|e| e.id == "e7").unwrap().concurrent, ["e6"]);
        events.push(event(
            "e8",
            "resume",
            "engineer",
            "e6 e7",
            &told(&[("protection_photo", "h")]),
        ));
        let life = of(events);
        assert_eq!((life.state.as_str(), life.contested.len()), ("in_repair", 0));
    }

    #[test]
    fn two_people_named_at_the_same_time_are_contested_and_two_equal_verdicts_are_not() {
        let mut events = life_until_closed();
        events.truncate(1);
        events.push(event("e2", "assign", "reviewer", "e1", &told(&[("person", "anna")])));
        events.push(event("e9", "assign", "manager", "e1", &told(&[("person", "bo")])));
        assert_eq!(of(events).contested.len(), 2);
        let mut events = life_until_closed();
        events.push(event("e7", "verify", "manager", "e5", &told(&[("repairer", "e3")])));
        let life = of(events);
        assert_eq!((life.state.as_str(), life.contested.len()), ("closed", 0));
    }

    #[test]
    fn illegal_events_are_kept_and_move_nothing() {
        let mut events = life_until_closed();
        events.push(event("f1", "assign", "reviewer", "e6", &told(&[("person", "bo")])));
        events.push(event("f2", "reopen", "engineer", "f1", &told(&[])));
        events.push(event("f3", "reopen", "staff", "f2", &told(&[("reason_code", "again")])));
        events.push(event("f4", "dance", "staff", "f3", &[]));
        events.push(event("f5", "checked", "engineer", "f4", &[]));
        let life = of(events);
        assert_eq!(life.state, "closed");
        let codes: Vec<_> = life.events.iter().skip(6).map(|e| e.standing.clone()).collect();
        let illegal = |code: &str, missing: &[&str]| Standing::Illegal {
            code: code.into(),
            missing: missing.iter().map(|m| (*m).to_owned()).collect(),
        };
        assert_eq!(
            codes,
            [
                illegal("state", &[]),
                illegal("guard", &["reopen_reason_code"]),
                illegal("role", &[]),
                Standing::Unknown,
                Standing::Neutral
            ]
        );
        assert_eq!(life.latest, ["f5"]);
    }

    #[test]
    fn a_proposal_contests_nothing_and_only_a_person_merges() {
        let mut events = life_until_closed();
        events.truncate(2);
        events.push(event("e3", "accept", "engineer", "e2", &told(&[])));
        events.push(event(
            "p1",
            "propose_duplicate",
            "system",
            "e2",
            &told(&[("target", "other")]),
        ));
        let life = of(events.clone());
        assert_eq!((life.state.as_str(), life.contested.len()), ("accepted", 0));
        assert_eq!(
            life.events.iter().find(|e| e.id == "p1").unwrap().standing,
            Standing::Legal
        );
        assert!(life.events.iter().all(|e| e.concurrent.is_empty()));
        let decided = told(&[("target", "other"), ("proposal", "p1"), ("reason", "another room")]);
        let mut refused = events.clone();
        refused.push(event("p2", "reject_duplicate", "engineer", "e3 p1", &decided));
        assert_eq!(of(refused).state, "accepted");
        events.push(event("p2", "confirm_duplicate", "system", "e3 p1", &decided));
        assert_eq!(of(events.clone()).state, "accepted");
        events.push(event("p3", "confirm_duplicate", "reviewer", "p2", &decided));
        assert_eq!(of(events.clone()).state, "duplicate");
        events.push(event(
            "p4",
            "reopen",
            "manager",
            "p3",
            &told(&[("reason_code", "not_the_same")]),
        ));
        assert_eq!(of(events).state, "reopened");
    }

    #[test]
    fn a_marked_event_counts_only_when_lifted_and_circles_end() {
        let machine = Catalog::built_in().unwrap().machines.get("defect").unwrap();
        let held = Hash::of(b"e6");
        let life = fold(machine, life_until_closed(), &|change| *change == held);
        assert_eq!(
            (life.state.as_str(), &life.events[5].standing),
            ("to_verify", &Standing::HeldBack)
        );
        let circle = vec![
            event("a", "submit", "engineer", "b", &[]),
            event("b", "submit", "engineer", "a ghost", &[]),
        ];
        assert_eq!(of(circle).events.len(), 2);
    }
}
