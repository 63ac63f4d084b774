//! Out and in again gives the same, with the whole demo project.

use super::{catalog, example, import};
use crate::project::What;
use crate::sync::DemoOptions;
use crate::testing::Bench;
use keyturn_domain::rows::kind;
use std::collections::BTreeMap;
use std::path::Path;

/// The files of a folder and of those in it, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let below = files(&entry.path()).into_iter();
            all.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            all.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

const PEOPLE: What = What {
    people: true,
    full: false,
};

/// Rows by id, without days that no table has, and without what is sealed: keys differ from server to server.
async fn rows(bench: &Bench) -> BTreeMap<Vec<u8>, (String, Vec<u8>, Vec<u8>)> {
    let mut tx = bench.server.state().db.begin_read().await.unwrap();
    let all = sqlx::query("SELECT id, kind, scope, body FROM facts")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    let get = |row: &crate::db::AnyRow, name: &str| crate::db::bytes(row, name).unwrap();
    let kind_of = |row: &crate::db::AnyRow| crate::db::text(row, "kind").unwrap();
    let all = all.iter().filter(|row| kind_of(row) != kind::MILESTONE).map(|row| {
        let of = kind_of(row);
        let own = [kind::PERSON, kind::SUBJECT_KEY].contains(&of.as_str());
        let body = if own { Vec::new() } else { get(row, "body") };
        (get(row, "id"), (of, get(row, "scope"), body))
    });
    all.collect()
}

async fn grants(bench: &Bench) -> Vec<(Vec<u8>, String, Vec<u8>, String)> {
    let mut tx = bench.server.state().db.begin_read().await.unwrap();
    let sql = "SELECT user_id, role, scope, access FROM grants WHERE until_seq IS NULL ORDER BY user_id, role, scope";
    let all = sqlx::query(sql).fetch_all(&mut *tx).await.unwrap();
    let row = |row: &crate::db::AnyRow| {
        let (bytes, text) = (
            |n| crate::db::bytes(row, n).unwrap(),
            |n| crate::db::text(row, n).unwrap(),
        );
        (bytes("user_id"), text("role"), bytes("scope"), text("access"))
    };
    all.iter().map(row).collect()
}

#[tokio::test]
async fn the_demo_project_comes_back_as_it_was() {
    let (from, to) = (Bench::new().await, Bench::new().await);
    let loaded = from
        .server
        .sync()
        .load_demo(catalog(), DemoOptions::default())
        .await
        .unwrap();
    let (first, second) = (from.dir.path().join("first"), from.dir.path().join("second"));
    let exported = from
        .server
        .projects()
        .export("paperkite_lane", &first, PEOPLE)
        .await
        .unwrap();
    assert!(exported.tables.contains(&("homes".into(), 799)) && exported.tables.contains(&("households".into(), 799)));

    let report = import(&to, &first).await.unwrap();
    assert_eq!((report.logins.len(), report.project), (69, loaded.project));
    assert_eq!(rows(&from).await, rows(&to).await);
    assert_eq!(grants(&from).await, grants(&to).await);

    to.server
        .projects()
        .export("paperkite_lane", &second, PEOPLE)
        .await
        .unwrap();
    assert!(files(&first) == files(&second), "the second export differs");
    for bench in [&from, &to] {
        let head = bench.server.sync().head(loaded.project).await.unwrap();
        let again = import(bench, &first).await.unwrap();
        assert!(again.is_unchanged(), "{:?} {:?}", again.counts, again.changed);
        assert_eq!(bench.server.sync().head(loaded.project).await.unwrap(), head);
    }
    assert!(crate::project::verify(&first).unwrap().problems.is_empty());
}

#[tokio::test]
async fn the_example_comes_back_and_people_only_when_asked_for() {
    let (from, to) = (Bench::new().await, Bench::new().await);
    import(&from, &example()).await.unwrap();
    let folders = ["with", "again", "without"].map(|name| from.dir.path().join(name));
    let export = async |bench: &Bench, folder: &Path, what| {
        bench
            .server
            .projects()
            .export("reed_court", folder, what)
            .await
            .unwrap()
    };
    export(&from, &folders[0], PEOPLE).await;
    import(&to, &folders[0]).await.unwrap();
    export(&to, &folders[1], PEOPLE).await;
    assert_eq!(files(&folders[0]), files(&folders[1]));
    assert!(import(&from, &folders[0]).await.unwrap().is_unchanged());

    export(
        &from,
        &folders[2],
        What {
            full: true,
            people: false,
        },
    )
    .await;
    let without = files(&folders[2]);
    assert!(
        ["households.csv", "persons.csv", "staff_contacts.csv"]
            .iter()
            .all(|name| !without.contains_key(*name))
    );
    for secret in ["芦望", "Lu Wang", "0002 1001", "chuan@", "0002 0001"] {
        let told = without
            .values()
            .any(|bytes| String::from_utf8_lossy(bytes).contains(secret));
        assert!(!told, "{secret} is in the export");
    }
    let known: Vec<String> = files(&folders[0]).keys().cloned().collect();
    assert!(known.contains(&"persons.csv".to_owned()));
    assert!(
        import(&from, &folders[2])
            .await
            .is_ok_and(|report| report.is_unchanged())
    );

    let taken = from
        .server
        .projects()
        .export("reed_court", &folders[0], PEOPLE)
        .await
        .unwrap_err();
    assert_eq!(taken.code().as_str(), "export_exists");
    let unknown = from
        .server
        .projects()
        .export("reed", &from.dir.path().join("x"), PEOPLE)
        .await
        .unwrap_err();
    assert_eq!(unknown.code().as_str(), "project_unknown");
}

#[tokio::test]
async fn an_export_that_was_touched_is_found() {
    let bench = Bench::new().await;
    import(&bench, &example()).await.unwrap();
    let folder = bench.dir.path().join("out");
    bench
        .server
        .projects()
        .export("reed_court", &folder, PEOPLE)
        .await
        .unwrap();
    std::fs::write(folder.join("homes.csv"), "no\n").unwrap();
    std::fs::remove_file(folder.join("staff.csv")).unwrap();
    std::fs::write(folder.join("more.txt"), "").unwrap();
    let found = crate::project::verify(&folder).unwrap().problems.list;
    let mut names: Vec<&str> = found.iter().map(|problem| problem.file.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["homes.csv", "more.txt", "staff.csv"]);
    std::fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    assert_eq!(
        crate::project::verify(&folder).unwrap_err().code().as_str(),
        "file_unusable"
    );
}
