//! Who may write what: a caller of each role, at what they hold, at what others hold, and everywhere else.

use super::asking::Caller;
use crate::cases::world::{World, report};
use crate::story::sync;
use keyturn_domain::{ScopeId, UserId};
use keyturn_server::sync::write_grant;
use keyturn_server::users::{Actor, Role};
use serde_json::{Value, json};

const ROLES: [&str; 8] = [
    "engineer",
    "other engineer",
    "ambassador",
    "subcontractor",
    "staff",
    "reviewer",
    "manager",
    "administrator",
];

async fn callers(world: &World) -> Vec<Caller> {
    let home = &world.demo.homes[0];
    let elsewhere = world
        .demo
        .homes
        .iter()
        .find(|h| !h.assignees.contains(&home.assignees[0]));
    let given = async |role: Role, scope: ScopeId| -> UserId {
        let user = world.server.users().create(role.as_str(), "").await.expect("a user").id;
        let grant = write_grant(world.demo.project, user, role, scope);
        world
            .server
            .sync()
            .grant(Actor::Command, &grant)
            .await
            .expect("a grant");
        user
    };
    let whole = ScopeId::project(world.demo.project);
    let users = [
        home.assignees[0],
        elsewhere.expect("another team").assignees[0],
        home.assignees[1],
        given(Role::Subcontractor, ScopeId::home(home.place)).await,
        given(Role::Staff, whole).await,
        world.user("rev01"),
        world.user("mgr01"),
        given(Role::Administrator, whole).await,
    ];
    let mut all = Vec::new();
    for user in users {
        all.push(Caller::writer(world, user).await);
    }
    all
}

/// What was answered: `ok`, the code of the problem, or the reason of a refused command.
async fn said(caller: &Caller, path: &str, tag: &str, body: &Value) -> String {
    let answer = caller.send("POST", path, &[("if-match", tag)], Some(body)).await;
    let word = |name: &str| answer.json[name].as_str().map(str::to_owned);
    match answer.status {
        200..300 => "ok".to_owned(),
        _ => word("reason").or_else(|| word("code")).unwrap_or_default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_for_those_who_may_and_nobody_else() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let engineer = world.person(home.assignees[0], "engineer").await;
    let case = report(&engineer, &home.no, "complaint", "墙面空鼓");
    sync(&engineer).await;
    let callers = callers(&world).await;
    let project = world.demo.project;
    let office = Caller::of(&world, world.user("rev01")).await;
    let records = format!("/api/v1/projects/{project}/records");
    let orders = format!("/api/v1/projects/{project}/commands");
    let defect = json!({ "kind": "defect", "place": home.place, "code": "wl-01", "room": "r02" });
    let task = office
        .all(&format!("/api/v1/tasks?place={}", home.place), 1)
        .await
        .remove(0);
    let household = office
        .all(&format!("/api/v1/households?place={}", home.place), 1)
        .await
        .remove(0);
    let team = office.all("/api/v1/teams", 1).await.remove(0);
    let commands = format!("/api/v1/records/{case}/commands");
    let nobody = uuid::Uuid::nil();
    // For each write what becomes of it, in the order of the roles.
    let (f, n, no, u) = ("forbidden", "not_found", "role", "unknown_subject");
    let table: [(&str, &str, Value, [&str; 8]); 11] = [
        (
            "a case",
            &records,
            json!({ "kind": "case", "place": home.place, "case_kind": "praise", "words": "谢谢" }),
            ["ok", "ok", "ok", "ok", f, "ok", "ok", "ok"],
        ),
        ("a defect", &records, defect, ["ok", f, "ok", "ok", f, "ok", "ok", f]),
        (
            "a remark",
            &commands,
            json!({ "do": "remark", "text": "看过" }),
            ["ok", n, "ok", "ok", f, "ok", "ok", "ok"],
        ),
        (
            "a manager's choice",
            &commands,
            json!({ "do": "reject_cluster", "reason": "个案" }),
            [no, n, no, no, f, "ok", "ok", no],
        ),
        (
            "a person",
            &orders,
            json!({ "do": "add_person", "home": home.place, "relation": "tenant", "name": "某人" }),
            ["ok", "ok", "ok", "ok", f, "ok", "ok", "ok"],
        ),
        (
            "who looks after a household",
            &orders,
            json!({ "do": "assign_ambassador", "household": household["id"], "home": home.place, "ambassador": home.assignees[1] }),
            [u, u, no, u, f, "ok", "ok", u],
        ),
        (
            "a task",
            &orders,
            json!({ "do": "assign_task", "task": task["id"], "place": home.place, "assignees": task["assignees"], "was": task["assignees"] }),
            [u, u, u, u, f, "ok", "ok", u],
        ),
        (
            "a team",
            &orders,
            json!({ "do": "change_team", "team": team["id"], "members": team["members"], "was": team["members"] }),
            [u, u, u, u, f, "ok", "ok", u],
        ),
        ("a user", "/api/v1/users", json!({ "name": "x" }), [f; 8]),
        ("a wipe", &format!("/api/v1/devices/{nobody}/wipe"), Value::Null, [f; 8]),
        (
            "a release",
            &format!("/api/v1/quarantine/{nobody}/release"),
            json!({}),
            [f, f, f, f, f, n, n, n],
        ),
    ];
    for (what, path, body, expected) in table {
        for ((caller, role), expected) in callers.iter().zip(ROLES).zip(expected) {
            let read = office.send("GET", &format!("/api/v1/records/{case}"), &[], None).await;
            let said = said(caller, path, &read.tag, &body).await;
            assert_eq!(said, expected, "{what}, by the {role}");
        }
    }
    world.end().await;
}
