//! A phone: the real client, on a folder of its own, over HTTP.

use super::office::{PROJECT, document};
use keyturn_client::{
    Client, ClientError, ClientOptions, FileKey, HttpApi, OpenReport, Saved, StepBudget, SystemClock, SystemIds, Target,
};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::{Stamp, Who, common};
use keyturn_domain::{Clock, Container, Ids, PlaceId, ScopeId, Write};
use std::path::Path;
use std::sync::Arc;

/// The name of the database in a phone's folder.
pub const DATABASE: &str = "phone.db";

/// The machine's clock, so many milliseconds off.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneClock(pub i64);

impl Clock for PhoneClock {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0
    }
}

/// Opens the phone in `dir`, which talks to `server`.
///
/// # Errors
/// What the client says.
pub fn open_phone(dir: &Path, server: &str) -> Result<(Client, OpenReport), ClientError> {
    phone_with(dir, server, PhoneClock::default(), 0)
}

/// Opens a phone with a clock that is off, or with ballast.
///
/// # Errors
/// What the client says.
///
/// # Panics
/// When its folder cannot be made.
pub fn phone_with(
    dir: &Path,
    server: &str,
    clock: PhoneClock,
    ballast: u64,
) -> Result<(Client, OpenReport), ClientError> {
    std::fs::create_dir_all(dir).expect("the phone's folder");
    Client::open(ClientOptions {
        path: dir.join(DATABASE),
        server: server.to_owned(),
        api: Arc::new(HttpApi::new(server)?),
        signer: Arc::new(FileKey::open_or_create(&dir.join("device.key"), &SystemIds)?),
        clock: Arc::new(clock),
        ids: Arc::new(SystemIds),
        ballast,
    })
}

/// The n-th inspection of a home.
#[must_use]
pub fn genesis(home: PlaceId, n: u32) -> Genesis {
    Genesis {
        document: document(home, n),
        project: PROJECT,
        place: home,
        kind: "inspection".into(),
    }
}

/// Records an answer and a remark in the n-th inspection of a home, which is begun if need be. Always makes a change.
///
/// # Errors
/// What the client says.
pub fn record(client: &Client, home: PlaceId, n: u32, words: &str) -> Result<Saved, ClientError> {
    let who = Who {
        user: client.session().me()?.user,
        role: "engineer".into(),
    };
    let stamp = Stamp {
        at_ms: SystemClock.now_ms(),
        key: (&SystemIds as &dyn Ids).key(),
    };
    let target = Target::Begin {
        genesis: genesis(home, n),
        scope: ScopeId::home(home),
    };
    client.records().record_with(target, |document| {
        let answer = Write::Put {
            container: Container::Answers,
            key: format!("win-03/r03/{}/result", words.len() % 5 + 1),
            value: if stamp.at_ms % 2 == 0 { "ok" } else { "defect" }.into(),
        };
        let facts = common::facts([("about", "win-03/r03/1".into()), ("text", words.into())]);
        let remark = common::entry("remark", facts, &who, &stamp)?;
        Ok((document.heads(), vec![answer, remark]))
    })
}

/// Exchanges until nothing is left to do and both sides have compared their sums; true when these agree.
///
/// # Errors
/// What the client says.
pub async fn settle(client: &Client) -> Result<bool, ClientError> {
    for _ in 0..5 {
        // The sums are compared by a reply that brings nothing else.
        if let Some(agreed) = client.sync().run(StepBudget::default(), 200).await?.agreed {
            return Ok(agreed);
        }
    }
    Ok(false)
}
