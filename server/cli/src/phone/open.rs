//! A phone's folder: `phone.db`, the device key, and which server it belongs to.

use crate::failure::Failure;
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, SystemClock, SystemIds};
use keyturn_server::domain::Clock;
use keyturn_server::protocol::Code;
use std::path::Path;
use std::sync::Arc;

/// The phone's database.
pub const PHONE: &str = "phone.db";
/// The device key; a phone with a key store has none.
const KEY: &str = "device.key";
const DAY_MS: i64 = 86_400_000;

/// A clock that is off by some days.
struct ShiftedClock(i64);

impl Clock for ShiftedClock {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms().saturating_add(self.0)
    }
}

/// Opens the phone in `folder`, making it when it is new.
///
/// # Errors
/// What the client says: locked by another process, newer, damaged.
pub fn open(folder: &Path, server: &str, days_off: i64) -> Result<Client, Failure> {
    let told = |error: keyturn_client::ClientError| of_client(&error, folder);
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(Code::DbUnusable, format!("{}: {error}", folder.display())))?;
    let signer = FileKey::open_or_create(&folder.join(KEY), &SystemIds).map_err(told)?;
    let options = ClientOptions {
        path: folder.join(PHONE),
        server: server.to_owned(),
        api: Arc::new(HttpApi::new(server).map_err(told)?),
        signer: Arc::new(signer),
        clock: Arc::new(ShiftedClock(days_off.saturating_mul(DAY_MS))),
        ids: Arc::new(SystemIds),
        ballast: 0,
    };
    let (client, report) = Client::open(options).map_err(told)?;
    if let Some(aside) = report.set_aside {
        // The work in it may be the only copy: say where it is.
        tracing::warn!(path = %aside.display(), "A damaged database was set aside");
    }
    Ok(client)
}

/// Tells what a client said, with the phone's folder.
pub fn of_client(error: &keyturn_client::ClientError, folder: &Path) -> Failure {
    Failure::of_code(error.code(), format!("{}: {error}", folder.display()))
}
