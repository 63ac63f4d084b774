//! `keyturn project list`.

use super::words;
use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, when};
use clap::Args;

/// List all projects.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// What the database says.
pub async fn run(args: &ListArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let all = server.projects().list().await?;
    server.close().await;
    if all.is_empty() {
        out.say(words::LIST_NONE, &[])?;
    } else {
        let name = |text: Option<&keyturn_server::domain::catalog::Text>| {
            text.map_or("-", |text| out.lang.pick(&text.zh, &text.en)).to_owned()
        };
        let row =
            |p: &keyturn_server::project::Listed| vec![p.code.clone(), name(p.name.as_ref()), when::minute(p.made_at)];
        let head = [words::COL_CODE, words::COL_NAME, words::COL_SINCE];
        out.table(&head, &all.iter().map(row).collect::<Vec<_>>())?;
    }
    out.result(&all)
}
