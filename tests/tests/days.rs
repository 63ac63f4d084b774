//! Days on a phone: what a home expects, what is covered until when, by when somebody comes, and a round of the day.

use crate::story::{phone, sync};
use keyturn_client::facade::{ComponentView, NewCase, NewDefect};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, MilestoneRow, kind};
use keyturn_domain::rules::route;
use keyturn_domain::{ProjectId, ScopeId};
use keyturn_server::sync::{DemoOptions, RowPut};
use keyturn_server::{Server, ServerConfig};
use uuid::Uuid;

/// 1 January 2020, 08:00 in the project's zone: long before anybody runs this.
const NEW_YEAR: i64 = 1_577_836_800_000;

fn told(project: ProjectId, event: &str, subject: Uuid, scope: ScopeId, day: &str, until: Option<&str>) -> RowPut {
    let milestone = MilestoneRow {
        event: event.into(),
        subject,
        occurrence: String::new(),
        day: day.parse().expect("a day"),
        until: until.map(|day| day.parse().expect("a day")),
        rest: rows::Rest::new(),
    };
    RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.into(),
        scope,
        body: Some(rows::body(&milestone).expect("a row")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_has_its_days_and_a_round_writes_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::open(ServerConfig::new(keyturn_tests::harness::database(
        &folder.path().join("server.db"),
    )))
    .await
    .expect("a server");
    let catalog = Catalog::built_in().expect("sound data");
    let options = DemoOptions { homes: Some(3) };
    let demo = server.sync().load_demo(catalog, options).await.expect("the demo");
    let (project, home) = (demo.project, &demo.homes[0]);
    let public = ScopeId::public_places(project);
    let rows = [
        told(
            project,
            "handover",
            home.place.0,
            ScopeId::home(home.place),
            "2026-12-04",
            None,
        ),
        told(
            project,
            "round_planned",
            route(project, "morning"),
            public,
            "2020-01-01",
            Some("2020-01-02"),
        ),
    ];
    server.sync().put_rows(project, &rows).await.expect("rows");
    let planned = server.sync().plan_tasks(project, NEW_YEAR).await.expect("a plan");
    assert_eq!(
        (planned.opened, planned.moved),
        (5 + 2, 0),
        "of the home, a round, the survey of the batch"
    );

    let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = {
        let server = server.clone();
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server.serve(listener, stopped).await;
        })
    };
    let ambassador = phone(&server, &url, home.assignees[1], folder.path(), "ambassador").await;
    sync(&ambassador).await;
    let place = home.place.to_string();

    // Each component has its own rule and its own day.
    let warranty = ambassador.places().warranty(&place).expect("a warranty");
    let days = |c: &ComponentView| (c.code.clone(), c.last_day.clone());
    let found: Vec<_> = warranty.components.iter().map(days).collect();
    let expected = [
        ("structure", "2076-12-04"),
        ("leakage_5y", "2031-12-04"),
        ("seasons_2.cooling", "2028-09-30"),
        ("seasons_2.heating", "2029-03-15"),
        ("fitout_2y", "2028-12-04"),
        ("contract", ""),
    ];
    assert_eq!(found, expected.map(|(code, day)| (code.to_owned(), day.to_owned())));
    assert_eq!(warranty.components[4].rule, "cn_delivery_restart_example/fitout_2y");
    assert_eq!(
        (
            warranty.components[4].source.as_str(),
            warranty.components[5].source.as_str()
        ),
        ("law", "contract")
    );

    // What is planned, what waits.
    let expected = ambassador.tasks().expected(&place).expect("a list");
    let of = |rule: &str| {
        expected
            .iter()
            .find(|e| e.rule == rule)
            .unwrap_or_else(|| panic!("{rule}"))
    };
    let visit = of("tr-m3-visit");
    assert_eq!(
        (visit.day.as_str(), visit.due.as_str(), visit.anchor.as_str()),
        ("2027-03-04", "2027-03-11", "handover")
    );
    assert!(!visit.task.is_empty() && !visit.begun);
    assert_eq!(
        (of("tr-change").day.as_str(), of("tr-change").anchor.as_str()),
        ("", "design_changed")
    );

    // A defect and a case, with the deadlines of their severity and profile.
    let new = NewDefect {
        place: place.clone(),
        code: "wl-01".into(),
        severity: "B".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let defect = ambassador.defects().record(&new).expect("saved");
    let submitted = ambassador
        .defects()
        .submit(&defect.record, &defect.seen, "too dark")
        .expect("submitted");
    let due = ambassador.defects().due(&defect.record).expect("due dates");
    let contact = due.contact_by_ms.expect("a target");
    assert_eq!(due.visit_by_ms, Some(contact + 20 * 3_600_000), "B: 4 hours, then 24");
    assert_eq!(
        (due.law_last_day.as_str(), due.warranty_source.as_str()),
        ("2028-12-04", "law")
    );
    assert_eq!(
        (due.acknowledged_in_time, due.reassignments, submitted.record),
        (None, 0, defect.record.clone())
    );
    let new = NewCase {
        place: place.clone(),
        kind: "complaint".into(),
        words: "nobody came".into(),
        ..NewCase::default()
    };
    let case = ambassador.cases().report(&new).expect("reported");
    let clock = ambassador.cases().clock(&case.record).expect("a clock");
    assert_eq!(clock.profile, "working_days_standard");
    let screen = ambassador.cases().open(&case.record).expect("the case");
    assert_eq!(screen.clock.as_ref(), Some(&clock));
    let steps: Vec<_> = clock.steps.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(steps, ["written_acceptance", "answer"]);
    assert!(clock.steps[0].due_ms < clock.steps[1].due_ms && clock.steps.iter().all(|s| s.escalations.is_empty()));
    assert!(clock.next_update_ms.is_some() && clock.revisit_by_ms.is_none());

    // The round belongs to whoever has the role. It was for another day, so it says why.
    let rounds = ambassador.tasks().mine().expect("tasks");
    let round = rounds.iter().find(|t| t.kind == "patrol").expect("the round");
    assert_eq!(
        (round.day.as_str(), round.slot.as_str(), round.asked),
        ("2020-01-01", "09:30", 88)
    );
    let walked = ambassador.inspections().begin(&round.task).expect("begun");
    let mut seen = walked.seen.clone();
    let questions = walked.rooms.iter().flat_map(|room| &room.questions);
    for question in questions.filter(|q| q.must_test) {
        let inspections = ambassador.inspections();
        let done = inspections.answer(&walked.record, &seen, &question.key, "ok", "", "");
        seen = done.expect("answered").seen;
    }
    let before = ambassador.inspections().round(&walked.record).expect("a round");
    assert_eq!(
        (before.round.as_str(), before.on_time, before.points_missing),
        ("morning", None, 88 - 26)
    );
    let refused = ambassador
        .inspections()
        .end_round(&walked.record, &seen, "")
        .expect_err("a reason");
    assert_eq!(refused.code(), "missing");
    let ended = ambassador
        .inspections()
        .end_round(&walked.record, &seen, "storm")
        .expect("ended");
    let refused = ambassador
        .inspections()
        .read_round(&walked.record, &ended.seen)
        .expect_err("no manager");
    assert_eq!(refused.code(), "role");
    sync(&ambassador).await;

    // The manager sees it on another phone, reads it, and leaves a stamp.
    let manager = phone(&server, &url, demo.people["mgr01"], folder.path(), "manager").await;
    sync(&manager).await;
    let shown = manager.inspections().open(&walked.record).expect("the round");
    manager
        .inspections()
        .read_round(&walked.record, &shown.seen)
        .expect("read");
    sync(&manager).await;
    sync(&ambassador).await;
    let after = ambassador.inspections().round(&walked.record).expect("a round");
    assert_eq!(
        (after.on_time, after.reason.as_str(), after.closed),
        (Some(false), "storm", true)
    );
    assert_eq!(after.read_by, demo.people["mgr01"].to_string());
    assert!(after.log.is_empty(), "nothing was done on the first of January 2020");
    drop(stop);
    serving.await.expect("served");
}
