//! Pokes: the server names projects that moved, over server-sent events. A hint only; whoever misses one loses time.

use super::answer::way;
use super::api::http_client;
use crate::ClientError;
use futures_util::StreamExt;
use keyturn_domain::{Ids, ProjectId};
use keyturn_protocol::ApiError;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use std::collections::BTreeSet;
use std::time::Duration;

/// A line that does not end is not ours.
const LONGEST: usize = 4_096;

/// The stream of pokes of one login.
pub struct Pokes {
    stream: std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Vec<u8>, ApiError>> + Send>>,
    rest: Vec<u8>,
}

impl std::fmt::Debug for Pokes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pokes(..)")
    }
}

impl Pokes {
    /// Opens the stream.
    ///
    /// # Errors
    /// [`ClientError::Api`].
    pub async fn open(server: &str, token: &str) -> Result<Self, ClientError> {
        let address = format!("{}/v1/poke", server.trim_end_matches('/'));
        let get = http_client()?
            .get(address)
            .timeout(Duration::from_secs(86_400))
            .header(ACCEPT, "text/event-stream")
            .header(AUTHORIZATION, format!("Bearer {token}"));
        let response = get.send().await.map_err(|e| way(&e))?;
        if !response.status().is_success() {
            return Err(match super::answer::body(response, LONGEST).await {
                Err(e) => e.into(),
                Ok(_) => ApiError::Protocol("no stream of pokes".to_owned()).into(),
            });
        }
        let stream = response.bytes_stream().map(|part| match part {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(e) => Err(way(&e)),
        });
        Ok(Self {
            stream: Box::pin(stream),
            rest: Vec::new(),
        })
    }

    /// Waits for a poke: the project that moved, or none when all should be looked at. `Ok(None)` of the outer option
    /// says that the stream ended.
    ///
    /// # Errors
    /// [`ClientError::Api`].
    pub async fn next(&mut self) -> Result<Option<Poke>, ClientError> {
        loop {
            while let Some(line) = self.line() {
                if let Some(data) = line.strip_prefix("data:") {
                    let project = data.trim().parse().ok();
                    return Ok(Some(Poke { project }));
                }
            }
            match self.stream.next().await {
                None => return Ok(None),
                Some(part) => self.rest.extend_from_slice(&part?),
            }
            if self.rest.len() > LONGEST {
                return Err(ApiError::Protocol("a poke does not end".to_owned()).into());
            }
        }
    }

    /// Waits for a poke, then 2 to 5 seconds at random for more of them: a hundred phones do not all come at once.
    ///
    /// # Errors
    /// [`ClientError::Api`].
    pub async fn merged(&mut self, ids: &dyn Ids) -> Result<Option<BTreeSet<Poke>>, ClientError> {
        let Some(first) = self.next().await? else {
            return Ok(None);
        };
        let mut all = BTreeSet::from([first]);
        let mut random = [0; 2];
        ids.fill(&mut random);
        let wait = Duration::from_millis(2_000 + u64::from(u16::from_be_bytes(random)) % 3_001);
        let more = async {
            while let Ok(Some(poke)) = self.next().await {
                all.insert(poke);
            }
        };
        // The end of the wait, or of the stream: both mean that it is time to sync.
        let _ = tokio::time::timeout(wait, more).await;
        Ok(Some(all))
    }

    fn line(&mut self) -> Option<String> {
        let end = self.rest.iter().position(|b| *b == b'\n')?;
        let line: Vec<u8> = self.rest.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}

/// A hint that something moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Poke {
    /// The project; none: look at all.
    pub project: Option<ProjectId>,
}
