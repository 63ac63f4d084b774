//! `keyturn user add`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::users::Role;

/// Add a person, with a role on the whole server if one is given.
#[derive(Args, Debug)]
pub struct AddArgs {
    /// What the person is called on the command line, such as wang.lei
    pub name: String,
    /// What others see, such as 王磊
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub display: String,
    /// A role on the whole server: reviewer, manager or administrator
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `user_exists`, `bad_value`, `role_unknown`; with a wrong role nobody is added.
pub async fn run(args: &AddArgs, out: &Out) -> Result<(), Failure> {
    let role: Option<Role> = args.role.as_deref().map(str::parse).transpose()?;
    if let Some(role) = role.filter(|role| !role.may_be_server_wide()) {
        let detail = format!("{role}: keyturn user grant {} {role} --project CODE", args.name);
        return Err(Failure::new(keyturn_server::protocol::Code::BadValue, detail));
    }
    let server = open::tool(&args.data).await?;
    let user = server.users().create(&args.name, &args.display).await?;
    out.say(words::USER_ADDED, &[&user.name, &user.display])?;
    if let Some(role) = role {
        server.grants().grant_server_wide(user.id, role).await?;
        let scope = out.text(words::SCOPE_SERVER, &[]);
        out.say(words::USER_GRANTED, &[&user.name, &role, &scope])?;
    }
    server.close().await;
    out.result(&serde_json::json!({ "id": user.id, "name": user.name, "display": user.display, "role": args.role }))
}
