//! Somebody else answers, or nobody.

use super::Site;
use keyturn_client::{Action, StepBudget};
use keyturn_tests::real::{home, open_phone, record};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every request with the same bytes, like the box of a hotel's network.
async fn portal(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            // Whatever was asked; a request of ours arrives in one piece or two.
            let mut request = vec![0; 65_536];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    address
}

#[tokio::test]
async fn a_captive_portal_is_recognised() {
    let site = Site::new().await;
    for (n, (answer, code)) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>Log in</html>",
            "captive_portal",
        ),
        (
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n\n <!doctype html>",
            "captive_portal",
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            "captive_portal",
        ),
        (
            "HTTP/1.1 511 Network Authentication Required\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno",
            "captive_portal",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno",
            "offline",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc",
            "protocol",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", "offline"),
    ]
    .into_iter()
    .enumerate()
    {
        let dir = site.dir(&format!("phone-{n}"));
        let (client, _) = open_phone(&dir, &site.serve.url).unwrap();
        let code_text = site.office.code(site.user).await;
        client.session().enrol(&code_text, "phone").await.unwrap();
        client.session().token().await.unwrap();
        record(&client, home(1), 0, "in the hotel").unwrap();
        drop(client);

        let somebody = format!("http://{}", portal(answer).await);
        let (client, _) = open_phone(&dir, &somebody).unwrap();
        let error = client.sync().step(StepBudget::default()).await.unwrap_err();
        assert_eq!(error.code(), code, "{answer}");
        if code != "protocol" {
            assert_eq!(error.action(), Action::Retry, "{answer}");
        }
        assert_eq!(client.sync().status().unwrap().queued, 1, "{answer}");
        drop(client);

        // Back in a network that leads to the server.
        let (client, _) = open_phone(&dir, &site.serve.url).unwrap();
        client.sync().run(StepBudget::default(), 9).await.unwrap();
        assert_eq!(client.sync().status().unwrap().queued, 0);
    }
}

#[tokio::test]
async fn nobody_answers() {
    let mut site = Site::new().await;
    let client = site.phone("a").await;
    client.session().token().await.unwrap();
    record(&client, home(1), 0, "in the basement").unwrap();
    site.serve.kill();
    let error = client.sync().step(StepBudget::default()).await.unwrap_err();
    assert_eq!((error.code(), error.action()), ("offline", Action::Retry));
    assert_eq!(client.sync().status().unwrap().queued, 1);
    // Recording goes on.
    record(&client, home(1), 0, "still in the basement").unwrap();
}
