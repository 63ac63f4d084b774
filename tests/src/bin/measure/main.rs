//! Measures what criterion cannot: a server in a process of its own, real phones over HTTP, bytes on the socket.
//!
//! `cargo run --release --bin measure [tap] [screen] [up] [storm] [new] [hundred] [list] [search] [plan]` prints rows of
//! docs/benchmarks.md. Databases of the server, and of a phone whose commits are measured, lie in the folder
//! `KEYTURN_MEASURE` (default: the folder for temporary files), those of other phones in memory if the machine has
//! `/dev/shm`: each phone has a disk of its own, twenty phones on one disk would measure that.
//!
//! What sizes a server takes long and is asked for by name: `evening`, `return`, `soak MINUTES`, and
//! `large PROJECTS DEFECTS`. `KEYTURN_MEASURE_DATABASE` names an empty PostgreSQL database for them; else it is SQLite.

mod crowd;
mod estate;
mod finding;
mod fleet;
mod large;
mod meter;
mod office;
mod one;
mod phone;
mod plan;
mod soak;
mod timed;

use std::path::{Path, PathBuf};

/// Where databases lie.
pub struct Folders {
    /// On the disk.
    pub disk: tempfile::TempDir,
    /// In memory, or on the disk.
    pub memory: tempfile::TempDir,
}

impl Folders {
    /// Where the server's database is: in PostgreSQL, in a schema of this name, if there is one, else on the disk.
    pub fn place(&self, name: &str) -> String {
        match std::env::var("KEYTURN_MEASURE_DATABASE") {
            Ok(address) => format!("{address}?schema={name}_{}", std::process::id()),
            Err(_) => self
                .disk
                .path()
                .join(format!("{name}.db"))
                .to_string_lossy()
                .into_owned(),
        }
    }

    /// How many servers a database may have at once.
    pub fn servers() -> &'static [usize] {
        if std::env::var_os("KEYTURN_MEASURE_DATABASE").is_some() {
            &[1, 2, 3]
        } else {
            &[1]
        }
    }

    fn new() -> Self {
        let disk = std::env::var_os("KEYTURN_MEASURE").map_or_else(std::env::temp_dir, PathBuf::from);
        let memory = Path::new("/dev/shm");
        Self {
            disk: tempfile::tempdir_in(&disk).expect("a folder"),
            memory: tempfile::tempdir_in(if memory.is_dir() { memory } else { &disk }).expect("a folder"),
        }
    }
}

/// One row of the table.
pub fn row(what: &str, n: usize, median: &str, beside: &str) {
    println!("| {what} | {n} | {median} | {beside} |");
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", place] => return office::serve(place).await,
        ["fetch", database, url, code] => return fleet::fetch(Path::new(database), url, code).await,
        ["first-list", database] => return fleet::first_list(Path::new(database)),
        ["soak", minutes] => return soak::soak(minutes.parse().expect("minutes")).await,
        ["large", projects, defects] => {
            let (projects, defects) = (projects.parse().expect("a number"), defects.parse().expect("a number"));
            return large::large(projects, defects).await;
        }
        _ => {}
    }
    let asked = |name: &str| words.is_empty() || words.contains(&name);
    println!("| what | n | median | beside it, in the same run |\n|---|---|---|---|");
    if words.contains(&"evening") {
        crowd::evening().await;
    }
    if words.contains(&"return") {
        crowd::all_come_back().await;
    }
    if asked("tap") || asked("screen") {
        one::tap_and_screen().await;
    }
    if asked("up") {
        one::idle_and_up().await;
    }
    if asked("storm") {
        fleet::storm().await;
    }
    if asked("hundred") {
        fleet::hundred(1).await;
    }
    if asked("new") || asked("list") {
        fleet::new_phone().await;
    }
    if asked("plan") {
        plan::replan(Folders::new().disk.path()).await;
    }
    if asked("search") {
        finding::search_and_timeline();
    }
}
