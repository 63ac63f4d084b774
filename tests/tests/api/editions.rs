//! Editions by the API: a draft, its comparison, publishing what was seen; mistakes with their places; who may.

use super::asking::Caller;
use crate::cases::world::World;
use keyturn_domain::catalog::edition::EditionFiles;
use serde_json::{Value, json};

fn rules(change: impl FnOnce(&str) -> String) -> Value {
    let built_in = EditionFiles::default();
    json!({ "files": { "task_rules.csv": change(built_in.text("task_rules.csv").expect("rules")) }, "note": "试行" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_publishes_what_was_seen_and_nobody_else_does() {
    let world = World::new().await;
    let keeper = Caller::keeper(&world).await;
    let path = format!("/api/v1/projects/{}/editions", world.demo.project);
    let items = keeper.get(&path).await;
    assert_eq!(items["items"][0]["state"], "built_in");

    let wrong = rules(|text| text.replacen(",7d,", ",seven,", 1));
    let refused = keeper.send("POST", &path, &[], Some(&wrong)).await;
    assert_eq!(
        (refused.status, refused.json["code"].as_str()),
        (422, Some("edition_refused"))
    );
    let mistake = &refused.json["mistakes"][0];
    assert_eq!(
        (
            mistake["file"].as_str(),
            mistake["column"].as_str(),
            mistake["value"].as_str()
        ),
        (Some("task_rules.csv"), Some("due"), Some("seven"))
    );
    assert!(mistake["line"].as_u64().is_some());

    let sound = rules(|text| text.replacen(",7d,", ",5d,", 1));
    let made = keeper.send("POST", &path, &[], Some(&sound)).await;
    assert_eq!(
        (made.status, made.json["differences"][0]["fields"][0]["field"].as_str()),
        (200, Some("due"))
    );
    let draft = keeper.send("GET", &format!("{path}/draft"), &[], None).await;
    assert_eq!(draft.json["hash"], made.json["hash"]);
    let compared = keeper.get(&format!("{path}/draft/comparison")).await;
    assert_eq!(compared["differences"], made.json["differences"]);
    assert_eq!((&compared["from"], &compared["to"]), (&json!(1), &Value::Null));

    let publish = format!("{path}/draft/publish");
    let blind = keeper.send("POST", &publish, &[], None).await;
    assert_eq!(
        (blind.status, blind.json["code"].as_str()),
        (428, Some("if_match_missing"))
    );
    let stale = keeper.send("POST", &publish, &[("if-match", "\"00\"")], None).await;
    assert_eq!(
        (stale.status, stale.json["code"].as_str()),
        (412, Some("record_changed"))
    );
    let headers = [("if-match", draft.tag.as_str()), ("idempotency-key", "publish-2")];
    for _ in 0..2 {
        let done = keeper.send("POST", &publish, &headers, None).await;
        assert_eq!((done.status, &done.json["number"]), (200, &json!(2)));
    }
    assert_eq!(keeper.get(&path).await["items"][1]["in_force"], true);
    assert_eq!(keeper.get(&format!("{path}/2")).await["hash"], made.json["hash"]);
    let back = keeper.get(&format!("{path}/1/comparison?with=2")).await;
    assert_eq!(back["differences"][0]["fields"][0]["new"], "7d");
    for gone in [format!("{path}/draft"), format!("{path}/7"), format!("{path}/02")] {
        assert_eq!(keeper.refused("GET", &gone).await, (404, "not_found".into()), "{gone}");
    }
    assert_eq!(
        keeper.refused("DELETE", &format!("{path}/2")).await,
        (404, "not_found".into())
    );

    let check = json!({ "files": {}, "check": true });
    let checked = keeper.send("POST", &path, &[], Some(&check)).await;
    assert_eq!((checked.status, &checked.json["dry_run"]), (200, &json!(true)));
    let back = json!({ "files": {} });
    assert_eq!(keeper.send("POST", &path, &[], Some(&back)).await.status, 200);
    assert_eq!(
        keeper.send("DELETE", &format!("{path}/draft"), &[], None).await.status,
        204
    );
    assert_eq!(
        keeper.refused("DELETE", &format!("{path}/draft")).await,
        (404, "not_found".into())
    );

    // Whoever decides nothing neither reads nor writes them, and another project is not there.
    let engineer = Caller::writer(&world, world.demo.homes[0].assignees[0]).await;
    assert_eq!(engineer.refused("GET", &path).await, (403, "forbidden".into()));
    assert_eq!(engineer.send("POST", &path, &[], Some(&sound)).await.status, 403);
    let other = "/api/v1/projects/00000000-0000-0000-0000-000000000001/editions";
    assert_eq!(keeper.refused("GET", other).await, (404, "not_found".into()));
    world.end().await;
}
