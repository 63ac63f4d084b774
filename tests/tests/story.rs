//! One answer through all layers: two phones offline in one flat, over HTTP, one merged record that shows both people's
//! truth to a reviewer, until one of them settles it.

use keyturn_client::facade::NewDefect;
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, StepBudget, SystemClock, SystemIds};
use keyturn_domain::UserId;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::view::{InspectionView, QuestionView};
use keyturn_server::sync::DemoOptions;
use keyturn_server::{Server, ServerConfig};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

pub(super) async fn phone(server: &Server, url: &str, user: UserId, folder: &Path, name: &str) -> Client {
    let code = server.devices().create_enrolment(user).await.expect("a code");
    let options = ClientOptions {
        path: folder.join(format!("{name}.db")),
        server: url.to_owned(),
        api: Arc::new(HttpApi::new(url).expect("a client")),
        signer: Arc::new(FileKey::in_memory(&SystemIds)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        ballast: 0,
    };
    let client = Client::open(options).expect("a phone").0;
    client.session().enrol(&code.text, name).await.expect("enrolled");
    client
}

pub(super) async fn sync(client: &Client) {
    let report = client.sync().run(StepBudget::default(), 50).await.expect("a sync");
    assert!(!report.more, "{report:?}");
}

fn question<'a>(view: &'a InspectionView, key: &str) -> &'a QuestionView {
    view.rooms
        .iter()
        .flat_map(|r| &r.questions)
        .find(|q| q.key == key)
        .expect("the question is asked")
}

