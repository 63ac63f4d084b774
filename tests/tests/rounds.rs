//! Rounds with days and no hours, and surveys of many: a fit-out patrol, a survey of common parts, an open day.

use crate::cases::world::{World, now};
use crate::story::sync;
use chrono::{DateTime, FixedOffset, Months, NaiveDate};
use keyturn_client::Client;
use keyturn_client::facade::{NewArrival, TaskCard};
use keyturn_domain::ScopeId;
use keyturn_domain::record::view::InspectionView;
use keyturn_domain::rows::{self, MilestoneRow, kind};
use keyturn_domain::rules::batch;
use keyturn_server::sync::RowPut;
use uuid::Uuid;

/// The day in the project's zone.
fn today() -> NaiveDate {
    let zone = FixedOffset::east_opt(8 * 3_600).expect("a zone");
    let at = DateTime::from_timestamp_millis(now()).expect("a time");
    at.with_timezone(&zone).date_naive()
}

fn told(world: &World, event: &str, subject: Uuid, scope: ScopeId, day: NaiveDate) -> RowPut {
    let milestone = MilestoneRow {
        event: event.into(),
        subject,
        occurrence: String::new(),
        day,
        until: None,
        rest: rows::Rest::new(),
    };
    RowPut {
        id: milestone.id(world.demo.project),
        kind: kind::MILESTONE.into(),
        scope,
        body: Some(rows::body(&milestone).expect("a row")),
    }
}

fn task(client: &Client, kind: &str) -> TaskCard {
    let all = client.tasks().mine().expect("tasks");
    let of_kind = all.into_iter().find(|t| t.kind == kind);
    of_kind.unwrap_or_else(|| panic!("no {kind}"))
}

