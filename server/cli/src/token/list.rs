//! `keyturn token list`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when, words};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// List tokens of programs; phones have theirs by themselves.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Serialize)]
struct Listed {
    id: String,
    user: String,
    label: String,
    write: bool,
    made_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// What the storage says.
pub async fn run(args: &ListArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let people = server.users().list().await?;
    let names: BTreeMap<_, _> = people.into_iter().map(|user| (user.id, user.name)).collect();
    let tokens = server.tokens().list().await?;
    server.close().await;
    let listed: Vec<Listed> = tokens
        .into_iter()
        .map(|token| Listed {
            id: token.id.to_string(),
            user: names.get(&token.user).cloned().unwrap_or_default(),
            label: token.label,
            write: token.may_write,
            made_at: token.made_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
        })
        .collect();
    if listed.is_empty() {
        out.say(words::TOKEN_NONE, &[])?;
    } else {
        let rows: Vec<Vec<String>> = listed.iter().map(|token| row(token, out)).collect();
        let head = [
            words::COL_ID,
            words::COL_STATE,
            words::COL_MAY,
            words::COL_UNTIL,
            words::COL_USER,
            words::COL_LABEL,
        ];
        out.table(&head, &rows)?;
    }
    out.result(&listed)
}

fn row(token: &Listed, out: &Out) -> Vec<String> {
    let state = match token.revoked_at {
        Some(_) => words::STATE_REVOKED,
        None => words::STATE_ACTIVE,
    };
    let may = if token.write { words::MAY_WRITE } else { words::MAY_READ };
    vec![
        token.id.clone(),
        out.text(state, &[]),
        out.text(may, &[]),
        when::minute(token.expires_at),
        token.user.clone(),
        token.label.clone(),
    ]
}
