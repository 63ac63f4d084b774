//! What the built-in files must hold.

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;
use super::catalog;

const README: &str = include_str!("../../../data/README.md");

#[test]
fn the_counts_of_the_issue() {
    let demo = &catalog().demo;
    assert_eq!(
        (
            demo.units.len(),
            demo.buildings.len(),
            demo.public_places.len(),
            demo.teams.len()
        ),
        (799, 8, 87, 24)
    );
    assert_eq!(
        (
            demo.staff.len(),
            demo.crews.len(),
            demo.households.len(),
            demo.handover_plan.len()
        ),
        (69, 8, 799, 10)
    );
    let items: BTreeMap<_, _> = catalog()
        .templates
        .values()
        .map(|t| {
            (
                t.id.as_str(),
                (t.items.len(), t.items.iter().filter(|i| i.must_test).count()),
            )
        })
        .collect();
    assert_eq!(items["handover_fitout_v1"], (123, 34));
    assert_eq!(items["handover_shell_v1"], (58, 24));
    assert_eq!(items.len(), 7);
    assert_eq!(
        (
            catalog().defects.len(),
            catalog().trades.len(),
            catalog().tools.len(),
            catalog().demonstrations.len()
        ),
        (92, 28, 27, 12)
    );
    let machines: Vec<_> = catalog().machines.iter().map(|m| m.code.as_str()).collect();
    assert_eq!(
        machines,
        [
            "case",
            "complaint",
            "defect",
            "inspection",
            "notice",
            "promise",
            "visit"
        ]
    );
}

