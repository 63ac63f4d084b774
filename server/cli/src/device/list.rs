//! `keyturn device list`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when, words};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// List phones, all or one person's.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only this person's
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Serialize)]
struct Listed {
    id: String,
    name: String,
    user: String,
    made_at: i64,
    seen_at: i64,
    revoked_at: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// `user_unknown`.
pub async fn run(args: &ListArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let only = match &args.user {
        Some(name) => Some(server.users().find(name).await?.id),
        None => None,
    };
    let people = server.users().list().await?;
    let names: BTreeMap<_, _> = people.into_iter().map(|user| (user.id, user.name)).collect();
    let devices = server.devices().list(only).await?;
    server.close().await;
    let listed: Vec<Listed> = devices
        .into_iter()
        .map(|device| Listed {
            id: device.id.to_string(),
            name: device.name,
            user: names.get(&device.user).cloned().unwrap_or_default(),
            made_at: device.made_at,
            seen_at: device.seen_at,
            revoked_at: device.revoked_at,
        })
        .collect();
    if listed.is_empty() {
        out.say(words::DEVICE_NONE, &[])?;
    } else {
        let rows: Vec<Vec<String>> = listed.iter().map(|device| row(device, out)).collect();
        let head = [
            words::COL_ID,
            words::COL_STATE,
            words::COL_SEEN,
            words::COL_USER,
            words::COL_DEVICE,
        ];
        out.table(&head, &rows)?;
    }
    out.result(&listed)
}

fn row(device: &Listed, out: &Out) -> Vec<String> {
    let state = if device.revoked_at.is_some() {
        words::STATE_REVOKED
    } else {
        words::STATE_ACTIVE
    };
    vec![
        device.id.clone(),
        out.text(state, &[]),
        when::minute(device.seen_at),
        device.user.clone(),
        device.name.clone(),
    ]
}
