//! What was kept out of records: looked into, released through the gate, or discarded, and written down.

use super::asking::Caller;
use crate::cases::world::{World, report};
use crate::story::sync;
use keyturn_client::{DeviceState, StepBudget};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_withdrawn_phone_handed_in_is_released_by_somebody_who_looked() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let phone = world.person(home.assignees[0], "lost").await;
    let known = report(&phone, &home.no, "complaint", "墙面空鼓");
    sync(&phone).await;
    // Without a signal: more about what the server knows, and something that it has never heard of.
    let heads = phone.cases().open(&known).expect("the case").seen;
    phone.cases().remark(&known, &heads, "又响了一次").expect("saved");
    let new = report(&phone, &home.no, "repair", "窗关不严");
    let device = phone.session().me().expect("enrolled").device;
    let keeper = Caller::keeper(&world).await;
    let wipe = format!("/api/v1/devices/{device}/wipe");
    assert_eq!(keeper.send("POST", &wipe, &[], None).await.status, 204);
    phone.sync().run(StepBudget::default(), 20).await.expect("handed in");
    assert_eq!(phone.session().device_state(), DeviceState::Wiped);
    let listed = keeper.all("/api/v1/devices?revoked=true", 50).await.remove(0);
    assert_eq!(
        (&listed["wipe_lost"], &listed["quarantined"]),
        (&json!(0), &json!(2)),
        "{listed}"
    );
    assert!(listed["wiped_at"].is_i64() && listed["epoch"].is_string(), "{listed}");

    let office = Caller::writer(&world, world.user("rev01")).await;
    let kept = office.all("/api/v1/quarantine", 1).await;
    assert_eq!(kept.len(), 2);
    assert!(
        kept.iter().all(|one| one["project"] == json!(world.demo.project)),
        "{kept:?}"
    );
    let engineer = Caller::writer(&world, world.demo.homes[0].assignees[1]).await;
    for record in [&known, &new] {
        let path = format!("/api/v1/quarantine/{record}");
        let found = office.all(&path, 1).await;
        assert_eq!(
            (found.len(), found[0]["now"].as_str(), found[0]["code"].as_str()),
            (1, Some("accepted"), Some("revoked"))
        );
        assert!(found[0]["bytes"].as_str().is_some_and(|bytes| bytes.len() > 50));
        assert_eq!(engineer.refused("GET", &path).await, (403, "forbidden".to_owned()));
    }
    let unknown = json!({ "changes": ["00"] });
    let release = format!("/api/v1/quarantine/{new}/release");
    assert_eq!(office.send("POST", &release, &[], Some(&unknown)).await.status, 404);
    let released = office.post(&release, &json!({})).await;
    assert_eq!(
        released["changes"].as_object().expect("changes").values().next(),
        Some(&json!("accepted"))
    );
    // The record is there, by whom it was made, and every phone hears of it.
    let shown = office.get(&format!("/api/v1/records/{new}")).await;
    assert_eq!(shown["case"]["case_kind"]["value"], "repair");
    let history = office.all(&format!("/api/v1/records/{new}/history"), 50).await;
    assert!(
        history
            .iter()
            .any(|change| change["user"] == json!(world.demo.homes[0].assignees[0])),
        "{history:?}"
    );
    let colleague = world.person(world.demo.homes[0].assignees[1], "colleague").await;
    assert!(colleague.cases().open(&new).is_ok());

    let discard = format!("/api/v1/quarantine/{known}/discard");
    assert_eq!(
        office
            .send("POST", &discard, &[], Some(&json!({ "reason": " " })))
            .await
            .status,
        400
    );
    assert_eq!(
        office.post(&discard, &json!({ "reason": "重复" })).await["discarded"],
        1
    );
    assert_eq!(office.all("/api/v1/quarantine", 50).await.len(), 0);
    assert_eq!(
        office.refused("GET", &format!("/api/v1/quarantine/{known}")).await,
        (404, "not_found".to_owned())
    );
    for (action, detail) in [
        ("quarantine.release", "released 1, kept 0"),
        ("quarantine.discard", "discarded 1: 重复"),
    ] {
        let told = keeper.all(&format!("/api/v1/audit?action={action}"), 50).await;
        assert_eq!(told[0]["detail"], detail, "{told:?}");
    }
    world.end().await;
}
