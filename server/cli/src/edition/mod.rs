//! `keyturn edition`: checklists, catalogue and rules of a project, version by version.

mod compare;
mod discard;
mod export;
mod import;
mod list;
mod publish;
mod words;

#[cfg(test)]
pub use words::ALL as ALL_WORDS;

use crate::args::DataArgs;
use crate::columns;
use crate::failure::Failure;
use crate::out::Out;
use clap::{Args, Subcommand};
use keyturn_server::Server;
use keyturn_server::domain::ProjectId;
use keyturn_server::domain::catalog::CatalogError;
use keyturn_server::domain::catalog::edition::{Difference, Kind, MOST_PROBLEMS};
use keyturn_server::editions::{Chosen, EditionError};
use keyturn_server::protocol::Code;

/// How many fields of a row are shown, and rows of a comparison.
const FIELDS: usize = 12;
const ROWS: usize = 200;

/// What can be done with editions.
#[derive(Subcommand, Debug)]
pub enum EditionCommand {
    /// Make the files of a folder the draft of the next edition
    Import(import::ImportArgs),
    /// Show what differs, row by row and field by field
    Compare(compare::CompareArgs),
    /// Publish the draft: what is begun from now on is begun with it
    Publish(publish::PublishArgs),
    /// List the editions of a project
    List(list::ListArgs),
    /// Write the files of an edition into a folder, to be edited
    Export(export::ExportArgs),
    /// Throw the draft away
    Discard(discard::DiscardArgs),
}

/// Of which project.
#[derive(Args, Debug)]
pub struct OfProject {
    /// The project's code
    #[arg(long, value_name = "CODE")]
    pub project: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// What the server's library says.
pub async fn run(command: EditionCommand, out: &Out) -> Result<(), Failure> {
    match command {
        EditionCommand::Import(args) => import::run(&args, out).await,
        EditionCommand::Compare(args) => compare::run(&args, out).await,
        EditionCommand::Publish(args) => publish::run(&args, out).await,
        EditionCommand::List(args) => list::run(&args, out).await,
        EditionCommand::Export(args) => export::run(&args, out).await,
        EditionCommand::Discard(args) => discard::run(&args, out).await,
    }
}

/// Opens the database and finds the project.
async fn open(of: &OfProject) -> Result<(Server, ProjectId), Failure> {
    let server = crate::open::tool(&of.data).await?;
    match server.editions().project(&of.project).await {
        Ok(project) => Ok((server, project)),
        Err(error) => {
            server.close().await;
            Err(error.into())
        }
    }
}

/// Reads which edition is meant: `draft`, or a number.
fn chosen(text: &str) -> Result<Chosen, String> {
    match text {
        "draft" => Ok(Chosen::Draft),
        number => match number.parse() {
            Ok(n) if n > 0 => Ok(Chosen::Number(n)),
            _ => Err("draft, or a number from 1".to_owned()),
        },
    }
}

/// An edition in a sentence.
fn named(number: Option<u32>, out: &Out) -> String {
    number.map_or_else(|| out.text(words::DRAFT, &[]), |n| n.to_string())
}

/// Why it did not go, with every mistake.
fn failed(error: EditionError, out: &Out) -> Failure {
    match error {
        EditionError::Failed(error) => error.into(),
        EditionError::Refused(mistakes) => {
            let lines = mistakes.iter().map(|mistake| {
                let value = serde_json::to_value(mistake).unwrap_or_default();
                (line(mistake, out), value)
            });
            let count = out.text(words::MISTAKES, &[&mistakes.len(), &MOST_PROBLEMS]);
            Failure::new(Code::EditionRefused, count).listing(lines.collect())
        }
    }
}

fn line(mistake: &CatalogError, out: &Out) -> String {
    let mut place = vec![mistake.file.clone()];
    place.extend(mistake.line.map(|n| out.text(words::LINE, &[&n])));
    if !mistake.column.is_empty() {
        place.push(mistake.column.clone());
    }
    let found = if mistake.value.is_empty() {
        out.text(words::FOUND_NOTHING, &[])
    } else {
        out.text(words::FOUND, &[&mistake.value])
    };
    let expected = out.text(words::EXPECTED, &[&mistake.expected]);
    let text = format!("{}{}{found}{expected}", place.join(", "), out.text(words::COLON, &[]));
    columns::wrap(&text, columns::WIDTH - 2).join("\n  ")
}

/// Shows a comparison, file by file.
fn say(differences: &[Difference], out: &Out) -> Result<(), Failure> {
    if differences.is_empty() {
        return out.say(words::SAME, &[]);
    }
    let mut file = "";
    for difference in differences.iter().take(ROWS) {
        if difference.file != file {
            file = &difference.file;
            out.line(&format!("\n{file}"))?;
        }
        let what = match difference.kind {
            Kind::Added => words::ADDED,
            Kind::Removed => words::REMOVED,
            Kind::Changed => words::CHANGED,
            Kind::Reordered => words::REORDERED,
        };
        out.line(&format!("  {} {}", out.text(what, &[]), difference.row))?;
        // Of a row that came or went its name says enough; --json has all of it.
        let told = if difference.kind == Kind::Changed { FIELDS } else { 0 };
        for field in difference.fields.iter().take(told) {
            let room = columns::WIDTH.saturating_sub(columns::width(&field.field) + 12) / 2;
            let value = |text: &Option<String>| match text.as_deref() {
                None | Some("") => out.text(words::EMPTY, &[]),
                Some(text) => columns::cut(&text.replace('\n', " "), room),
            };
            out.line(&out.text(words::FIELD, &[&field.field, &value(&field.old), &value(&field.new)]))?;
        }
        let more = difference.fields.len().saturating_sub(told);
        if told > 0 && more > 0 {
            out.say(words::MORE, &[&more])?;
        }
    }
    let more = differences.len().saturating_sub(ROWS);
    if more > 0 {
        out.say(words::MORE, &[&more])
    } else {
        Ok(())
    }
}
