//! `keyturn user revoke`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::domain::ScopeId;
use keyturn_server::users::{Actor, Role};

/// Take a role on a project, or on the whole server, from a person. Work under way may be handed in for 30 days.
#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// The person's name
    pub name: String,
    /// The role
    pub role: String,
    /// On this project; else on the whole server
    #[arg(long, value_name = "CODE")]
    pub project: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command. Safe to repeat.
///
/// # Errors
/// `user_unknown`, `role_unknown`, `project_unknown`.
pub async fn run(args: &RevokeArgs, out: &Out) -> Result<(), Failure> {
    let role: Role = args.role.parse()?;
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let ended = match &args.project {
        None => server.grants().end_server_wide(user.id, role).await?,
        Some(code) => {
            let scope = ScopeId::project(server.projects().find(code).await?);
            server.sync().revoke_role(Actor::Command, user.id, role, scope).await?
        }
    };
    server.close().await;
    out.say(words::USER_REVOKED, &[&user.name, &ended])?;
    out.result(&serde_json::json!({ "user": user.name, "role": role.as_str(), "ended": ended }))
}
