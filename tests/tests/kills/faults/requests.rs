//! Bodies that are no exchange, of versions and servers that are not ours.

use super::Site;
use keyturn_client::StepBudget;
use keyturn_protocol::codec::pack;
use keyturn_protocol::{Cursor, SyncRequest, VERSION};
use keyturn_tests::real::{home, record, settle};

/// Posts bytes as an exchange; returns status and code.
pub async fn post(site: &Site, token: &str, body: &[u8]) -> (u16, String) {
    let post = keyturn_tests::harness::web()
        .post(format!("{}/v1/sync", site.serve.url))
        .bearer_auth(token)
        .body(body.to_vec());
    let answer = post.send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

#[tokio::test]
async fn what_is_no_exchange_is_refused_and_changes_nothing() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    record(&client, home(1), 0, "before").unwrap();
    client.sync().run(StepBudget::default(), 9).await.unwrap();
    let token = client.session().token().await.unwrap();
    let state = "SELECT (SELECT seq FROM projects) * 1000000 + (SELECT count(*) FROM changes) * 1000 \
                 + (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM documents)";
    let before = site.number(state);

    let whole = pack(&SyncRequest {
        version: VERSION,
        ..SyncRequest::default()
    })
    .unwrap();
    let version = |version| {
        pack(&SyncRequest {
            version,
            ..SyncRequest::default()
        })
        .unwrap()
    };
    let cursor = |bytes: &[u8]| {
        pack(&SyncRequest {
            version: VERSION,
            cursor: Some(Cursor(bytes.to_vec().into())),
            ..SyncRequest::default()
        })
        .unwrap()
    };
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("nothing", Vec::new(), 400, "body_not_zstd"),
        ("a page", b"<html></html>".to_vec(), 400, "body_not_zstd"),
        ("not packed", vec![0xa0; 40], 400, "body_not_zstd"),
        ("cut off", whole[..whole.len() - 3].to_vec(), 400, "body_not_zstd"),
        ("words", zstd(b"hello"), 400, "body_not_cbor"),
        ("another message", zstd(&[0x83, 1, 2, 3]), 400, "body_not_cbor"),
        ("two messages", zstd(&[0xa0, 0xa0]), 400, "body_not_cbor"),
        (
            "deep",
            zstd(&[&b"\xa1\x61x"[..], &[0x81; 5_000]].concat()),
            400,
            "body_too_deep",
        ),
        ("a bomb", zstd(&vec![0; 200 << 20]), 413, "body_bomb"),
        ("too large", vec![0x28; (8 << 20) + 1], 413, "body_too_large"),
        ("version 0", version(0), 400, "protocol_unknown"),
        ("a later version", version(u16::MAX), 400, "protocol_unknown"),
        ("a cursor of nobody", cursor(b"abc"), 409, "cursor_foreign"),
    ];
    for (name, body, status, code) in &cases {
        let answer = post(&site, &token, body).await;
        assert_eq!((answer.0, answer.1.as_str()), (*status, *code), "{name}");
    }
    let nobody = post(&site, "nobody", &whole).await;
    assert_eq!(nobody, (401, "token_unknown".to_owned()));
    assert_eq!(site.number(state), before);
    // The server lives on.
    record(&client, home(1), 0, "after").unwrap();
    assert!(settle(&client).await.unwrap());
}

/// A phone that is pointed at another server keeps what it has; it does not mix the two.
#[tokio::test]
async fn a_cursor_from_elsewhere_is_told_so() {
    let (one, two) = (Site::new().await, Site::new().await);
    let client = one.phone("a").await;
    record(&client, home(1), 0, "of the first").unwrap();
    client.sync().run(StepBudget::default(), 9).await.unwrap();
    let foreign: Vec<u8> = {
        let conn = rusqlite::Connection::open(one.dir("a").join(keyturn_tests::real::DATABASE)).unwrap();
        conn.query_row("SELECT value FROM meta WHERE key = 'cursor'", (), |row| row.get(0))
            .unwrap()
    };
    let other = two.phone("b").await;
    let token = other.session().token().await.unwrap();
    let request = SyncRequest {
        version: VERSION,
        cursor: Some(Cursor(foreign.into())),
        ..SyncRequest::default()
    };
    let answer = post(&two, &token, &pack(&request).unwrap()).await;
    assert_eq!(answer, (409, "cursor_foreign".to_owned()));
    assert_eq!(two.number("SELECT count(*) FROM changes"), 0);
}
