//! Reading: every list to its end, every record, tags, and problems with their codes.

use super::asking::Caller;
use crate::cases::world::{World, report};
use crate::story::sync;
use keyturn_client::facade::NewDefect;
use std::collections::BTreeSet;

/// A project in which something of most kinds happened.
pub(super) async fn lived_in(world: &World) {
    let home = &world.demo.homes[0];
    let engineer = world.person(home.assignees[0], "engineer").await;
    let card = engineer
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|t| t.place_name.zh == home.no);
    let view = engineer
        .inspections()
        .begin(&card.expect("the task").task)
        .expect("begun");
    let key = view.rooms[0].questions[0].key.clone();
    engineer
        .inspections()
        .answer(&view.record, &view.seen, &key, "ok", "", "")
        .expect("saved");
    let defect = NewDefect {
        place: view.place.clone(),
        code: "wl-01".into(),
        room: "r02".into(),
        description: "墙面空鼓".into(),
        inspection: view.record.clone(),
        ..NewDefect::default()
    };
    engineer.defects().record(&defect).expect("recorded");
    let ambassador = world.person(home.assignees[1], "ambassador").await;
    report(&ambassador, &home.no, "complaint", "墙面空鼓，已经第二次");
    for phone in [&engineer, &ambassador] {
        sync(phone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_is_as_described() {
    let world = World::new().await;
    lived_in(&world).await;
    let (project, home) = (world.demo.project, world.demo.homes[0].place);
    let admin = Caller::administrator(&world).await;
    let office = Caller::of(&world, world.user("mgr01")).await;
    let mut asked = BTreeSet::new();
    for (method, path) in office.description.operations() {
        if method != "GET" || !path.starts_with("/api/v1/") || path.contains('{') {
            continue;
        }
        let query = match path.rsplit('/').next().expect("a name") {
            "kpis" => format!("?project={project}&from=2026-12-01&to=2026-12-31"),
            "risk" => format!("?subject={home}"),
            "search" => format!("?project={project}&q=kg"),
            "clusters" | "changes" => format!("?project={project}"),
            _ => String::new(),
        };
        let caller = if ["users", "devices", "audit"].contains(&&path[8..]) {
            &admin
        } else {
            &office
        };
        if query.is_empty() {
            let all = caller.all(&path, 3).await;
            assert_eq!(all.len(), caller.all(&path, 200).await.len(), "{path} has a gap");
        } else {
            caller.get(&format!("{path}{query}")).await;
        }
        asked.insert(path);
    }
    assert!(asked.len() > 25, "{asked:?}");
    for record in office.all("/api/v1/records", 50).await {
        let id = record["id"].as_str().expect("an id");
        let shown = office.get(&format!("/api/v1/records/{id}")).await;
        assert!(shown[record["kind"].as_str().expect("a kind")].is_object());
        let history = office.all(&format!("/api/v1/records/{id}/history"), 2).await;
        assert!(history.len() >= 2, "the first change, and what was recorded");
        office
            .get(&format!("/api/v1/records/{id}/lineage?field=fields/code"))
            .await;
    }
    let life = office.get(&format!("/api/v1/places/{home}/timeline")).await;
    let kinds: BTreeSet<&str> = life["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|e| e["kind"].as_str())
        .collect();
    assert!(kinds.is_superset(&["inspection", "defect", "case"].into()), "{kinds:?}");
    assert_eq!(life["last_contact"]["kind"], "case");
    let warranty = office.get(&format!("/api/v1/places/{home}/warranty")).await;
    assert!(warranty["components"].as_array().expect("components").len() > 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_search_and_rights_cut_what_is_shown() {
    let world = World::new().await;
    lived_in(&world).await;
    let (project, home) = (world.demo.project, &world.demo.homes[0]);
    let office = Caller::of(&world, world.user("rev01")).await;
    let found = |answer: &serde_json::Value| -> Vec<String> {
        let items = answer["items"].as_array().expect("items").iter();
        items
            .map(|hit| hit["kind"].as_str().expect("a kind").to_owned())
            .collect()
    };
    let all = office
        .get(&format!("/api/v1/search?project={project}&q={}", home.no))
        .await;
    assert_eq!(
        (found(&all)[0].as_str(), all["items"][0]["id"].as_str()),
        ("home", Some(home.place.to_string().as_str()))
    );
    // Initials, two characters in the middle, and a home with a matter.
    for q in ["kg", "面空", &format!("{} 空鼓", home.no)] {
        let answer = office.get(&format!("/api/v1/search?project={project}&q={q}")).await;
        assert!(found(&answer).contains(&"defect".to_owned()), "{q}: {answer}");
    }
    assert!(
        found(
            &office
                .get(&format!("/api/v1/search?project={project}&q=%25&kind=case"))
                .await
        )
        .is_empty()
    );
    for (query, expected) in [
        ("defects?open=true", 1),
        ("defects?open=false", 0),
        ("defects?room=r02&what=wl-01", 1),
        ("defects?room=r03", 0),
        ("cases?case_kind=complaint", 1),
        ("cases?case_kind=praise", 0),
        ("records?kind=inspection", 1),
        ("records?changed_since=9000000000000", 0),
        ("tasks?kind=handover_inspection", 20),
        ("tasks?day=2020-01-01", 0),
        ("tasks?closed=true", 0),
    ] {
        assert_eq!(
            office.all(&format!("/api/v1/{query}"), 7).await.len(),
            expected,
            "{query}"
        );
    }
    assert_eq!(office.all(&format!("/api/v1/homes?no={}", home.no), 1).await.len(), 1);
    // Another engineer sees neither the home nor that it is there.
    let elsewhere = world
        .demo
        .homes
        .iter()
        .find(|h| !h.assignees.contains(&home.assignees[0]))
        .expect("another team");
    let other = Caller::of(&world, elsewhere.assignees[0]).await;
    assert!(other.all("/api/v1/defects", 50).await.is_empty());
    let place = home.place;
    for path in [
        format!("/api/v1/places/{place}/timeline"),
        format!("/api/v1/places/{place}/warranty"),
    ] {
        // The building may be theirs to read; what is in the home is not.
        let answer = other.send("GET", &path, &[], None).await;
        assert!(
            answer.status == 404 || answer.json["entries"].as_array().is_none_or(Vec::is_empty),
            "{path}"
        );
    }
    assert_eq!(
        other.refused("GET", "/api/v1/users").await,
        (403, "forbidden".to_owned())
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_has_is_not_sent_again() {
    let world = World::new().await;
    lived_in(&world).await;
    let office = Caller::of(&world, world.user("rev01")).await;
    let record = office.all("/api/v1/cases", 1).await.remove(0);
    let path = format!("/api/v1/records/{}", record["id"].as_str().expect("an id"));
    for path in ["/api/v1/homes?limit=5", path.as_str()] {
        let first = office.send("GET", path, &[], None).await;
        let again = office
            .send(
                "GET",
                path,
                &[("if-none-match", &format!("\"x\", W/{}", first.tag))],
                None,
            )
            .await;
        assert_eq!((again.status, &again.tag), (304, &first.tag));
        let other = office.send("GET", path, &[("if-none-match", "\"x\"")], None).await;
        assert_eq!((other.status, other.json), (200, first.json));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_is_a_problem_with_a_code() {
    let world = World::new().await;
    let office = Caller::of(&world, world.user("rev01")).await;
    let nobody = uuid::Uuid::nil();
    for (path, status, code) in [
        ("/api/v1/homes?limit=0".to_owned(), 400, "bad_value"),
        ("/api/v1/homes?limit=201".to_owned(), 400, "bad_value"),
        ("/api/v1/homes?limit=x".to_owned(), 400, "bad_value"),
        ("/api/v1/homes?after=018f".to_owned(), 400, "bad_value"),
        ("/api/v1/homes?colour=red".to_owned(), 400, "bad_value"),
        ("/api/v1/homes?limit=1&limit=2".to_owned(), 400, "bad_value"),
        ("/api/v1/tasks?day=2026-13-01".to_owned(), 400, "bad_value"),
        ("/api/v1/records?contested=1".to_owned(), 400, "bad_value"),
        ("/api/v1/records/1".to_owned(), 404, "not_found"),
        (format!("/api/v1/records/{nobody}"), 404, "not_found"),
        (format!("/api/v1/places/{nobody}/timeline"), 404, "not_found"),
        (format!("/api/v1/risk?subject={nobody}"), 404, "not_found"),
        (
            format!("/api/v1/kpis?project={nobody}&from=2026-12-02&to=2026-12-01"),
            404,
            "not_found",
        ),
        (
            format!(
                "/api/v1/kpis?project={}&from=2026-12-02&to=2026-12-01",
                world.demo.project
            ),
            422,
            "values_disagree",
        ),
        ("/api/v1/search?q=x".to_owned(), 400, "bad_value"),
    ] {
        assert_eq!(office.refused("GET", &path).await, (status, code.to_owned()), "{path}");
    }
    world.end().await;
}
