//! How long each exchange took, as its phone saw it.

use async_trait::async_trait;
use keyturn_client::HttpApi;
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, SyncApi, SyncReply, SyncRequest};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Milliseconds of the exchanges of some phones.
#[derive(Clone, Default)]
pub struct Times(Arc<Mutex<Vec<f64>>>);

impl Times {
    /// Returns the way to the server that writes them down.
    pub fn around(&self, api: Arc<HttpApi>) -> impl SyncApi + use<> {
        Timed {
            api,
            times: self.clone(),
        }
    }

    /// Forgets those until now.
    pub fn forget(&self) {
        self.0.lock().expect("whole").clear();
    }

    /// Returns how many there were, the middle one, and the one that 99 of 100 stay below.
    pub fn told(&self) -> (usize, f64, f64) {
        let mut all = self.0.lock().expect("whole").clone();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| {
            all.get(((all.len() as f64) * share) as usize)
                .copied()
                .unwrap_or_default()
        };
        (all.len(), at(0.5), at(0.99))
    }
}

struct Timed {
    api: Arc<HttpApi>,
    times: Times,
}

#[async_trait]
impl SyncApi for Timed {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        self.api.enrol(request).await
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        self.api.token(proof).await
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        let begin = Instant::now();
        let reply = self.api.sync(token, request).await;
        let took = begin.elapsed().as_secs_f64() * 1_000.0;
        self.times.0.lock().expect("whole").push(took);
        reply
    }
}
