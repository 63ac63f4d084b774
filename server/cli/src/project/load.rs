//! `keyturn project load demo`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::Error;
use keyturn_server::domain::catalog::Catalog;
use keyturn_server::sync::DemoOptions;

/// Load the demo project; what is there already stays as it is.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// At most so many homes
    #[arg(long, value_name = "N")]
    pub homes: Option<usize>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `data_broken`, and what the storage says.
pub async fn run(args: &DemoArgs, out: &Out) -> Result<(), Failure> {
    let catalog = Catalog::built_in().map_err(Error::from)?;
    let server = open::tool(&args.data).await?;
    let options = DemoOptions { homes: args.homes };
    let loaded = server.sync().load_demo(catalog, options).await?;
    server.close().await;
    let demo = &catalog.demo;
    let counts = [
        loaded.homes.len(),
        demo.buildings.len(),
        demo.public_places.len(),
        demo.teams.len(),
    ];
    let [homes, buildings, places, teams] = &counts;
    out.say(words::SERVE_LOADED, &[homes, buildings, places, teams])?;
    out.result(&serde_json::json!({
        "project": loaded.project, "homes": homes, "buildings": buildings, "public_places": places, "teams": teams,
    }))
}
