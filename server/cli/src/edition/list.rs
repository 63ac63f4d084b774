//! `keyturn edition list`.

use super::{OfProject, named, open, words};
use crate::failure::Failure;
use crate::out::Out;
use crate::when;
use clap::Args;
use keyturn_server::editions::{EditionShown, EditionState};

/// List the editions of a project.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    pub of: OfProject,
}

/// Runs the command.
///
/// # Errors
/// `project_unknown`, or what the storage says.
pub async fn run(args: &ListArgs, out: &Out) -> Result<(), Failure> {
    let (server, project) = open(&args.of).await?;
    let all = server.editions().list(project).await;
    server.close().await;
    let all = all?;
    let head = [
        words::COL_EDITION,
        words::COL_STATE,
        words::COL_SINCE,
        words::COL_FILES,
        words::COL_HASH,
        words::COL_NOTE,
    ];
    let rows: Vec<Vec<String>> = all.iter().map(|one| row(one, out)).collect();
    out.table(&head, &rows)?;
    out.result(&all)
}

fn row(shown: &EditionShown, out: &Out) -> Vec<String> {
    let state = match (shown.state, shown.in_force) {
        (_, true) => words::IN_FORCE,
        (EditionState::BuiltIn, false) => words::BUILT_IN,
        (EditionState::Draft, false) => words::DRAFT,
        (EditionState::Published, false) => words::REPLACED,
    };
    let hash = shown.hash.to_string();
    vec![
        named(shown.number, out),
        out.text(state, &[]),
        shown.at.map(when::minute).unwrap_or_default(),
        shown.files.len().to_string(),
        hash.get(..12).unwrap_or(&hash).to_owned(),
        shown.note.clone(),
    ]
}