pub(super) async fn get(url: &str, token: &str, path: &str) -> Value {
    let answer = keyturn_tests::harness::web()
        .get(format!("{url}{path}"))
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    let text = answer.text().await.expect("a body");
    let description = keyturn_tests::harness::Description::of(url).await;
    description.check("GET", path, status.as_u16(), &kind, text.as_bytes());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_one_flat_one_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::open(ServerConfig::new(keyturn_tests::harness::database(
        &folder.path().join("server.db"),
    )))
    .await
    .expect("a server");
    let catalog = Catalog::built_in().expect("sound data");
    let demo = server
        .sync()
        .load_demo(catalog, DemoOptions { homes: Some(20) })
        .await
        .expect("the demo");
    let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = {
        let server = server.clone();
        tokio::spawn(async move {
            server
                .serve(listener, async {
                    let _ = stopped.await;
                })
                .await;
        })
    };
    let home = demo.homes.first().expect("a home");
    let [one, two] = home.assignees.as_slice() else {
        panic!("a team of two")
    };
    let a = phone(&server, &url, *one, folder.path(), "a").await;
    let b = phone(&server, &url, *two, folder.path(), "b").await;
    sync(&a).await;
    sync(&b).await;
    // Both find the task, and begin it offline.
    let card = a
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|t| t.place_name.zh == home.no)
        .expect("the task");
    assert_eq!((card.state.as_str(), card.record), ("", home.record.to_string()));
    let (on_a, on_b) = (
        a.inspections().begin(&card.task).expect("begun"),
        b.inspections().begin(&card.task).expect("begun"),
    );
    assert_eq!(
        (on_a.record.clone(), on_a.progress.asked),
        (on_b.record.clone(), card.asked)
    );
    let keys: Vec<String> = on_a
        .rooms
        .iter()
        .flat_map(|r| &r.questions)
        .map(|q| q.key.clone())
        .collect();
    a.inspections()
        .answer(&on_a.record, &on_a.seen, &keys[0], "ok", "", "")
        .expect("saved");
    b.inspections()
        .answer(&on_b.record, &on_b.seen, &keys[0], "defect", "", "")
        .expect("saved");
    let defect = b
        .defects()
        .record(&NewDefect {
            place: on_b.place.clone(),
            code: "wl-01".into(),
            room: "r02".into(),
            description: "墙面空鼓，约一张A4纸大小 😟".into(),
            inspection: on_b.record.clone(),
            question: keys[0].clone(),
            ..NewDefect::default()
        })
        .expect("saved");
    a.inspections()
        .answer(&on_a.record, &on_a.seen, &keys[1], "not_inspected", "locked", "")
        .expect("saved");
    let room = on_a
        .rooms
        .iter()
        .find(|r| r.room != "home")
        .expect("a room")
        .room
        .clone();
    let bulk = a
        .inspections()
        .rest_is_fine(&on_a.record, &on_a.seen, &room)
        .expect("saved");
    assert!(bulk.answered > 0 && !bulk.still_open.is_empty());
    let before = a
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|t| t.record == on_a.record)
        .expect("the task");
    assert_eq!(before.promise.state, "saved");
    // They come back.
    for phone in [&a, &b, &a] {
        sync(phone).await;
    }
    let (left, right) = (
        a.inspections().open(&on_a.record).expect("open"),
        b.inspections().open(&on_a.record).expect("open"),
    );
    assert_eq!(left.contested.len(), 1);
    assert_eq!(
        (&left.contested[0].value, left.contested[0].candidates.len()),
        (&"defect".to_owned(), 2)
    );
    assert_eq!(
        question(&left, &keys[0]).result.value,
        question(&right, &keys[0]).result.value
    );
    let told = &left.contested[0].candidates;
    assert!(
        told.iter().all(|c| c.by[0].received_ms.is_some()),
        "the server's time stands beside the device's"
    );
    let after = a
        .tasks()
        .mine()
        .expect("tasks")
        .into_iter()
        .find(|t| t.record == on_a.record)
        .expect("the task");
    assert_eq!((after.promise.state.as_str(), after.contested), ("received", 1));
    assert_eq!(
        a.defects().open(&defect.record).expect("the other's defect").text.zh,
        "墙面抹灰空鼓"
    );
    // A reviewer reads both sides.
    let reviewer = demo.people["rev01"];
    let token = server
        .tokens()
        .create_reader(reviewer, "story", 3_600_000)
        .await
        .expect("a token")
        .secret
        .text;
    let shown = get(&url, &token, &format!("/api/v1/records/{}", on_a.record)).await;
    assert_eq!(shown["place_name"]["en"], home.no.as_str());
    assert_eq!(
        shown["inspection"]["contested"][0]["candidates"]
            .as_array()
            .expect("both")
            .len(),
        2
    );
    assert_eq!(shown["people"].as_object().expect("people").len(), 2);
    let listed = get(&url, &token, "/api/v1/records?contested=true").await;
    assert_eq!(listed["items"][0]["id"], on_a.record.as_str());
    let homes = get(&url, &token, "/api/v1/homes?limit=7").await;
    assert_eq!(homes["items"].as_array().expect("homes").len(), 7);
    let next = get(
        &url,
        &token,
        &format!("/api/v1/homes?after={}", homes["next"].as_str().expect("more")),
    )
    .await;
    assert_eq!(next["items"].as_array().expect("homes").len(), 13);
    // A plain answer is refused, a decision settles it everywhere.
    let refused = b
        .inspections()
        .answer(&right.record, &right.seen, &keys[0], "ok", "", "")
        .expect_err("contested");
    assert_eq!(refused.code(), "contested");
    b.inspections()
        .settle(&right.record, &right.seen, &right.contested[0].field, "defect")
        .expect("settled");
    for phone in [&b, &a] {
        sync(phone).await;
    }
    let (left, right) = (
        a.inspections().open(&on_a.record).expect("open"),
        b.inspections().open(&on_a.record).expect("open"),
    );
    assert_eq!((left.contested.len(), left.seen.clone()), (0, right.seen.clone()));
    let steps = get(
        &url,
        &token,
        &format!(
            "/api/v1/records/{}/lineage?field=answers/{}/result",
            on_a.record, keys[0]
        ),
    )
    .await;
    assert_eq!(steps.as_array().expect("steps").len(), 3);
    let building = a
        .places()
        .buildings()
        .expect("buildings")
        .into_iter()
        .find(|b| b.homes > 0)
        .expect("a building");
    let floors = a.places().building(&building.building).expect("floors").floors;
    assert!(
        floors
            .iter()
            .flat_map(|f| &f.homes)
            .any(|h| h.no == home.no && h.open_defects == 1)
    );
    assert_eq!(a.places().home(&on_a.place).expect("the home").records.len(), 2);
    drop(stop);
    serving.await.expect("a clean stop");
}
