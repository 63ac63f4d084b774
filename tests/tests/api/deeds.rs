//! Records: begun, linked, merged, gathered, taken for the same; what was promised goes on with the matter.

use super::asking::Caller;
use crate::cases::world::{World, now};
use crate::story::sync;
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Reports a case by the API.
async fn case(office: &Caller, world: &World, n: usize, kind: &str) -> String {
    let place = world.demo.homes[n].place;
    let new = json!({
        "kind": "case", "place": place, "case_kind": kind, "words": "墙面空鼓", "category": "quality",
    });
    let path = format!("/api/v1/projects/{}/records", world.demo.project);
    text(&office.post(&path, &new).await, "record").to_owned()
}

async fn state(office: &Caller, record: &str, kind: &str) -> String {
    let shown = office.get(&format!("/api/v1/records/{record}")).await;
    text(&shown[kind]["life"], "state").to_owned()
}

async fn promises(office: &Caller, record: &str) -> Vec<String> {
    let all = office.all("/api/v1/promises", 50).await;
    let own = all.iter().filter(|promise| promise["id"] == record);
    own.map(|promise| text(promise, "state").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_reported_promised_about_and_becomes_a_defect_with_its_promise() {
    let world = World::new().await;
    let office = Caller::writer(&world, world.user("rev01")).await;
    let path = format!("/api/v1/projects/{}/records", world.demo.project);
    let place = world.demo.homes[0].place;
    let new = json!({ "kind": "case", "place": place, "case_kind": "repair", "words": "窗关不严", "room": "r02" });
    // Once, whatever becomes of the answer.
    let headers = [("idempotency-key", "case-1")];
    let first = office.send("POST", &path, &headers, Some(&new)).await;
    assert_eq!(first.status, 201, "{}", first.json);
    assert_eq!(office.send("POST", &path, &headers, Some(&new)).await.json, first.json);
    assert_eq!(office.all("/api/v1/cases", 50).await.len(), 1);
    let record = text(&first.json, "record").to_owned();
    for (wrong, reason) in [
        (
            json!({ "kind": "case", "place": world.demo.project, "case_kind": "repair", "words": "x" }),
            "unknown_place",
        ),
        (
            json!({ "kind": "case", "place": place, "case_kind": "dance", "words": "x" }),
            "unknown_code",
        ),
        (
            json!({ "kind": "case", "place": place, "case_kind": "repair", "words": " " }),
            "missing",
        ),
        (
            json!({ "kind": "defect", "place": place, "code": "wl-01", "pin": [20_000, 1] }),
            "bad_value",
        ),
    ] {
        let refused = office.send("POST", &path, &[], Some(&wrong)).await;
        assert_eq!(
            (refused.status, text(&refused.json, "reason")),
            (422, reason),
            "{wrong}"
        );
    }
    let due = now() + 86_400_000;
    office
        .done(&record, &json!({ "do": "promise", "what": "上门查看", "due_ms": due }))
        .await;
    let made = office
        .done(
            &record,
            &json!({ "do": "become_defect", "code": "wl-01", "room": "r02", "description": "空鼓" }),
        )
        .await;
    let defect = made["others"][0].as_str().expect("the defect").to_owned();
    assert_eq!(state(&office, &record, "case").await, "linked");
    assert_eq!(promises(&office, &record).await, ["released"]);
    assert_eq!(promises(&office, &defect).await, ["made"]);
    // The defect goes its way, by the same commands as on a phone.
    for deed in [
        json!({ "do": "describe", "text": "主卧窗边空鼓" }),
        json!({ "do": "pin", "x": 1_000, "y": 2_000 }),
        json!({ "do": "remark", "text": "业主在家" }),
        json!({ "do": "submit", "no_photo_reason": "业主来电" }),
        json!({ "do": "severity", "severity": "A" }),
    ] {
        office.done(&defect, &deed).await;
    }
    let refused = office.act(&defect, &json!({ "do": "finish_repair" })).await;
    assert_eq!((refused.status, text(&refused.json, "reason")), (422, "illegal"));
    let other_kind = office
        .act(&defect, &json!({ "do": "rekind", "case_kind": "praise" }))
        .await;
    assert_eq!(text(&other_kind.json, "reason"), "kind");
    let engineer = world.demo.homes[0].assignees[0];
    office
        .done(&defect, &json!({ "do": "dispatch", "person": engineer }))
        .await;
    let own = Caller::writer(&world, engineer).await;
    own.done(
        &defect,
        &json!({ "do": "accept", "promised": { "at_ms": due, "owner_told": true } }),
    )
    .await;
    // A phone shows all of it.
    let phone = world.person(engineer, "phone").await;
    let shown = phone.defects().open(&defect).expect("the defect");
    assert_eq!(
        (
            shown.description.as_str(),
            shown.repair.named.last().expect("somebody").person.as_str()
        ),
        ("主卧窗边空鼓", engineer.to_string().as_str())
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_linked_merged_and_gathered() {
    let world = World::new().await;
    let office = Caller::writer(&world, world.user("mgr01")).await;
    let (one, two, three) = (
        case(&office, &world, 0, "complaint").await,
        case(&office, &world, 1, "complaint").await,
        case(&office, &world, 2, "complaint").await,
    );
    let due = now() + 86_400_000;
    office
        .done(&one, &json!({ "do": "promise", "what": "答复", "due_ms": due }))
        .await;
    let merged = office
        .done(&one, &json!({ "do": "merge", "record": two, "reason": "同一件事" }))
        .await;
    assert_eq!(merged["others"], json!([two]));
    assert_eq!(
        (
            state(&office, &one, "case").await.as_str(),
            promises(&office, &two).await
        ),
        ("merged", vec!["made".to_owned()])
    );
    let nowhere = office
        .act(&two, &json!({ "do": "link", "record": world.demo.project }))
        .await;
    assert_eq!((nowhere.status, text(&nowhere.json, "reason")), (422, "unknown_record"));
    let itself = office.act(&two, &json!({ "do": "merge", "record": two })).await;
    assert_eq!(text(&itself.json, "reason"), "bad_value");

    // Two that are one matter: both as they were read, or none.
    let version = async |record: &str| {
        let shown = office.get(&format!("/api/v1/records/{record}")).await;
        text(&shown, "version").to_owned()
    };
    let clusters = format!("/api/v1/projects/{}/clusters", world.demo.project);
    let decided = json!({
        "cases": [
            { "record": two, "version": version(&two).await },
            { "record": three, "version": version(&three).await },
        ],
        "scale": "major", "commander": world.user("mgr01"), "agreed_text": "正在统一处理", "reason": "同一栋",
    });
    office.done(&three, &json!({ "do": "mention", "record": two })).await;
    let stale = office.send("POST", &clusters, &[], Some(&decided)).await;
    assert_eq!((stale.status, text(&stale.json, "code")), (412, "record_changed"));
    assert_eq!(
        office.get(&format!("/api/v1/records/{two}")).await["case"]["cluster"]["value"],
        ""
    );
    let mut decided = decided;
    decided["cases"][1]["version"] = version(&three).await.into();
    office.post(&clusters, &decided).await;
    let listed = office
        .get(&format!("/api/v1/clusters?project={}", world.demo.project))
        .await;
    let lead = &listed["items"][0];
    assert_eq!(
        (lead["scale"].as_str(), lead["cluster"].as_str()),
        (Some("major"), Some(two.as_str()))
    );
    assert_eq!(lead["commander"], json!(world.user("mgr01")));
    let alone = json!({ "cases": [{ "record": two, "version": "x" }], "scale": "cluster" });
    assert_eq!(office.send("POST", &clusters, &[], Some(&alone)).await.status, 400);

    // The way of a complaint, as far as the office goes it.
    let told = json!({ "way": "phone" });
    for deed in [
        json!({ "do": "triage", "category": "quality", "urgency": "normal", "department": "works" }),
        json!({ "do": "investigate", "person": world.user("mgr01"), "until_ms": due, "owner_told": true }),
        json!({ "do": "judge", "verdict": "not_founded", "text": "符合标准" }),
        json!({ "do": "answer_without_plan", "text": "已说明", "basis": "GB 50210", "way": told["way"] }),
        json!({ "do": "change", "field": "urgency", "value": "urgent" }),
    ] {
        office.done(&three, &deed).await;
    }
    assert_eq!(state(&office, &three, "case").await, "answered");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_proposed_and_confirmed_or_not() {
    let world = World::new().await;
    let office = Caller::writer(&world, world.user("rev01")).await;
    let (project, place) = (world.demo.project, world.demo.homes[0].place);
    let records = format!("/api/v1/projects/{project}/records");
    let new = json!({ "kind": "defect", "place": place, "code": "wl-01", "room": "r02" });
    let mut ids = Vec::new();
    for _ in 0..3 {
        let made = office.post(&records, &new).await;
        let id = text(&made, "record").to_owned();
        office
            .done(&id, &json!({ "do": "submit", "no_photo_reason": "来电" }))
            .await;
        ids.push(id);
    }
    let proposal = async |record: &str| {
        let shown = office.get(&format!("/api/v1/records/{record}")).await;
        text(&shown["defect"]["repair"]["proposals"][0], "proposal").to_owned()
    };
    for later in &ids[1..] {
        office
            .done(later, &json!({ "do": "propose_duplicate", "record": ids[0] }))
            .await;
    }
    let due = now() + 86_400_000;
    office
        .done(&ids[1], &json!({ "do": "promise", "what": "修", "due_ms": due }))
        .await;
    let confirm = json!({ "do": "confirm_duplicate", "proposal": proposal(&ids[1]).await });
    let done = office.done(&ids[1], &confirm).await;
    assert_eq!(
        (state(&office, &ids[1], "defect").await.as_str(), &done["others"]),
        ("duplicate", &json!([ids[0]]))
    );
    assert_eq!(promises(&office, &ids[0]).await, ["made"]);
    let reject = json!({ "do": "reject_duplicate", "proposal": proposal(&ids[2]).await, "reason": "不同墙面" });
    office.done(&ids[2], &reject).await;
    let unknown = office
        .act(&ids[2], &json!({ "do": "confirm_duplicate", "proposal": "x" }))
        .await;
    assert_eq!(text(&unknown.json, "reason"), "unknown_entry");
    // An engineer of another home neither sees nor says anything of it.
    let elsewhere = world
        .demo
        .homes
        .iter()
        .find(|h| !h.assignees.contains(&world.demo.homes[0].assignees[0]));
    let other = Caller::writer(&world, elsewhere.expect("another team").assignees[0]).await;
    let path = format!("/api/v1/records/{}/commands", ids[0]);
    let headers = [("if-match", "\"0\"")];
    let hidden = other
        .send("POST", &path, &headers, Some(&json!({ "do": "start_repair" })))
        .await;
    assert_eq!(hidden.status, 404);
    let phone = world.person(world.demo.homes[0].assignees[0], "phone").await;
    sync(&phone).await;
    assert_eq!(phone.defects().open(&ids[1]).expect("there").life.state, "duplicate");
    world.end().await;
}
