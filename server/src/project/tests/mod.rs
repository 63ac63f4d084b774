//! Tests of import and export.

mod changes;
mod errors;
mod example;
mod page;
mod round_trip;

use keyturn_domain::catalog::Catalog;
use std::path::{Path, PathBuf};

use super::{ImportError, Input, Problem, Report, read};
use crate::testing::Bench;

fn catalog() -> &'static Catalog {
    Catalog::built_in().unwrap()
}

/// The example of docs/import.md.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/import")
}

/// A copy of the example that may be changed.
fn copied(to: &Path) -> PathBuf {
    let folder = to.join("files");
    std::fs::create_dir_all(folder.join("plans")).unwrap();
    for entry in std::fs::read_dir(example()).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    std::fs::copy(example().join("plans/two.svg"), folder.join("plans/two.svg")).unwrap();
    copy_editions(&folder);
    folder
}

/// Puts the files of the editions of the example beside tables.
fn copy_editions(folder: &Path) {
    let of = Path::new("editions/2");
    std::fs::create_dir_all(folder.join(of)).unwrap();
    let rules = of.join("task_rules.csv");
    std::fs::copy(example().join(&rules), folder.join(&rules)).unwrap();
}

/// Changes a file of a folder.
fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn input(path: &Path) -> Input {
    read(path, catalog())
}

async fn import(bench: &Bench, path: &Path) -> Result<Report, Vec<Problem>> {
    told(bench.server.projects().import(input(path)).await)
}

async fn rehearse(bench: &Bench, path: &Path) -> Result<Report, Vec<Problem>> {
    told(bench.server.projects().rehearse(input(path)).await)
}

fn told(done: Result<Report, ImportError>) -> Result<Report, Vec<Problem>> {
    done.map_err(|error| match error {
        ImportError::Refused(problems) => problems.list,
        ImportError::Failed(error) => panic!("{error}"),
    })
}
