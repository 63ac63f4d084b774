//! The demo project, loaded.

use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{self, HomeRow, StaffRow, TaskRow};

use super::world::World;
use crate::sync::DemoOptions;

#[tokio::test]
async fn everybody_gets_their_part_of_the_demo() {
    let world = World::new().await;
    let catalog = Catalog::built_in().unwrap();
    let loaded = world.sync.load_demo(catalog, DemoOptions::default()).await.unwrap();
    let head = world.sync.head(loaded.project).await.unwrap();
    let again = world.sync.load_demo(catalog, DemoOptions::default()).await.unwrap();
    assert_eq!(
        world.sync.head(loaded.project).await.unwrap(),
        head,
        "loading again changes nothing"
    );
    assert_eq!((again.homes.len(), again.people.len()), (799, 69));
    let mut engineer = world.phone(loaded.people["eng01"], 1);
    engineer.settle(&world).await;
    let of = |kind: &str| engineer.rows.values().filter(|(k, _)| k == kind).count();
    let tasks: Vec<TaskRow> = engineer
        .rows
        .values()
        .filter(|(kind, _)| kind == rows::kind::TASK)
        .map(|(_, body)| rows::read(body.as_ref().unwrap()).unwrap())
        .collect();
    assert!(tasks.len() > 10 && tasks.len() < 100);
    for task in &tasks {
        assert!(task.assignees.contains(&loaded.people["eng01"]));
        let (_, body) = &engineer.rows[&task.place.0];
        assert!(rows::read::<HomeRow>(body.as_ref().unwrap()).is_some());
    }
    assert_eq!(
        (of("building"), of("place"), of("team"), of("staff"), of("layout")),
        (8, 87, 24, 69, 4)
    );
    let phones = |phone: &super::phone::Phone| {
        let staff = phone.rows.values().filter(|(kind, _)| kind == rows::kind::STAFF);
        staff
            .filter_map(|(_, body)| rows::read::<StaffRow>(body.as_ref()?)?.phone)
            .count()
    };
    assert_eq!(phones(&engineer), 0);
    let reviewer = catalog.demo.staff.iter().find(|s| s.role == "reviewer").unwrap();
    let mut reviewer = world.phone(loaded.people[reviewer.code.as_str()], 2);
    reviewer.settle(&world).await;
    assert_eq!(phones(&reviewer), 69);
    let tasks = reviewer.rows.values().filter(|(kind, _)| kind == rows::kind::TASK);
    assert_eq!(tasks.count(), 799);
}

#[tokio::test]
async fn a_few_homes_are_enough_for_a_simulator() {
    let world = World::new().await;
    let options = DemoOptions { homes: Some(20) };
    let loaded = world
        .sync
        .load_demo(Catalog::built_in().unwrap(), options)
        .await
        .unwrap();
    assert_eq!(loaded.homes.len(), 20);
}
