//! Checks over the files of the repository: size, forgotten tests, words that must not stand in it, reasons.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most lines that a Rust file may have before its own tests.
const LINES: usize = 450;

/// Paths of one machine and hosts of registries. In two parts, or this file would be found.
const WORDS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("://crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("repo.maven", ".apache"),
    concat!("repo1.maven", ".org"),
    concat!("deb.debian", ".org"),
];

#[test]
fn no_file_is_too_long() {
    let mut wrong = Vec::new();
    for (path, text) in texts() {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = lines_before_tests(&text);
            if lines > LINES {
                wrong.push(format!(
                    "{}: {lines} lines before its tests, {LINES} are allowed",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_test_is_forgotten_or_ignored() {
    let folder = root().join("tests/tests");
    let main = std::fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    let named: BTreeSet<&str> = main
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of tests") {
        let path = entry.expect("an entry").path();
        let module = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name")
            .to_owned();
        // A binary of its own has a target of its own in Cargo.toml.
        let own_binary = module == "main" || path.join("main.rs").exists();
        if !own_binary && !named.contains(module.as_str()) {
            wrong.push(format!("{} is in no binary", path.display()));
        }
    }
    for (path, text) in texts()
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "rs"))
    {
        if text.contains(concat!("#[ign", "ore")) {
            wrong.push(format!("{} switches a test off", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let mut wrong = Vec::new();
    for (path, text) in texts() {
        if path.file_name().is_some_and(|name| name == "Cargo.lock") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for word in WORDS.iter().filter(|word| line.contains(**word)) {
                wrong.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let reasons = std::fs::read_to_string(root().join("docs/adr/0002-dependencies.md")).expect("ADR 0002");
    let names: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .filter(|name| !name.starts_with(['#', ' ']) && !name.starts_with("keyturn-"))
        .collect();
    assert!(names.len() > 20, "only {} dependencies found", names.len());
    let without: Vec<&str> = names
        .into_iter()
        .filter(|name| !reasons.contains(&format!("\n| `{name}` | ")))
        .collect();
    assert!(
        without.is_empty(),
        "no row in docs/adr/0002-dependencies.md: {}",
        without.join(", ")
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All text files that are or could be committed, with their paths from the root.
fn texts() -> Vec<(PathBuf, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git");
    assert!(listed.status.success(), "git ls-files failed");
    let names = String::from_utf8(listed.stdout).expect("UTF-8 paths");
    let texts: Vec<_> = names
        .split_terminator('\0')
        // What cannot be read is not text, or was deleted and not committed yet.
        .filter_map(|name| Some((PathBuf::from(name), std::fs::read_to_string(root().join(name)).ok()?)))
        .collect();
    assert!(texts.len() > 50, "only {} files found", texts.len());
    texts
}

/// A file's own code ends where its test module begins.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| pair[0].starts_with("#[cfg(test)]") && pair[1].ends_with('{'));
    tests.unwrap_or(lines.len())
}
