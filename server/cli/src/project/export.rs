//! `keyturn project export`.

use super::words;
use crate::args::DataArgs;
use crate::failure::Failure;
use crate::open;
use crate::out::Out;
use clap::Args;
use keyturn_server::project::What;
use std::path::PathBuf;

/// Write a project as tables that import again.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The project's code
    pub code: String,
    /// A folder that is new or empty
    pub dir: PathBuf,
    /// Personal data, too: households, persons, telephones of staff, in files of their own
    #[arg(long)]
    pub people: bool,
    /// All records (JSON Lines), raw changes and rows, too
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `project_unknown`, `export_exists`, `disk_full`, `file_unusable`, or what the storage says.
pub async fn run(args: &ExportArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let what = What {
        people: args.people,
        full: args.full,
    };
    let done = server.projects().export(&args.code, &args.dir, what).await;
    server.close().await;
    let done = done?;
    let size = size(done.bytes);
    out.say(words::EXPORTED, &[&args.code, &args.dir.display(), &done.files, &size])?;
    let tables: Vec<String> = done
        .tables
        .iter()
        .map(|(table, rows)| format!("{table} {rows}"))
        .collect();
    out.say(words::EXPORTED_TABLES, &[&tables.join(", ")])?;
    if args.full {
        out.say(words::EXPORTED_FULL, &[&done.records, &done.changes, &done.rows])?;
        out.say(words::EXPORTED_FREE_TEXT, &[])?;
    }
    let people = if args.people {
        words::EXPORTED_PEOPLE
    } else {
        words::EXPORTED_NO_PEOPLE
    };
    out.say(people, &[])?;
    out.result(&done)
}

/// Bytes as people read them.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
