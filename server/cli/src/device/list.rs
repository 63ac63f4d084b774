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
    wipe_at: Option<i64>,
    wiped_at: Option<i64>,
    wipe_lost: Option<i64>,
    app: Option<String>,
    unsent: Option<i64>,
    synced_at: Option<i64>,
    epoch: Option<String>,
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
            seen_at: device
                .seen_at
                .max(device.contact.as_ref().map_or(0, |contact| contact.at)),
            revoked_at: device.revoked_at,
            wipe_at: device.wipe_at,
            wiped_at: device.wiped_at,
            wipe_lost: device.wipe_lost,
            app: device.contact.as_ref().map(|contact| contact.app.clone()),
            unsent: device.contact.as_ref().and_then(|contact| contact.unsent),
            synced_at: device.contact.as_ref().map(|contact| contact.at),
            epoch: device
                .contact
                .and_then(|contact| contact.epoch)
                .map(|epoch| epoch.to_string()),
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
            words::COL_UNSENT,
            words::COL_APP,
            words::COL_USER,
            words::COL_DEVICE,
        ];
        out.table(&head, &rows)?;
    }
    out.result(&listed)
}

fn row(device: &Listed, out: &Out) -> Vec<String> {
    let lost = device.wipe_lost.unwrap_or_default();
    let state = match (device.wiped_at, device.wipe_at, device.revoked_at) {
        (Some(_), ..) if lost > 0 => out.text(words::STATE_WIPED_LOST, &[&lost]),
        (Some(_), ..) => out.text(words::STATE_WIPED, &[]),
        (None, Some(_), _) => out.text(words::STATE_WIPING, &[]),
        (None, None, Some(_)) => out.text(words::STATE_REVOKED, &[]),
        (None, None, None) => out.text(words::STATE_ACTIVE, &[]),
    };
    vec![
        device.id.clone(),
        state,
        when::minute(device.seen_at),
        device.unsent.map(|unsent| unsent.to_string()).unwrap_or_default(),
        device.app.clone().unwrap_or_default(),
        device.user.clone(),
        device.name.clone(),
    ]
}
