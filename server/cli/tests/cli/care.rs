//! Backup, restore, doctor and erasing as people run them.

use super::errors::{Serving, fails, is};
use super::{json, keyturn, said};

#[test]
fn a_server_is_backed_up_looked_at_and_brought_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, backups, new) = (path("data"), path("backups"), path("new"));
    let serving = Serving::start(data.as_ref());
    assert_eq!(
        keyturn(&["project", "load", "demo", "--homes", "3", "--data", &data])
            .status
            .code(),
        Some(0)
    );

    is(fails(&["restore", &backups, "--data", &new]), 3, "not_found");
    let made = json(&keyturn(&["backup", &backups, "--data", &data, "--json"]));
    assert_eq!(made["same_file_system"], true);
    let backup = made["path"].as_str().unwrap();
    is(fails(&["restore", backup, "--data", &data]), 4, "db_locked");
    drop(serving);
    is(fails(&["restore", backup, "--data", &data]), 3, "folder_not_empty");
    let nobody = path("nobody");
    std::fs::write(&nobody, "nonsense").unwrap();
    is(
        fails(&["backup", &backups, "--recipients", &nobody, "--data", &data]),
        1,
        "config_bad",
    );
    is(fails(&["backup", &nobody, "--data", &data]), 4, "backup_unusable");

    let done = keyturn(&["restore", &backups, "--data", &new]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let clean = json(&keyturn(&["doctor", "--data", &new, "--json"]));
    assert_eq!(clean["clean"], true, "{clean}");
    let database = rusqlite::Connection::open(dir.path().join("new/keyturn.db")).unwrap();
    database.execute_batch("DROP INDEX facts_by_kind").unwrap();
    for lang in ["zh", "en"] {
        let found = keyturn(&["doctor", "--data", &new, "--lang", lang]);
        assert_eq!(found.status.code(), Some(1));
        let text = String::from_utf8(found.stdout).unwrap();
        assert!(text.contains("index_missing") && text.contains("--repair"), "{text}");
        assert!(found.stderr.is_empty());
    }
    let mended = json(&keyturn(&["doctor", "--repair", "--data", &new, "--json"]));
    assert_eq!(
        (&mended["clean"], &mended["repaired"]["indexes"]),
        (&true.into(), &1.into())
    );

    let sql = "SELECT lower(hex(id)) FROM facts WHERE kind = 'person' LIMIT 1";
    let id: String = database.query_row(sql, (), |row| row.get(0)).unwrap();
    is(fails(&["person", "erase", &id, "--data", &new]), 3, "not_confirmed");
    let unknown = "00000000-0000-7000-8000-000000000000";
    is(
        fails(&["person", "erase", unknown, "--yes", "--data", &new]),
        3,
        "not_found",
    );
    let erased = json(&keyturn(&["person", "erase", &id, "--yes", "--data", &new, "--json"]));
    assert_eq!(erased["kind"], "person");
    let again = json(&keyturn(&["person", "erase", &id, "--yes", "--data", &new, "--json"]));
    assert_eq!(again["keys"], 0);
}
