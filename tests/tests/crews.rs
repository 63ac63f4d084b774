//! A crew holds a home for the days of its jobs; what was promised in a record that ended is not left behind.

use crate::cases::world::{World, heads, now, report, shown};
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::NewDefect;
use keyturn_domain::ScopeId;
use keyturn_domain::UserId;

async fn plan(world: &World) {
    let planned = world.server.sync().plan_tasks(world.demo.project, now()).await;
    planned.expect("a plan");
}

fn found(client: &Client, place: &str) -> String {
    let new = NewDefect {
        place: place.into(),
        code: "wl-01".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let record = client.defects().record(&new).expect("recorded").record;
    client
        .defects()
        .submit(&record, &shown(client, &record), "dark")
        .expect("handed in");
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crew_holds_a_home_until_its_jobs_there_are_over() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let place = home.place.to_string();
    let engineer = world.person(home.assignees[0], "engineer").await;
    let manager = world.person(world.user("mgr01"), "manager").await;
    let crew_user: UserId = world.user("sub01");
    let crew = world.person(crew_user, "crew").await;
    let holds = |crew: &Client| crew.places().home(&place).is_ok();
    let job = async || {
        let record = found(&engineer, &place);
        sync(&engineer).await;
        sync(&manager).await;
        manager
            .defects()
            .assign(&record, &shown(&manager, &record), &crew_user.to_string())
            .expect("named");
        sync(&manager).await;
        sync(&engineer).await;
        plan(&world).await;
        record
    };
    let over = async |record: &str| {
        manager
            .defects()
            .cancel(record, &shown(&manager, record), "seen twice", true)
            .expect("over");
        sync(&manager).await;
        plan(&world).await;
    };
    assert!(!holds(&crew), "nobody named it yet");
    let (first, second) = (job().await, job().await);
    sync(&crew).await;
    assert!(crew.defects().open(&first).is_ok() && crew.defects().open(&second).is_ok());
    over(&first).await;
    sync(&crew).await;
    assert!(crew.defects().open(&second).is_ok(), "one job is left");
    over(&second).await;
    sync(&crew).await;
    assert!(crew.defects().open(&second).is_err(), "the last one is over");

    // Named again, it comes again; what a person took away does not.
    let third = job().await;
    sync(&crew).await;
    assert!(crew.defects().open(&third).is_ok());
    let scope = ScopeId::home(home.place);
    let (actor, role) = (
        keyturn_server::users::Actor::Command,
        keyturn_server::users::Role::Subcontractor,
    );
    let taken = world.server.sync().revoke_role(actor, crew_user, role, scope).await;
    assert_eq!(taken.expect("taken away"), 1);
    let fourth = job().await;
    sync(&crew).await;
    assert!(crew.defects().open(&fourth).is_err());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stayed_open_where_the_other_record_was_not_at_hand_is_handed_on() {
    let world = World::new().await;
    let place = world.demo.homes[1].place.to_string();
    let decides = world.person(world.user("rev01"), "decides").await;
    let other = world.person(world.user("rev02"), "other").await;
    let me = world.user("rev01").to_string();
    let goes_on = report(&other, &place, "repair", "it drips");
    let case = report(&decides, &place, "repair", "it drips too");
    let cases = decides.cases();
    cases
        .dispatch(&case, &heads(&decides, &case), &me, None)
        .expect("dispatched");
    cases
        .acknowledge(&case, &heads(&decides, &case), now() + 3_600_000, true)
        .expect("taken over");
    // The other report is known by its number alone: it has not arrived here.
    cases
        .merge(&case, &heads(&decides, &case), &goes_on, "one tap")
        .expect("merged");
    let left = || {
        let all = decides.promises().of_home(&place).expect("promises");
        all.into_iter().find(|p| p.record == case).expect("it")
    };
    assert_eq!((left().state.as_str(), left().left_behind), ("made", true));
    let early = decides.promises().hand_on(&case, &heads(&decides, &case));
    assert_eq!(early.expect_err("not here").code(), "unknown_record");
    sync(&other).await;
    sync(&decides).await;
    decides
        .promises()
        .hand_on(&case, &heads(&decides, &case))
        .expect("handed on");
    assert_eq!(
        (left().state.as_str(), left().left_behind, left().goes_on),
        ("released", false, goes_on.clone())
    );
    let taken = decides.promises().of_record(&goes_on).expect("promises");
    assert_eq!((taken.len(), taken[0].what.as_str()), (1, "it drips too"));
    let again = decides.promises().hand_on(&case, &heads(&decides, &case));
    assert_eq!(again.expect_err("nothing is open").code(), "missing");
    world.end().await;
}
