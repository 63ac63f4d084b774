//! What holds for any home, any readings, any bytes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::*;
use super::catalog;

fn room(n: usize) -> impl Strategy<Value = Room> {
    let kinds: Vec<RoomKindCode> = catalog().rooms.iter().map(|kind| kind.code.clone()).collect();
    let features: Vec<FeatureCode> = catalog()
        .codes
        .group("feature")
        .iter()
        .map(|f| f.code.parse().unwrap())
        .collect();
    (
        prop::sample::select(kinds),
        0..4_u32,
        0..3_u32,
        prop::collection::btree_set(prop::sample::select(features), 0..4),
    )
        .prop_map(move |(kind, windows, doors, features)| Room {
            code: format!("r{n:02}").parse().unwrap(),
            kind,
            text: Text {
                zh: "房".to_owned(),
                en: "room".to_owned(),
            },
            windows,
            doors,
            width_mm: None,
            depth_mm: None,
            height_mm: None,
            features,
        })
}

fn rooms() -> impl Strategy<Value = Vec<Room>> {
    (0..12_usize).prop_flat_map(|n| (0..n).map(room).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn stated_and_absent_make_all(rooms in rooms(), template in prop::sample::select(catalog().templates.keys().cloned().collect::<Vec<_>>())) {
        let template = &catalog().templates[&template];
        let all = instantiate(template, &rooms, &BTreeSet::new(), FeatureMode::All);
        let stated = instantiate(template, &rooms, &BTreeSet::new(), FeatureMode::Stated);
        prop_assert!(all.absent.is_empty());
        let keys = |list: &[Question]| list.iter().map(|q| q.key.clone()).collect::<BTreeSet<_>>();
        prop_assert_eq!(keys(&all.asked).len(), all.asked.len());
        prop_assert!(keys(&stated.asked).is_disjoint(&keys(&stated.absent)));
        prop_assert_eq!(keys(&all.asked), &keys(&stated.asked) | &keys(&stated.absent));
        for question in &all.asked {
            prop_assert_eq!(question.key.to_string().parse::<AnswerKey>().unwrap(), question.key.clone());
        }
    }

    #[test]
    fn bulk_never_touches_must_test_or_answered(rooms in rooms(), step in 1..5_usize) {
        let asked = instantiate(&catalog().templates["handover_fitout_v1"], &rooms, &BTreeSet::new(), FeatureMode::All).asked;
        let answered: BTreeSet<AnswerKey> = asked.iter().step_by(step).map(|q| q.key.clone()).collect();
        for code in rooms.iter().map(|room| room.code.clone()).chain([HOME.parse().unwrap()]) {
            let done = bulk_ok(&asked, &BulkScope::Room(code.clone()), |key| answered.contains(key));
            let mine: Vec<_> = asked.iter().filter(|q| q.key.room == code).collect();
            prop_assert_eq!(done.write.len() + done.still_open.len(), mine.iter().filter(|q| !answered.contains(&q.key)).count());
            for key in &done.write {
                let question = mine.iter().find(|q| q.key == *key).unwrap();
                prop_assert!(!question.item.must_test && !answered.contains(key));
            }
        }
    }

    #[test]
    fn a_verdict_does_not_depend_on_order(mut readings in prop::collection::vec(-5000.0..5000.0_f64, 1..8), limit in 0.0..100.0_f64) {
        let rules = [Comparator::Max(limit), Comparator::Min(limit), Comparator::Between { low: -limit, high: limit }, Comparator::Deviation(limit), Comparator::Range(limit)];
        let before = rules.map(|rule| verdict(rule, Some(10.0), &readings));
        readings.reverse();
        prop_assert_eq!(before, rules.map(|rule| verdict(rule, Some(10.0), &readings)));
    }

    #[test]
    fn any_text_is_an_answer_key_or_an_error(text in "\\PC{0,20}") {
        if let Ok(key) = text.parse::<AnswerKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}

proptest! {
    // Each case loads the data five times.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_makes_the_loader_panic(text in "[a-z0-9,|\"\n .:-]{0,200}", json in "[\\[\\]{}\":,a-z0-9 \n]{0,200}") {
        for file in ["rooms.csv", "tools.csv", "checklists.csv", "tolerances.csv"] {
            let _ = Catalog::load(&BTreeMap::from([(file.to_owned(), text.clone())]));
        }
        prop_assert!(Catalog::load(&BTreeMap::from([("state_machines.json".to_owned(), json)])).is_err());
    }
}
