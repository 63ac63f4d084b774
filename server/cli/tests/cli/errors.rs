//! Each error has its own code, its own exit code, and says what to do, in both languages.

use super::{json, keyturn, said};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server for one test; it ends with it.
pub struct Serving {
    child: Child,
    url: String,
    /// What it said when it began.
    pub facts: serde_json::Value,
}

impl Serving {
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    pub fn start_with(data: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keyturn"))
            .args(["serve", "--json", "--with-parent", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let facts: serde_json::Value = serde_json::from_str(&line).expect("a server that listens");
        Self {
            child,
            url: facts["listening"].as_str().unwrap().to_owned(),
            facts,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("a clean end");
    }
}

/// Runs a command that must fail; returns exit code and stable code, and sees that both languages say something.
pub fn fails(args: &[&str]) -> (i32, String) {
    let output = keyturn(&[args, &["--json"]].concat());
    let error: serde_json::Value = serde_json::from_str(said(&output).lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{args:?}: {}", said(&output)));
    for lang in ["zh", "en"] {
        let told = said(&keyturn(&[args, &["--lang", lang]].concat()));
        let code = error["error"]["code"].as_str().unwrap();
        assert!(told.contains(code), "{told}");
        assert!(told.contains(if lang == "zh" { "错误：" } else { "Error: " }), "{told}");
    }
    (
        output.status.code().unwrap(),
        error["error"]["code"].as_str().unwrap().to_owned(),
    )
}

pub fn is(found: (i32, String), exit: i32, code: &str) {
    assert_eq!(found, (exit, code.to_owned()));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("one");
    let text = data.to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    is(
        fails(&["serve", "--data", text, "--listen", &address]),
        5,
        "port_in_use",
    );
    assert!(!data.exists(), "nothing was made");
    let serving = Serving::start(&data);
    is(
        fails(&["serve", "--data", text, "--listen", "127.0.0.1:0"]),
        4,
        "db_locked",
    );
    assert_eq!(
        keyturn(&["healthcheck", "--server", &serving.url]).status.code(),
        Some(0)
    );
    drop(serving);

    let broken = dir.path().join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(
        broken.join("keyturn.db"),
        b"this is no database, but it has some length ".repeat(200),
    )
    .unwrap();
    let before = std::fs::read(broken.join("keyturn.db")).unwrap();
    is(
        fails(&["serve", "--data", broken.to_str().unwrap(), "--listen", "127.0.0.1:0"]),
        4,
        "db_damaged",
    );
    assert_eq!(
        std::fs::read(broken.join("keyturn.db")).unwrap(),
        before,
        "left as it was"
    );
}

#[test]
fn a_newer_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(Serving::start(dir.path()));
    let database = dir.path().join("keyturn.db");
    // What a newer program would have written.
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute("UPDATE schema_version SET version = 9999", [])
        .unwrap();
    drop(connection);
    let data = dir.path().to_str().unwrap();
    is(
        fails(&["serve", "--data", data, "--listen", "127.0.0.1:0"]),
        4,
        "db_newer",
    );
    is(fails(&["user", "list", "--data", data]), 4, "db_newer");
}

#[test]
fn commands_work_beside_a_server_and_name_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let nowhere = dir.path().join("nowhere");
    is(
        fails(&["user", "list", "--data", nowhere.to_str().unwrap()]),
        4,
        "db_unusable",
    );
    assert!(!nowhere.exists(), "a mistyped folder does not become a database");
    let serving = Serving::start(dir.path());
    let added = keyturn(&[
        "user",
        "add",
        "wang.lei",
        "--display",
        "王磊",
        "--role",
        "reviewer",
        "--data",
        data,
    ]);
    assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    is(fails(&["user", "add", "wang.lei", "--data", data]), 3, "user_exists");
    is(
        fails(&["user", "grant", "wang.lei", "king", "--data", data]),
        3,
        "role_unknown",
    );
    is(fails(&["device", "enrol", "nobody", "--data", data]), 3, "user_unknown");
    is(
        fails(&["device", "revoke", "nothing", "--data", data]),
        3,
        "device_unknown",
    );
    let id = "00000000-0000-7000-8000-000000000000";
    is(
        fails(&["record", "show", id, "--server", &serving.url]),
        3,
        "token_missing",
    );
    let token = json(&keyturn(&["user", "token", "wang.lei", "--data", data, "--json"]));
    let token = token["token"].as_str().unwrap();
    is(
        fails(&["record", "show", id, "--server", &serving.url, "--token", token]),
        3,
        "not_found",
    );
    is(
        fails(&["record", "show", id, "--server", "http://127.0.0.1:9"]),
        5,
        "offline",
    );
    let revoked = json(&keyturn(&[
        "user", "revoke", "wang.lei", "reviewer", "--data", data, "--json",
    ]));
    assert_eq!(revoked["ended"], 1);
}

#[test]
fn a_phone_names_a_wrong_code_a_used_code_and_a_clock_that_is_off() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let serving = Serving::start(dir.path());
    assert_eq!(keyturn(&["user", "add", "a", "--data", data]).status.code(), Some(0));
    let code = json(&keyturn(&["device", "enrol", "a", "--data", data, "--json"]))["code"].clone();
    let enrol = |code: &serde_json::Value| serde_json::json!({ "do": "enrol", "code": code, "name": "test" });
    let wrong = phone(
        &dir.path().join("p1"),
        &serving.url,
        0,
        &[enrol(&"0000-0000-0000".into())],
    );
    assert_eq!(wrong[0]["error"]["code"], "enrol_code_unknown");
    let asks = [
        enrol(&code),
        serde_json::json!({ "do": "sync" }),
        serde_json::json!({ "do": "status" }),
    ];
    let off = phone(&dir.path().join("p2"), &serving.url, 3_650, &asks);
    assert!(
        off[0]["ok"].is_object() && off[1]["ok"].is_object(),
        "it works all the same: {off:?}"
    );
    assert_eq!(off[2]["ok"]["clock_off"], true);
    let used = phone(&dir.path().join("p3"), &serving.url, 0, &[enrol(&code)]);
    assert_eq!(used[0]["error"]["code"], "enrol_code_used");
}

/// Asks a phone process, one answer a question.
fn phone(folder: &Path, server: &str, days_off: i64, asks: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keyturn"))
        .args([
            "phone",
            "--server",
            server,
            "--clock-off",
            &days_off.to_string(),
            "--data",
        ])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for ask in asks {
        writeln!(input, "{ask}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
