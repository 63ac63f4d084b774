//! Planning on a whole project.

use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, MilestoneRow, TaskRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId, TaskId};

use super::world::{DAY, World};
use crate::sync::{DemoLoaded, DemoOptions, Planning, RowPut};

/// 2027-01-15.
const NOW: i64 = 1_800_000_000_000;
/// Two rounds a day for today and two weeks, and the survey of the batch after four years.
const OF_DEMO: usize = 2 * 15 + 1;

async fn demo(world: &World, homes: usize) -> DemoLoaded {
    let options = DemoOptions { homes: Some(homes) };
    world
        .sync
        .load_demo(Catalog::built_in().unwrap(), options)
        .await
        .unwrap()
}

fn told(project: ProjectId, event: &str, home: PlaceId, day: &str) -> RowPut {
    let milestone = MilestoneRow {
        event: event.into(),
        subject: home.0,
        occurrence: String::new(),
        day: day.parse().unwrap(),
        until: None,
        rest: rows::Rest::new(),
    };
    RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.into(),
        scope: ScopeId::home(home),
        body: Some(rows::body(&milestone).unwrap()),
    }
}

#[tokio::test]
async fn a_whole_estate_is_planned_once_and_moved_when_owners_move_in() {
    let world = World::new().await;
    let loaded = demo(&world, usize::MAX).await;
    let project = loaded.project;
    let plan = async |at| world.sync.plan_tasks(project, at).await.unwrap();
    let of_demo = Planning {
        opened: OF_DEMO,
        ..Planning::default()
    };
    assert_eq!(plan(NOW).await, of_demo, "nothing has happened in a home yet");
    assert_eq!(plan(NOW).await, Planning::default());

    let handed: Vec<_> = loaded
        .homes
        .iter()
        .map(|h| told(project, "handover", h.place, "2026-12-04"))
        .collect();
    world.sync.put_rows(project, &handed).await.unwrap();
    let first = plan(NOW).await;
    assert_eq!((first.opened, first.moved, first.taken_back), (799 * 5, 0, 0));
    let head = world.sync.head(project).await.unwrap();
    assert_eq!(plan(NOW).await, Planning::default());
    assert_eq!(
        world.sync.head(project).await.unwrap(),
        head,
        "planning again writes nothing"
    );
    assert_eq!(plan(NOW + DAY).await.opened, 2, "the rounds of one day more");

    let moved: Vec<_> = loaded
        .homes
        .iter()
        .map(|h| told(project, "moved_in", h.place, "2026-12-20"))
        .collect();
    world.sync.put_rows(project, &moved).await.unwrap();
    let again = plan(NOW).await;
    // Visit, check and one-year check move; the move-in visit is new.
    assert_eq!((again.opened, again.moved), (799, 799 * 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_plan_at_once_open_every_task_once() {
    let world = World::new().await;
    let loaded = demo(&world, 40).await;
    let project = loaded.project;
    let handed: Vec<_> = loaded
        .homes
        .iter()
        .map(|h| told(project, "handover", h.place, "2026-12-04"))
        .collect();
    world.sync.put_rows(project, &handed).await.unwrap();
    // On PostgreSQL another server, with pools of its own; a file has one.
    let other = if crate::testing::on_postgres() {
        super::world::open(world.dir.path(), &world.time, &world.ids)
            .await
            .sync()
    } else {
        world.sync.clone()
    };
    let plans =
        [world.sync.clone(), other].map(|sync| tokio::spawn(async move { sync.plan_tasks(project, NOW).await }));
    let mut opened = 0;
    for plan in plans {
        opened += plan.await.unwrap().unwrap().opened;
    }
    assert_eq!(opened, OF_DEMO + 40 * 5);
    assert_eq!(world.sync.plan_tasks(project, NOW).await.unwrap(), Planning::default());
}

#[tokio::test]
async fn who_is_sent_holds_the_home_and_sees_the_task() {
    let world = World::new().await;
    let loaded = demo(&world, 3).await;
    let home = loaded.homes[0].place;
    let handed = told(loaded.project, "handover", home, "2026-12-04");
    world.sync.put_rows(loaded.project, &[handed]).await.unwrap();
    world.sync.plan_tasks(loaded.project, NOW).await.unwrap();
    let ambassador = loaded.homes[0].assignees[1];
    let mut phone = world.phone(ambassador, 1);
    phone.settle(&world).await;
    let id = TaskId::of_rule("tr-m3-visit", home.0, "1");
    let (_, body) = &phone.rows[&id.0];
    let task: TaskRow = rows::read(body.as_ref().unwrap()).unwrap();
    assert_eq!(
        (task.day.as_str(), task.due.as_str(), task.role.as_str()),
        ("2027-03-04", "2027-03-11", "ambassador")
    );
    assert!(!task.assignees.is_empty());
    // A day that does not hold any more takes its tasks back, on the phone too.
    let mut gone = told(loaded.project, "handover", home, "2026-12-04");
    gone.body = None;
    world.sync.put_rows(loaded.project, &[gone]).await.unwrap();
    assert_eq!(world.sync.plan_tasks(loaded.project, NOW).await.unwrap().taken_back, 5);
    phone.settle(&world).await;
    assert!(phone.rows.get(&id.0).is_none_or(|(_, body)| body.is_none()));
}
