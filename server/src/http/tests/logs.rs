//! The log tells what happened and to whom, never what was in it.
use std::io::Write;
use std::sync::{Arc, Mutex};

use super::wire::Wire;
use crate::users::Role;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn lines_hold_ids_and_codes_and_no_secrets() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // With a single dispatcher, tracing asks the thread that first meets a line whether it is wanted; the other tests'
    // threads would say no for good. With two it asks both.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let wire = Wire::new().await;
    let user = wire.bench.user_with(Role::Engineer).await;
    let code = wire
        .bench
        .server
        .devices()
        .create_enrolment(user.id)
        .await
        .unwrap()
        .text;
    let phone = wire.phone(1);
    let body = serde_json::to_vec(&phone.request(&code)).unwrap();
    let device = wire.send("POST", "/v1/enrol", &[], &body).await.json()["device"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = wire.token(&phone).await;
    wire.get("/nowhere/wang.lei", None).await;
    let reader = wire
        .bench
        .server
        .tokens()
        .create_reader(user.id, "curl", 1_000)
        .await
        .unwrap();
    wire.get("/v1/poke?name=wang.lei", Some(&reader.secret.text)).await;
    wire.bench
        .server
        .devices()
        .revoke(device.parse().unwrap())
        .await
        .unwrap();
    wire.get("/v1/poke", Some(&token)).await;

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let requests: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["fields"]["message"] == "request")
        .map(|line| line["fields"].clone())
        .collect();
    let told: Vec<String> = requests
        .iter()
        .map(|line| {
            format!(
                "{} {} {} {}",
                line["method"], line["path"], line["status"], line["code"]
            )
            .replace('"', "")
        })
        .collect();
    let expected = [
        "POST /v1/enrol 200 null",
        "POST /v1/token 401 use_dpop_nonce",
        "POST /v1/token 200 null",
        "GET - 404 not_found",
        "GET /v1/poke 403 forbidden",
        "GET /v1/poke 403 revoked",
    ];
    assert_eq!(told, expected);
    assert_eq!(requests[5]["user"], user.id.to_string());
    assert_eq!(requests[5]["device"], device);
    assert!(
        requests
            .iter()
            .all(|line| line["id"].as_str().unwrap().len() == 16 && line["ms"].is_number())
    );
    for secret in [
        &token,
        &reader.secret.text,
        &code,
        "wang.lei",
        "Pixel",
        "engineer",
        "eyJ",
    ] {
        assert!(!text.contains(secret), "{secret} stands in the log");
    }
}