#[test]
fn the_table_of_the_readme_holds() {
    let lines: Vec<&str> = README.lines().collect();
    let head = lines
        .iter()
        .position(|line| line.starts_with("| layout | features |"))
        .unwrap();
    let templates: Vec<&str> = lines[head]
        .split('|')
        .skip(3)
        .map(|cell| cell.trim().trim_matches('`'))
        .filter(|cell| !cell.is_empty())
        .collect();
    let mut checked = 0;
    for line in lines[head + 2..].iter().take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let layout = catalog().demo.layout(cells[0].trim_matches('`')).unwrap();
        let mode = if cells[1] == "all items" {
            FeatureMode::All
        } else {
            FeatureMode::Stated
        };
        for (template, cell) in templates.iter().zip(&cells[2..]) {
            let questions = instantiate(&catalog().templates[*template], &layout.rooms, &layout.features, mode);
            assert_eq!(
                format!("{} ({})", questions.asked.len(), questions.must_test()),
                **cell,
                "{template} {line}"
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 40);
}

#[test]
fn an_absent_feature_is_listed_apart() {
    let layout = catalog().demo.layout("l3a").unwrap();
    let template = &catalog().templates["handover_fitout_v1"];
    let questions = instantiate(template, &layout.rooms, &layout.features, FeatureMode::Stated);
    assert_eq!((questions.asked.len(), questions.absent.len()), (272, 21));
    assert_eq!(FeatureMode::of(&layout.rooms, &layout.features), FeatureMode::Stated);
    let keys: BTreeSet<_> = questions
        .asked
        .iter()
        .chain(&questions.absent)
        .map(|q| q.key.to_string())
        .collect();
    assert_eq!(keys.len(), 293, "every key once");
    assert!(keys.contains("doc-01/home/1") && keys.contains("gen-01/r03/1") && keys.contains("win-03/r07/1"));
}

#[test]
fn added_items_stand_after_their_section() {
    let codes: Vec<_> = catalog().templates["handover_shell_v1"]
        .items
        .iter()
        .map(|item| item.code.as_str())
        .collect();
    let place = codes.iter().position(|code| *code == "scr-01").unwrap();
    assert_eq!((codes[place - 1], codes[place + 1]), ("gen-16", "win-01"));
    let flat = catalog().templates["handover_shell_v1"].item("gen-03").unwrap();
    assert_eq!(
        (flat.rules[0].as_str(), flat.readings()[0].rules[0].as_str()),
        ("wall_plaster.flat", "wall_plaster.flat")
    );
    assert_eq!(
        catalog().templates["handover_fitout_v1"].item("gen-03").unwrap().rules[0].as_str(),
        "wall_paint.flat"
    );
}

#[test]
fn a_ruleset_falls_back_rule_by_rule() {
    let older = catalog()
        .tolerances
        .choose("cn_fitout_older_example_v1", Grade::High)
        .unwrap();
    assert_eq!(
        older.rule("air.hcho").unwrap().comparator,
        Comparator::Max(0.08),
        "its own"
    );
    let high = older.rule("wall_paint.flat").unwrap();
    assert_eq!(
        (high.ruleset.as_str(), high.grade),
        ("cn_fitout_example_v1", Some(Grade::High)),
        "falls back, in its grade"
    );
    assert!(older.rule("no.such.rule").is_none());
    assert!(catalog().tolerances.choose("no_such_ruleset", Grade::High).is_none());
}

#[test]
fn every_item_can_be_judged_in_every_ruleset() {
    for ruleset in catalog().tolerances.rulesets() {
        for grade in [Grade::Ordinary, Grade::High] {
            let limits = catalog().tolerances.choose(ruleset.as_str(), grade).unwrap();
            let rules = catalog().templates.values().flat_map(|t| &t.items).flat_map(|item| {
                item.readings()
                    .iter()
                    .flat_map(|r| r.rules.iter().map(move |rule| (rule, &r.unit)))
            });
            for (rule, unit) in rules {
                assert_eq!(&limits.rule(rule.as_str()).unwrap().unit, unit, "{rule}");
            }
        }
    }
}

fn entered(values: &[(&str, &[f64])]) -> BTreeMap<ReadingCode, Vec<f64>> {
    values
        .iter()
        .map(|(code, readings)| (code.parse().unwrap(), readings.to_vec()))
        .collect()
}

#[test]
fn readings_of_an_item_are_judged() {
    let layout = catalog().demo.layout("l3a").unwrap();
    let template = &catalog().templates["handover_fitout_v1"];
    let questions = instantiate(template, &layout.rooms, &layout.features, FeatureMode::Stated);
    let limits = catalog()
        .tolerances
        .choose("cn_fitout_example_v1", Grade::Ordinary)
        .unwrap();
    let judge = |key: &str, values: &[(&str, &[f64])]| {
        let question = questions.get(&key.parse().unwrap()).unwrap();
        assess(&question.item, limits, |spec| question.design(spec), &entered(values))
            .into_iter()
            .map(|v| (v.rule.to_string(), v.verdict, v.missing))
            .collect::<Vec<_>>()
    };
    // The plan of r03 says 2650 mm.
    let heights = judge("gen-01/r03/1", &[("height", &[2650.0, 2666.0])]);
    assert_eq!(
        heights[0],
        (
            "room_height.deviation".to_owned(),
            Verdict::Defect { value: Some(16.0) },
            3
        )
    );
    assert_eq!(
        heights[1],
        ("room_height.range".to_owned(), Verdict::Ok { value: Some(16.0) }, 3)
    );
    let share = judge("gen-19/r01/1", &[("hollow", &[3.0]), ("total", &[0.0])]);
    assert_eq!(share[0].1, Verdict::Undecided(Undecided::NoValue));
    let share = judge("gen-19/r01/1", &[("hollow", &[1.0])]);
    assert_eq!(share[0].1, Verdict::Undecided(Undecided::NoReading));
    let drop = judge("hvc-05/home/1", &[("start", &[0.63]), ("end", &[0.58])]);
    let Comparator::Max(limit) = limits.rule("heating.pressure_drop").unwrap().comparator else {
        panic!("a maximum")
    };
    assert_eq!(limit, 0.05, "the example below sits on the limit");
    assert_eq!(
        drop[0].1,
        Verdict::Ok { value: Some(0.05) },
        "the limit itself passes, whatever binary fractions add"
    );
    assert_eq!(
        judge("dor-02/r03/1", &[("floor", &[f64::NAN])])[1].1,
        Verdict::Undecided(Undecided::NotANumber)
    );
}

#[test]
fn unknown_codes_are_errors_not_panics() {
    let machine = catalog().machines.get("defect").unwrap();
    let none = BTreeSet::new();
    assert_eq!(
        machine.transition("no_such_state", "accept", "engineer", &none),
        Err(Illegal::State)
    );
    assert_eq!(
        machine.transition("assigned", "no such event", "engineer", &none),
        Err(Illegal::State)
    );
    assert_eq!(
        machine.transition("assigned", "accept", "no_such_role", &none),
        Err(Illegal::Role)
    );
    assert!(catalog().machines.get("no_such_machine").is_none());
    assert_eq!(
        machine
            .open_to("assigned", "engineer")
            .map(|t| t.event.as_str())
            .collect::<Vec<_>>(),
        ["return_to_dispatch", "accept", "propose_duplicate", "reject_duplicate"]
    );
}

#[test]
fn results_and_severities() {
    for code in catalog().codes.group("result") {
        assert_eq!(ResultCode::from(code.code.as_str()).to_string(), code.code);
    }
    assert_eq!(ResultCode::from("shining"), ResultCode::Unknown("shining".to_owned()));
    assert!(Severity::A > Severity::B && Severity::C > Severity::D);
}

#[test]
fn a_project_of_shell_flats_uses_its_subset() {
    let chosen = |named, project| catalog().template_for(named, project).map(|t| t.id.as_str());
    assert_eq!(
        chosen("handover_fitout_v1", "handover_shell_v1"),
        Some("handover_shell_v1")
    );
    assert_eq!(
        chosen("handover_fitout_v1", "handover_fitout_v1"),
        Some("handover_fitout_v1")
    );
    assert_eq!(
        chosen("one_year_check_v1", "handover_shell_v1"),
        Some("one_year_check_v1")
    );
    assert_eq!(chosen("no_such_template", "handover_shell_v1"), None);
}

#[test]
fn what_the_demo_holds_reads_back() {
    let layout = catalog().demo.layout("l4a").unwrap();
    let mut bytes = Vec::new();
    ciborium::into_writer(layout, &mut bytes).unwrap();
    assert_eq!(&ciborium::from_reader::<Layout, _>(bytes.as_slice()).unwrap(), layout);
    let event = serde_json::to_string(&catalog().demo.event).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&event).unwrap(), catalog().demo.event);
    let night = catalog().demo.households[39].quiet_hours.clone().unwrap();
    assert_eq!(night[1].1.to_string(), "10:00:00");
}
