//! A server on a real port, and a client that sees every byte.
use std::collections::BTreeMap;

use keyturn_protocol::Code;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{Route, routes::build};
use crate::testing::{Bench, Phone};

pub struct Wire {
    pub bench: Bench,
    pub address: String,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    pub head_bytes: usize,
}

impl Wire {
    pub async fn new() -> Self {
        Self::with(Vec::new()).await
    }

    /// A server with more routes than the table has.
    pub async fn with(more: Vec<Route>) -> Self {
        let bench = Bench::new().await;
        let listener = crate::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let server = bench.server.clone();
        let mut routes = crate::http::routes();
        routes.extend(more);
        let router = build(server.state().clone(), routes);
        let shutdown = async move {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(async move { server.serve_router(listener, router, shutdown).await });
        Self {
            bench,
            address,
            stop: Some(stop),
            serving,
        }
    }

    /// Tells the server to stop, without waiting.
    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn stopped(self) -> Bench {
        self.serving.await.unwrap();
        self.bench
    }

    /// The phone as it would call this server.
    pub fn phone(&self, seed: u8) -> Phone {
        Phone {
            url: format!("http://{}", self.address),
            ..Phone::new(seed)
        }
    }

    pub async fn open(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut socket = self.open().await;
        socket
            .write_all(&self.request(method, path, headers, body))
            .await
            .unwrap();
        Answer::read(&mut socket).await
    }

    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        [text.as_bytes(), body].concat()
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
        self.send("GET", path, &headers, b"").await
    }

    /// A token, by HTTP alone.
    pub async fn token(&self, phone: &Phone) -> String {
        let state = self.bench.server.state();
        let ask = async |nonce: Option<&str>| {
            let proof = phone.proof(nonce, state.now(), state.ids.bytes16());
            self.send("POST", "/v1/token", &[("dpop", &proof)], b"").await
        };
        let first = ask(None).await;
        assert_eq!(first.code(), Some(Code::UseDpopNonce));
        let answer = ask(Some(&first.headers["dpop-nonce"])).await;
        assert_eq!(answer.status, 200);
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    pub async fn read(socket: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let (head_bytes, headers, status, length) = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
                let mut lines = head.split("\r\n");
                let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
                let headers: BTreeMap<String, String> = lines
                    .map(|line| line.split_once(": ").unwrap())
                    .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                    .collect();
                let length = headers
                    .get("content-length")
                    .map_or(0, |length| length.parse::<usize>().unwrap());
                break (end + 4, headers, status, length);
            }
            assert!(more(socket, &mut bytes).await > 0, "cut off after {bytes:?}");
        };
        while bytes.len() < head_bytes + length {
            assert!(more(socket, &mut bytes).await > 0, "cut off in the body");
        }
        Self {
            status,
            headers,
            body: bytes.split_off(head_bytes),
            head_bytes,
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a problem, after a look at the whole envelope.
    pub fn code(&self) -> Option<Code> {
        if self.status < 400 {
            return None;
        }
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.headers["x-request-id"].len(), 16);
        let problem = self.json();
        let code = Code::parse(problem["code"].as_str().unwrap()).unwrap();
        assert_eq!(problem["status"], self.status);
        assert_eq!(self.status, code.status());
        assert_eq!(problem["title"], code.en());
        assert_eq!(problem["title_zh"], code.zh());
        Some(code)
    }
}

/// Reads what comes next; 0 at the end. A server that says nothing for long is a fault, not a reason to wait.
pub async fn more(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> usize {
    let read = tokio::time::timeout(std::time::Duration::from_secs(60), socket.read_buf(bytes));
    read.await.expect("the server says nothing").unwrap()
}
