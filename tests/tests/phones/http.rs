//! A phone over HTTP, and what stands in the way.

use super::bench::{Dice, Phone, World};
use keyturn_client::{Action, ClientError, HttpApi, Pokes, StepBudget};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn served(world: &World) -> (String, tokio::task::JoinHandle<()>) {
    let listener = keyturn_server::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = world.server.clone();
    let task = tokio::spawn(async move {
        server.serve(listener, std::future::pending()).await;
    });
    (address, task)
}

fn phone(world: &World, seed: u8, address: &str) -> Phone {
    let path = world.dir.path().join(format!("http-{seed}.db"));
    let api = Arc::new(HttpApi::new(address).unwrap());
    Phone::open_with(path, seed, Dice::new(seed), api, address)
}

async fn enrolled(world: &World, name: &str, seed: u8, address: &str) -> Phone {
    let user = world.user(name).await;
    world.grant(user, 1).await;
    let phone = phone(world, seed, address);
    let code = world.server.devices().create_enrolment(user).await.unwrap();
    phone.client.session().enrol(&code.text, "bench").await.unwrap();
    let again = phone.client.session().enrol("ZZZZ-ZZZZ", "bench").await.unwrap_err();
    assert_eq!(again.code(), "enrol_code_unknown");
    phone
}

#[tokio::test]
async fn two_phones_meet_over_http_and_a_poke_tells_the_other() {
    let world = World::new().await;
    let (address, task) = served(&world).await;
    let (a, b) = (
        enrolled(&world, "a", 1, &address).await,
        enrolled(&world, "b", 2, &address).await,
    );
    a.quiet().await;
    b.quiet().await;
    let mut pokes = Pokes::open(&address, &b.client.session().token().await.unwrap())
        .await
        .unwrap();
    a.tap(1, "win-01", "ok");
    a.quiet().await;
    let poke = pokes.next().await.unwrap().unwrap();
    assert_eq!(poke.project, Some(super::bench::PROJECT));
    b.quiet().await;
    assert_eq!(b.values(1, "win-01"), ["ok"]);
    task.abort();
}

/// Answers every request like this.
async fn stranger(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4_096];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[tokio::test]
async fn whoever_else_answers_is_recognised() {
    let world = World::new().await;
    for (answer, code, action) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>",
            "captive_portal",
            Action::Retry,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n  <HTML>",
            "captive_portal",
            Action::Retry,
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://login.example/\r\ncontent-length: 0\r\n\r\n",
            "captive_portal",
            Action::Retry,
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad",
            "offline",
            Action::Retry,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
            "protocol",
            Action::Show,
        ),
        ("", "offline", Action::Retry),
    ] {
        let phone = phone(&world, 9, &stranger(answer).await);
        let error = phone.client.session().enrol("CODE", "bench").await.unwrap_err();
        assert_eq!((error.code(), error.action()), (code, action), "{answer}");
    }
    let nobody = phone(&world, 9, "http://127.0.0.1:9");
    let error = nobody.client.session().enrol("CODE", "bench").await.unwrap_err();
    assert_eq!(error.code(), "offline");
    assert!(matches!(
        nobody.client.sync().step(StepBudget::default()).await,
        Err(ClientError::NotEnrolled)
    ));
}
