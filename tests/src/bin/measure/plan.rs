//! Tasks by rule: a whole estate planned, and planned again when a date is learnt later.

use super::row;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, MilestoneRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_server::sync::{DemoOptions, RowPut};
use keyturn_server::{Server, ServerConfig};
use std::path::Path;
use std::time::{Duration, Instant};

/// 4 December 2026.
const DAY_ONE: i64 = 1_796_342_400_000;

fn told(project: ProjectId, event: &str, home: PlaceId, day: &str) -> RowPut {
    let milestone = MilestoneRow {
        event: event.to_owned(),
        subject: home.0,
        occurrence: String::new(),
        day: day.parse().expect("a day"),
        until: None,
        rest: rows::Rest::new(),
    };
    RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.to_owned(),
        scope: ScopeId::home(home),
        body: Some(rows::body(&milestone).expect("a row")),
    }
}

/// Moves the tasks of 799 homes, nine times; beside it the plan that finds nothing to do.
pub async fn replan(disk: &Path) {
    let server = Server::open(ServerConfig::new(disk.join("plan.db")))
        .await
        .expect("a server");
    let (sync, catalog) = (server.sync(), Catalog::built_in().expect("sound data"));
    let demo = sync.load_demo(catalog, DemoOptions::default()).await.expect("the demo");
    let learn = async |event: &str, day: &str| {
        let rows: Vec<_> = demo
            .homes
            .iter()
            .map(|h| told(demo.project, event, h.place, day))
            .collect();
        sync.put_rows(demo.project, &rows).await.expect("rows");
    };
    learn("handover", "2026-12-04").await;
    sync.plan_tasks(demo.project, DAY_ONE).await.expect("a plan");
    let (mut moves, mut idle) = (Vec::new(), Vec::new());
    let mut moved = 0;
    for n in 10..19 {
        learn("moved_in", &format!("2026-12-{n}")).await;
        let begin = Instant::now();
        moved = sync.plan_tasks(demo.project, DAY_ONE).await.expect("a plan").moved;
        moves.push(begin.elapsed());
        let begin = Instant::now();
        sync.plan_tasks(demo.project, DAY_ONE).await.expect("a plan");
        idle.push(begin.elapsed());
    }
    let ms = |mut all: Vec<Duration>| {
        all.sort();
        format!(
            "{:.0} ms",
            all.get(all.len() / 2).expect("measured").as_secs_f64() * 1000.0
        )
    };
    let what = format!("re-plan 799 homes: {moved} tasks move, written and told to phones");
    row(&what, 9, &ms(moves), &format!("nothing to move: {}", ms(idle)));
    server.close().await;
}
