//! Commands open the database themselves, beside a running server or without one (docs/adr/0007).

use crate::args::DataArgs;
use crate::failure::Failure;
use keyturn_server::db::{Database, DbOptions, Holder};
use keyturn_server::protocol::Code;
use keyturn_server::{Server, ServerConfig};

/// Opens the database for one command.
///
/// # Errors
/// `db_unusable` where there is no database: a mistyped folder must not become a new one; else what the server says.
pub async fn tool(data: &DataArgs) -> Result<Server, Failure> {
    let database = data.database()?;
    if let Database::File(path) = &database
        && !path.is_file()
    {
        return Err(Failure::new(Code::DbUnusable, path.display().to_string()));
    }
    let mut config = ServerConfig::new(database);
    config.db = DbOptions {
        holder: Holder::Tool,
        readers: 1,
        writers: 1,
        check: false,
        ..DbOptions::default()
    };
    Ok(Server::open(config).await?)
}
