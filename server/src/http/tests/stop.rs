//! Stopping finishes what was begun, ends what would last, and takes nothing new.
use std::sync::LazyLock;

use axum::http::Method;
use axum::routing::on;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::wire::{Answer, Wire, more};
use crate::http::{About, Owner, Permission, Route};
use crate::testing::Bench;
use crate::users::Role;

/// How often the handler was entered, and how often it may go on.
static ENTERED: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(0));
static GO_ON: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(0));

async fn waits() -> &'static str {
    ENTERED.add_permits(1);
    GO_ON.acquire().await.unwrap().forget();
    "done"
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_a_stream_is_ended() {
    let route = Route {
        method: Method::GET,
        path: "/waits",
        permission: Permission::Anyone,
        owner: Owner::Nobody,
        limit: 0,
        handler: |m| on(m, waits),
        about: About::new("Waits"),
    };
    let mut wire = Wire::with(vec![route]).await;
    let user = wire.bench.user_with(Role::Engineer).await;
    let phone = wire.phone(1);
    wire.bench.enrol(&user, &phone).await;
    let bearer = format!("Bearer {}", wire.token(&phone).await);
    let mut stream = wire.open().await;
    stream
        .write_all(&wire.request("GET", "/v1/poke", &[("authorization", &bearer)], b""))
        .await
        .unwrap();
    let mut bytes = Vec::new();
    more(&mut stream, &mut bytes).await;
    let mut slow = wire.open().await;
    slow.write_all(&wire.request("GET", "/waits", &[], b"")).await.unwrap();
    ENTERED.acquire().await.unwrap().forget();

    let address = wire.address.clone();
    wire.stop();
    while more(&mut stream, &mut bytes).await > 0 {}
    GO_ON.add_permits(1);
    assert_eq!(Answer::read(&mut slow).await.body, b"done");
    let bench: Bench = wire.stopped().await;
    assert!(TcpStream::connect(&address).await.is_err());
    // The file is free again, and whole.
    let bench = bench.restart().await;
    assert_eq!(bench.server.users().list().await.unwrap().len(), 1);
}
