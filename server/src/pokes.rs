//! Pokes between servers on one PostgreSQL database: each tells the others which projects moved, at most once a second.
//! A hint only: whoever misses one loses time, never data.
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use keyturn_domain::ProjectId;
use tokio::sync::Notify;

use crate::db::{DbError, Listener, id};
use crate::state::AppState;

/// How often a server speaks at most.
const EVERY: Duration = Duration::from_secs(1);
/// How long it waits when the database went away.
const AGAIN: Duration = Duration::from_secs(1);
/// A notification holds 8,000 bytes.
const MOST: usize = 150;
/// Said instead of too many projects.
const ALL: &str = "*";

/// Projects that moved here and that the others have not heard of.
#[derive(Debug, Default)]
pub(crate) struct Untold {
    projects: Mutex<BTreeSet<ProjectId>>,
    more: Notify,
}

impl Untold {
    pub(crate) fn add(&self, project: ProjectId) {
        self.projects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(project);
        self.more.notify_one();
    }

    fn take(&self) -> BTreeSet<ProjectId> {
        std::mem::take(&mut *self.projects.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Listens and speaks until the server stops. While the line is open it also shows the others that this server runs, so
/// that none of a newer program migrates the database under it.
pub(crate) async fn keep_listening(state: AppState) {
    if !state.db.is_postgres() {
        return;
    }
    let mut stopping = state.stopping();
    let me = hex::encode(state.ids.bytes16());
    let mut first = true;
    loop {
        tokio::select! {
            ended = listen(&state, &me, first) => {
                if let Err(error) = ended {
                    tracing::warn!(code = %error.code(), %error, "The line to the other servers is down; it is tried again");
                }
            }
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        first = false;
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

async fn listen(state: &AppState, me: &str, first: bool) -> Result<(), DbError> {
    let Some(mut line) = state.db.listen().await? else {
        return Ok(());
    };
    if !first {
        // What was said meanwhile was lost.
        poke_all(state).await?;
    }
    loop {
        tokio::select! {
            said = line.next() => {
                let said = said?;
                if said.by != me {
                    hear(state, &said.words).await?;
                }
            }
            () = state.untold.more.notified() => {
                tell(state, &line, me).await?;
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

async fn tell(state: &AppState, line: &Listener, me: &str) -> Result<(), DbError> {
    let moved = state.untold.take();
    if moved.is_empty() {
        return Ok(());
    }
    let words = if moved.len() > MOST {
        ALL.to_owned()
    } else {
        let ids: Vec<String> = moved.iter().map(ToString::to_string).collect();
        ids.join(",")
    };
    line.say(me, &words).await
}

async fn hear(state: &AppState, words: &str) -> Result<(), DbError> {
    if words == ALL {
        return poke_all(state).await;
    }
    // What is no id was said by a program that knows more.
    words
        .split(',')
        .filter_map(|id| id.parse().ok())
        .for_each(|id| state.poke_here(id));
    Ok(())
}

async fn poke_all(state: &AppState) -> Result<(), DbError> {
    let mut read = state.db.begin_read().await?;
    for row in sqlx::query("SELECT id FROM projects ORDER BY id")
        .fetch_all(&mut *read)
        .await?
    {
        state.poke_here(id(&row, "id", ProjectId::from_bytes)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, on_postgres};

    #[tokio::test]
    async fn a_poke_at_one_server_is_heard_at_another_and_its_own_once() {
        let bench = Bench::new().await;
        if !on_postgres() {
            return;
        }
        let other = bench.beside().await;
        let (here, there) = (bench.server.state().clone(), other.state().clone());
        let project = ProjectId::from_bytes([7; 16]);
        let (mut own, mut heard) = (here.pokes(), there.pokes());
        let tasks = [here.clone(), there.clone()].map(|state| tokio::spawn(keep_listening(state)));
        // The lines are opened in their own time.
        let heard = loop {
            here.poke(project);
            match tokio::time::timeout(Duration::from_millis(300), heard.recv()).await {
                Ok(heard) => break heard.unwrap(),
                Err(_) => assert_eq!(own.recv().await.unwrap(), project),
            }
        };
        assert_eq!(heard, project);
        here.stop();
        there.stop();
        for task in tasks {
            task.await.unwrap();
        }
    }
}
