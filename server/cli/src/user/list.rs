//! `keyturn user list`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when, words};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// List everybody with their roles.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Serialize)]
struct Listed {
    id: String,
    name: String,
    display: String,
    roles: BTreeMap<String, usize>,
    made_at: i64,
    disabled_at: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// What the database says.
pub async fn run(args: &ListArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let mut listed = Vec::new();
    for user in server.users().list().await? {
        let mut roles = BTreeMap::new();
        for grant in server.grants().of(user.id).await? {
            *roles.entry(grant.role.to_string()).or_default() += 1;
        }
        listed.push(Listed {
            id: user.id.to_string(),
            name: user.name,
            display: user.display,
            roles,
            made_at: user.made_at,
            disabled_at: user.disabled_at,
        });
    }
    server.close().await;
    if listed.is_empty() {
        out.say(words::USER_NONE, &[])?;
    } else {
        let rows: Vec<Vec<String>> = listed.iter().map(|user| row(user, out)).collect();
        let head = [
            words::COL_NAME,
            words::COL_DISPLAY,
            words::COL_STATE,
            words::COL_SINCE,
            words::COL_ROLES,
        ];
        out.table(&head, &rows)?;
    }
    out.result(&listed)
}

fn row(user: &Listed, out: &Out) -> Vec<String> {
    let state = if user.disabled_at.is_some() {
        words::STATE_DISABLED
    } else {
        words::STATE_ACTIVE
    };
    let roles: Vec<String> = user.roles.iter().map(|(role, n)| format!("{role} ×{n}")).collect();
    vec![
        user.name.clone(),
        user.display.clone(),
        out.text(state, &[]),
        when::minute(user.made_at),
        if roles.is_empty() {
            "-".to_owned()
        } else {
            roles.join(", ")
        },
    ]
}
