//! `keyturn project import`.

use super::load::catalog;
use super::problems::{failure, lang};
use super::words;
use crate::args::DataArgs;
use crate::columns;
use crate::failure::Failure;
use crate::open;
use crate::out::Out;
use clap::Args;
use keyturn_server::project::{Changed, FieldChange, ImportError, Report, read, read_with, tables};
use keyturn_server::protocol::Code;
use std::path::PathBuf;

/// How many rows are shown of what is new, and of what differs.
const SHOWN: usize = 12;
/// How many notes.
const NOTES: usize = 5;

/// Import a project from CSV or JSON: all of it or nothing.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A folder of CSV files, or one JSON file (docs/import.md)
    pub path: PathBuf,
    /// Only show what would change
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `import_refused` with every mistake, or what the storage says.
pub async fn run(args: &ImportArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let input = read(&args.path, catalog()?);
    // What the tables name may stand in an edition that the project has here.
    let input = match server.projects().data_for(&input).await? {
        Some(own) => read_with(&args.path, &own),
        None => input,
    };
    let done = if args.dry_run {
        server.projects().rehearse(input).await
    } else {
        server.projects().import(input).await
    };
    server.close().await;
    match done {
        Ok(report) => {
            say(&report, args, out)?;
            out.result(&report)
        }
        Err(ImportError::Refused(problems)) => Err(failure(Code::ImportRefused, &problems, out)),
        Err(ImportError::Failed(error)) => Err(error.into()),
    }
}

fn say(report: &Report, args: &ImportArgs, out: &Out) -> Result<(), Failure> {
    let rows: usize = report.tables.iter().map(|(_, n)| n).sum();
    out.say(words::READ, &[&args.path.display(), &report.tables.len(), &rows])?;
    let there = if report.new_project {
        words::PROJECT_NEW
    } else {
        words::PROJECT_THERE
    };
    out.say(there, &[&report.code])?;
    for note in report.notes.iter().take(NOTES) {
        out.say(words::NOTE, &[&note.get(lang(out))])?;
    }
    if report.notes.len() > NOTES {
        out.say(words::NOTES_MORE, &[&(report.notes.len() - NOTES)])?;
    }
    if report.is_unchanged() {
        return out.say(words::NOTHING, &[]);
    }
    out.line("")?;
    out.say(if report.dry_run { words::WOULD } else { words::DID }, &[])?;
    counts(report, out)?;
    if report.counts.iter().any(|count| count.kept > 0) {
        out.say(words::KEPT, &[])?;
    }
    out.say(words::ACCESS, &[&report.logins.len(), &report.granted, &report.revoked])?;
    if !report.changed.is_empty() {
        out.line("")?;
        out.say(
            words::CHANGED,
            &[&report.changed.len().min(SHOWN), &report.changed.len()],
        )?;
        report
            .changed
            .iter()
            .take(SHOWN)
            .try_for_each(|row| changed(row, out))?;
    }
    added(report, out)
}

/// What is new, a line for each table, as far as it fits.
fn added(report: &Report, out: &Out) -> Result<(), Failure> {
    if report.added.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.say(words::ADDED, &[&report.added.len()])?;
    for count in report.counts.iter().filter(|count| count.added > 0) {
        let names = report.added.iter().filter(|(table, _)| *table == count.table);
        let names: Vec<&str> = names.take(SHOWN).map(|(_, name)| name.as_str()).collect();
        let more = if names.len() < count.added { " …" } else { "" };
        let line = format!("  {}: {}{more}", title(&count.table, out), names.join(", "));
        out.line(&columns::cut(&line, columns::WIDTH))?;
    }
    Ok(())
}

fn counts(report: &Report, out: &Out) -> Result<(), Failure> {
    let head = [
        words::COL_TABLE,
        words::COL_ADDED,
        words::COL_CHANGED,
        words::COL_SAME,
        words::COL_KEPT,
    ];
    let rows: Vec<Vec<String>> = report
        .counts
        .iter()
        .map(|count| {
            let mut cells = vec![title(&count.table, out)];
            cells.extend([count.added, count.changed, count.same, count.kept].map(|n| n.to_string()));
            cells
        })
        .collect();
    out.table(&head, &rows)
}

fn changed(row: &Changed, out: &Out) -> Result<(), Failure> {
    out.line(&format!("  {} {}", title(&row.table, out), row.name))?;
    row.fields.iter().take(SHOWN).try_for_each(|change| {
        if change.personal {
            out.say(words::FIELD_PERSONAL, &[&change.field])
        } else {
            out.line(&field(change, out))
        }
    })
}

/// A field with what stood there and what stands there now, in one line.
fn field(change: &FieldChange, out: &Out) -> String {
    let empty = out.text(words::EMPTY, &[]);
    let room = columns::WIDTH.saturating_sub(columns::width(&change.field) + 12) / 2;
    let value = |text: &Option<String>| match text.as_deref() {
        None | Some("") => empty.clone(),
        Some(text) => columns::cut(&text.replace('\n', " "), room),
    };
    out.text(words::FIELD, &[&change.field, &value(&change.old), &value(&change.new)])
}

fn title(table: &str, out: &Out) -> String {
    let def = tables::table(table);
    def.map_or_else(|| table.to_owned(), |def| out.lang.pick(def.zh, def.en).to_owned())
}
