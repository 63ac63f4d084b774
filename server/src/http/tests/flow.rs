//! From the code to the poke, as a phone does it.
use keyturn_domain::ProjectId;
use keyturn_protocol::Code;
use keyturn_protocol::auth::EnrolReply;
use tokio::io::AsyncWriteExt;

use super::wire::{Wire, more};
use crate::testing::Phone;
use crate::users::Role;

#[tokio::test]
async fn a_phone_enrols_gets_a_token_and_hears_pokes() {
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
    let enrolled: EnrolReply = serde_json::from_value(wire.send("POST", "/v1/enrol", &[], &body).await.json()).unwrap();
    assert_eq!(enrolled.user, user.id.0);
    assert_eq!(enrolled.server, wire.bench.server.state().server_id);
    let token = wire.token(&phone).await;

    let state = wire.bench.server.state();
    let mut socket = wire.open().await;
    let bearer = format!("Bearer {token}");
    socket
        .write_all(&wire.request("GET", "/v1/poke", &[("authorization", &bearer)], b""))
        .await
        .unwrap();
    let mut heard = String::new();
    hear(&mut socket, &mut heard, "text/event-stream").await;
    let (ours, other) = (ProjectId::from_bytes([7; 16]), ProjectId::from_bytes([9; 16]));
    state.poke(other);
    state.poke(ours);
    hear(&mut socket, &mut heard, &ours.to_string()).await;
    assert!(heard.contains("event: poke"));
    assert!(
        !heard.contains(&other.to_string()),
        "a project that this login does not hold"
    );

    // Withdrawn: the stream ends at the next poke, and a new one is refused.
    wire.bench
        .server
        .devices()
        .revoke(keyturn_domain::DeviceId(enrolled.device))
        .await
        .unwrap();
    state.poke(ours);
    // The last chunk of a chunked answer is empty.
    hear(&mut socket, &mut heard, "\r\n0\r\n\r\n").await;
    assert_eq!(wire.get("/v1/poke", Some(&token)).await.code(), Some(Code::Revoked));
}

async fn hear(socket: &mut tokio::net::TcpStream, heard: &mut String, expected: &str) {
    while !heard.contains(expected) {
        let mut bytes = Vec::new();
        assert!(more(socket, &mut bytes).await > 0, "ended after {heard}");
        heard.push_str(&String::from_utf8(bytes).unwrap());
    }
}

#[tokio::test]
async fn enrolment_errors_have_their_codes() {
    let wire = Wire::new().await;
    let user = wire.bench.user("li.na").await;
    let code = wire
        .bench
        .server
        .devices()
        .create_enrolment(user.id)
        .await
        .unwrap()
        .text;
    let enrol = async |phone: &Phone, code: &str| {
        let body = serde_json::to_vec(&phone.request(code)).unwrap();
        wire.send("POST", "/v1/enrol", &[], &body).await.code()
    };
    assert_eq!(
        enrol(&wire.phone(1), "0000-0000-0000").await,
        Some(Code::EnrolCodeUnknown)
    );
    assert_eq!(enrol(&wire.phone(1), &code).await, None);
    assert_eq!(
        enrol(&wire.phone(1), &code).await,
        None,
        "the answer may have been lost"
    );
    assert_eq!(enrol(&wire.phone(2), &code).await, Some(Code::EnrolCodeUsed));
    let late = wire
        .bench
        .server
        .devices()
        .create_enrolment(user.id)
        .await
        .unwrap()
        .text;
    wire.bench.pass(15 * 60_000);
    assert_eq!(enrol(&wire.phone(3), &late).await, Some(Code::EnrolCodeExpired));
}

#[tokio::test]
async fn token_errors_have_their_codes() {
    let wire = Wire::new().await;
    let user = wire.bench.user("li.na").await;
    let phone = wire.phone(1);
    wire.bench.enrol(&user, &phone).await;
    let state = wire.bench.server.state();
    let ask = async |proof: &str| wire.send("POST", "/v1/token", &[("dpop", proof)], b"").await;
    assert_eq!(
        wire.send("POST", "/v1/token", &[], b"").await.code(),
        Some(Code::DpopBad)
    );
    let first = ask(&phone.proof(None, state.now(), [1; 16])).await;
    assert_eq!(first.code(), Some(Code::UseDpopNonce));
    assert!(first.headers["www-authenticate"].contains("use_dpop_nonce"));
    let nonce = Some(first.headers["dpop-nonce"].as_str());
    assert_eq!(
        ask(&wire.phone(2).proof(nonce, state.now(), [2; 16])).await.code(),
        Some(Code::DeviceUnknown)
    );
    let elsewhere = Phone {
        url: "http://127.0.0.1:1".to_owned(),
        ..Phone::new(1)
    };
    assert_eq!(
        ask(&elsewhere.proof(nonce, state.now(), [3; 16])).await.code(),
        Some(Code::DpopBad)
    );
    let proof = phone.proof(nonce, state.now(), [5; 16]);
    let good = ask(&proof).await;
    assert_eq!((good.status, good.headers["cache-control"].as_str()), (200, "no-store"));
    assert_eq!(ask(&proof).await.code(), Some(Code::DpopReplayed));
    // Behind a proxy that ends TLS the phone knows the server by https.
    let https = Phone {
        url: format!("https://{}", wire.address),
        ..Phone::new(1)
    };
    assert_eq!(ask(&https.proof(nonce, state.now(), [6; 16])).await.code(), None);
    wire.bench.pass(crate::auth::NONCE_LIFE_MS);
    assert_eq!(
        ask(&phone.proof(nonce, state.now(), [7; 16])).await.code(),
        Some(Code::UseDpopNonce)
    );
}

#[tokio::test]
async fn bearer_errors_have_their_codes() {
    let wire = Wire::new().await;
    let user = wire.bench.user_with(Role::Engineer).await;
    let phone = wire.phone(1);
    wire.bench.enrol(&user, &phone).await;
    let token = wire.token(&phone).await;
    let reader = wire
        .bench
        .server
        .tokens()
        .create_reader(user.id, "curl", 1_000)
        .await
        .unwrap();
    let code = async |token: Option<&str>| wire.get("/v1/poke", token).await.code();
    assert_eq!(code(None).await, Some(Code::TokenMissing));
    assert_eq!(code(Some("")).await, Some(Code::TokenMissing));
    assert_eq!(code(Some("nonsense")).await, Some(Code::TokenUnknown));
    let basic = wire
        .send("GET", "/v1/poke", &[("authorization", "Basic YTpi")], b"")
        .await;
    assert_eq!(basic.code(), Some(Code::TokenMissing));
    assert_eq!(basic.headers["www-authenticate"], "Bearer");
    assert_eq!(
        code(Some(&reader.secret.text)).await,
        Some(Code::Forbidden),
        "pokes are for phones"
    );
    wire.bench.server.tokens().revoke(reader.id).await.unwrap();
    assert_eq!(code(Some(&reader.secret.text)).await, Some(Code::TokenRevoked));
    wire.bench.pass(crate::auth::TOKEN_LIFE_MS);
    assert_eq!(code(Some(&token)).await, Some(Code::TokenExpired));
}
