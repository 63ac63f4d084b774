//! `keyturn person erase`.

use crate::args::DataArgs;
use crate::care::words;
use crate::failure::Failure;
use crate::open;
use crate::out::Out;
use clap::Args;
use keyturn_server::backup::{Subject, erase, find_subject};
use keyturn_server::protocol::Code;
use keyturn_server::users::Actor;
use std::io::{IsTerminal as _, Write as _};
use uuid::Uuid;

/// Erase a person, or a household with all its persons; there is no way back.
#[derive(Args, Debug)]
pub struct EraseArgs {
    /// The id of the person or household
    pub id: Uuid,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `not_found`, `not_confirmed`, `disk_full`.
pub async fn run(args: &EraseArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let subject = find_subject(server.state(), args.id).await?;
    if !args.yes && !confirmed(args.id, &subject, out)? {
        server.close().await;
        return Err(Failure::new(Code::NotConfirmed, ""));
    }
    let done = erase(server.state(), Actor::Command, args.id).await?;
    server.close().await;
    if done.keys == 0 {
        out.say(words::ERASED_BEFORE, &[])?;
    } else {
        out.say(words::ERASED, &[&done.keys])?;
    }
    let list = args.data.data.join("erased.jsonl");
    for target in &done.unreached {
        out.say(words::ERASED_UNREACHED, &[target, &list.display()])?;
    }
    let facts = serde_json::json!({
        "id": args.id, "kind": subject.kind, "project": subject.project, "keys": done.keys,
        "unreached": done.unreached,
    });
    out.result(&facts)
}

/// Says what will be gone, and asks; without a terminal there is nobody to ask.
fn confirmed(id: Uuid, subject: &Subject, out: &Out) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let persons = subject.subjects.len().saturating_sub(1);
    if subject.kind == "household" {
        out.say(words::ERASE_HOUSEHOLD, &[&id, &persons])?;
    } else {
        out.say(words::ERASE_PERSON, &[&id])?;
    }
    let mut stderr = std::io::stderr();
    let asked = write!(stderr, "{}", out.text(words::ERASE_ASK, &[])).and_then(|()| stderr.flush());
    asked.map_err(Failure::internal)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(Failure::internal)?;
    let said = line.trim();
    Ok([words::ERASE_WORD.zh, words::ERASE_WORD.en].contains(&said))
}
