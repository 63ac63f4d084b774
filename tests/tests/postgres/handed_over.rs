//! Two servers on one database plan a whole estate, and each task is opened once.

use keyturn_domain::ScopeId;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, MilestoneRow, TaskRow, kind};
use keyturn_server::sync::{DemoOptions, RowPut};
use keyturn_tests::harness::ServerDb;
use keyturn_tests::real::{Office, Serve};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

const HOMES: usize = 799;

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_open_each_task_of_an_estate_once() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    std::fs::create_dir_all(&data).unwrap();
    let office = Office { data: data.clone() };
    let server = office.open().await;
    let catalog = Catalog::built_in().unwrap();
    let demo = server
        .sync()
        .load_demo(catalog, DemoOptions { homes: None })
        .await
        .unwrap();
    let handed: Vec<RowPut> = demo
        .homes
        .iter()
        .map(|home| {
            let milestone = MilestoneRow {
                event: "handover".into(),
                subject: home.place.0,
                occurrence: String::new(),
                day: "2026-12-04".parse().unwrap(),
                until: None,
                rest: rows::Rest::new(),
            };
            RowPut {
                id: milestone.id(demo.project),
                kind: kind::MILESTONE.into(),
                scope: ScopeId::home(home.place),
                body: Some(rows::body(&milestone).unwrap()),
            }
        })
        .collect();
    server.sync().put_rows(demo.project, &handed).await.unwrap();
    server.close().await;

    let mut one = Serve::start(&data);
    let two = Serve::start(&data);
    let there = settled(&office.database()).await;
    let expected = [
        ("three_month_visit", HOMES),
        ("one_year_check", HOMES),
        ("public_area_survey", 1),
    ];
    for (kind, n) in expected {
        assert_eq!(there.get(kind), Some(&n), "{there:?}");
    }
    // Whichever of them planned: one goes, a third one comes and looks at everything again.
    one.kill();
    let three = Serve::start(&data);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(tasks(&office.database()), there);
    drop((two, three));
}

/// Waits until the estate is planned and nothing is added any more.
async fn settled(database: &Path) -> BTreeMap<String, usize> {
    let (since, mut last) = (Instant::now(), BTreeMap::new());
    loop {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let now = tasks(database);
        if now == last && now.contains_key("one_year_check") {
            return now;
        }
        assert!(since.elapsed() < Duration::from_secs(180), "{now:?}");
        last = now;
    }
}

fn tasks(database: &Path) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for ((of, _), (_, body)) in ServerDb::open(database).rows() {
        if of == kind::TASK {
            let task: TaskRow = rows::read(&body).unwrap();
            *count.entry(task.kind).or_default() += 1;
        }
    }
    count
}
