//! A home's journey as people tell it: days from which tasks count, one household after the other, who is sent where.

use super::world::{HOUR, World, now, shown};
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{NewBooking, NewContact, NewDefect, NewMilestone};

fn day(project: &str, place: &str, event: &str, of: &str, day: &str) -> NewMilestone {
    NewMilestone {
        project: project.into(),
        place: place.into(),
        event: event.into(),
        of: of.into(),
        day: day.into(),
        ..NewMilestone::default()
    }
}

async fn plan(world: &World) {
    let planned = world.server.sync().plan_tasks(world.demo.project, now()).await;
    planned.expect("planned");
}

fn tasks_of(client: &Client, kind: &str, place: &str) -> Vec<String> {
    let home = client.places().home(place).expect("a home");
    let of = home.tasks.into_iter().filter(|task| task.kind == kind);
    of.map(|task| task.day).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_people_tell_open_and_move_tasks() {
    let world = World::new().await;
    let (home, project) = (&world.demo.homes[0], world.demo.project.to_string());
    let place = home.place.to_string();
    let ambassador = world.person(home.assignees[1], "ambassador").await;
    let office = world.person(world.user("rev01"), "office").await;
    let tell = |client: &Client, of: NewMilestone| client.milestones().tell(&of);
    tell(&ambassador, day(&project, &place, "moved_in", "", "2027-01-10")).expect("queued, without a signal");
    let known = ambassador.milestones().of_home(&place).expect("a list");
    let moved_in = known
        .iter()
        .find(|m| m.event == "moved_in")
        .expect("shown before the verdict");
    assert_eq!((moved_in.day.as_str(), moved_in.pending), ("2027-01-10", true));
    tell(&office, day(&project, "", "batch_handover", "event1", "2027-01-31")).expect("queued");
    let role = tell(&ambassador, day(&project, "", "batch_handover", "event1", "2027-02-28"));
    assert_eq!(role.expect_err("the office says").code(), "role");
    let unknown = tell(&ambassador, day(&project, &place, "danced", "", "2027-01-10"));
    assert_eq!(unknown.expect_err("no rule counts from it").code(), "unknown_code");
    let wrong = tell(&ambassador, day(&project, &place, "moved_in", "", "2027-02-30"));
    wrong.expect_err("no such day");
    for client in [&ambassador, &office] {
        sync(client).await;
    }
    plan(&world).await;
    sync(&ambassador).await;
    assert_eq!(tasks_of(&ambassador, "move_in_visit", &place), ["2027-01-10"]);
    assert_eq!(tasks_of(&ambassador, "three_month_visit", &place), ["2027-04-10"]);

    // Another day is learnt: what has not begun moves. Whoever has not seen it collides.
    tell(&ambassador, day(&project, &place, "moved_in", "", "2027-01-20")).expect("queued");
    tell(&office, day(&project, &place, "moved_in", "", "2027-01-15")).expect("queued");
    for client in [&ambassador, &office] {
        sync(client).await;
    }
    plan(&world).await;
    for client in [&ambassador, &office] {
        sync(client).await;
    }
    assert_eq!(tasks_of(&ambassador, "three_month_visit", &place), ["2027-04-20"]);
    let refused = office.people().intents().expect("a list");
    assert_eq!(
        refused.iter().map(|i| i.code.as_str()).collect::<Vec<_>>(),
        ["collides"]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_stands_empty_until_somebody_comes_whose_file_is_empty() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let place = home.place.to_string();
    let ambassador = world.person(home.assignees[1], "ambassador").await;
    let office = world.person(world.user("rev01"), "office").await;
    let person = ambassador.people().household(&place).expect("shown").persons[0]
        .person
        .clone();
    let contact = NewContact {
        place: place.clone(),
        person: person.clone(),
        way: "phone".into(),
        reached: true,
        words: "钥匙在物业".into(),
        ..NewContact::default()
    };
    ambassador.people().log(&contact).expect("queued");
    let booking = NewBooking {
        place: place.clone(),
        person,
        purpose: "move_in_visit".into(),
        from_ms: now() + HOUR,
        to_ms: now() + 2 * HOUR,
        ..NewBooking::default()
    };
    let booked = ambassador.people().book(&booking).expect("queued");
    let why = NewBooking {
        appointment: booked,
        cancelled: "她家里有人住院".into(),
        ..booking.clone()
    };
    let words = ambassador.people().book(&why);
    assert_eq!(
        words.expect_err("a code, not words about a household").code(),
        "unknown_code"
    );
    sync(&ambassador).await;
    ambassador
        .people()
        .move_out(&place, "2027-03-01", "", false)
        .expect("queued");
    sync(&ambassador).await;
    sync(&office).await;
    let nobody = ambassador.people().log(&NewContact {
        person: String::new(),
        ..contact
    });
    assert_eq!(nobody.expect_err("nobody lives there").code(), "unknown_subject");
    let line = ambassador.places().timeline(&place).expect("a timeline");
    let gone = |kind: &str| line.entries.iter().all(|entry| entry.kind != kind);
    assert!(
        gone("contact") && gone("appointment"),
        "what was theirs went along: {line:?}"
    );

    // The buyer is known later. Two say so, and one of them is the household.
    ambassador.people().move_in(&place, "hh-new", false).expect("queued");
    office.people().move_in(&place, "hh-other", true).expect("queued");
    sync(&ambassador).await;
    sync(&office).await;
    sync(&office).await;
    let shown = ambassador.people().household(&place).expect("shown");
    assert_eq!(
        (shown.persons.len(), shown.contacts.len(), shown.appointments.len()),
        (0, 0, 0)
    );
    let refused = office.people().intents().expect("a list");
    assert_eq!(
        refused.iter().map(|i| i.code.as_str()).collect::<Vec<_>>(),
        ["collides"]
    );
    ambassador.people().look_after(&place, "en", "").expect("queued");
    let role = ambassador
        .people()
        .look_after(&place, "", &home.assignees[0].to_string());
    assert_eq!(role.expect_err("the office says").code(), "role");
    sync(&ambassador).await;
    assert!(ambassador.people().intents().expect("a list").is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_in_a_record_gets_its_home_once() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let place = home.place.to_string();
    let one = home.assignees[0];
    let two = ["eng01", "eng02"].map(|code| world.user(code));
    let two = two.into_iter().find(|user| *user != one).expect("another engineer");
    let (engineer, named) = (world.person(one, "engineer").await, world.person(two, "named").await);
    let office = world.person(world.user("rev01"), "office").await;
    let new = NewDefect {
        place: place.clone(),
        code: "wl-01".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let defect = engineer.defects().record(&new).expect("recorded").record;
    engineer
        .defects()
        .submit(&defect, &shown(&engineer, &defect), "太暗")
        .expect("handed in");
    sync(&engineer).await;
    sync(&office).await;
    office
        .defects()
        .assign(&defect, &shown(&office, &defect), &two.to_string())
        .expect("assigned");
    sync(&office).await;
    sync(&named).await;
    assert_eq!(
        named.defects().open(&defect).expect_err("not theirs yet").code(),
        "unknown_record"
    );
    plan(&world).await;
    sync(&named).await;
    let open = named.defects().open(&defect).expect("theirs now");
    assert_eq!(open.life.person, two.to_string());

    // The right is taken away: a change of the record does not bring it back.
    let sync_service = world.server.sync();
    let scope = keyturn_domain::ScopeId::home(home.place);
    let ended = sync_service.revoke_role(
        keyturn_server::users::Actor::Command,
        two,
        keyturn_server::users::Role::Engineer,
        scope,
    );
    assert_eq!(ended.await.expect("revoked"), 1);
    office
        .defects()
        .remark(&defect, &shown(&office, &defect), "等材料")
        .expect("a remark");
    sync(&office).await;
    plan(&world).await;
    sync(&named).await;
    named.defects().open(&defect).expect_err("not theirs any more");
    world.end().await;
}
