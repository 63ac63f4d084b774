//! `keyturn user grant`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::domain::ScopeId;
use keyturn_server::users::{Access, Actor, NewGrant, Role};

/// Give a person a role on a project, or on the whole server.
#[derive(Args, Debug)]
pub struct GrantArgs {
    /// The person's name
    pub name: String,
    /// The role, such as engineer, ambassador, reviewer, manager, administrator
    pub role: String,
    /// On this project; else on the whole server
    #[arg(long, value_name = "CODE")]
    pub project: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `user_unknown`, `role_unknown`, `project_unknown`; `bad_value` for a role that is not held on a whole server.
pub async fn run(args: &GrantArgs, out: &Out) -> Result<(), Failure> {
    let role: Role = args.role.parse()?;
    let server = open::tool(&args.data).await?;
    let user = server.users().find(&args.name).await?;
    let grant = match &args.project {
        None => server.grants().grant_server_wide(user.id, role).await?,
        Some(code) => {
            let project = server.projects().find(code).await?;
            let scope = ScopeId::project(project);
            let wanted = NewGrant {
                project,
                user: user.id,
                role,
                scope,
                access: Access::Write,
                expires_at: None,
            };
            server.sync().grant(Actor::Command, &wanted).await?
        }
    };
    server.close().await;
    let scope = match &args.project {
        None => out.text(words::SCOPE_SERVER, &[]),
        Some(code) => out.text(words::SCOPE_PROJECT, &[code]),
    };
    out.say(words::USER_GRANTED, &[&user.name, &role, &scope])?;
    let facts = serde_json::json!({
        "id": grant.id, "user": user.name, "role": role.as_str(), "project": args.project,
    });
    out.result(&facts)
}
