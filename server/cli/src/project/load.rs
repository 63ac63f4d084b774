//! `keyturn project load`.

use crate::args::DataArgs;
use crate::failure::Failure;
use crate::out::Out;
use crate::{open, words};
use clap::Args;
use keyturn_server::Server;
use keyturn_server::domain::catalog::Catalog;
use keyturn_server::protocol::Code;
use keyturn_server::sync::{DemoLoaded, DemoOptions};

/// Load the demo project into a server's database; loading it again changes nothing.
#[derive(Args, Debug)]
pub struct LoadArgs {
    /// Which project: demo
    #[arg(value_parser = ["demo"], hide_possible_values = true)]
    pub project: String,
    /// Only so many homes
    #[arg(long, value_name = "N")]
    pub homes: Option<usize>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Runs the command.
///
/// # Errors
/// `data_broken`, or what the storage says.
pub async fn run(args: &LoadArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let loaded = load(&server, args.homes).await?;
    server.close().await;
    say_loaded(&loaded, out)?;
    let demo = &catalog()?.demo;
    let facts = serde_json::json!({
        "project": loaded.project, "homes": loaded.homes.len(), "buildings": demo.buildings.len(),
        "public_places": demo.public_places.len(), "teams": demo.teams.len(),
    });
    out.result(&facts)
}

/// Loads the demo project.
///
/// # Errors
/// `data_broken`, or what the storage says.
pub async fn load(server: &Server, homes: Option<usize>) -> Result<DemoLoaded, Failure> {
    Ok(server.sync().load_demo(catalog()?, DemoOptions { homes }).await?)
}

/// Says what was loaded.
///
/// # Errors
/// `data_broken`.
pub fn say_loaded(loaded: &DemoLoaded, out: &Out) -> Result<(), Failure> {
    let demo = &catalog()?.demo;
    let parts: [&dyn std::fmt::Display; 4] = [
        &loaded.homes.len(),
        &demo.buildings.len(),
        &demo.public_places.len(),
        &demo.teams.len(),
    ];
    out.say(words::SERVE_LOADED, &parts)
}

pub(super) fn catalog() -> Result<&'static Catalog, Failure> {
    Catalog::built_in().map_err(|error| Failure::new(Code::DataBroken, error.to_string()))
}
