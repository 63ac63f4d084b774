//! The cluster that the section made, and what is done to it.

use keyturn_tests::harness::address;
use std::path::Path;
use std::process::Command;

/// Stops or starts the cluster.
pub fn cluster(what: &str) {
    let done = program().arg(what).status().unwrap();
    assert!(done.success(), "{what}");
}

/// Runs a statement; returns what it says.
pub fn sql(statement: &str) -> String {
    let done = program().args(["sql", statement]).output().unwrap();
    let why = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{statement}: {why}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// The schema of a database that would lie at `path`.
pub fn schema(path: &Path) -> String {
    let address = address(path).unwrap();
    address.rsplit_once("schema=").unwrap().1.to_owned()
}

fn program() -> Command {
    Command::new(std::env::var("KEYTURN_TEST_CLUSTER").expect("tests/run postgres says how"))
}
