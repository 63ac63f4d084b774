//! What phones tell about tasks that produce no record, through all layers.

use crate::cases::world::{World, now};
use crate::story::{get, sync};
use keyturn_client::facade::{ExpectedView, NewMilestone, TaskCard};
use keyturn_client::{Client, ClientError};
use keyturn_domain::rows::{self, MilestoneRow, Rest, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_server::sync::RowPut;

fn card(client: &Client, rule_kind: &str, place: &str) -> Option<TaskCard> {
    let all = client.tasks().mine().expect("tasks");
    all.into_iter().find(|t| t.kind == rule_kind && t.place == place)
}

fn expected(client: &Client, place: &str, rule: &str) -> ExpectedView {
    let all = client.tasks().expected(place).expect("a list");
    all.into_iter().find(|e| e.rule == rule).expect("the rule")
}

fn set_day(client: &Client, project: ProjectId, place: &str, day: &str) -> Result<(), ClientError> {
    client.milestones().tell(&NewMilestone {
        project: project.to_string(),
        place: place.into(),
        event: "design_changed".into(),
        day: day.into(),
        ..NewMilestone::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_without_a_record_is_closed_offline_and_stays_so_when_its_day_moves() {
    let world = World::new().await;
    let (project, home) = (world.demo.project, &world.demo.homes[0]);
    let place = home.place.to_string();
    let engineer = world.person(home.assignees[0], "engineer").await;
    let reviewer = world.person(world.user("rev01"), "reviewer").await;
    let plan = async || world.server.sync().plan_tasks(project, now()).await;

    // The engineer learns that a change was ordered; the office has to tell the owner: a notice, no record.
    set_day(&engineer, project, &place, "2027-01-04").expect("queued");
    let refused = set_day(&engineer, project, &place, "in spring").expect_err("no day");
    assert_eq!(refused.code(), "bad_input");
    sync(&engineer).await;
    plan().await.expect("a plan");
    sync(&reviewer).await;
    let open = card(&reviewer, "change_notice", &place).expect("the task");
    assert_eq!(
        (open.day.as_str(), open.state.as_str(), open.record_kind.as_str()),
        ("2027-01-04", "", "")
    );

    // It is closed without a signal, shown at once, and the server agrees.
    let tasks = reviewer.tasks();
    let refused = tasks.close(&open.task, "not_done", "", "").expect_err("a reason");
    assert_eq!(refused.code(), "missing");
    let handover = card(&engineer, "handover_inspection", &place).expect("the handover");
    let refused = engineer
        .tasks()
        .close(&handover.task, "done", "", "")
        .expect_err("it has a record");
    assert_eq!(refused.code(), "illegal");
    tasks
        .close(&open.task, "not_done", "the order was dropped", "")
        .expect("queued");
    let shown = card(&reviewer, "change_notice", &place).expect("the task");
    assert_eq!(
        (shown.state.as_str(), shown.reason.as_str(), shown.pending),
        ("not_done", "the order was dropped", true)
    );
    assert!(expected(&reviewer, &place, "tr-change").begun);
    sync(&reviewer).await;
    let shown = card(&reviewer, "change_notice", &place).expect("the task");
    assert_eq!((shown.state.as_str(), shown.pending), ("not_done", false));

    // Another day does not wake it; opened again, it goes there.
    set_day(&engineer, project, &place, "2027-02-01").expect("queued");
    sync(&engineer).await;
    assert_eq!(plan().await.expect("a plan").moved, 0);
    sync(&reviewer).await;
    let of_home = reviewer.places().home(&place).expect("the home").tasks;
    let closed = of_home.iter().find(|t| t.task == open.task).expect("still there");
    assert_eq!((closed.day.as_str(), closed.state.as_str()), ("2027-01-04", "not_done"));
    tasks
        .close(&open.task, "", "ordered after all", "not_done")
        .expect("queued");
    sync(&reviewer).await;
    assert_eq!(plan().await.expect("a plan").moved, 1);
    sync(&reviewer).await;
    tasks.close(&open.task, "done", "", "").expect("queued");
    sync(&reviewer).await;
    let done = card(&reviewer, "change_notice", &place).expect("the task");
    assert_eq!((done.day.as_str(), done.state.as_str()), ("2027-02-01", "done"));
    assert_eq!(expected(&reviewer, &place, "tr-change").outcome, "done");

    // Other systems read the same.
    let made = world
        .server
        .tokens()
        .create_reader(world.user("rev01"), "told", 3_600_000)
        .await;
    let token = made.expect("a token").secret.text;
    let all = get(&world.url, &token, &format!("/api/v1/tasks?place={place}")).await;
    let told = all["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|t| t["id"] == open.task.as_str());
    assert_eq!(told.expect("the task")["closed"]["outcome"], "done");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_say_otherwise_about_a_task_of_the_whole_project_meet_at_the_office() {
    let world = World::new().await;
    let project = world.demo.project;
    let milestone = MilestoneRow {
        event: "open_day_planned".into(),
        subject: project.0,
        occurrence: String::new(),
        day: "2027-03-06".parse().expect("a day"),
        until: None,
        rest: Rest::new(),
    };
    let row = RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.into(),
        scope: ScopeId::public_places(project),
        body: Some(rows::body(&milestone).expect("a row")),
    };
    world.server.sync().put_rows(project, &[row]).await.expect("stored");
    world.server.sync().plan_tasks(project, now()).await.expect("a plan");
    let one = world.person(world.user("rev01"), "one").await;
    let other = world.person(world.user("mgr01"), "other").await;
    let place = PlaceId::public_places(project).to_string();
    let task = card(&one, "open_day", &place).expect("the task").task;

    one.tasks().close(&task, "done", "", "").expect("queued");
    assert!(card(&one, "open_day", &place).expect("the task").pending);
    other.tasks().close(&task, "not_done", "it rained", "").expect("queued");
    for phone in [&one, &other, &other] {
        sync(phone).await;
    }
    let intents = other.people().intents().expect("intents");
    assert_eq!(
        intents.iter().map(|i| i.code.as_str()).collect::<Vec<_>>(),
        ["collides"]
    );
    let collisions = other.people().collisions().expect("collisions");
    let found = collisions
        .iter()
        .find(|c| c.kind == "task_close")
        .expect("a task of the office");
    other
        .people()
        .settle_collision(&found.place, &found.task)
        .expect("queued");
    sync(&other).await;
    assert!(other.people().collisions().expect("collisions").is_empty());
    let done = card(&one, "open_day", &place).expect("the task");
    assert_eq!((done.state.as_str(), done.pending), ("done", false));
    world.end().await;
}
