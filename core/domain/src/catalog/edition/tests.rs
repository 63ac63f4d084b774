use std::collections::BTreeMap;

use super::super::files::built_in;
use super::*;
use crate::catalog::{Catalog, CatalogError};
use crate::ids::Hash;
use crate::rows::{EditionRow, Rest};

const CHECKLISTS: &str = "checklists.csv";
const RULES: &str = "task_rules.csv";

/// A built-in file with one text in the place of another.
fn changed(file: &str, old: &str, new: &str) -> (String, String) {
    let text = built_in(file).unwrap();
    assert!(text.contains(old), "{file} has no {old}");
    (file.to_owned(), text.replacen(old, new, 1))
}

fn files<const N: usize>(own: [(String, String); N]) -> EditionFiles {
    EditionFiles::new(BTreeMap::from(own)).unwrap()
}

fn row(number: u32, files: &EditionFiles) -> EditionRow {
    EditionRow {
        number,
        hash: files.hash(),
        files: files.hashes(),
        published_ms: 0,
        note: String::new(),
        rest: Rest::new(),
    }
}

/// Reads texts out of the files of some editions.
fn from<'a>(all: &'a [&'a EditionFiles]) -> impl FnMut(Hash) -> Result<Option<String>, CatalogError> + 'a {
    |hash| {
        let mut texts = all.iter().flat_map(|files| files.own().values());
        Ok(texts.find(|text| Hash::of(text.as_bytes()) == hash).cloned())
    }
}

#[test]
fn what_is_as_built_in_is_no_own_file_however_a_spreadsheet_saved_it() {
    let mut given = BTreeMap::new();
    for (name, text) in EditionFiles::default().whole() {
        given.insert(name.to_owned(), format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    // The whole folder of data, with what is the program's own.
    for name in PROGRAMS_OWN {
        given.insert(name.to_owned(), built_in(name).unwrap().to_owned());
    }
    given.insert("vectors.json".into(), "{}".into());
    let files = EditionFiles::new(given).unwrap();
    assert_eq!(files, EditionFiles::default());
    assert_eq!(files.hash(), EditionFiles::default().hash());
    assert!(compare(&EditionFiles::default(), &files).is_empty());
}

#[test]
fn what_no_project_may_have_of_its_own_is_named() {
    let given = [
        changed("answer_codes.csv", ",合格,", ",好,"),
        changed("state_machines.json", "draft", "drift"),
        changed("demo_project.json", "paperkite_lane", "kite_lane"),
        ("checklist.csv".to_owned(), "a\n".to_owned()),
        (CHECKLISTS.to_owned(), "x".repeat(MOST_FILE_BYTES + 1)),
    ];
    let wrong = EditionFiles::new(BTreeMap::from(given)).unwrap_err();
    let named: Vec<&str> = wrong.iter().map(|mistake| mistake.file.as_str()).collect();
    assert_eq!(
        named,
        [
            "answer_codes.csv",
            "checklist.csv",
            CHECKLISTS,
            "demo_project.json",
            "state_machines.json"
        ]
    );
    assert!(wrong[0].to_string().contains("the program's own"), "{}", wrong[0]);
}

#[test]
fn every_mistake_is_told_and_what_follows_from_one_is_not() {
    let (_, text) = changed(
        CHECKLISTS,
        "laser_distance,number,mm,room_height",
        "ray_gun,number,mm,room_height",
    );
    let text = text.replacen("low_sill.guard_height,1,rl-01", "low_sill.guard_height,yes,rl-01", 1);
    // The defect is gone for its wrong severity; the items that name it are not wrong for that.
    let defects = changed("defect_catalogue.csv", "hollow plaster,C,", "hollow plaster,Z,");
    let tolerances = changed("warranty_rules.json", "\"notice\"", "\"notice\" 1");
    let wrong = problems(&files([(CHECKLISTS.to_owned(), text), defects, tolerances]));
    let told: Vec<(&str, &str)> = wrong.iter().map(|m| (m.file.as_str(), m.value.as_str())).collect();
    assert_eq!(told.len(), 4, "{wrong:?}");
    for expected in [
        ("defect_catalogue.csv", "Z"),
        (CHECKLISTS, "ray_gun"),
        (CHECKLISTS, "yes"),
    ] {
        assert!(told.contains(&expected), "{expected:?} not in {told:?}");
    }
    assert!(wrong.iter().all(|mistake| mistake.line.is_some()), "{wrong:?}");
    let broken = problems(&files([("tolerances.csv".to_owned(), "rule_id\n".to_owned())]));
    assert_eq!(broken.len(), 1, "{broken:?}");
}

#[test]
fn a_dropped_row_that_a_built_in_file_needs_is_a_mistake_there() {
    let text = built_in("surveys.csv").unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("view,")).collect();
    let wrong = problems(&files([("surveys.csv".to_owned(), kept.join("\n") + "\n")]));
    assert!(wrong.iter().any(|mistake| mistake.file == RULES), "{wrong:?}");
}

#[test]
fn a_comparison_names_rows_and_fields() {
    let (_, rules) = changed(
        RULES,
        "tr-first-contact,first_contact,sign,household,household_assigned,,7d",
        "tr-first-contact,first_contact,sign,household,household_assigned,,3d",
    );
    let rules: String = rules
        .lines()
        .filter(|line| !line.starts_with("tr-bulletin,"))
        .fold(String::new(), |all, line| all + line + "\n");
    let own = files([
        (
            RULES.to_owned(),
            rules
                + "tr-second,first_contact,sign,household,household_assigned,,9d,ambassador,,,sign,first_contact_v1,,900\n",
        ),
        changed("complaint_profiles.json", "\"every_days\": 3", "\"every_days\": 2"),
    ]);
    let found = compare(&EditionFiles::default(), &own);
    let of = |row: &str| found.iter().find(|difference| difference.row == row).unwrap();
    assert_eq!(of("tr-bulletin").kind, Kind::Removed);
    assert_eq!(of("tr-second").kind, Kind::Added);
    let due = &of("tr-first-contact").fields;
    assert_eq!((due.len(), due[0].field.as_str()), (1, "due"));
    assert_eq!((due[0].old.as_deref(), due[0].new.as_deref()), (Some("7d"), Some("3d")));
    let json = found
        .iter()
        .find(|difference| difference.file == "complaint_profiles.json")
        .unwrap();
    assert_eq!(
        (json.fields.len(), json.fields[0].field.as_str()),
        (1, "progress_update.every_days")
    );
    // The other way round everything is told the other way round.
    let back = compare(&own, &EditionFiles::default());
    assert_eq!(back.len(), found.len());
    assert!(
        back.iter()
            .any(|difference| difference.row == "tr-second" && difference.kind == Kind::Removed)
    );
}

#[test]
fn every_row_of_the_built_in_tables_has_a_name_of_its_own() {
    for (file, text) in EditionFiles::default().whole() {
        let flat = super::flat::flat(file, text);
        let twice: Vec<&String> = flat.order.iter().filter(|key| key.contains('#')).collect();
        assert!(twice.is_empty(), "{file}: {twice:?}");
        assert!(
            file.ends_with(".json") || flat.order.iter().all(|key| !key.is_empty()),
            "{file}"
        );
    }
}

#[test]
fn another_order_of_rows_is_a_difference() {
    let text = built_in("trades.csv").unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(1, 2);
    let found = compare(
        &EditionFiles::default(),
        &files([("trades.csv".to_owned(), lines.join("\n") + "\n")]),
    );
    assert_eq!(found.iter().map(|d| d.kind).collect::<Vec<_>>(), [Kind::Reordered]);
}

#[test]
fn a_record_reads_its_own_edition_and_nobody_waits_for_one() {
    let two = files([changed(RULES, ",7d,ambassador", ",5d,ambassador")]);
    let three = files([changed(RULES, ",7d,ambassador", ",6d,ambassador")]);
    let editions = Editions::of([row(2, &two), row(3, &three)]);
    let days = |edition: &Edition| edition.catalog.task_rules["tr-first-contact"].due_days;
    let all = [&two, &three];
    let opened = |pinned| editions.open(pinned, from(&all)).unwrap();
    assert_eq!(
        (opened(None).number, days(&opened(None)), opened(None).waiting),
        (3, 6, false)
    );
    for (pinned, number) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
        let edition = opened(Some(pinned));
        assert_eq!((edition.number, edition.waiting), (number, false));
    }
    // The next one is not here yet: the newest that is stands in, and it is said.
    let later = opened(Some(4));
    assert_eq!((later.number, later.waiting), (3, true));
    // An edition whose files are not all here, or are not what the row says, waits as well.
    let four = files([changed(RULES, ",7d,ambassador", ",4d,ambassador")]);
    let half = Editions::of([row(2, &two), row(4, &four)]);
    let open = half.open(None, from(&all)).unwrap();
    assert_eq!((open.number, open.waiting), (2, true));
    let mut lies = row(5, &four);
    lies.hash = Hash::of(b"another");
    let lying = Editions::of([lies]).open(None, from(&[&four])).unwrap();
    assert_eq!((lying.number, lying.waiting), (BUILT_IN, true));
    // A program that cannot read it goes on with what it can read.
    let broken = EditionFiles::stored(BTreeMap::from([(RULES.to_owned(), "rule_code\nx\n".to_owned())]));
    let newer = Editions::of([row(2, &two), row(3, &broken)])
        .open(None, from(&[&two, &broken]))
        .unwrap();
    assert_eq!((newer.number, newer.waiting), (2, true));
}

#[test]
fn an_edition_may_drop_what_only_the_demo_project_names() {
    let text = built_in("template_subsets.json").unwrap();
    assert!(!text.is_empty());
    let demo = &Catalog::built_in().unwrap().demo;
    let rules = built_in("warranty_rules.json").unwrap();
    assert!(rules.contains(demo.project.warranty_profile.as_str()));
    let own = files([(
        "warranty_rules.json".to_owned(),
        rules.replace(demo.project.warranty_profile.as_str(), "our_own_profile"),
    )]);
    assert_eq!(problems(&own), []);
    // A project that names it cannot do without.
    let project = crate::rows::ProjectRow {
        code: "p".into(),
        name: crate::catalog::Text {
            zh: "甲".into(),
            en: "P".into(),
        },
        time_zone: "Asia/Shanghai".into(),
        tolerance_ruleset: demo.project.tolerance_ruleset.to_string(),
        tolerance_grade: crate::catalog::Grade::Ordinary,
        template: demo.project.template.to_string(),
        settings: crate::rows::ProjectSettings::of(demo),
        rest: Rest::new(),
    };
    let lacks = fits(&own.load().unwrap(), &project, ["hall", "moon"]);
    let told: Vec<&str> = lacks.iter().map(|mistake| mistake.file.as_str()).collect();
    assert_eq!(told, ["warranty_rules.json", "rooms.csv"]);
    assert!(fits(Catalog::built_in().unwrap(), &project, ["hall"]).is_empty());
}
