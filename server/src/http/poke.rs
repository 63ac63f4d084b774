//! `GET /v1/poke`: server-sent events that name the projects that moved. A hint only: whoever misses one loses time,
//! never data.
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use keyturn_domain::ProjectId;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::Caller;
use crate::auth::Login;
use crate::metrics::Listens;
use crate::state::AppState;

/// Shorter than what proxies and mobile networks let idle.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

struct Listener {
    state: AppState,
    caller: Caller,
    pokes: broadcast::Receiver<ProjectId>,
    stopping: watch::Receiver<bool>,
    _counted: Listens,
}

/// Streams `event: poke` with the project's id as data, or `*` when the listener fell behind and should look at all.
pub async fn poke(State(state): State<AppState>, caller: Caller) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = Listener {
        pokes: state.pokes(),
        stopping: state.stopping(),
        _counted: state.metrics.listens(),
        state,
        caller,
    };
    let stream = futures_util::stream::unfold(listener, |mut listener| async move {
        let data = listener.next().await?;
        Some((Ok(Event::default().event("poke").data(data)), listener))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

impl Listener {
    /// Returns the next project that concerns this caller; `None` ends the stream.
    async fn next(&mut self) -> Option<String> {
        loop {
            let poke = tokio::select! {
                poke = self.pokes.recv() => poke,
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            };
            let project = match poke {
                Ok(project) => project,
                Err(RecvError::Lagged(_)) => return Some("*".to_owned()),
                Err(RecvError::Closed) => return None,
            };
            // Asked anew each time: what the caller may know can have changed since the stream began.
            let login = self.state.login_again(&self.caller.0).await.ok()?;
            if login.revoked {
                return None;
            }
            if concerns(&login, project, self.state.now()) {
                return Some(project.to_string());
            }
        }
    }
}

fn concerns(login: &Login, project: ProjectId, now: i64) -> bool {
    login
        .active(now)
        .any(|grant| grant.project == project || grant.is_server_wide())
}
