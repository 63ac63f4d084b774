//! One phone of the fleet: a real client with a database of its own.

use super::done::{Kind, Made, is_missing, told};
use crate::failure::Failure;
use crate::phone;
use keyturn_client::facade::TaskCard;
use keyturn_client::{Client, ClientError, StepBudget, SystemClock};
use keyturn_server::domain::Clock as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// After so many failures in a row the network is not at fault any more.
const PATIENCE: u32 = 200;

/// Which day a phone plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Inspects homes.
    Engineer,
    /// Visits owners.
    Ambassador,
}

/// Which homes of its person a phone looks after: people may have several phones.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// This phone.
    pub nth: usize,
    /// Of so many.
    pub of: usize,
}

/// One phone.
pub struct Member {
    pub(super) client: Client,
    pub(super) rng: StdRng,
    pub(super) made: Made,
    /// How long each exchange took, in seconds.
    pub(super) exchanges: Vec<f64>,
    part: Part,
    tasks: Vec<TaskCard>,
}

impl Member {
    /// Opens the phone, enrols it, and fetches its first tasks.
    ///
    /// # Errors
    /// What the client says, and whatever is no fault of the network.
    pub async fn enrol(
        folder: &Path,
        url: &str,
        code: &str,
        (part, share, seed): (Part, Share, u64),
    ) -> Result<Self, Failure> {
        let client = phone::open(folder, url, 0)?;
        let mut member = Self {
            client,
            rng: StdRng::seed_from_u64(seed),
            made: Made::default(),
            exchanges: Vec::new(),
            part,
            tasks: Vec::new(),
        };
        let session = member.client.session();
        let mut tries = 0;
        while let Err(error) = session.enrol(code, "simulated").await {
            member.wait(&error, &mut tries).await?;
        }
        member.sync().await?;
        member.exchanges.clear();
        let tasks = member.client.tasks().mine().map_err(|e| told(&e))?;
        let tasks = tasks.into_iter().filter(|task| task.kind == "handover_inspection");
        let own = tasks.enumerate().filter(|(n, _)| n % share.of == share.nth);
        member.tasks = own.map(|(_, task)| task).collect();
        Ok(member)
    }

    /// Plays a day: one home after the other, each recorded without a signal and then handed in.
    ///
    /// # Errors
    /// Whatever is no fault of the network.
    pub async fn day(&mut self, nth: usize, homes: usize) -> Result<(), Failure> {
        let today: Vec<TaskCard> = self.tasks.chunks(homes).nth(nth).unwrap_or_default().to_vec();
        for task in today {
            tokio::task::block_in_place(|| match self.part {
                Part::Engineer => self.inspect(&task),
                Part::Ambassador => self.visit(&task),
            })?;
            self.sync().await?;
        }
        Ok(())
    }

    /// Exchanges until nothing is left, through whatever the network does.
    ///
    /// # Errors
    /// Whatever is no fault of the network.
    pub async fn sync(&mut self) -> Result<(), Failure> {
        let mut tries = 0;
        loop {
            let began = Instant::now();
            match self.client.sync().step(StepBudget::default()).await {
                Ok(step) => {
                    tries = 0;
                    self.exchanges.push(began.elapsed().as_secs_f64());
                    if !step.more && step.sent == 0 && self.waiting()? == 0 {
                        return Ok(());
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
        let step = self.client.sync().step(StepBudget::default()).await;
        step.map(drop).map_err(|e| told(&e))
    }

    /// Returns how many own changes are saved, and how many of them received.
    ///
    /// # Errors
    /// What the client says.
    pub fn promises(&self) -> Result<(u64, u64), Failure> {
        let status = self.client.sync().status().map_err(|e| told(&e))?;
        Ok((status.saved, status.received))
    }

    /// Returns how many commands about rows wait, and the codes of those that were refused.
    ///
    /// # Errors
    /// What the client says.
    pub fn intents(&self) -> Result<(u64, Vec<String>), Failure> {
        let open = self.client.people().intents().map_err(|e| told(&e))?;
        let refused = open.iter().filter(|it| it.state == "refused");
        Ok((self.waiting()?, refused.map(|it| it.code.clone()).collect()))
    }

    /// Returns the heads of a record as this phone holds it; none: it does not.
    ///
    /// # Errors
    /// What the client says.
    pub fn heads(&self, kind: Kind, record: &str) -> Result<Vec<String>, Failure> {
        let seen = match kind {
            Kind::Inspection => self.client.inspections().open(record).map(|view| view.seen),
            Kind::Visit => self.client.visits().open(record).map(|screen| screen.visit.seen),
            Kind::Case => self.client.cases().open(record).map(|view| view.seen),
            _ => self.client.defects().open(record).map(|view| view.seen),
        };
        match seen {
            Err(error) if is_missing(&error) => Ok(Vec::new()),
            other => other.map_err(|e| told(&e)),
        }
    }

    /// An image that nobody took.
    pub(super) fn image(&mut self) -> String {
        (0..32).map(|_| format!("{:02x}", self.rng.random::<u8>())).collect()
    }

    /// What this phone's clock shows.
    pub(super) fn now_ms(&self) -> i64 {
        SystemClock.now_ms()
    }

    /// The first person of a household that lives in a home; empty: nobody is known.
    pub(super) fn owner(&self, place: &str) -> Result<String, Failure> {
        let home = self.client.people().household(place).map_err(|e| told(&e))?;
        Ok(home.persons.first().map(|p| p.person.clone()).unwrap_or_default())
    }

    fn waiting(&self) -> Result<u64, Failure> {
        Ok(self.client.sync().status().map_err(|e| told(&e))?.intents)
    }

    async fn wait(&mut self, error: &ClientError, tries: &mut u32) -> Result<(), Failure> {
        let passing = matches!(error, ClientError::Api(api) if api.is_passing());
        *tries += 1;
        if !passing || *tries > PATIENCE {
            return Err(told(error));
        }
        // Not out of the dice of the day: how often the network fails changes nothing of what people do.
        tokio::time::sleep(Duration::from_millis(5 + u64::from(*tries % 8) * 5)).await;
        Ok(())
    }
}
