//! One phone of the fleet: a real client with a database of its own.

use crate::failure::Failure;
use crate::phone;
use keyturn_client::facade::NewDefect;
use keyturn_client::{Client, ClientError, StepBudget};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use std::path::Path;
use std::time::Duration;

/// After so many failures in a row the network is not at fault any more.
const PATIENCE: u32 = 200;

/// One phone.
pub struct Member {
    client: Client,
    rng: StdRng,
    /// Homes where this person records.
    places: Vec<String>,
    /// Records that it made.
    made: Vec<String>,
}

impl Member {
    /// Opens the phone, enrols it, and fetches its first tasks.
    ///
    /// # Errors
    /// What the client says, and whatever is no fault of the network.
    pub async fn enrol(folder: &Path, url: &str, code: &str, seed: u64) -> Result<Self, Failure> {
        let client = phone::open(folder, url, 0)?;
        let mut member = Self {
            client,
            rng: StdRng::seed_from_u64(seed),
            places: Vec::new(),
            made: Vec::new(),
        };
        let session = member.client.session();
        let mut tries = 0;
        while let Err(error) = session.enrol(code, "simulated").await {
            member.wait(&error, &mut tries).await?;
        }
        member.sync().await?;
        let tasks = member.client.tasks().mine().map_err(|e| told(&e))?;
        member.places = tasks.into_iter().map(|task| task.place).collect();
        Ok(member)
    }

    /// Records `edits` changes in each of `records` defects.
    ///
    /// # Errors
    /// What the client says.
    pub fn record(&mut self, records: u32, edits: u32) -> Result<(), Failure> {
        for n in 0..records {
            let place = self.places.choose(&mut self.rng).cloned();
            let place = place.ok_or_else(|| Failure::internal("a person without a home"))?;
            let new = NewDefect {
                place: place.clone(),
                code: "wl-01".to_owned(),
                room: "r02".to_owned(),
                description: format!("空鼓 {n}"),
                ..NewDefect::default()
            };
            let made = self.client.defects().record(&new).map_err(|e| told(&e))?;
            let mut seen = made.seen.clone();
            for edit in 1..edits {
                let done = if self.rng.random_bool(0.5) {
                    self.client
                        .defects()
                        .remark(&made.record, &seen, &format!("复看 {edit}"))
                } else {
                    let (x, y) = (self.rng.random_range(0..10_000), self.rng.random_range(0..10_000));
                    self.client.defects().pin(&made.record, &seen, x, y)
                };
                seen = done.map_err(|e| told(&e))?.seen;
            }
            self.made.push(made.record);
        }
        Ok(())
    }

    /// Exchanges until nothing is left, through whatever the network does; returns how many entries came.
    ///
    /// # Errors
    /// Whatever is no fault of the network.
    pub async fn sync(&mut self) -> Result<u64, Failure> {
        let (mut tries, mut entries) = (0, 0);
        loop {
            match self.client.sync().step(StepBudget::default()).await {
                Ok(step) => {
                    tries = 0;
                    entries += step.entries;
                    if !step.more && step.sent == 0 {
                        return Ok(entries);
                    }
                }
                Err(error) => self.wait(&error, &mut tries).await?,
            }
        }
    }

    /// Makes one exchange.
    ///
    /// # Errors
    /// What the client says.
    pub async fn step(&self) -> Result<(), Failure> {
        self.client
            .sync()
            .step(StepBudget::default())
            .await
            .map_err(|e| told(&e))?;
        Ok(())
    }

    /// Returns how many own changes are saved, and how many of them received.
    ///
    /// # Errors
    /// What the client says.
    pub fn promises(&self) -> Result<(u64, u64), Failure> {
        let status = self.client.sync().status().map_err(|e| told(&e))?;
        Ok((status.saved, status.received))
    }

    /// Returns the heads of a record as this phone holds it; none: it does not.
    ///
    /// # Errors
    /// What the client says.
    pub fn heads(&self, record: &str) -> Result<Vec<String>, Failure> {
        match self.client.defects().open(record) {
            Ok(view) => Ok(view.seen),
            Err(error) if ["unknown_record", "document_unknown"].contains(&error.code()) => Ok(Vec::new()),
            Err(error) => Err(told(&error)),
        }
    }

    /// The records that this phone made.
    pub fn made(&self) -> &[String] {
        &self.made
    }

    async fn wait(&mut self, error: &ClientError, tries: &mut u32) -> Result<(), Failure> {
        let passing = matches!(error, ClientError::Api(api) if api.is_passing());
        *tries += 1;
        if !passing || *tries > PATIENCE {
            return Err(told(error));
        }
        tokio::time::sleep(Duration::from_millis(self.rng.random_range(5..50))).await;
        Ok(())
    }
}

fn told(error: &ClientError) -> Failure {
    Failure::of_code(error.code(), error.to_string())
}
