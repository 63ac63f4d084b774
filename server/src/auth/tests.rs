use keyturn_protocol::Code;
use keyturn_protocol::auth::{EnrolRequest, ProofClaims, TOKEN_PATH};

use super::*;
use crate::Error;
use crate::testing::{Bench, HOST, Phone, START};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

async fn code_of(bench: &Bench) -> String {
    let user = bench.user("wang.lei").await;
    bench.server.devices().create_enrolment(user.id).await.unwrap().text
}

async fn enrol_error(bench: &Bench, request: &EnrolRequest) -> Code {
    enrol(bench.server.state(), request).await.unwrap_err().code()
}

/// Asks with this proof and returns the code of the refusal.
async fn refusal(bench: &Bench, proof: &str) -> Code {
    let state = bench.server.state();
    token(state, proof, &addresses(state, HOST))
        .await
        .map(|_| ())
        .unwrap_err()
        .code()
}

async fn nonce(bench: &Bench, phone: &Phone) -> String {
    let state = bench.server.state();
    let proof = phone.proof(None, state.now(), state.ids.bytes16());
    match token(state, &proof, &addresses(state, HOST)).await {
        Err(Error::Nonce(nonce)) => nonce,
        other => panic!("a nonce was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn a_code_enrols_once_and_a_lost_answer_can_be_asked_for_again() {
    let bench = Bench::new().await;
    let code = code_of(&bench).await;
    let typed = code.to_lowercase().replace('-', " ");
    let first = enrol(bench.server.state(), &Phone::new(1).request(&typed))
        .await
        .unwrap();
    bench.pass(HOUR);
    let again = enrol(bench.server.state(), &Phone::new(1).request(&code))
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(
        enrol_error(&bench, &Phone::new(2).request(&code)).await,
        Code::EnrolCodeUsed
    );
    assert_eq!(bench.server.devices().list(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_or_expired_code_enrols_nobody() {
    let bench = Bench::new().await;
    let code = code_of(&bench).await;
    let phone = Phone::new(1);
    assert_eq!(
        enrol_error(&bench, &phone.request("0000-0000-0000")).await,
        Code::EnrolCodeUnknown
    );
    assert_eq!(enrol_error(&bench, &phone.request("")).await, Code::EnrolCodeUnknown);
    bench.pass(15 * MINUTE - 1);
    let other = bench.server.users().find("wang.lei").await.unwrap();
    let fresh = bench.server.devices().create_enrolment(other.id).await.unwrap().text;
    bench.pass(1);
    assert_eq!(enrol_error(&bench, &phone.request(&code)).await, Code::EnrolCodeExpired);
    enrol(bench.server.state(), &phone.request(&fresh)).await.unwrap();
}

#[tokio::test]
async fn a_known_key_a_bad_name_and_a_disabled_user_are_refused() {
    let bench = Bench::new().await;
    let user = bench.user("li.na").await;
    let phone = Phone::new(1);
    bench.enrol(&user, &phone).await;
    let code = bench.server.devices().create_enrolment(user.id).await.unwrap().text;
    assert_eq!(enrol_error(&bench, &phone.request(&code)).await, Code::DeviceKeyUsed);
    for name in ["", "  ", "a\nb", &"x".repeat(81)] {
        let request = EnrolRequest {
            device_name: name.to_owned(),
            ..Phone::new(2).request(&code)
        };
        assert_eq!(enrol_error(&bench, &request).await, Code::BadValue);
    }
    bench.server.users().disable(user.id).await.unwrap();
    assert_eq!(
        enrol_error(&bench, &Phone::new(2).request(&code)).await,
        Code::UserDisabled
    );
}

#[tokio::test]
async fn a_proof_gives_a_token_for_twelve_hours() {
    let bench = Bench::new().await;
    let user = bench.user("li.na").await;
    let phone = Phone::new(1);
    let enrolled = bench.enrol(&user, &phone).await;
    let token = bench.token(&phone).await.unwrap();
    let state = bench.server.state();
    let login = state.login(&token).await.unwrap();
    assert_eq!(login.user, user.id);
    assert_eq!(login.device.unwrap().0, enrolled.device);
    assert!(!login.revoked);
    bench.pass(TOKEN_LIFE_MS - 1);
    state.login(&token).await.unwrap();
    bench.pass(1);
    assert_eq!(state.login(&token).await.unwrap_err().code(), Code::TokenExpired);
    assert_eq!(state.login("nonsense").await.unwrap_err().code(), Code::TokenUnknown);
    assert_eq!(state.login("").await.unwrap_err().code(), Code::TokenUnknown);
}

#[tokio::test]
async fn tokens_outlive_a_restart_and_stand_nowhere_in_the_file() {
    let bench = Bench::new().await;
    let user = bench.user("li.na").await;
    let phone = Phone::new(1);
    let code = bench.server.devices().create_enrolment(user.id).await.unwrap().text;
    enrol(bench.server.state(), &phone.request(&code)).await.unwrap();
    let token = bench.token(&phone).await.unwrap();
    let bench = bench.restart().await;
    bench.server.state().login(&token).await.unwrap();
    bench.server.close().await;
    let file = std::fs::read(bench.dir.path().join("keyturn.db")).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("li.na"));
    assert!(!holds(&token));
    assert!(!holds(&code));
    assert!(!holds(&code.replace('-', "")));
}

#[tokio::test]
async fn a_proof_is_used_once_even_after_a_restart() {
    let bench = Bench::new().await;
    let phone = Phone::new(1);
    bench.enrol(&bench.user("li.na").await, &phone).await;
    let nonce = nonce(&bench, &phone).await;
    let proof = phone.proof(Some(&nonce), START, [9; 16]);
    let state = bench.server.state();
    token(state, &proof, &addresses(state, HOST)).await.unwrap();
    assert_eq!(refusal(&bench, &proof).await, Code::DpopReplayed);
    let bench = bench.restart().await;
    assert_eq!(refusal(&bench, &proof).await, Code::DpopReplayed);
    // The nonce itself serves again, all day.
    bench.pass(NONCE_LIFE_MS - 1);
    let state = bench.server.state();
    let later = phone.proof(Some(&nonce), state.now(), [10; 16]);
    token(state, &later, &addresses(state, HOST)).await.unwrap();
    bench.pass(1);
    let too_late = phone.proof(Some(&nonce), bench.server.state().now(), [11; 16]);
    assert_eq!(refusal(&bench, &too_late).await, Code::UseDpopNonce);
}

#[tokio::test]
async fn every_false_proof_is_refused() {
    let bench = Bench::new().await;
    let phone = Phone::new(1);
    bench.enrol(&bench.user("li.na").await, &phone).await;
    let nonce = nonce(&bench, &phone).await;
    let stranger = Phone::new(2);
    assert_eq!(
        refusal(&bench, &stranger.proof(Some(&nonce), START, [1; 16])).await,
        Code::DeviceUnknown
    );
    let elsewhere = Phone {
        url: "https://evil.example".to_owned(),
        ..Phone::new(1)
    };
    assert_eq!(
        refusal(&bench, &elsewhere.proof(Some(&nonce), START, [2; 16])).await,
        Code::DpopBad
    );
    assert_eq!(
        refusal(&bench, &phone.proof(Some("made-up"), START, [3; 16])).await,
        Code::UseDpopNonce
    );
    assert_eq!(
        refusal(&bench, &phone.proof(Some(""), START, [3; 16])).await,
        Code::UseDpopNonce
    );
    let claims = ProofClaims {
        jti: "a".to_owned(),
        htm: "GET".to_owned(),
        htu: format!("http://{HOST}{TOKEN_PATH}"),
        iat: START / 1_000,
        nonce: Some(nonce.clone()),
    };
    let sign = |claims: &ProofClaims| keyturn_protocol::auth::DpopProof::sign_claims(&phone.key, claims).unwrap();
    assert_eq!(refusal(&bench, &sign(&claims)).await, Code::DpopBad);
    let long = ProofClaims {
        jti: "a".repeat(65),
        htm: "POST".to_owned(),
        ..claims
    };
    assert_eq!(refusal(&bench, &sign(&long)).await, Code::DpopBad);
    assert_eq!(refusal(&bench, "nonsense").await, Code::DpopBad);
    let good = phone.proof(Some(&nonce), START, [4; 16]);
    let stolen = format!("{}.{}", good.rsplit_once('.').unwrap().0, "AAAA");
    assert_eq!(refusal(&bench, &stolen).await, Code::DpopBad);
}

#[tokio::test]
async fn a_clock_that_is_years_off_is_told_the_time_and_may_work() {
    let bench = Bench::new().await;
    let phone = Phone::new(1);
    bench.enrol(&bench.user("li.na").await, &phone).await;
    let nonce = nonce(&bench, &phone).await;
    let state = bench.server.state();
    let years = 10 * 365 * 24 * HOUR;
    for (n, wrong) in [START - years, START + years, i64::MAX, i64::MIN, 0]
        .into_iter()
        .enumerate()
    {
        let proof = phone.proof(Some(&nonce), wrong, [n as u8; 16]);
        let reply = token(state, &proof, &addresses(state, HOST)).await.unwrap();
        assert_eq!((reply.server_time, reply.expires_at), (START, START + TOKEN_LIFE_MS));
    }
}

#[tokio::test]
async fn a_withdrawn_device_keeps_and_gets_tokens_that_only_hand_in() {
    let bench = Bench::new().await;
    let user = bench.user_with(crate::users::Role::Engineer).await;
    let phone = Phone::new(1);
    let device = keyturn_domain::DeviceId(bench.enrol(&user, &phone).await.device);
    let before = bench.token(&phone).await.unwrap();
    let state = bench.server.state();
    assert_eq!(state.login(&before).await.unwrap().active(state.now()).count(), 1);
    bench.server.devices().revoke(device).await.unwrap();
    let after = bench.token(&phone).await.unwrap();
    for token in [before, after] {
        let login = state.login(&token).await.unwrap();
        assert!(login.revoked);
        assert_eq!(login.active(state.now()).count(), 0);
    }
    bench.server.devices().revoke(device).await.unwrap();
    let unknown = bench.server.devices().revoke(keyturn_domain::DeviceId::default()).await;
    assert_eq!(unknown.unwrap_err().code(), Code::DeviceUnknown);
}

#[tokio::test]
async fn another_process_revokes_at_once() {
    let bench = Bench::new().await;
    let user = bench.user("li.na").await;
    let phone = Phone::new(1);
    let device = keyturn_domain::DeviceId(bench.enrol(&user, &phone).await.device);
    let token = bench.token(&phone).await.unwrap();
    assert!(!bench.server.state().login(&token).await.unwrap().revoked);
    let mut config = crate::ServerConfig::new(crate::testing::database(&bench.dir.path().join("keyturn.db")));
    config.db.holder = crate::db::Holder::Tool;
    let tool = crate::Server::open(config).await.unwrap();
    tool.devices().revoke(device).await.unwrap();
    assert!(bench.server.state().login(&token).await.unwrap().revoked);
}

#[test]
fn a_code_is_read_as_people_type_it() {
    assert_eq!(code_hash("7QK2-M9XD-40FA"), code_hash(" 7qk2 m9xd 4OfA"));
    assert_eq!(code_hash("1111"), code_hash("ILil"));
    assert_ne!(code_hash("1111"), code_hash("1112"));
    let code = Secret::code(&crate::SystemIds);
    assert_eq!(code.text.len(), 14);
    assert_eq!(code_hash(&code.text), code.hash);
    assert!(!format!("{code:?}").contains(&code.text));
}

#[tokio::test]
async fn a_code_a_proof_and_a_revocation_count_at_every_server_at_once() {
    let bench = Bench::new().await;
    if !crate::testing::on_postgres() {
        return;
    }
    let other = bench.beside().await;
    let (here, there) = (bench.server.state(), other.state());
    let (phone, stranger) = (Phone::new(1), Phone::new(2));
    let code = code_of(&bench).await;
    let device = enrol(here, &phone.request(&code)).await.unwrap().device;
    let again = enrol(there, &stranger.request(&code)).await.unwrap_err();
    assert_eq!(again.code(), Code::EnrolCodeUsed);
    let nonce = nonce(&bench, &phone).await;
    let proof = phone.proof(Some(&nonce), here.now(), here.ids.bytes16());
    let got = token(there, &proof, &addresses(there, HOST)).await.unwrap();
    assert_eq!(refusal(&bench, &proof).await, Code::DpopReplayed);
    for state in [here, there] {
        assert!(!state.login(&got.token).await.unwrap().revoked);
    }
    bench
        .server
        .devices()
        .revoke(keyturn_domain::DeviceId(device))
        .await
        .unwrap();
    assert!(there.login(&got.token).await.unwrap().revoked);
}
