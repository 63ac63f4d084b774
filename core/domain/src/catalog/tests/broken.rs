//! A wrong row is an error with file, line and column.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::{Catalog, CatalogError};

fn text(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file)).unwrap()
}

fn load(file: &str, text: String) -> CatalogError {
    Catalog::load(&BTreeMap::from([(file.to_owned(), text)])).unwrap_err()
}

/// Replaces the first `old` by `new` and returns the error with the line on which `old` stood.
pub(super) fn break_it(file: &str, old: &str, new: &str) -> (CatalogError, u64) {
    let before = text(file);
    let at = before.find(old).unwrap_or_else(|| panic!("{file} has no {old}"));
    let line = u64::try_from(before[..at].matches('\n').count() + 1).unwrap();
    (load(file, before.replacen(old, new, 1)), line)
}

#[test]
fn each_kind_of_mistake_names_its_place() {
    let cases = [
        (
            "checklists.csv",
            "per_room:dry,激光测距：四角",
            "per_room:cellar,激光测距：四角",
            "room_kinds",
        ),
        (
            "checklists.csv",
            "laser_distance,number,mm,room_height",
            "ray_gun,number,mm,room_height",
            "tool_code",
        ),
        (
            "checklists.csv",
            "low_sill.guard_height,1,rl-01",
            "low_sill.guard_height,1,rl-99",
            "default_defect_code",
        ),
        (
            "checklists.csv",
            "low_sill.guard_height,1,rl-01",
            "low_sill.guard_height,yes,rl-01",
            "must_test",
        ),
        ("checklists.csv", ",doc-02,分户", ",doc-01,分户", "item_code"),
        (
            "visit_scripts.csv",
            "move_in_v1,act,always",
            "move_in_v1,dance,always",
            "part_code",
        ),
        (
            "visit_scripts.csv",
            "revisit_v1,agree,satisfied",
            "revisit_v1,agree,pleased",
            "when",
        ),
        (
            "surveys.csv",
            "move_in_visit,搬进来还顺利吗？,Is moving in going well?,S5",
            "move_in_visit,搬进来还顺利吗？,Is moving in going well?,S6",
            "scale",
        ),
        ("surveys.csv", "TXT,0,,,交付调查", "TXT,1,,,交付调查", "required"),
        (
            "surveys.csv",
            "yes|no,,0,TXT,yes",
            "yes|no,,0,TXT,maybe",
            "follow_up_on",
        ),
        ("focus_tags.csv", "sign.title,sign", "sign.title,view", "tag_code"),
        ("document_kinds.csv", "step|way|met", "step|Way|met", "required"),
        (
            "surveys.csv",
            "handover-2,handover",
            "handover-1,handover",
            "question_id",
        ),
        ("moments.csv", "change_notice,,50", "change_note,,50", "held_in"),
        ("moments.csv", "outside,,,140", "outside,case,,140", "held_in"),
        (
            "moments.csv",
            "tp-09,works,水管爆裂,burst pipe,record,defect_ticket,pl-01",
            "tp-09,works,水管爆裂,burst pipe,record,defect_ticket,pl-99",
            "defect_codes",
        ),
        ("moments.csv", "tp-12,sales", "tp-12,shop", "stage_code"),
        ("delivery_risk.json", "\"up_to\": 49", "\"up_to\": 19", "bands[1].up_to"),
        (
            "delivery_risk.json",
            "\"up_to\": null",
            "\"up_to\": 90",
            "bands[2].up_to",
        ),
        (
            "delivery_risk.json",
            "\"code\": \"stop\"",
            "\"code\": \"halt\"",
            "bands[2].code",
        ),
        (
            "delivery_risk.json",
            "\"acceptance_missing\"]",
            "\"acceptance_lost\"]",
            "always_stop[1]",
        ),
        (
            "delivery_risk.json",
            "\"decided_by\": \"manager\"",
            "\"decided_by\": \"boss\"",
            "gate.decided_by",
        ),
        (
            "delivery_risk.json",
            "\"code\": \"not_rehearsed\"",
            "\"code\": \"rehearsal_c_open\"",
            "factors[2].code",
        ),
        (
            "kpis.json",
            "\"code\": \"defects_per_unit\"",
            "\"code\": \"first_pass_rate\"",
            "kpis[1].code",
        ),
        (
            "kpis.json",
            "\"denominator\": \"units_first_inspected\"",
            "\"denominator\": \"\"",
            "kpis[0].denominator",
        ),
        ("kpis.json", "\"y1-5\"", "\"y1-55\"", "kpis[24].questions[0]"),
        (
            "checklist_readings.csv",
            "one_year_check_v1,y1-07,width",
            "one_year_check_v1,y1-77,width",
            "item_code",
        ),
        (
            "checklist_readings.csv",
            "%,1,wall.moisture_excess,0,suspect-dry",
            "%,1,wall.moisture_excess,0,suspect-wet",
            "formula",
        ),
        (
            "checklist_readings.csv",
            "%,1,wall.moisture_excess,0,suspect-dry",
            "%,1,wall.moisture_excess,0,suspect-",
            "formula",
        ),
        (
            "checklist_readings.csv",
            "Flatness,mm,3,wall_paint.flat",
            "Flatness,s,3,wall_paint.flat",
            "tolerance_rules",
        ),
        ("tolerances.csv", ",between,1,3,mm", ",between,1,,mm", "value2"),
        ("tolerances.csv", ",between,1,3,mm", ",about,1,3,mm", "comparator"),
        ("tolerances.csv", ",between,1,3,mm", ",between,one,3,mm", "value"),
        (
            "rooms.csv",
            "hall,玄关,entrance hall",
            "Hall,玄关,entrance hall",
            "room_code",
        ),
        ("rooms.csv", "hall,玄关,entrance hall", "hall,玄关,", "en"),
        (
            "trades.csv",
            "plaster,抹灰,plaster,contractor",
            "plaster,抹灰,plaster,nobody",
            "party",
        ),
        (
            "defect_catalogue.csv",
            "hollow plaster,C,plaster",
            "hollow plaster,E,plaster",
            "severity",
        ),
        (
            "defect_catalogue.csv",
            "hollow plaster,C,plaster",
            "hollow plaster,C,pastry",
            "trade_code",
        ),
        (
            "demonstrations.csv",
            "open an account\",gas",
            "open an account\",oil",
            "only_if",
        ),
        ("answer_codes.csv", "result,ok_bulk", "result,ok_blind", "code"),
        ("tools.csv", "mm,number_pad,,,0.5,50", "mm,number_pad,,,none,50", "step"),
        (
            "template_subsets.json",
            "\"doc-03\"",
            "\"doc-99\"",
            "subsets[0].items[2]",
        ),
        (
            "template_subsets.json",
            "\"gen-04\": \"wall_plaster.plumb\"",
            "\"gen-04\": \"rcd.time\"",
            "subsets[0].tolerance_rule.gen-04",
        ),
        (
            "template_subsets.json",
            "per_room:dry",
            "per_room:cellar",
            "subsets[0].added_items[0].room_kinds",
        ),
    ];
    for (file, old, new, column) in cases {
        let (error, line) = break_it(file, old, new);
        assert_eq!(
            (error.file.as_str(), error.line, error.column.as_str()),
            (file, Some(line), column),
            "{error}"
        );
    }
}

