//! Bad input and broken handlers: a code each, and the connection lives on.
use axum::http::Method;
use axum::routing::on;
use keyturn_protocol::{Code, SyncRequest, codec};
use tokio::io::AsyncWriteExt;

use super::wire::{Answer, Wire};
use crate::Error;
use crate::db::DbError;
use crate::http::{About, Owner, Permission, RawBody, Route};

fn route(
    path: &'static str,
    handler: fn(axum::routing::MethodFilter) -> axum::routing::MethodRouter<crate::AppState>,
) -> Route {
    Route {
        method: Method::POST,
        path,
        permission: Permission::Anyone,
        owner: Owner::Nobody,
        limit: 1_000,
        handler,
        about: About::new("Fails"),
    }
}

async fn panics() -> &'static str {
    panic!("secret words");
}

async fn full() -> Result<(), Error> {
    Err(DbError::Full.into())
}

async fn broken() -> Result<(), Error> {
    Err(DbError::Failed("column secret_words".to_owned()).into())
}

async fn busy() -> Result<(), Error> {
    Err(DbError::Busy.into())
}

async fn size(RawBody(body): RawBody) -> String {
    body.len().to_string()
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_connection_lives_on() {
    let wire = Wire::with(vec![route("/panic", |m| on(m, panics))]).await;
    let mut socket = wire.open().await;
    for _ in 0..2 {
        socket
            .write_all(&wire.request("POST", "/panic", &[], b""))
            .await
            .unwrap();
        let answer = Answer::read(&mut socket).await;
        assert_eq!(answer.code(), Some(Code::Internal));
        assert!(!String::from_utf8(answer.body).unwrap().contains("secret"));
    }
    socket
        .write_all(&wire.request("GET", "/health/live", &[], b""))
        .await
        .unwrap();
    assert_eq!(Answer::read(&mut socket).await.status, 200);
}

#[tokio::test]
async fn faults_of_the_database_keep_their_words_to_the_log() {
    let more = vec![
        route("/full", |m| on(m, full)),
        route("/broken", |m| on(m, broken)),
        route("/busy", |m| on(m, busy)),
    ];
    let wire = Wire::with(more).await;
    assert_eq!(wire.send("POST", "/full", &[], b"").await.code(), Some(Code::DiskFull));
    let answer = wire.send("POST", "/busy", &[], b"").await;
    assert_eq!(
        (answer.code(), answer.headers["retry-after"].as_str()),
        (Some(Code::DbBusy), "5")
    );
    let answer = wire.send("POST", "/broken", &[], b"").await;
    assert_eq!(answer.code(), Some(Code::Internal));
    assert!(!String::from_utf8(answer.body).unwrap().contains("secret"));
}

#[tokio::test]
async fn bodies_have_limits() {
    let wire = Wire::with(vec![route("/size", |m| on(m, size))]).await;
    assert_eq!(wire.send("POST", "/size", &[], &[b'x'; 1_000]).await.body, b"1000");
    assert_eq!(
        wire.send("POST", "/size", &[], &[b'x'; 1_001]).await.code(),
        Some(Code::BodyTooLarge)
    );
    let chunked = b"POST /size HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3E9\r\n".to_vec();
    let mut socket = wire.open().await;
    socket
        .write_all(&[&chunked[..], &[b'x'; 1_001], b"\r\n0\r\n\r\n"].concat())
        .await
        .unwrap();
    assert_eq!(Answer::read(&mut socket).await.code(), Some(Code::BodyTooLarge));

    let enrol = async |body: &[u8]| wire.send("POST", "/v1/enrol", &[], body).await.code();
    assert_eq!(enrol(&[b' '; 16 * 1_024 + 1]).await, Some(Code::BodyTooLarge));
    assert_eq!(enrol(&[b'['; 16 * 1_024]).await, Some(Code::BodyTooDeep));
    for bad in [
        &b""[..],
        b"null",
        b"{}",
        b"\xff\xfe",
        br#"{"code":1}"#,
        br#"{"code":"x","device_key":"x","device_name":"x"}"#,
    ] {
        assert_eq!(enrol(bad).await, Some(Code::BodyNotJson), "{bad:?}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_table_is_told_so() {
    let wire = Wire::new().await;
    for path in ["/", "/v1", "/v1/enrol/", "/etc/passwd", "/v1/../health/live"] {
        assert_eq!(wire.get(path, None).await.code(), Some(Code::NotFound), "{path}");
    }
    assert_eq!(wire.get("/v1/enrol", None).await.code(), Some(Code::MethodNotAllowed));
    assert_eq!(
        wire.send("DELETE", "/v1/poke", &[], b"").await.code(),
        Some(Code::MethodNotAllowed)
    );
}

#[tokio::test]
async fn health_tells_apart_living_and_ready() {
    let wire = Wire::new().await;
    assert_eq!(wire.get("/health/live", None).await.json()["status"], "ok");
    assert_eq!(wire.get("/health/ready", None).await.json()["status"], "ok");
    wire.bench.server.state().db.close().await;
    assert_eq!(wire.get("/health/ready", None).await.code(), Some(Code::NotReady));
    assert_eq!(wire.get("/health/live", None).await.status, 200);
    wire.bench.server.state().stop();
    assert_eq!(wire.get("/health/ready", None).await.code(), Some(Code::ShuttingDown));
}

#[tokio::test]
async fn a_port_in_use_is_told_so() {
    let wire = Wire::new().await;
    assert_eq!(crate::bind(&wire.address).await.unwrap_err().code(), Code::PortInUse);
    assert_eq!(crate::bind("nonsense").await.unwrap_err().code(), Code::ConfigBad);
    for url in [
        "keyturn.example",
        "ftp://x",
        "https://",
        "https://a/b",
        "https://a b",
        "https://u@a",
    ] {
        let mut config = crate::ServerConfig::new(crate::testing::database(&wire.bench.dir.path().join("other.db")));
        config.public_url = Some(url.to_owned());
        let refused = crate::Server::open(config).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.code(), Code::ConfigBad, "{url}");
    }
}

#[tokio::test]
async fn heads_of_answers_are_short() {
    let wire = Wire::with(vec![route("/size", |m| on(m, size))]).await;
    let answer = wire.send("POST", "/size", &[], b"").await;
    let names: Vec<&str> = answer.headers.keys().map(String::as_str).collect();
    assert_eq!(names, ["content-length", "content-type", "date"]);
    assert!(answer.head_bytes < 130, "{} bytes", answer.head_bytes);
}

#[tokio::test]
async fn a_sync_that_is_none_has_its_codes() {
    let wire = Wire::new().await;
    let phone = wire.phone(1);
    wire.bench
        .enrol(&wire.bench.user_with(crate::users::Role::Engineer).await, &phone)
        .await;
    let bearer = format!("Bearer {}", wire.token(&phone).await);
    let sync = async |body: &[u8]| wire.send("POST", "/v1/sync", &[("authorization", &bearer)], body).await;
    let packed = |request: &SyncRequest| codec::pack(request).unwrap();
    let good = SyncRequest {
        version: keyturn_protocol::VERSION,
        idle: true,
        ..SyncRequest::default()
    };
    let first = sync(&packed(&good)).await;
    assert_eq!(first.status, 200);
    codec::unpack::<keyturn_protocol::SyncReply>(&first.body, 1 << 20).unwrap();
    assert_eq!(sync(b"<html>").await.code(), Some(Code::BodyNotZstd));
    let zstd = |bytes: &[u8]| codec::pack(&serde_json::from_slice::<serde_json::Value>(bytes).unwrap()).unwrap();
    assert_eq!(sync(&zstd(br#""hello""#)).await.code(), Some(Code::BodyNotCbor));
    let deep = format!("{{\"of a later version\":{}{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(sync(&zstd(deep.as_bytes())).await.code(), Some(Code::BodyTooDeep));
    let bomb = codec::pack(&serde_json::Value::String("x".repeat(30 << 20))).unwrap();
    assert_eq!(sync(&bomb).await.code(), Some(Code::BodyBomb));
    let future = SyncRequest { version: 9_999, ..good };
    assert_eq!(sync(&packed(&future)).await.code(), Some(Code::ProtocolUnknown));
}
