//! Writing: a record as it was read or not at all, once however often it is sent, by whoever may; and the feed that
//! tells of it.

use super::asking::Caller;
use super::reading::lived_in;
use crate::cases::world::World;
use crate::story::sync;
use serde_json::{Value, json};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_dispatches_settles_and_every_phone_sees_it() {
    let world = World::new().await;
    lived_in(&world).await;
    let (home, engineer) = (&world.demo.homes[0], world.demo.homes[0].assignees[0]);
    let office = Caller::writer(&world, world.user("rev01")).await;
    let case = office.all("/api/v1/cases", 1).await.remove(0);
    let path = format!("/api/v1/records/{}", id(&case));
    let commands = format!("{path}/commands");
    let read = office.send("GET", &path, &[], None).await;
    let triage = json!({ "do": "triage", "category": "quality", "urgency": "normal", "department": "works" });
    let missing = office.send("POST", &commands, &[], Some(&triage)).await;
    assert_eq!(
        (missing.status, missing.json["code"].as_str()),
        (428, Some("if_match_missing"))
    );
    let stale = office
        .send(
            "POST",
            &commands,
            &[("if-match", "\"0123456789abcdef\"")],
            Some(&triage),
        )
        .await;
    assert_eq!(
        (stale.status, stale.json["code"].as_str()),
        (412, Some("record_changed"))
    );
    assert_eq!(
        stale.tag.trim_matches('"'),
        read.json["version"].as_str().expect("a version")
    );
    let wrong = json!({ "do": "close" });
    let refused = office
        .send("POST", &commands, &[("if-match", &read.tag)], Some(&wrong))
        .await;
    assert_eq!(
        (
            refused.status,
            refused.json["code"].as_str(),
            refused.json["reason"].as_str()
        ),
        (422, Some("write_refused"), Some("illegal"))
    );
    // Once, however often it is sent.
    let headers = [("if-match", read.tag.as_str()), ("idempotency-key", "triage-1")];
    let done = office.send("POST", &commands, &headers, Some(&triage)).await;
    assert_eq!(done.status, 200, "{}", done.json);
    let again = office.send("POST", &commands, &headers, Some(&triage)).await;
    assert_eq!((again.status, &again.json, &again.tag), (200, &done.json, &done.tag));
    let other = office.send("POST", &commands, &headers, Some(&wrong)).await;
    assert_eq!(
        (other.status, other.json["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    let shown = office.get(&path).await;
    assert_eq!(
        (shown["case"]["life"]["state"].as_str(), shown["version"].as_str()),
        (Some("triaged"), done.json["version"].as_str())
    );
    let events = shown["case"]["life"]["events"].as_array().expect("events");
    assert_eq!(events.iter().filter(|event| event["event"] == "triage").count(), 1);
    let by = &events
        .iter()
        .find(|event| event["event"] == "triage")
        .expect("the event")["by"];
    assert_eq!(
        (by["user"].as_str(), by["mark"].as_str()),
        (Some(world.user("rev01").to_string().as_str()), Some(""))
    );
    // A phone has it after its next exchange.
    let phone = world.person(engineer, "later").await;
    assert_eq!(phone.cases().open(id(&case)).expect("the case").life.state, "triaged");

    // Two people disagree, the office settles.
    let defect = office.all("/api/v1/defects", 1).await.remove(0);
    let (one, two) = (
        world.person(engineer, "one").await,
        world.person(home.assignees[1], "two").await,
    );
    for (phone, severity) in [(&one, "B"), (&two, "A")] {
        let seen = phone.defects().open(id(&defect)).expect("open").seen;
        phone.defects().severity(id(&defect), &seen, severity).expect("said");
    }
    sync(&one).await;
    sync(&two).await;
    let path = format!("/api/v1/records/{}", id(&defect));
    let read = office.send("GET", &path, &[], None).await;
    assert_eq!(read.json["defect"]["contested"][0]["field"], "fields/severity");
    let settle = json!({ "do": "settle", "field": "fields/severity", "value": "A" });
    let settled = office
        .send(
            "POST",
            &format!("{path}/commands"),
            &[("if-match", &read.tag)],
            Some(&settle),
        )
        .await;
    assert_eq!(settled.status, 200, "{}", settled.json);
    let shown = office.get(&path).await;
    assert_eq!(
        (
            shown["defect"]["severity"]["value"].as_str(),
            shown["defect"]["contested"].as_array().map(Vec::len)
        ),
        (Some("A"), Some(0))
    );
    sync(&one).await;
    assert!(one.defects().open(id(&defect)).expect("open").contested.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_users_and_rights_are_changed_by_whoever_may() {
    let world = World::new().await;
    lived_in(&world).await;
    let (project, home) = (world.demo.project, world.demo.homes[0].place);
    let office = Caller::writer(&world, world.user("mgr01")).await;
    let reader = Caller::of(&world, world.user("mgr01")).await;
    let commands = format!("/api/v1/projects/{project}/commands");
    let add = json!({ "do": "add_person", "home": home, "relation": "tenant", "name": "周小满", "phone": "+86 000 0009 0009" });
    let (status, code) = {
        let refused = reader.send("POST", &commands, &[], Some(&add)).await;
        (
            refused.status,
            refused.json["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!((status, code.as_str()), (403, "forbidden"), "a token that only reads");
    let headers = [("idempotency-key", "person-1")];
    let added = office.send("POST", &commands, &headers, Some(&add)).await;
    assert_eq!(added.status, 200, "{}", added.json);
    assert_eq!(
        office.send("POST", &commands, &headers, Some(&add)).await.json,
        added.json
    );
    let persons = office.all(&format!("/api/v1/persons?place={home}"), 50).await;
    let person = persons
        .iter()
        .find(|person| person["id"] == added.json["id"])
        .expect("the person");
    assert_eq!(
        (person["name"]["name"].as_str(), person["contact"]["phone"].as_str()),
        (Some("周小满"), Some("+86 000 0009 0009"))
    );
    let unknown = json!({ "do": "add_person", "home": home, "relation": "dog" });
    let refused = office.send("POST", &commands, &[], Some(&unknown)).await;
    assert_eq!(
        (refused.status, refused.json["reason"].as_str()),
        (422, Some("unknown_code"))
    );
    let typo = json!({ "do": "add_person", "home": home, "relation": "tenant", "nmae": "x" });
    assert_eq!(office.send("POST", &commands, &[], Some(&typo)).await.status, 400);

    // Whoever keeps the server: a user with a role, a code, a phone that is withdrawn.
    let keeper = Caller::keeper(&world).await;
    let made = keeper
        .send("POST", "/api/v1/users", &[], Some(&json!({ "name": "new.one" })))
        .await;
    assert_eq!(made.status, 201, "{}", made.json);
    let user = id(&made.json).to_owned();
    let grant = json!({ "user": user, "role": "reviewer", "project": project });
    let granted = keeper.send("POST", "/api/v1/grants", &[], Some(&grant)).await;
    assert_eq!(granted.status, 201, "{}", granted.json);
    let code = keeper
        .send("POST", &format!("/api/v1/users/{user}/enrolments"), &[], None)
        .await;
    assert_eq!((code.status, code.json["code"].as_str().map(str::len)), (201, Some(14)));
    let device = keeper.all("/api/v1/devices", 50).await.remove(0);
    assert!(device["app"].is_string() && device["unsent"] == 0, "{device}");
    let revoke = format!("/api/v1/devices/{}/revoke", id(&device));
    assert_eq!(keeper.send("POST", &revoke, &[], None).await.status, 204);
    let ended = format!("/api/v1/grants/{}/end", id(&granted.json));
    assert_eq!(keeper.send("POST", &ended, &[], None).await.status, 204);
    assert_eq!(
        keeper
            .send("POST", &format!("/api/v1/users/{user}/disable"), &[], None)
            .await
            .status,
        204
    );
    let audit = keeper.all("/api/v1/audit?action=device.revoke", 50).await;
    assert_eq!(audit.len(), 1);
    assert_eq!(
        office
            .send("POST", "/api/v1/users", &[], Some(&json!({ "name": "x" })))
            .await
            .status,
        403
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_has_no_gap_and_is_cut_to_the_login() {
    let world = World::new().await;
    lived_in(&world).await;
    let project = world.demo.project;
    let office = Caller::of(&world, world.user("mgr01")).await;
    let feed = format!("/api/v1/changes?project={project}");
    let (mut seats, mut after) = (Vec::new(), String::new());
    loop {
        let page = office.get(&format!("{feed}&limit=100{after}")).await;
        seats.extend(
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|item| item["seq"].as_i64().expect("a seat")),
        );
        after = format!("&after={}", page["next"].as_str().expect("a cursor"));
        if page["more"] == false {
            break;
        }
    }
    let all = seats.len() as i64;
    assert_eq!(seats, (1..=all).collect::<Vec<_>>(), "every seat, in order");
    let quiet = office.get(&format!("{feed}{after}")).await;
    assert_eq!(quiet["items"].as_array().map(Vec::len), Some(0));
    // Something happens; the same cursor tells it.
    let ambassador = world.person(world.demo.homes[0].assignees[1], "again").await;
    crate::cases::world::report(&ambassador, &world.demo.homes[0].no, "praise", "谢谢");
    sync(&ambassador).await;
    let news = office.get(&format!("{feed}{after}")).await;
    let kinds: Vec<&str> = news["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["kind"].as_str())
        .collect();
    assert_eq!(kinds.first(), Some(&"begin"));
    assert!(kinds.contains(&"change"));
    // Somebody of another home is told of less, and of nothing there.
    let elsewhere = world
        .demo
        .homes
        .iter()
        .find(|h| !h.assignees.contains(&world.demo.homes[0].assignees[0]));
    let other = Caller::of(&world, elsewhere.expect("another team").assignees[0]).await;
    let page = other.get(&format!("{feed}&limit=200")).await;
    let there = world.demo.homes[0].place.to_string();
    assert!(
        page["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|item| item["scope"] != there.as_str())
    );
    let foreign = office
        .refused("GET", &format!("{feed}&after=AAAAAAAAAAAAAAAAAAAAAQ"))
        .await;
    assert_eq!(foreign, (409, "cursor_foreign".to_owned()));
    world.end().await;
}