/// Looks at every point.
fn walk(client: &Client, view: &InspectionView) -> Vec<String> {
    let (inspections, mut seen) = (client.inspections(), view.seen.clone());
    for room in &view.rooms {
        for question in room.questions.iter().filter(|q| q.must_test) {
            let done = inspections.answer(&view.record, &seen, &question.key, "ok", "", "");
            seen = done.expect("answered").seen;
        }
        let rest = inspections.rest_is_fine(&view.record, &seen, &room.room);
        let rest = rest.expect("the rest is fine");
        if !rest.recorded.change.is_empty() {
            seen = rest.recorded.seen;
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fitout_patrol_and_a_survey_of_common_parts_end_as_a_patrol_does() {
    let world = World::new().await;
    let (project, home) = (world.demo.project, &world.demo.homes[0]);
    let public = ScopeId::public_places(project);
    let four_years_ago = today().checked_sub_months(Months::new(48)).expect("a day");
    let rows = [
        told(
            &world,
            "fitout_permitted",
            home.place.0,
            ScopeId::home(home.place),
            today(),
        ),
        told(
            &world,
            "batch_handover",
            batch(project, "first"),
            public,
            four_years_ago,
        ),
    ];
    world.server.sync().put_rows(project, &rows).await.expect("rows");
    world.server.sync().plan_tasks(project, now()).await.expect("a plan");

    // Nobody is at home while it is fitted out: whoever walks answers for it.
    let ambassador = world.person(home.assignees[1], "ambassador").await;
    let patrol = task(&ambassador, "fitout_patrol");
    let begun = ambassador.inspections().begin(&patrol.task).expect("begun");
    assert_eq!(
        (begun.inspection_kind.as_str(), begun.is_round),
        ("fitout_patrol", true)
    );
    let record = begun.record.as_str();
    let half = ambassador.inspections().round(record).expect("a round");
    assert_eq!(
        (half.round.as_str(), half.planned_start.as_str(), half.on_time),
        ("fitout_patrol", "", None)
    );
    assert_eq!(
        (half.first_day.clone(), half.points_missing),
        (today().to_string(), begun.progress.asked)
    );
    assert_eq!(half.text.en, "fit-out patrol");
    let seen = walk(&ambassador, &begun);
    ambassador
        .inspections()
        .end_round(record, &seen, "")
        .expect("in its days, and whole");
    let over = ambassador.inspections().round(record).expect("a round");
    assert_eq!((over.on_time, over.points_missing), (Some(true), 0));
    let log: Vec<_> = over
        .log
        .iter()
        .map(|line| (line.event.as_str(), line.record == record))
        .collect();
    assert_eq!(log, [("start", true), ("sign", true)], "the log writes itself");
    let shown = ambassador.inspections().open(record).expect("open");
    assert_eq!((shown.life.state.as_str(), shown.signatures.len()), ("signed", 0));
    sync(&ambassador).await;
    let manager = world.person(world.user("mgr01"), "manager").await;
    let shown = manager.inspections().open(record).expect("open");
    manager
        .inspections()
        .remark(record, &shown.seen, "", "dust sheets in the corridor")
        .expect("remarked");
    manager.inspections().read_round(record, &shown.seen).expect("read");
    let read = manager.inspections().round(record).expect("a round");
    assert_eq!(read.read_by, world.user("mgr01").to_string());

    // The survey of common parts has a month, and says why it is not whole.
    let engineer = world.person(home.assignees[0], "engineer").await;
    let survey = task(&engineer, "public_area_survey");
    let begun = engineer.inspections().begin(&survey.task).expect("begun");
    assert!(begun.is_round && begun.progress.asked > 0, "{:?}", begun.progress);
    let open = engineer.inspections().end_round(&begun.record, &begun.seen, "");
    assert_eq!(open.expect_err("nothing was looked at").code(), "missing");
    let seen = walk(&engineer, &begun);
    engineer
        .inspections()
        .end_round(&begun.record, &seen, "")
        .expect("over");
    let over = engineer.inspections().round(&begun.record).expect("a round");
    assert_eq!((over.round.as_str(), over.on_time), ("renewal", Some(true)));
    sync(&engineer).await;
    world.server.sync().plan_tasks(project, now()).await.expect("a plan");
    sync(&manager).await;
    assert_eq!(task(&manager, "renewal_plan").day, today().to_string());

    // What an owner signs is no round.
    let handover = engineer.tasks().mine().expect("tasks");
    let handover = handover
        .iter()
        .find(|t| t.kind == "handover_inspection")
        .expect("a handover");
    let begun = engineer.inspections().begin(&handover.task).expect("begun");
    let ended = engineer.inspections().end_round(&begun.record, &begun.seen, "");
    assert_eq!(
        (ended.expect_err("an owner signs").code(), begun.is_round),
        ("no_round", false)
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_home_answers_a_survey_of_many_in_a_record_of_its_own() {
    let world = World::new().await;
    let project = world.demo.project;
    let rows = [told(
        &world,
        "open_day_planned",
        project.0,
        ScopeId::public_places(project),
        today(),
    )];
    world.server.sync().put_rows(project, &rows).await.expect("rows");
    world.server.sync().plan_tasks(project, now()).await.expect("a plan");
    let office = world.person(world.user("rev01"), "office").await;
    let survey = task(&office, "open_day");
    assert_eq!((survey.record_kind.as_str(), survey.surveyed), ("", 0));
    let (visits, mut records) = (office.visits(), Vec::new());
    for (home, stars) in world.demo.homes.iter().zip(["5", "2"]) {
        let place = home.place.to_string();
        let begun = visits.begin_survey(&survey.task, &place).expect("begun");
        let record = begun.visit.record.clone();
        assert_eq!(begun.visit.survey.survey, "wait");
        let there = NewArrival {
            way: "desk".into(),
            owner_asked: true,
            ..NewArrival::default()
        };
        visits.arrive(&record, &begun.visit.seen, &there).expect("there");
        let seen = visits.open(&record).expect("open").visit.seen;
        visits.answer(&record, &seen, "wait-1", stars).expect("answered");
        let again = visits.begin_survey(&survey.task, &place).expect("gone on with");
        assert_eq!(again.visit.record, record, "one record a home");
        records.push(record);
    }
    assert_eq!(task(&office, "open_day").surveyed, 2);
    let answer = |n: usize| {
        let shown = visits.open(&records[n]).expect("open").visit;
        let questions = shown.survey.first.into_iter();
        questions
            .map(|q| (q.question, q.answer.value))
            .find(|(q, _)| q == "wait-1")
    };
    assert_eq!([0, 1].map(|n| answer(n).expect("asked").1), ["5", "2"]);

    office.tasks().close(&survey.task, "done", "", "").expect("closed");
    sync(&office).await;
    let late = visits.begin_survey(&survey.task, &world.demo.homes[2].place.to_string());
    assert_eq!(late.expect_err("it is closed").code(), "illegal");
    let engineer = world.person(world.demo.homes[0].assignees[0], "engineer").await;
    let own = engineer.tasks().mine().expect("tasks");
    let own = own
        .iter()
        .find(|t| t.kind == "handover_inspection")
        .expect("a handover");
    let no_survey = engineer.visits().begin_survey(&own.task, &own.place);
    assert_eq!(no_survey.expect_err("it has a record of its own").code(), "kind");
    world.end().await;
}
