//! A pool only says that its time ran out. Whether everybody was busy or nobody answered, one look tells; all who wait
//! share it.
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use sqlx::Connection as _;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::super::DbError;
use super::super::database::Postgres;
use super::session::connect;

/// Who has waited for so long looks.
const LOOK_AFTER: Duration = Duration::from_secs(3);
/// What was seen is believed for so long.
const FRESH: Duration = Duration::from_secs(1);

/// What was seen last: an answer, or why there was none.
#[derive(Debug, Default)]
pub(in super::super) struct Probe(Mutex<Option<(Instant, Option<Silence>)>>);

#[derive(Debug, Clone)]
struct Silence {
    refused: bool,
    detail: String,
}

impl Probe {
    /// Waits for a connection as long as the database answers at all.
    ///
    /// # Errors
    /// `Busy` when it answers and no connection becomes free; `Unreachable`, `Refused`; what else `begun` says.
    pub(in super::super) async fn while_it_answers<T>(
        &self,
        place: &Postgres,
        shown: &Path,
        begun: impl Future<Output = Result<T, DbError>>,
    ) -> Result<T, DbError> {
        let mut begun = pin!(begun);
        loop {
            match timeout(LOOK_AFTER, &mut begun).await {
                Ok(Err(DbError::Busy)) => {
                    self.look(place, shown).await?;
                    return Err(DbError::Busy);
                }
                Ok(done) => return done.map_err(|error| error.at(shown)),
                Err(_) => self.look(place, shown).await?,
            }
        }
    }

    async fn look(&self, place: &Postgres, shown: &Path) -> Result<(), DbError> {
        let mut seen = self.0.lock().await;
        let now = Instant::now();
        let silence = match &*seen {
            Some((at, silence)) if now.duration_since(*at) < FRESH => silence.clone(),
            _ => {
                let silence = match connect(place, shown, Duration::from_secs(2)).await {
                    Ok(conn) => {
                        // It answers; that is all.
                        let _ = conn.close().await;
                        None
                    }
                    Err(DbError::Refused { detail, .. }) => Some(Silence { refused: true, detail }),
                    Err(DbError::Unreachable { detail, .. }) => Some(Silence { refused: false, detail }),
                    // Too many connections, and the like: it lives.
                    Err(_) => None,
                };
                *seen = Some((Instant::now(), silence.clone()));
                silence
            }
        };
        drop(seen);
        let path = shown.to_owned();
        match silence {
            None => Ok(()),
            Some(Silence { refused: true, detail }) => Err(DbError::Refused { path, detail }),
            Some(Silence { detail, .. }) => Err(DbError::Unreachable { path, detail }),
        }
    }
}
