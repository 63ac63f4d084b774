//! `keyturn user grant`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::users::Role;

/// Give a person a role on the whole server: reviewer, manager or administrator.
#[derive(Args, Debug)]
pub struct GrantArgs {
    /// The person's name
    pub name: String,
    /// The role: reviewer, manager or administrator
    pub role: String,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `user_unknown`, `role_unknown`, `bad_value`.
pub async fn run(args: &GrantArgs, out: &Out) -> Result<(), Failure> {
    let role: Role = args.role.parse()?;
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let grant = server.grants().grant_server_wide(user.id, role).await?;
    server.close().await;
    let scope = out.text(words::SCOPE_SERVER, &[]);
    out.say(words::USER_GRANTED, &[&user.name, &role, &scope])?;
    out.result(&serde_json::json!({ "id": grant.id, "user": user.name, "role": role.as_str() }))
}
