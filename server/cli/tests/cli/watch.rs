//! What somebody who watches a server reads: its metrics, its manual.

use super::errors::Serving;
use super::{keyturn, said};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

fn get(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn metrics_are_told_on_an_address_of_their_own_and_each_stands_in_the_documentation() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let serving = Serving::start_with(&data, &["--metrics", "127.0.0.1:0"]);
    let told = serving.facts["metrics"].as_str().unwrap();
    let address = told.trim_start_matches("http://").trim_end_matches("/metrics");
    let listening = serving.facts["listening"].as_str().unwrap();
    let listening = listening.trim_start_matches("http://");
    assert!(get(listening, "/health/ready").contains("200 OK"));
    assert!(get(listening, "/metrics").contains("404"), "not where phones come");
    assert!(get(address, "/api/v1/projects").contains("404"), "nothing else there");
    let data = data.to_str().unwrap();
    let loaded = keyturn(&["project", "load", "demo", "--homes", "3", "--data", data]);
    assert_eq!(loaded.status.code(), Some(0), "{}", said(&loaded));

    let text = get(address, "/metrics");
    assert!(
        text.contains("200 OK") && text.contains("application/openmetrics-text"),
        "{text}"
    );
    assert!(
        text.contains("keyturn_requests_total{method=\"GET\",route=\"/health/ready\",status=\"200\"} 1"),
        "{text}"
    );
    assert!(text.contains("keyturn_quarantined_changes 0"), "{text}");
    assert!(text.contains("keyturn_log_entries{project="), "{text}");
    let documented = include_str!("../../../../docs/operations.md");
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(documented.contains(&format!("`{name}")), "{name} stands in no table");
    }
}

#[test]
fn the_manual_and_completions_come_from_the_program() {
    let page = |args: &[&str]| String::from_utf8(keyturn(args).stdout).unwrap();
    assert!(page(&["manual", "--lang", "en"]).starts_with(".ie"));
    assert!(page(&["manual", "serve", "--lang", "zh"]).contains("运行服务器"));
    assert_eq!(keyturn(&["manual", "nothing"]).status.code(), Some(3));
    assert!(page(&["completions", "bash"]).contains("_keyturn"));
    assert!(page(&["completions", "fish"]).contains("healthcheck"));
    assert_eq!(keyturn(&["completions", "tcl"]).status.code(), Some(2));
}
