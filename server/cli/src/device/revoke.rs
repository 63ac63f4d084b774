//! `keyturn device revoke`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::domain::DeviceId;
use keyturn_server::protocol::Code;

/// Revoke a phone: from its next request on it may hand in its work and nothing else.
#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// The phone's id, as `device list` shows it
    pub id: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `device_unknown`.
pub async fn run(args: &RevokeArgs, out: &Out) -> Result<(), Failure> {
    let id: DeviceId = args
        .id
        .parse()
        .map_err(|_| Failure::new(Code::DeviceUnknown, &args.id))?;
    let server = open::tool(&args.data).await?;
    server.devices().revoke(id).await?;
    server.close().await;
    out.say(words::DEVICE_REVOKED, &[&id])?;
    out.result(&serde_json::json!({ "id": id, "revoked": true }))
}
