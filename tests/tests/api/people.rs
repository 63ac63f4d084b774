//! People, tasks and teams: each part with what was read of it; what is personal is opened for nobody but who may.

use super::asking::Caller;
use crate::cases::world::World;
use keyturn_domain::ScopeId;
use keyturn_server::users::{Access, Role};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_is_called_and_moves_out() {
    let world = World::new().await;
    let (project, home) = (world.demo.project, world.demo.homes[0].place);
    let office = Caller::writer(&world, world.user("mgr01")).await;
    let commands = format!("/api/v1/projects/{project}/commands");
    let household = office
        .all(&format!("/api/v1/households?place={home}"), 5)
        .await
        .remove(0);
    let household = household["id"].as_str().expect("an id").to_owned();
    let add = json!({ "do": "add_person", "home": home, "relation": "tenant", "name": "周小满" });
    let person = office.post(&commands, &add).await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let of_person = async || -> Value {
        let all = office.all(&format!("/api/v1/persons?household={household}"), 50).await;
        all.into_iter()
            .find(|one| one["id"] == person.as_str())
            .expect("the person")
    };
    let change = json!({
        "do": "change_person", "person": person, "home": home, "household": household,
        "name": { "was": { "name": "周小满" }, "to": { "name": "周小曼", "latin": "Zhou Xiaoman" } },
        "contact": { "to": { "phone": "+86 000 0001 0001" } },
        "relation": { "was": "tenant", "to": "family" },
        "quiet": { "to": [{ "from": "21:00", "to": "08:00" }] },
    });
    office.post(&commands, &change).await;
    office.post(&commands, &change).await;
    let shown = of_person().await;
    assert_eq!(
        (shown["name"]["latin"].as_str(), shown["relation"].as_str()),
        (Some("Zhou Xiaoman"), Some("family"))
    );
    assert_eq!(shown["contact"]["phone"], "+86 000 0001 0001");
    // Somebody said something else meanwhile: the office decides.
    let stale = json!({
        "do": "change_person", "person": person, "home": home, "household": household,
        "name": { "was": { "name": "周小满" }, "to": { "name": "周大满" } },
    });
    let collided = office.send("POST", &commands, &[], Some(&stale)).await;
    assert_eq!(
        (collided.status, collided.json["reason"].as_str()),
        (422, Some("collides"))
    );
    assert_eq!(of_person().await["name"]["name"], "周小曼");
    let hours = json!({ "do": "set_quiet", "household": household, "home": home, "quiet": { "to": [{ "from": "25:00", "to": "8" }] } });
    assert_eq!(office.send("POST", &commands, &[], Some(&hours)).await.status, 400);
    let log = json!({
        "do": "log_contact", "home": home, "household": household, "person": person, "way": "phone", "reached": true,
        "incoming": true, "words": "想改约到周六",
    });
    let contact = office.post(&commands, &log).await;
    let contacts = office.all(&format!("/api/v1/contacts?household={household}"), 50).await;
    let logged = contacts
        .iter()
        .find(|one| one["id"] == contact["id"])
        .expect("the contact");
    assert_eq!(logged["words"], "想改约到周六");
    office
        .post(
            &commands,
            &json!({ "do": "set_language", "household": household, "home": home, "language": "en" }),
        )
        .await;
    let out = json!({ "do": "move_out", "home": home, "household": household, "day": "2026-12-30", "next": { "code": "hh-new", "language": "zh" } });
    let next = office.post(&commands, &out).await;
    let living = office.all(&format!("/api/v1/households?place={home}"), 5).await;
    let came = living.iter().find(|one| one["code"] == "hh-new").expect("who came");
    assert_eq!(came["id"], next["id"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_given_to_others_gives_them_the_home_and_takes_it_from_those_before() {
    let world = World::new().await;
    let project = world.demo.project;
    let home = &world.demo.homes[0];
    let office = Caller::writer(&world, world.user("rev01")).await;
    let commands = format!("/api/v1/projects/{project}/commands");
    let task = office
        .all(
            &format!("/api/v1/tasks?place={}&kind=handover_inspection", home.place),
            5,
        )
        .await
        .remove(0);
    let (before, ambassador) = (home.assignees[0], home.assignees[1]);
    let elsewhere = world
        .demo
        .homes
        .iter()
        .find(|h| !h.assignees.contains(&before))
        .expect("another team");
    let other = elsewhere.assignees[0];
    let scope = ScopeId::home(home.place);
    let holds = async |user| {
        let held = world.server.grants().of(user).await.expect("grants");
        held.iter()
            .any(|grant| (grant.scope, grant.access) == (scope, Access::Write))
    };
    assert!(holds(before).await && !holds(other).await);
    let assign = |to: [keyturn_domain::UserId; 2], was: &Value| json!({ "do": "assign_task", "task": task["id"], "place": home.place, "assignees": to, "was": was });
    let stranger = world.server.users().create("stranger", "").await.expect("a user").id;
    let unknown = office
        .send(
            "POST",
            &commands,
            &[],
            Some(&assign([stranger, ambassador], &task["assignees"])),
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.json["reason"].as_str()),
        (422, Some("unknown_subject"))
    );
    office
        .post(&commands, &assign([other, ambassador], &task["assignees"]))
        .await;
    assert!(!holds(before).await && holds(other).await && holds(ambassador).await);
    // Their other homes in the building stay, and the building with them.
    let left = world.server.grants().of(before).await.expect("grants");
    assert!(
        left.iter()
            .any(|grant| grant.role == Role::Engineer && grant.access == Access::Read)
    );
    let phone = world.person(other, "other").await;
    assert!(
        phone
            .tasks()
            .mine()
            .expect("tasks")
            .iter()
            .any(|card| card.task == task["id"].as_str().expect("an id"))
    );
    let stale = office
        .send(
            "POST",
            &commands,
            &[],
            Some(&assign([before, ambassador], &task["assignees"])),
        )
        .await;
    assert_eq!(stale.json["reason"].as_str(), Some("collides"));
    // Who did it before may still hand in what they began.
    let own = Caller::writer(&world, before).await;
    let refused = own
        .send(
            "POST",
            &commands,
            &[],
            Some(&assign([before, ambassador], &json!([other, ambassador]))),
        )
        .await;
    assert_eq!(
        refused.json["reason"].as_str(),
        Some("unknown_subject"),
        "an engineer assigns nobody"
    );

    let team = office.all("/api/v1/teams", 50).await.remove(0);
    let change = json!({ "do": "change_team", "team": team["id"], "members": [other], "was": team["members"] });
    office.post(&commands, &change).await;
    let now = office
        .all("/api/v1/teams", 50)
        .await
        .into_iter()
        .find(|one| one["id"] == team["id"])
        .expect("the team");
    assert_eq!(now["members"], json!([other]));
    world.end().await;
}
