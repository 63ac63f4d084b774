//! `keyturn device wipe`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::domain::DeviceId;
use keyturn_server::protocol::Code;
use std::io::{IsTerminal as _, Write as _};

/// Let a phone erase itself at its next contact: it hands in what it can first. There is no way back.
#[derive(Args, Debug)]
pub struct WipeArgs {
    /// The phone's id, as `device list` shows it
    pub id: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `device_unknown`, `not_confirmed`.
pub async fn run(args: &WipeArgs, out: &Out) -> Result<(), Failure> {
    let unknown = || Failure::new(Code::DeviceUnknown, &args.id);
    let id: DeviceId = args.id.parse().map_err(|_| unknown())?;
    let server = open::tool(&args.data).await?;
    let known = server
        .devices()
        .list(None)
        .await?
        .into_iter()
        .find(|device| device.id == id);
    let Some(device) = known else {
        server.close().await;
        return Err(unknown());
    };
    if !args.yes && !confirmed(&device.name, out)? {
        server.close().await;
        return Err(Failure::new(Code::NotConfirmed, ""));
    }
    server.devices().wipe(id).await?;
    server.close().await;
    out.say(words::DEVICE_WIPE, &[&id])?;
    out.result(&serde_json::json!({ "id": id, "revoked": true, "wipe": true }))
}

/// Says what will be gone, and asks; without a terminal there is nobody to ask.
fn confirmed(name: &str, out: &Out) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    out.say(words::DEVICE_WIPE_ASK, &[&name])?;
    let mut stderr = std::io::stderr();
    let asked = write!(stderr, "{}", out.text(words::DEVICE_WIPE_TYPE, &[])).and_then(|()| stderr.flush());
    asked.map_err(Failure::internal)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(Failure::internal)?;
    Ok([words::DEVICE_WIPE_WORD.zh, words::DEVICE_WIPE_WORD.en].contains(&line.trim()))
}
