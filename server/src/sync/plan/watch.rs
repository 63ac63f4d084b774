//! Keeps every project planned while the server runs: when it moved, and when a day began.

use std::collections::BTreeMap;
use std::time::Duration;

use keyturn_domain::ProjectId;
use tokio::sync::broadcast;
use tracing::Instrument as _;

use super::super::service::SyncService;
use crate::Error;
use crate::db::{DbError, Job, JobName, id, int};

/// How often somebody looks, if nothing moves.
const EVERY: Duration = Duration::from_secs(60);
/// So long after something moved somebody looks: what follows soon is looked at together with it.
const GATHER: Duration = Duration::from_secs(3);
/// A project at rest is planned again after so long, because days pass.
const AT_REST_MS: i64 = 3_600_000;

/// Plans until the server stops. What goes wrong with one project is told and stops no other.
pub(crate) async fn keep_planned(sync: SyncService) {
    let mut stopping = sync.state.stopping();
    let mut planned: BTreeMap<ProjectId, (i64, i64)> = BTreeMap::new();
    let mut job: Option<Job> = None;
    let mut pokes = sync.state.pokes();
    loop {
        // One of the servers on a database plans; planning twice would change nothing, and cost twice.
        if let Some(held) = &mut job
            && !held.is_held().await
        {
            job = None;
        }
        if job.is_none() {
            match sync.state.db.job(JobName::Planning).await {
                Ok(taken) => job = taken,
                Err(error) => tracing::warn!(code = %error.code(), %error, "Nobody can be asked who plans"),
            }
        }
        if job.is_some()
            && let Err(error) = look(&sync, &mut planned).await
        {
            tracing::warn!(%error, "Projects could not be listed for planning");
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = moved(&mut pokes) => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Waits until a project moved and what follows soon has come.
async fn moved(pokes: &mut broadcast::Receiver<ProjectId>) {
    // Having missed some says that something moved; that nobody is left to say so ends with the server.
    if let Err(broadcast::error::RecvError::Closed) = pokes.recv().await {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GATHER).await;
    while !matches!(
        pokes.try_recv(),
        Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed)
    ) {}
}

async fn look(sync: &SyncService, planned: &mut BTreeMap<ProjectId, (i64, i64)>) -> Result<(), Error> {
    let now = sync.state.now();
    for (project, seq) in projects(sync).await? {
        let at_rest = |(to, at): &(i64, i64)| *to == seq && now - at < AT_REST_MS;
        if planned.get(&project).is_some_and(at_rest) {
            continue;
        }
        let span = tracing::debug_span!(target: crate::TRACE_TARGET, "planning", %project);
        let planning = sync.plan_tasks(project, now).instrument(span).await;
        sync.state.metrics.job("planning", planning.is_ok());
        match planning {
            Ok(done) => tracing::debug!(%project, opened = done.opened, moved = done.moved, "Planned"),
            Err(error) => tracing::warn!(%project, %error, "A project could not be planned"),
        }
        planned.insert(project, (seq, now));
    }
    Ok(())
}

async fn projects(sync: &SyncService) -> Result<Vec<(ProjectId, i64)>, Error> {
    let mut read = sync.state.db.begin_read().await?;
    let rows = sqlx::query("SELECT id, seq FROM projects ORDER BY id");
    let rows = rows.fetch_all(&mut *read).await.map_err(DbError::from)?;
    let one = |row| Ok((id(row, "id", ProjectId::from_bytes)?, int(row, "seq")?));
    rows.iter().map(one).collect()
}
