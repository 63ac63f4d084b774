//! Editions of a project's data: published while phones are away, kept by what runs, waited for by nobody.

use crate::cases::world::{World, now};
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{NewDefect, TaskCard};
use keyturn_domain::catalog::edition::EditionFiles;
use keyturn_domain::record::view::InspectionView;
use keyturn_domain::rows::{self, MilestoneRow, TaskRow, kind};
use keyturn_domain::{DocumentId, ScopeId, TaskId};
use keyturn_server::sync::RowPut;
use std::collections::BTreeMap;

type Files = BTreeMap<String, String>;

/// A built-in file, changed.
fn changed(file: &str, change: impl FnOnce(&str) -> String) -> (String, String) {
    let built_in = EditionFiles::default();
    (file.to_owned(), change(built_in.text(file).expect("the file")))
}

/// One item more in the checklist of the fit-out patrol, a defect of its own for it, and another word for an old one.
fn second() -> Files {
    let checklists = changed("checklists.csv", |text| {
        let last = text.lines().rfind(|line| line.starts_with("fitout_patrol_v1,"));
        let last = last.expect("an item of the patrol");
        let code = last.split(',').nth(4).expect("its code");
        let words = last.split(',').nth(5).expect("its words");
        let mut new = last.replacen(code, "fp-99", 1).replacen(words, "临时用电加锁", 1);
        new = new.replacen(",60,", ",9000,", 1);
        text.replacen(last, &format!("{last}\n{new}"), 1)
    });
    let defects = changed("defect_catalogue.csv", |text| {
        let first = text.lines().nth(1).expect("a defect");
        let new = first
            .replacen("wl-01", "wl-99", 1)
            .replacen("墙面抹灰空鼓", "墙面返碱", 1);
        let last = new.rsplit_once(',').expect("its order").0;
        format!("{text}{last},90000\n")
    });
    BTreeMap::from([checklists, defects])
}

/// The same, and another word for the new item.
fn third() -> Files {
    let mut files = second();
    let text = files.get_mut("checklists.csv").expect("checklists");
    *text = text.replacen("临时用电加锁", "临时用电上锁", 1);
    files
}

async fn publish(world: &World, files: Files) -> u32 {
    let (editions, project) = (world.server.editions(), world.demo.project);
    let made = editions.import(project, files, "", false).await.expect("sound files");
    assert!(!made.unchanged && !made.differences.is_empty());
    let published = editions.publish(project, Some(&made.hash.to_string())).await;
    published.expect("published").number
}

/// Somebody permits the fit-out of the first home: the rule opens its patrol.
async fn permit(world: &World) {
    let (project, home) = (world.demo.project, &world.demo.homes[0]);
    let milestone = MilestoneRow {
        event: "fitout_permitted".into(),
        subject: home.place.0,
        occurrence: String::new(),
        day: "2026-12-01".parse().expect("a day"),
        until: None,
        rest: rows::Rest::new(),
    };
    let put = RowPut {
        id: milestone.id(project),
        kind: kind::MILESTONE.into(),
        scope: ScopeId::home(home.place),
        body: Some(rows::body(&milestone).expect("a row")),
    };
    world.server.sync().put_rows(project, &[put]).await.expect("rows");
    world.server.sync().plan_tasks(project, now()).await.expect("a plan");
}

fn task(client: &Client, kind: &str) -> TaskCard {
    let all = client.tasks().mine().expect("tasks");
    let of_kind = all.into_iter().find(|t| t.kind == kind);
    of_kind.unwrap_or_else(|| panic!("no {kind}"))
}

