//! `keyturn backup`.

use super::bar::Bar;
use super::size::size;
use super::store::StoreArgs;
use super::words;
use crate::args::DataArgs;
use crate::failure::Failure;
use crate::open;
use crate::out::Out;
use clap::Args;
use keyturn_server::backup::{BackupMade, BackupOptions, Sent, make, read_recipients, send};
use keyturn_server::objects::Place;
use keyturn_server::users::Actor;
use serde::Serialize;
use std::path::PathBuf;

/// Make a backup while people work, read it back, verify it.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// Folder of the backups, on another disk than the data
    #[arg(value_name = "DIR")]
    pub target: PathBuf,
    /// Only so many backups of this server stay; older ones go when the new one is verified
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: Option<u32>,
    /// Encrypt to the public keys in this file, one age1… a line
    #[arg(long, value_name = "FILE")]
    pub recipients: Option<PathBuf>,
    /// Send it to another folder or a bucket (s3://bucket/prefix), too, and read it back from there
    #[arg(long, value_name = "PLACE")]
    pub second: Option<String>,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    made: BackupMade,
    second: Option<Sent>,
}

/// Runs the command.
///
/// # Errors
/// `backup_running`, `backup_unusable`, `backup_unsound`, `disk_full`; `config_bad` for recipients. Then no mark moved.
/// `objects_unreachable`, `objects_refused` when the second place was missed: then the backup at the first one counts.
pub async fn run(args: &BackupArgs, out: &Out) -> Result<(), Failure> {
    let recipients = args.recipients.as_deref().map(read_recipients).transpose()?;
    let keep = args.keep.map(|n| n as usize);
    let second = match &args.second {
        Some(address) => Some(args.store.open(&Place::parse(address)?)?),
        None => None,
    };
    let server = open::tool(&args.data).await?;
    let options = BackupOptions {
        target: args.target.clone(),
        keep,
        recipients: recipients.unwrap_or_default(),
        actor: Actor::Command,
    };
    let mut bar = Bar::new(out);
    let made = make(server.state(), &options, &mut |step| bar.show(step)).await;
    drop(bar);
    let sent = match (&made, &second) {
        (Ok(made), Some(to)) => Some(send(server.state(), &made.path, to, keep, Actor::Command).await),
        _ => None,
    };
    server.close().await;
    let made = made?;
    tell(&made, out)?;
    let second = sent.transpose()?;
    if let Some(sent) = &second {
        out.say(words::BACKUP_SENT, &[&sent.place, &sent.name])?;
        if sent.same_file_system {
            out.say(words::BACKUP_SAME, &[])?;
        } else if made.same_file_system {
            tell_marks(&made, out)?;
        }
    }
    out.result(&Told { made, second })
}

fn tell_marks(made: &BackupMade, out: &Out) -> Result<(), Failure> {
    let mut projects = made.manifest.facts.projects.iter();
    projects.try_for_each(|project| out.say(words::BACKUP_MARK, &[&project.code, &project.seq]))
}

fn tell(made: &BackupMade, out: &Out) -> Result<(), Failure> {
    let facts = &made.manifest.facts;
    let rows = |table: &str| facts.rows.get(table).copied().unwrap_or(0);
    out.say(words::BACKUP_MADE, &[])?;
    out.line(&format!("  {}", made.path.display()))?;
    let encrypted = if made.manifest.encrypted {
        out.text(words::BACKUP_ENCRYPTED, &[])
    } else {
        String::new()
    };
    let parts: [&dyn std::fmt::Display; 4] = [
        &rows("documents"),
        &rows("changes"),
        &size(made.manifest.stored.bytes),
        &encrypted,
    ];
    out.say(words::BACKUP_HOLDS, &parts)?;
    if made.same_file_system {
        out.say(words::BACKUP_SAME, &[])?;
    } else {
        tell_marks(made, out)?;
    }
    if !made.removed.is_empty() {
        out.say(words::BACKUP_REMOVED, &[&made.removed.len()])?;
    }
    if !made.findings.0.is_empty() {
        out.say(words::BACKUP_DIFFERS, &[&made.findings.summary()])?;
    }
    Ok(())
}