#[test]
fn mistakes_in_the_machines_and_the_project_name_path_and_line() {
    let (error, line) = break_it(
        "state_machines.json",
        "\"verifier_not_repairer\"\n",
        "\"verifier_is_fine\"\n",
    );
    assert_eq!(
        (error.line, error.value.as_str()),
        (Some(line), "verifier_is_fine"),
        "{error}"
    );
    assert!(error.column.starts_with("machines[0].transitions["), "{error}");

    // A guard in the list that the code does not judge, and one that stands there twice.
    for (old, new, expected) in [
        (
            "\"code\": \"person_named\"",
            "\"code\": \"weather_is_fine\"",
            "a guard that this version can judge",
        ),
        (
            "\"code\": \"person_named\"",
            "\"code\": \"photo_or_reason\"",
            "a code that is not there yet",
        ),
    ] {
        let (error, line) = break_it("state_machines.json", old, new);
        assert_eq!(
            (error.line, error.column.as_str(), error.expected.as_str()),
            (Some(line), "guards[3].code", expected),
            "{error}"
        );
    }

    let demo = text("demo_project.json");
    let units = demo.find("\"units\":[").unwrap();
    let at = units + demo[units..].find("\"l4a\"").unwrap();
    let broken = format!("{}\"l9z\"{}", &demo[..at], &demo[at + 5..]);
    let error = load("demo_project.json", broken);
    let line = u64::try_from(demo[..at].matches('\n').count() + 1).unwrap();
    assert_eq!(
        (error.line, error.value.as_str(), error.expected.as_str()),
        (Some(line), "l9z", "a code of layouts"),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with(&format!("demo_project.json, line {line}, units[")),
        "{error}"
    );
}

#[test]
fn what_is_no_table_and_no_json_says_so() {
    let error = load(
        "rooms.csv",
        "room_code,zh,en,group,order\nhall,玄关,entrance hall,dry\n".to_owned(),
    );
    assert_eq!(
        error.to_string(),
        "rooms.csv, line 2: expected 5 cells, as the header has, found \"4 cells\""
    );
    let error = load(
        "rooms.csv",
        "room_code,zh,en,order\nhall,玄关,entrance hall,10\n".to_owned(),
    );
    assert_eq!((error.line, error.column.as_str()), (Some(1), "group"));
    let error = load(
        "state_machines.json",
        "{\n  \"roles\": [],\n  \"guards\": 7\n}".to_owned(),
    );
    assert_eq!(
        (error.line, error.value.as_str()),
        (Some(3), "\"guards\": 7"),
        "{error}"
    );
    let codes = text("answer_codes.csv").replacen("result,ok_bulk", "other,ok_bulk", 1);
    assert_eq!(load("answer_codes.csv", codes).expected, "a row for ok_bulk");
    let error = load("tolerance.csv", String::new());
    assert_eq!(error.expected, "the name of a data file");
    assert!(
        load("tolerances.csv", String::new())
            .to_string()
            .starts_with("tolerances.csv")
    );
}

#[test]
fn a_folder_with_other_files_and_a_byte_order_mark_loads() {
    let own = BTreeMap::from([
        ("README.md".to_owned(), "# ours".to_owned()),
        ("rooms.csv".to_owned(), format!("\u{feff}{}", text("rooms.csv"))),
        (
            "template_subsets.json".to_owned(),
            format!("\u{feff}{}", text("template_subsets.json")),
        ),
        ("kpis.json".to_owned(), text("kpis.json")),
    ]);
    assert_eq!(&Catalog::load(&own).unwrap(), super::catalog());
}

#[test]
fn a_script_has_all_its_parts() {
    let whole = text("visit_scripts.csv");
    let gone = "three_month_v1,agree,always,每件说定由谁、何时,For each point agree who and by when,130\n";
    assert!(whole.contains(gone));
    let error = load("visit_scripts.csv", whole.replace(gone, ""));
    let last = whole
        .lines()
        .position(|l| l.starts_with("three_month_v1,confirm"))
        .unwrap();
    assert_eq!((error.line, error.column.as_str()), (Some(last as u64), "part_code"));
    assert!(error.expected.contains("tone, explore, agree, act, confirm"), "{error}");
}