fn asked(view: &InspectionView) -> BTreeMap<String, String> {
    let questions = view.rooms.iter().flat_map(|room| &room.questions);
    questions.map(|q| (q.item.clone(), q.text.zh.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_keeps_its_edition_and_what_opens_has_the_new_one() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let engineer = world.person(home.assignees[0], "engineer").await;
    let ambassador = world.person(home.assignees[1], "ambassador").await;
    permit(&world).await;
    sync(&ambassador).await;
    let patrol = task(&ambassador, "fitout_patrol");
    let begun = ambassador.inspections().begin(&patrol.task).expect("begun");
    let before = asked(&begun);
    assert_eq!((begun.edition, begun.edition_waiting), (1, false));
    assert!(!before.contains_key("fp-99"));

    // The engineer is in a basement while the office publishes; the ambassador hears of it.
    assert_eq!(publish(&world, second()).await, 2);
    sync(&ambassador).await;
    let here = ambassador.inspections().open(&begun.record).expect("the record");
    assert_eq!((here.edition, asked(&here)), (1, before.clone()));
    let question = here.rooms[0].questions[0].key.clone();
    ambassador
        .inspections()
        .answer(&begun.record, &here.seen, &question, "ok", "", "")
        .expect("answered");
    let new = |code: &str| NewDefect {
        place: home.place.to_string(),
        code: code.into(),
        room: "home".into(),
        ..NewDefect::default()
    };
    assert_eq!(
        engineer
            .defects()
            .record(&new("wl-99"))
            .expect_err("not here yet")
            .code(),
        "unknown_code"
    );
    let found = ambassador.defects().record(&new("wl-99")).expect("recorded").record;
    sync(&ambassador).await;
    sync(&engineer).await;
    for phone in [&ambassador, &engineer] {
        let shown = phone.inspections().open(&begun.record);
        // Whoever holds the record holds it with its own edition.
        if let Ok(shown) = shown {
            assert_eq!((shown.edition, asked(&shown)), (1, before.clone()));
        }
        let defect = phone.defects().open(&found).expect("the defect");
        assert_eq!((defect.edition, defect.edition_waiting), (2, false));
        assert_eq!(defect.text.zh, "墙面返碱");
        let hits = phone.search().find("返碱", 10).expect("a search").hits;
        assert!(hits.iter().any(|hit| hit.id == found), "{hits:?}");
    }

    // What opens from now on pins the new one; the patrol that runs keeps its own, also where it was not begun yet.
    let (project, tasks) = (world.demo.project, ambassador.tasks().mine().expect("tasks"));
    assert!(tasks.iter().all(|card| !card.edition_waiting));
    let id = TaskId::of_rule("by-hand", home.place.0, "2");
    put_task(&world, id, 2).await;
    sync(&ambassador).await;
    let view = ambassador.inspections().begin(&id.to_string()).expect("begun");
    assert_eq!((view.edition, view.edition_waiting), (2, false));
    assert_eq!(asked(&view)["fp-99"], "临时用电加锁");
    let card = ambassador
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|t| t.task == id.to_string());
    assert_eq!(
        card.expect("the task").asked,
        u32::try_from(before.len()).expect("few") + 1
    );

    // The third one drops nothing of what the second one gave to records that run.
    assert_eq!(publish(&world, BTreeMap::new()).await, 3);
    sync(&ambassador).await;
    let view = ambassador.inspections().open(&view.record).expect("the record");
    assert!(asked(&view).contains_key("fp-99"));
    assert_eq!(
        ambassador.defects().record(&new("wl-99")).expect_err("dropped").code(),
        "unknown_code"
    );
    assert_eq!(
        ambassador.defects().open(&found).expect("the defect").text.zh,
        "墙面返碱"
    );
    assert_eq!(
        world
            .server
            .sync()
            .plan_tasks(project, now())
            .await
            .expect("a plan")
            .taken_back,
        0
    );
    world.end().await;
}

/// A task of the fit-out patrol that pins an edition, whether there is one or not.
async fn put_task(world: &World, id: TaskId, edition: u32) {
    let home = &world.demo.homes[0];
    let row = TaskRow {
        id,
        kind: "fitout_patrol".into(),
        place: home.place,
        record_kind: "inspection".into(),
        record: DocumentId::derive(id.0, "record"),
        template: "fitout_patrol_v1".into(),
        template_version: edition,
        assignees: vec![home.assignees[1]],
        day: "2027-01-15".into(),
        role: "ambassador".into(),
        ..TaskRow::default()
    };
    let put = RowPut {
        id: id.0,
        kind: kind::TASK.into(),
        scope: ScopeId::home(home.place),
        body: Some(rows::body(&row).expect("a row")),
    };
    world
        .server
        .sync()
        .put_rows(world.demo.project, &[put])
        .await
        .expect("a task");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_is_not_here_yet_stalls_nobody_and_comes_later() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let phone = world.person(home.assignees[1], "ambassador").await;
    // The task came with one page, its edition comes with another one.
    let id = TaskId::of_rule("by-hand", home.place.0, "3");
    put_task(&world, id, 3).await;
    sync(&phone).await;
    let card = |wanted: bool| {
        let all = phone.tasks().mine().expect("tasks");
        let card = all.into_iter().find(|t| t.task == id.to_string()).expect("the task");
        assert_eq!(card.edition_waiting, wanted);
        card.asked
    };
    let few = card(true);
    let view = phone.inspections().begin(&id.to_string()).expect("begun all the same");
    assert_eq!((view.edition, view.edition_waiting), (3, true));
    let question = view.rooms[0].questions[0].key.clone();
    let done = phone
        .inspections()
        .answer(&view.record, &view.seen, &question, "ok", "", "");
    done.expect("answered with what is here");
    sync(&phone).await;

    publish(&world, second()).await;
    sync(&phone).await;
    assert!(
        phone
            .inspections()
            .open(&view.record)
            .expect("the record")
            .edition_waiting
    );
    assert_eq!(card(true), few + 1, "the newest that is here stands in");
    assert_eq!(publish(&world, third()).await, 3);
    sync(&phone).await;
    let view = phone.inspections().open(&view.record).expect("the record");
    assert_eq!((view.edition, view.edition_waiting), (3, false));
    assert_eq!(asked(&view)["fp-99"], "临时用电上锁");
    assert_eq!(view.progress.answered, 1, "nothing was lost");
    let mut all = view.rooms.iter().flat_map(|room| &room.questions);
    let key = all.find(|q| q.item == "fp-99").expect("the new item").key.clone();
    phone
        .inspections()
        .answer(&view.record, &view.seen, &key, "ok", "", "")
        .expect("answered");
    assert_eq!(card(false), few + 1);
    phone.records().tend(100).expect("quiet hours");
    world.end().await;
}
