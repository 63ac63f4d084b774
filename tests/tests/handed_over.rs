//! A whole estate, years after it was handed over: each home was visited once and checked once, and the batch surveyed.

use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, MilestoneRow, TaskRow, kind};
use keyturn_domain::{Clock, ProjectId, ScopeId};
use keyturn_server::sync::{DemoHome, DemoOptions, RowPut};
use keyturn_server::{Server, ServerConfig};
use keyturn_tests::harness::{ServerDb, database};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 15 December 2030, 08:00 in the project's zone.
const LATER: i64 = 1_923_523_200_000;
const HOMES: usize = 799;

struct Fixed;

impl Clock for Fixed {
    fn now_ms(&self) -> i64 {
        LATER
    }
}

fn handover(project: ProjectId, home: &DemoHome) -> RowPut {
    let milestone = MilestoneRow {
        event: "handover".into(),
        subject: home.place.0,
        occurrence: String::new(),
        day: "2026-12-04".parse().expect("a day"),
        until: None,
        rest: rows::Rest::new(),
    };
    RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.into(),
        scope: ScopeId::home(home.place),
        body: Some(rows::body(&milestone).expect("a row")),
    }
}

/// How many tasks of each kind there are, and how many places they are at.
fn tasks(there: &ServerDb) -> BTreeMap<String, (usize, usize)> {
    let mut places: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for ((of, _), (_, body)) in there.rows() {
        if of == kind::TASK {
            let task: TaskRow = rows::read(&body).expect("a task");
            places.entry(task.kind).or_default().push(task.place);
        }
    }
    let count = |(kind, mut all): (String, Vec<_>)| {
        let tasks = all.len();
        all.sort_unstable();
        all.dedup();
        (kind, (tasks, all.len()))
    };
    places.into_iter().map(count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_home_has_its_visit_and_its_check_and_the_estate_one_survey() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("server.db");
    let mut config = ServerConfig::new(database(&path));
    config.clock = Arc::new(Fixed);
    let server = Server::open(config).await.expect("a server");
    let catalog = Catalog::built_in().expect("sound data");
    let demo = server
        .sync()
        .load_demo(catalog, DemoOptions { homes: None })
        .await
        .expect("the demo");
    assert_eq!(demo.homes.len(), HOMES);
    let handed: Vec<RowPut> = demo.homes.iter().map(|home| handover(demo.project, home)).collect();
    server.sync().put_rows(demo.project, &handed).await.expect("rows");

    let first = server.sync().plan_tasks(demo.project, LATER).await.expect("a plan");
    assert!(first.opened > 2 * HOMES, "{first:?}");
    let there = tasks(&ServerDb::open(&path));
    for kind in ["three_month_visit", "one_year_check"] {
        assert_eq!(there.get(kind), Some(&(HOMES, HOMES)), "{kind}: {there:?}");
    }
    assert_eq!(there.get("public_area_survey").map(|(tasks, _)| *tasks), Some(1));

    let again = server.sync().plan_tasks(demo.project, LATER).await.expect("a plan");
    assert_eq!((again.opened, again.moved, again.taken_back), (0, 0, 0));
    assert_eq!(tasks(&ServerDb::open(&path)), there);
    server.close().await;
}
