//! Traces as a collector gets them: the program built with the feature, and something that takes what it sends.
//!
//! `tests/run traces` builds it.

mod collector;

use collector::{Collector, Span};
use keyturn_tests::real::{Office, Serve};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_jobs_are_told_to_a_collector() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    Office::found(&data, 1).await;
    let (collector, backups) = (Collector::begin(), folder.path().join("backups"));
    let plan = ["--traces", &collector.url, "--backup-to", backups.to_str().unwrap()];
    let serve = Serve::start_with(&data, &plan);
    let web = keyturn_tests::harness::web();
    let get = |path: &str| web.get(format!("{}{path}", serve.url)).send();
    assert_eq!(get("/health/ready").await.unwrap().status(), 200);
    let refused = get("/api/v1/projects").await.unwrap();
    assert_eq!(refused.status(), 401);
    let id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    // What waits is sent when it ends, at the latest.
    let jobs = ["planning", "backup"];
    for _ in 0..100 {
        let log = Serve::log(&data);
        if log.contains("A backup was made and verified") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    serve.stop();
    let spans = collector.spans();
    let of = |name: &str| -> Vec<&Span> { spans.iter().filter(|span| span.name == name).collect() };
    let ready = of("GET /health/ready");
    assert_eq!(ready.len(), 1, "{spans:?}");
    assert_eq!(ready[0].texts["http.route"], "/health/ready");
    assert_eq!(ready[0].texts["service.name"], "keyturn");
    let refused = of("GET /api/v1/projects");
    assert_eq!(
        refused[0].texts["keyturn.request_id"], id,
        "the id that whoever asked was told"
    );
    assert_eq!(refused[0].texts["keyturn.code"], "token_missing");
    for job in jobs {
        assert!(!of(job).is_empty(), "{job}: {spans:?}");
    }
    assert!(spans.iter().all(|span| span.took_ns > 0));
    let log = Serve::log(&data);
    assert!(!log.contains("otel.name"), "lines of the log look as they did: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_costs_nothing_but_spans() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("server");
    Office::found(&data, 1).await;
    let serve = Serve::start_with(&data, &["--traces", "http://127.0.0.1:1"]);
    let ready = format!("{}/health/ready", serve.url);
    for _ in 0..20 {
        assert_eq!(
            keyturn_tests::harness::web().get(&ready).send().await.unwrap().status(),
            200
        );
    }
    serve.stop();
}
