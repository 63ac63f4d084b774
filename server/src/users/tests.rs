use keyturn_domain::{ProjectId, ScopeId, UserId};
use keyturn_protocol::Code;
use uuid::Uuid;

use super::*;
use crate::audit;
use crate::testing::Bench;

const DAY: i64 = 24 * 3_600_000;

fn grant(user: UserId, role: Role, expires_at: Option<i64>) -> NewGrant {
    NewGrant {
        project: ProjectId::from_bytes([1; 16]),
        user,
        role,
        scope: ScopeId::from_bytes([2; 16]),
        access: Access::Read,
        expires_at,
    }
}

#[test]
fn roles_are_those_of_the_state_machines() {
    let json = include_str!("../../../core/domain/data/state_machines.json");
    let data: serde_json::Value = serde_json::from_str(json).unwrap();
    let listed = data["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["code"].as_str().unwrap());
    // Owners do not log in, and the system is nobody.
    let people: Vec<&str> = listed.filter(|code| !["owner", "system"].contains(code)).collect();
    assert_eq!(people, Role::ALL.map(Role::as_str));
    assert_eq!("owner".parse::<Role>().unwrap_err().code(), Code::RoleUnknown);
}

#[tokio::test]
async fn users_are_created_listed_found_and_disabled() {
    let bench = Bench::new().await;
    let users = bench.server.users();
    let wang = users.create("wang.lei", " 王磊 ").await.unwrap();
    assert_eq!(wang.display, "王磊");
    assert_eq!(users.create("wang.lei", "").await.unwrap_err().code(), Code::UserExists);
    for name in ["", "wang lei", "a\tb", &"x".repeat(81)] {
        assert_eq!(
            users.create(name, "").await.unwrap_err().code(),
            Code::BadValue,
            "{name:?}"
        );
    }
    assert_eq!(users.create("an", "").await.unwrap().display, "an");
    assert_eq!(users.find("wang.lei").await.unwrap(), wang);
    assert_eq!(users.find("nobody").await.unwrap_err().code(), Code::UserUnknown);
    users.disable(wang.id).await.unwrap();
    users.disable(wang.id).await.unwrap();
    let names: Vec<(String, bool)> = users
        .list()
        .await
        .unwrap()
        .into_iter()
        .map(|user| (user.name, user.disabled_at.is_some()))
        .collect();
    assert_eq!(names, [("an".to_owned(), false), ("wang.lei".to_owned(), true)]);
    assert_eq!(
        users.disable(UserId::default()).await.unwrap_err().code(),
        Code::UserUnknown
    );
    assert_eq!(
        bench
            .server
            .devices()
            .create_enrolment(wang.id)
            .await
            .unwrap_err()
            .code(),
        Code::UserDisabled
    );
    let nobody = bench.server.devices().create_enrolment(UserId::default()).await;
    assert_eq!(nobody.unwrap_err().code(), Code::UserUnknown);
}

#[tokio::test]
async fn a_grant_holds_until_it_is_ended_or_its_time_is_over() {
    let bench = Bench::new().await;
    let state = bench.server.state();
    let user = bench.user("crew").await;
    let (short, long) = (Uuid::from_bytes([3; 16]), Uuid::from_bytes([4; 16]));
    let expires_at = Some(state.now() + DAY);
    let mut tx = state.db.begin_write().await.unwrap();
    let job = grant(user.id, Role::Subcontractor, expires_at);
    insert_grant(&mut tx, Actor::Server, &job, short, 10, state.now())
        .await
        .unwrap();
    let seat = grant(user.id, Role::Engineer, None);
    insert_grant(&mut tx, Actor::Server, &seat, long, 11, state.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = state.db.begin_write().await.unwrap();
    let nobody = insert_grant(
        &mut tx,
        Actor::Server,
        &grant(UserId::default(), Role::Staff, None),
        short,
        1,
        0,
    )
    .await;
    assert_eq!(nobody.unwrap_err().code(), Code::UserUnknown);
    drop(tx);
    let reader = bench
        .server
        .tokens()
        .create_reader(user.id, "curl", 10 * DAY)
        .await
        .unwrap();
    let token = &reader.secret.text;
    let roles = async || -> Vec<Role> {
        let login = state.login(token).await.unwrap();
        login.active(state.now()).map(|grant| grant.role).collect()
    };
    assert_eq!(roles().await, [Role::Subcontractor, Role::Engineer]);
    bench.pass(DAY);
    assert_eq!(roles().await, [Role::Engineer]);
    let mut tx = state.db.begin_write().await.unwrap();
    assert_eq!(
        end_grant(&mut tx, Actor::Server, long, 20, 5)
            .await
            .unwrap()
            .unwrap()
            .until_seq,
        Some(20)
    );
    assert_eq!(end_grant(&mut tx, Actor::Server, long, 21, 6).await.unwrap(), None);
    let unknown = end_grant(&mut tx, Actor::Server, Uuid::nil(), 21, 6).await;
    assert_eq!(unknown.unwrap_err().code(), Code::GrantUnknown);
    tx.commit().await.unwrap();
    assert!(roles().await.is_empty());
    assert!(bench.server.grants().of(user.id).await.unwrap().is_empty());
    let mut read = state.db.begin_read().await.unwrap();
    let ever = grants_ever_of(&mut read, user.id, ProjectId::from_bytes([1; 16]))
        .await
        .unwrap();
    let ended: Vec<Option<i64>> = ever.iter().map(|grant| grant.ended(state.now())).collect();
    assert_eq!(ended, [expires_at, Some(5)]);
}

#[tokio::test]
async fn a_role_on_the_whole_server_is_for_the_office() {
    let bench = Bench::new().await;
    let user = bench.user("chen").await;
    let made = bench
        .server
        .grants()
        .grant_server_wide(user.id, Role::Administrator)
        .await
        .unwrap();
    assert!(made.is_server_wide());
    assert_eq!(bench.server.grants().of(user.id).await.unwrap(), [made]);
    let engineer = bench.server.grants().grant_server_wide(user.id, Role::Engineer).await;
    assert_eq!(engineer.unwrap_err().code(), Code::BadValue);
}

#[tokio::test]
async fn a_readers_token_ends_by_time_by_hand_and_with_its_person() {
    let bench = Bench::new().await;
    let state = bench.server.state();
    let user = bench.user("export").await;
    let make = async || bench.server.tokens().create_reader(user.id, "curl", DAY).await.unwrap();
    let (first, second, third) = (make().await, make().await, make().await);
    state.login(&first.secret.text).await.unwrap();
    bench.server.tokens().revoke(first.id).await.unwrap();
    assert_eq!(
        state.login(&first.secret.text).await.unwrap_err().code(),
        Code::TokenRevoked
    );
    assert_eq!(
        bench.server.tokens().revoke(Uuid::nil()).await.unwrap_err().code(),
        Code::TokenUnknown
    );
    state.login(&second.secret.text).await.unwrap();
    bench.server.users().disable(user.id).await.unwrap();
    assert_eq!(
        state.login(&second.secret.text).await.unwrap_err().code(),
        Code::TokenRevoked
    );
    bench.pass(DAY);
    assert!(state.login(&third.secret.text).await.is_err());
    let nobody = bench.server.tokens().create_reader(UserId::default(), "x", DAY).await;
    assert_eq!(nobody.unwrap_err().code(), Code::UserUnknown);
}

#[tokio::test]
async fn the_audit_log_tells_what_was_done_and_when_it_was_touched() {
    let bench = Bench::new().await;
    let state = bench.server.state();
    let user = bench.user("chen").await;
    bench
        .server
        .grants()
        .grant_server_wide(user.id, Role::Manager)
        .await
        .unwrap();
    bench.server.devices().create_enrolment(user.id).await.unwrap();
    bench.server.tokens().create_reader(user.id, "curl", DAY).await.unwrap();
    bench.server.users().disable(user.id).await.unwrap();
    let mut tx = state.db.begin_write().await.unwrap();
    let rows = sqlx::query("SELECT action, subject, detail FROM audit ORDER BY seq")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    let actions: Vec<String> = rows.iter().map(|row| crate::db::text(row, "action").unwrap()).collect();
    assert_eq!(
        actions,
        [
            "user.create",
            "grant.make",
            "enrolment.make",
            "token.make",
            "user.disable"
        ]
    );
    assert!(
        rows.iter()
            .all(|row| crate::db::text(row, "subject").unwrap() == user.id.to_string())
    );
    assert_eq!(audit::first_broken(&mut tx).await.unwrap(), None);
    sqlx::query("UPDATE audit SET detail = 'x' WHERE seq = 3")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(audit::first_broken(&mut tx).await.unwrap(), Some(3));
    sqlx::query("DELETE FROM audit WHERE seq = 3")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(audit::first_broken(&mut tx).await.unwrap(), Some(4));
}
