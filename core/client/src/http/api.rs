//! [`SyncApi`] over HTTP.

use super::answer::{body, way};
use crate::ClientError;
use async_trait::async_trait;
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TOKEN_PATH, TokenReply};
use keyturn_protocol::codec::{pack, unpack};
use keyturn_protocol::{ApiError, SyncApi, SyncReply, SyncRequest};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, redirect};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The most that a reply may have, packed and unpacked.
const PACKED: usize = 16 << 20;
const UNPACKED: usize = 64 << 20;
const SMALL: usize = 64 << 10;
const CONNECT: Duration = Duration::from_secs(10);
/// Without a byte for so long, the other side is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// The server over HTTP. Idle connections are kept: the next exchange costs one round trip.
#[derive(Debug)]
pub struct HttpApi {
    client: Client,
    server: String,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    requests: AtomicU64,
}

impl HttpApi {
    /// Makes the client of the server at `server`, e.g. `https://keyturn.example`.
    ///
    /// # Errors
    /// [`ClientError::Api`] when the machine's certificates cannot be used.
    pub fn new(server: &str) -> Result<Self, ClientError> {
        Ok(Self {
            client: http_client()?,
            server: server.trim_end_matches('/').to_owned(),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        })
    }

    /// Returns requests made, bytes of bodies sent, bytes of bodies received.
    #[must_use]
    pub fn traffic(&self) -> (u64, u64, u64) {
        let load = |n: &AtomicU64| n.load(Ordering::Relaxed);
        (load(&self.requests), load(&self.bytes_up), load(&self.bytes_down))
    }

    async fn send(&self, request: reqwest::RequestBuilder, up: usize, limit: usize) -> Result<Vec<u8>, ApiError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes_up.fetch_add(up as u64, Ordering::Relaxed);
        let response = request.send().await.map_err(|e| way(&e))?;
        let bytes = body(response, limit).await?;
        self.bytes_down.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes)
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.server))
    }
}

/// One client for exchanges and pokes.
pub(super) fn http_client() -> Result<Client, ClientError> {
    let wrong = |e: String| ApiError::Protocol(e);
    // The process may have chosen a provider before; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .tcp_nodelay(true);
    Ok(builder.build().map_err(|e| wrong(e.to_string()))?)
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|_| ApiError::Protocol("the answer is not the JSON expected".to_owned()))
}

#[async_trait]
impl SyncApi for HttpApi {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        let bytes = serde_json::to_vec(&request).map_err(|e| ApiError::Protocol(e.to_string()))?;
        let up = bytes.len();
        let post = self
            .post("/v1/enrol")
            .header(CONTENT_TYPE, "application/json")
            .body(bytes);
        json(&self.send(post, up, SMALL).await?)
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        let post = self.post(TOKEN_PATH).header("dpop", proof);
        json(&self.send(post, 0, SMALL).await?)
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        let bytes = pack(&request).map_err(|e| ApiError::Protocol(e.code().to_owned()))?;
        let up = bytes.len();
        let post = self
            .post("/v1/sync")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(bytes);
        let bytes = self.send(post, up, PACKED).await?;
        unpack(&bytes, UNPACKED).map_err(|e| ApiError::Protocol(e.code().to_owned()))
    }
}
