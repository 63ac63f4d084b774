//! Golden files: databases, records and messages as a released version wrote them.
//!
//! `cargo run --bin golden -- FOLDER` plays a story ([`play`]) and writes into a folder that is new: the server's database, the
//! database of an engineer's phone that has not sent everything yet, `seen.json` (what that phone showed of each record),
//! all packed, and `wire.txt` (one message a line). The folder of a released version is never written again: it is what
//! the code of every later version must open, show alike, go on with, and understand.

mod story;
mod wire;

pub use story::{engineer, play, server, shown};
pub use wire::samples;

use std::path::Path;

/// The files that are packed.
const PACKED: [&str; 3] = ["server.db", "phone.db", "seen.json"];

/// Writes the golden files of this version.
///
/// # Panics
/// When the folder is there already, or something cannot be written.
pub async fn write(folder: &Path) {
    std::fs::create_dir(folder).expect("a new folder: released files are never written again");
    let work = tempfile::tempdir().expect("a folder");
    let seen = play(work.path()).await;
    std::fs::write(work.path().join("seen.json"), seen.to_string()).expect("written");
    for name in PACKED {
        let bytes = std::fs::read(work.path().join(name)).expect("what was played");
        let packed = zstd::encode_all(bytes.as_slice(), 19).expect("packed");
        std::fs::write(folder.join(format!("{name}.zst")), packed).expect("written");
    }
    let lines: Vec<String> = samples()
        .into_iter()
        .map(|sample| format!("{} {}\n", sample.name, hex::encode(sample.bytes)))
        .collect();
    std::fs::write(folder.join("wire.txt"), lines.concat()).expect("written");
}

/// Unpacks the databases of a version, and what was seen, into a folder of one's own.
///
/// # Panics
/// When they are not there.
pub fn unpack(golden: &Path, into: &Path) {
    for name in PACKED {
        let packed = std::fs::read(golden.join(format!("{name}.zst"))).expect("a golden file");
        let bytes = zstd::decode_all(packed.as_slice()).expect("unpacked");
        std::fs::write(into.join(name), bytes).expect("written");
    }
}
