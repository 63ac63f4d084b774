//! Editions as an administrator makes them: exported, edited, checked, imported, published; out with the project and in again.

use super::errors::{Serving, fails, is};
use super::{json, keyturn, said};

/// A command about the editions of a project.
fn edition<'a>(of: &[&'a str; 4], args: &[&'a str]) -> Vec<&'a str> {
    [&["edition"], args, of].concat()
}

#[test]
fn a_project_gets_an_edition_of_its_own_and_takes_it_along() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, files, out, other) = (path("data"), path("files"), path("out"), path("other"));
    let serving = Serving::start(data.as_ref());
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/import");
    let ok = |args: &[&str]| {
        let done = keyturn(args);
        assert_eq!(done.status.code(), Some(0), "{args:?}: {}", said(&done));
        done
    };
    ok(&["project", "import", example, "--data", &data]);
    let of = ["--project", "reed_court", "--data", &data];
    ok(&edition(&of, &["export", &files]));
    is(fails(&edition(&of, &["export", &files])), 3, "export_exists");
    is(fails(&edition(&of, &["publish"])), 3, "not_found");

    // What was written imports to the same.
    let same = json(&keyturn(&edition(&of, &["import", &files, "--json"])));
    assert_eq!((&same["unchanged"], &same["in_force"]), (&true.into(), &2.into()));
    let rules = dir.path().join("files/task_rules.csv");
    let text = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, text.replacen(",5d,ambassador", ",week,ambassador", 1)).unwrap();
    for lang in ["zh", "en"] {
        let wrong = keyturn(&edition(&of, &["import", &files, "--check", "--lang", lang]));
        assert_eq!(wrong.status.code(), Some(1));
        let told = said(&wrong);
        assert!(
            told.contains("task_rules.csv") && told.contains("week") && told.contains("edition_refused"),
            "{told}"
        );
    }
    std::fs::write(&rules, text.replacen(",5d,ambassador", ",4d,ambassador", 1)).unwrap();
    let checked = json(&keyturn(&edition(&of, &["import", &files, "--check", "--json"])));
    assert_eq!(
        (&checked["dry_run"], &checked["differences"][0]["row"]),
        (&true.into(), &"tr-first-contact".into())
    );
    for lang in ["zh", "en"] {
        let made = ok(&edition(&of, &["import", &files, "--note", "sooner", "--lang", lang]));
        let text = String::from_utf8(made.stdout).unwrap();
        assert!(
            text.contains("tr-first-contact") && text.contains("5d") && text.contains("4d"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
    is(fails(&edition(&of, &["publish", "--hash", "00"])), 3, "record_changed");
    let hash = checked["hash"].as_str().unwrap();
    let published = json(&keyturn(&edition(&of, &["publish", "--hash", hash, "--json"])));
    assert_eq!(published["number"], 3);
    let list = json(&keyturn(&edition(&of, &["list", "--json"])));
    assert_eq!(
        (&list[2]["in_force"], &list[2]["files"][0]),
        (&true.into(), &"task_rules.csv".into())
    );
    ok(&edition(&of, &["list"]));
    let back = json(&keyturn(&edition(&of, &["compare", "3", "--with", "2", "--json"])));
    assert_eq!(back["differences"][0]["fields"][0]["new"], "4d");
    is(fails(&edition(&of, &["compare"])), 3, "not_found");
    let none = json(&keyturn(&edition(&of, &["discard", "--json"])));
    assert_eq!(none["discarded"], false);
    is(
        fails(&["edition", "list", "--project", "nobody", "--data", &data]),
        3,
        "project_unknown",
    );

    // It goes out with the project, and comes in as it was.
    ok(&["project", "export", "reed_court", &out, "--data", &data]);
    ok(&["project", "verify", &out]);
    assert!(dir.path().join("out/editions/3/task_rules.csv").is_file());
    drop(serving);
    let serving = Serving::start(other.as_ref());
    ok(&["project", "import", &out, "--data", &other]);
    let list = json(&keyturn(&[
        "edition",
        "list",
        "--project",
        "reed_court",
        "--data",
        &other,
        "--json",
    ]));
    assert_eq!((&list[2]["hash"], &list[2]["note"]), (&hash.into(), &"sooner".into()));
    // Once published it is not another one, whatever a folder says.
    let there = dir.path().join("out/editions/3/task_rules.csv");
    let text = std::fs::read_to_string(&there).unwrap();
    std::fs::write(&there, text.replacen(",4d,ambassador", ",6d,ambassador", 1)).unwrap();
    is(
        fails(&["project", "import", &out, "--data", &other]),
        1,
        "import_refused",
    );
    drop(serving);
}
