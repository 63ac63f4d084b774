//! Figures and risks over HTTP and on a manager's phone: the same numbers, and a decision at the gate that reaches both.

use crate::story::{get, phone, sync};
use keyturn_domain::catalog::Catalog;
use keyturn_server::sync::DemoOptions;
use keyturn_server::{Server, ServerConfig};

#[tokio::test(flavor = "multi_thread")]
async fn two_offices_get_the_same_number_and_a_gate_is_decided_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::open(ServerConfig::new(keyturn_tests::harness::database(
        &folder.path().join("server.db"),
    )))
    .await
    .expect("a server");
    let catalog = Catalog::built_in().expect("sound data");
    let options = DemoOptions { homes: Some(12) };
    let demo = server.sync().load_demo(catalog, options).await.expect("the demo");
    let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = {
        let server = server.clone();
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server.serve(listener, stopped).await;
        })
    };
    let manager = phone(&server, &url, demo.people["mgr01"], folder.path(), "manager").await;
    sync(&manager).await;
    let home = demo.homes.first().expect("a home");
    let place = home.place.to_string();
    // Nobody has rehearsed or accepted anything: whoever wants to open it is refused, at once.
    let risk = manager.places().risk(&place).expect("a risk");
    let codes: Vec<&str> = risk.factors.iter().map(|f| f.code.as_str()).collect();
    assert!(
        codes.contains(&"not_rehearsed") && codes.contains(&"acceptance_missing"),
        "{codes:?}"
    );
    assert_eq!(
        (risk.band.as_str(), risk.gate.as_str(), risk.decision),
        ("stop", "shut", None)
    );
    let refused = |open, reason| manager.places().decide_risk(&place, open, reason).expect_err("refused");
    assert_eq!(refused(true, "the owner waits").code(), "stop");
    assert_eq!(refused(false, " ").code(), "reason");
    let engineer = phone(&server, &url, home.assignees[0], folder.path(), "engineer").await;
    sync(&engineer).await;
    let not_theirs = engineer
        .places()
        .decide_risk(&place, false, "no water")
        .expect_err("refused");
    assert_eq!(not_theirs.code(), "role");
    // Kept shut: shown as pending, then as decided, then to everybody.
    let shut = manager.places().decide_risk(&place, false, "no water").expect("queued");
    assert!(shut.decision.expect("a decision").pending);
    sync(&manager).await;
    let decided = manager
        .places()
        .risk(&place)
        .expect("a risk")
        .decision
        .expect("a decision");
    assert_eq!(
        (decided.pending, decided.open, decided.reason.as_str()),
        (false, false, "no water")
    );
    let token = |user| {
        let server = server.clone();
        async move {
            let made = server.tokens().create_reader(user, "figures", 3_600_000).await;
            made.expect("a token").secret.text
        }
    };
    let reviewer = token(demo.people["rev01"]).await;
    let shown = get(&url, &reviewer, &format!("/api/v1/risk?subject={place}")).await;
    assert_eq!(
        (&shown["gate"], &shown["decision"]["reason"]),
        (&"shut".into(), &"no water".into())
    );
    assert_eq!(shown["name"], home.no.as_str());
    let building = manager.places().home(&place).expect("the home").building;
    let whole = get(&url, &reviewer, &format!("/api/v1/risk?subject={building}")).await;
    let homes = whole["homes"].as_array().expect("homes").len();
    assert_eq!((&whole["level"], homes > 0), (&"building".into(), true));
    assert_eq!(manager.places().risk(&building).expect("a risk").homes.len(), homes);
    // The same figures in both offices; what only one side can know stands in one of them.
    let project = demo.project.to_string();
    let here = manager
        .places()
        .kpis(&project, "2026-12-01", "2026-12-31")
        .expect("figures");
    let query = format!("/api/v1/kpis?project={project}&from=2026-12-01&to=2026-12-31");
    let there = get(&url, &reviewer, &query).await;
    let there = there["items"].as_array().expect("figures");
    assert_eq!((here.len(), there.len()), (catalog.kpis.len(), catalog.kpis.len()));
    for (one, other) in here.iter().zip(there).filter(|(one, _)| one.code != "sync_health") {
        let one = serde_json::to_value(one).expect("JSON");
        assert_eq!(&one, other);
    }
    let noticed = here.iter().find(|f| f.code == "handover_rate").expect("the figure");
    assert_eq!((noticed.numerator, noticed.denominator), (0, 12));
    // A part of a project has no figures.
    let engineer = token(home.assignees[0]).await;
    let answer = keyturn_tests::harness::web()
        .get(format!("{url}{query}"))
        .bearer_auth(engineer)
        .send();
    assert_eq!(answer.await.expect("an answer").status(), 403);
    drop(stop);
    serving.await.expect("a clean stop");
}
