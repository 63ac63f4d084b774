//! Enrolment codes, tokens, withdrawn devices.

use super::{Site, number};
use keyturn_client::{ClientError, DeviceState, StepBudget};
use keyturn_tests::real::{DATABASE, home, keyturn, open_phone, record};

#[tokio::test]
async fn enrolment_codes_are_refused_each_with_its_code() {
    let site = Site::new().await;
    let (client, _) = open_phone(&site.dir("b"), &site.serve.url).unwrap();
    let used = site.office.code(site.user).await;
    let (other, _) = open_phone(&site.dir("a"), &site.serve.url).unwrap();
    other.session().enrol(&used, "a").await.unwrap();
    let old = site.office.code(site.user).await;
    site.change("UPDATE enrolments SET expires_at = 1 WHERE used_at IS NULL");
    let devices = "SELECT count(*) FROM devices";
    assert_eq!(site.number(devices), 1);

    for (code, expected) in [
        ("0000-0000-0000", "enrol_code_unknown"),
        ("", "enrol_code_unknown"),
        (used.as_str(), "enrol_code_used"),
        (old.as_str(), "enrol_code_expired"),
    ] {
        let error = client.session().enrol(code, "b").await.unwrap_err();
        assert_eq!(error.code(), expected, "{code:?}");
        assert_eq!(client.session().device_state(), DeviceState::New);
    }
    assert!(matches!(
        record(&client, home(1), 0, "x"),
        Err(ClientError::NotEnrolled)
    ));
    assert_eq!(site.number(devices), 1);
    // The phone that used it may repeat the call: its first answer may have got lost.
    other.session().enrol(&used, "a").await.unwrap();
    // A new code serves, after all that.
    let code = site.office.code(site.user).await;
    client.session().enrol(&code, "b").await.unwrap();
    assert_eq!(site.number(devices), 2);
}

#[tokio::test]
async fn a_token_that_ended_is_replaced_without_anybody_noticing() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    let token = client.session().token().await.unwrap();
    for (sql, code) in [
        ("UPDATE tokens SET expires_at = 1", "token_expired"),
        ("UPDATE tokens SET revoked_at = 1", "token_revoked"),
        ("DELETE FROM tokens", "token_unknown"),
    ] {
        let token_before = client.session().token().await.unwrap();
        // As `keyturn` would do it, with the counter by which servers see that logins changed.
        site.change(&format!("{sql}; UPDATE counters SET n = n + 1 WHERE name = 'auth'"));
        let answer = super::requests::post(&site, &token_before, b"").await;
        assert_eq!(answer, (401, code.to_owned()));
        record(&client, home(1), 0, code).unwrap();
        client.sync().step(StepBudget::default()).await.unwrap();
        assert_eq!(client.sync().status().unwrap().queued, 0, "{code}");
    }
    assert_ne!(client.session().token().await.unwrap(), token);
}

#[tokio::test]
async fn a_withdrawn_device_hands_in_and_gets_nothing() {
    let site = Site::new().await;
    let client = site.phone("a").await;
    client.sync().run(StepBudget::default(), 9).await.unwrap();
    record(&client, home(1), 0, "before it was withdrawn").unwrap();
    let device = client.session().me().unwrap().device.to_string();
    let done = keyturn(&["device", "revoke", &device], &site.office.data);
    assert_eq!(done.exit, Some(0), "{done:?}");

    let token = client.session().token().await.unwrap();
    let poke = keyturn_tests::harness::web().get(format!("{}/v1/poke", site.serve.url));
    let refused = poke.bearer_auth(&token).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("\"revoked\""));

    client.sync().run(StepBudget::default(), 9).await.unwrap();
    assert_eq!(client.session().device_state(), DeviceState::Revoked);
    assert!(matches!(
        record(&client, home(1), 0, "after"),
        Err(ClientError::Revoked)
    ));
    assert_eq!(site.number("SELECT count(*) FROM changes"), 0);
    assert_eq!(site.number("SELECT count(*) FROM quarantine"), 1);
    drop(client);
    let kept = number(
        &site.dir("a").join(DATABASE),
        "SELECT count(*) FROM changes WHERE own = 1",
    );
    assert_eq!(kept, 1, "what was recorded stays on the phone");
}
