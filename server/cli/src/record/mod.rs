//! `keyturn record show`: a merged record in the terminal.

mod case;
mod defect;
mod inspection;
mod labels;
mod lines;
mod own_words;
mod source;
mod visit;

#[cfg(test)]
mod tests;

pub use labels::Labels;
pub use source::Shown;

use crate::failure::Failure;
use crate::out::Out;
use clap::{Args, Subcommand};

/// What can be done with records.
#[derive(Subcommand, Debug)]
pub enum RecordCommand {
    /// Show a merged record by room, with both sides of what is contested
    Show(ShowArgs),
}

/// Show a merged record, from a server's API or from a phone's own database.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The record's id
    pub id: String,
    /// Ask this server
    #[arg(
        long,
        value_name = "URL",
        env = "KEYTURN_SERVER",
        default_value = "http://127.0.0.1:7373",
        hide_env = true
    )]
    pub server: String,
    /// A reader's token, as `user token` makes it; better given as KEYTURN_TOKEN
    #[arg(
        long,
        value_name = "TOKEN",
        env = "KEYTURN_TOKEN",
        hide_env_values = true,
        hide_env = true
    )]
    pub token: Option<String>,
    /// Read it from a phone's folder instead
    #[cfg(feature = "demo")]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["server", "token"])]
    pub phone: Option<std::path::PathBuf>,
    /// Every question, not only what stands out
    #[arg(long)]
    pub all: bool,
}

/// Runs the command.
///
/// # Errors
/// `not_found`, `token_missing`, `offline`; of a phone: `document_unknown`, `locked`.
pub async fn run(command: RecordCommand, out: &Out) -> Result<(), Failure> {
    let RecordCommand::Show(args) = command;
    let shown = read(&args).await?;
    for line in lines(&shown, args.all, out)? {
        out.line(&line)?;
    }
    out.result(&shown)
}

#[cfg(feature = "demo")]
async fn read(args: &ShowArgs) -> Result<Shown, Failure> {
    match &args.phone {
        Some(folder) => source::of_phone(folder, &args.id),
        None => source::of_server(&args.server, &args.id, args.token.as_deref()).await,
    }
}

#[cfg(not(feature = "demo"))]
async fn read(args: &ShowArgs) -> Result<Shown, Failure> {
    source::of_server(&args.server, &args.id, args.token.as_deref()).await
}

/// Returns the record as lines of at most 80 columns.
///
/// # Errors
/// When the built-in data are broken.
pub fn lines(shown: &Shown, all: bool, out: &Out) -> Result<Vec<String>, Failure> {
    let labels = Labels::new(out.lang, &shown.people)?.with_rooms(&shown.rooms);
    let mut page = lines::Page::new(out.styled);
    if let Some(view) = &shown.inspection {
        inspection::put(&mut page, &labels, shown, view, all);
    } else if let Some(view) = &shown.defect {
        defect::put(&mut page, &labels, shown, view);
    } else if let Some(view) = &shown.case {
        case::put(&mut page, &labels, shown, view);
    } else if let Some(view) = &shown.visit {
        visit::put(&mut page, &labels, shown, view, all);
    } else {
        page.line(&format!("{} {}", shown.kind, shown.id));
    }
    Ok(page.into_lines())
}
