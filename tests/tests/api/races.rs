//! Several requests at once: one of them is first, and the others are told.

use super::asking::Caller;
use crate::cases::world::World;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn count(answers: &[(u16, Value)]) -> BTreeMap<(u16, String), usize> {
    let mut all = BTreeMap::new();
    for (status, json) in answers {
        let code = json["code"].as_str().unwrap_or_default().to_owned();
        *all.entry((*status, code)).or_insert(0) += 1;
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn of_writes_on_one_state_one_is_done_and_the_others_hear_that_it_has_changed() {
    let world = World::new().await;
    let office = Caller::writer(&world, world.user("rev01")).await;
    let records = format!("/api/v1/projects/{}/records", world.demo.project);
    let new = json!({ "kind": "case", "place": world.demo.homes[0].place, "case_kind": "repair", "words": "漏水" });
    let made = office.post(&records, &new).await;
    let path = format!("/api/v1/records/{}", made["record"].as_str().expect("an id"));
    let read = office.send("GET", &path, &[], None).await;
    let commands = format!("{path}/commands");
    let tries = (0..8).map(|n| {
        let (office, commands, tag) = (&office, &commands, read.tag.clone());
        async move {
            let deed = json!({ "do": "remark", "text": format!("第 {n} 条") });
            let headers = [("if-match", tag.as_str())];
            let answer = office.send("POST", commands, &headers, Some(&deed)).await;
            (answer.status, answer.json)
        }
    });
    let answers = join_all(tries).await;
    let expected = BTreeMap::from([((200, String::new()), 1), ((412, "record_changed".to_owned()), 7)]);
    assert_eq!(count(&answers), expected);
    let shown = office.get(&path).await;
    let remarks = shown["case"]["remarks"].as_array().map(Vec::len);
    assert!(remarks.is_none_or(|n| n == 2), "the words and one remark: {remarks:?}");
    assert_eq!(office.all(&format!("{path}/history"), 50).await.len(), 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_many_times_at_once_is_done_once() {
    let world = World::new().await;
    let office = Caller::writer(&world, world.user("rev01")).await;
    let records = format!("/api/v1/projects/{}/records", world.demo.project);
    let new = json!({ "kind": "case", "place": world.demo.homes[0].place, "case_kind": "praise", "words": "谢谢" });
    let once = async || {
        let answer = office
            .send("POST", &records, &[("idempotency-key", "one")], Some(&new))
            .await;
        (answer.status, answer.json)
    };
    let answers = join_all((0..8).map(|_| once())).await;
    let counted = count(&answers);
    let done = counted.get(&(201, String::new())).copied().unwrap_or_default();
    let waits = counted
        .get(&(409, "request_under_way".to_owned()))
        .copied()
        .unwrap_or_default();
    assert!(done >= 1 && done + waits == 8, "{counted:?}");
    assert_eq!(office.all("/api/v1/cases", 50).await.len(), 1);
    let again = once().await;
    assert_eq!(again.0, 201, "and its answer is kept");
    // Without a key each is done; the same key with another request never.
    let other = json!({ "kind": "case", "place": world.demo.homes[0].place, "case_kind": "praise", "words": "多谢" });
    let reused = office
        .send("POST", &records, &[("idempotency-key", "one")], Some(&other))
        .await;
    assert_eq!(
        (reused.status, reused.json["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    world.end().await;
}
