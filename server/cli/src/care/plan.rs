//! What `keyturn serve` backs up by itself.

use super::store::StoreArgs;
use crate::failure::Failure;
use crate::when;
use clap::Args;
use keyturn_server::backup::{BackupOptions, BackupPlan, SecondPlan, read_recipients};
use keyturn_server::objects::Place;
use keyturn_server::protocol::Code;
use keyturn_server::users::Actor;
use std::path::PathBuf;

/// Backups by the server itself; none without a folder.
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Make backups into this folder by itself, on another disk than the data
    #[arg(long, value_name = "DIR", env = "KEYTURN_BACKUP_TO", hide_env = true)]
    pub backup_to: Option<PathBuf>,
    /// How often: 24h, 30m, 7d
    #[arg(
        long,
        value_name = "TIME",
        env = "KEYTURN_BACKUP_EVERY",
        default_value = "24h",
        hide_env = true,
        value_parser = checked
    )]
    pub backup_every: String,
    /// Only so many backups stay
    #[arg(
        long,
        value_name = "N",
        env = "KEYTURN_BACKUP_KEEP",
        hide_env = true,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub backup_keep: Option<u32>,
    /// Encrypt them to the public keys in this file
    #[arg(long, value_name = "FILE", env = "KEYTURN_BACKUP_RECIPIENTS", hide_env = true)]
    pub backup_recipients: Option<PathBuf>,
    /// Send each one to this folder or bucket (s3://bucket/prefix), too
    #[arg(
        long,
        value_name = "PLACE",
        env = "KEYTURN_BACKUP_SECOND",
        hide_env = true,
        requires = "backup_to"
    )]
    pub backup_second: Option<String>,
    /// Only so many backups stay there
    #[arg(
        long,
        value_name = "N",
        env = "KEYTURN_BACKUP_SECOND_KEEP",
        hide_env = true,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub backup_second_keep: Option<u32>,
    #[command(flatten)]
    pub store: StoreArgs,
}

/// As it was typed, so that it can be shown.
fn checked(text: &str) -> Result<String, String> {
    when::span(text).map(|_| text.to_owned())
}

impl PlanArgs {
    /// Returns what the server backs up.
    ///
    /// # Errors
    /// `config_bad` for recipients or a second place that cannot be used.
    pub fn plan(&self) -> Result<Option<BackupPlan>, Failure> {
        let Some(target) = self.backup_to.clone() else {
            return Ok(None);
        };
        let recipients = self.backup_recipients.as_deref().map(read_recipients).transpose()?;
        let options = BackupOptions {
            target,
            keep: self.backup_keep.map(|n| n as usize),
            recipients: recipients.unwrap_or_default(),
            actor: Actor::Server,
        };
        let every_ms = when::span(&self.backup_every).map_err(|e| Failure::new(Code::ConfigBad, e))?;
        let second = match &self.backup_second {
            Some(address) => Some(SecondPlan {
                objects: self.store.open(&Place::parse(address)?)?,
                keep: self.backup_second_keep.map(|n| n as usize),
            }),
            None => None,
        };
        Ok(Some(BackupPlan {
            options,
            every_ms,
            second,
        }))
    }
}
