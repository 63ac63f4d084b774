//! `keyturn restore`.

use super::bar::Bar;
use super::store::StoreArgs;
use super::words;
use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::when;
use clap::Args;
use keyturn_server::backup::{BackupSource, RestoreOptions, restore};
use keyturn_server::db::Database;
use keyturn_server::objects::Place;
use keyturn_server::protocol::Code;
use keyturn_server::{SystemClock, SystemIds};
use std::path::PathBuf;
use std::sync::Arc;

/// Bring a backup back into an empty folder, verify it, begin a new epoch.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// A backup, or where one server's backups are, a folder or s3://bucket/prefix: then the newest
    pub backup: PathBuf,
    /// The file of the secret key, when the backup is encrypted
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// Another list of people who were erased (erased.jsonl); may be given several times
    #[arg(long, value_name = "FILE")]
    pub erased: Vec<PathBuf>,
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `folder_not_empty`, `db_locked`, `db_not_empty`, `not_found`, `db_newer`, `backup_damaged`, `backup_key_missing`,
/// `backup_key_wrong`, `disk_full`; `objects_unreachable`, `objects_refused` of a bucket. Then folder and database are as
/// they were.
pub async fn run(args: &RestoreArgs, out: &Out) -> Result<(), Failure> {
    let backup = match args.backup.to_str().filter(|text| text.contains("://")) {
        Some(address) => {
            let (place, name) = Place::parse(address)?.split_last("keyturn-");
            BackupSource::Objects(args.store.open(&place)?, name)
        }
        None => BackupSource::Folder(args.backup.clone()),
    };
    let database = match args.data.database.as_ref().map(|_| args.data.database()).transpose()? {
        Some(Database::File(path)) => return Err(Failure::new(Code::DbEngine, path.display().to_string())),
        other => other,
    };
    let options = RestoreOptions {
        backup,
        data: args.data.data.clone(),
        database,
        identity: args.identity.clone(),
        erased: args.erased.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
    };
    let mut bar = Bar::new(out);
    let done = restore(&options, &mut |step| bar.show(step)).await;
    drop(bar);
    let done = done?;
    let rows = |table: &str| done.manifest.facts.rows.get(table).copied().unwrap_or(0);
    out.say(words::RESTORED, &[&args.data.data.display()])?;
    let made = when::minute(done.manifest.made_at);
    out.say(words::RESTORED_FROM, &[&done.backup, &made])?;
    let holds: [&dyn std::fmt::Display; 3] = [&rows("documents"), &rows("changes"), &rows("users")];
    out.say(words::RESTORED_HOLDS, &holds)?;
    out.say(words::RESTORED_EPOCH, &[&done.epoch])?;
    if done.lists.is_empty() {
        out.say(words::RESTORED_NO_LIST, &[])?;
    } else if done.erased > 0 {
        out.say(words::RESTORED_ERASED, &[&done.erased, &done.keys_ended])?;
    }
    if done.repaired.is_some() {
        out.say(words::RESTORED_REPAIRED, &[])?;
    }
    if args.data.database.is_some() {
        out.say(
            words::RESTORED_NEXT_DATABASE,
            &[&args.data.data.display(), &done.database],
        )?;
    } else {
        out.say(words::RESTORED_NEXT, &[&args.data.data.display()])?;
    }
    out.result(&done)
}
