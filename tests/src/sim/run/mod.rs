//! Carries the actions of a plan out, keeps the model, and checks.

mod asking;
mod editing;
mod exchange;
mod faults;
mod office;

use super::attack::Attack;
use super::check::{self, Broken};
use super::edits::{self, Edit, Of, Screen};
use super::model::{Item, Model};
use super::plan::{Action, Plan, Profile, Weather};
use super::tally::Tally;
use crate::harness::{DAY_MS, Fault, Home, PEOPLE, Restored, Seen, Template, Trouble, World};
use keyturn_client::{ClientError, Saved, StepBudget, StepReport, Target};
use keyturn_domain::document::Author;
use keyturn_domain::record::{Stamp, Who};
use keyturn_domain::{Document, DocumentId, Hash, Ids, Write};
use keyturn_protocol::{Entry, Provenance, Push, SyncRequest, VERSION};
use keyturn_server::sync::write_grant;
use keyturn_server::users::Role;
use serde_bytes::ByteBuf;
use sha2::Digest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who goes on with what was signed: whoever may lock it, too, first.
const OFFICE: [Role; 2] = [Role::Manager, Role::Reviewer];
/// How many homes people work in.
const HOMES: usize = 4;
/// How many phones a history may come to.
const MOST_PHONES: usize = 6;

/// How a history ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Hash over everything that happened.
    pub trace: String,
    /// What did not hold.
    pub broken: Option<Broken>,
    /// How often what occurred.
    pub tally: Tally,
}

/// A history under way.
pub struct History {
    /// Server and phones.
    pub world: World,
    /// What was recorded.
    pub model: Model,
    /// Counts.
    pub tally: Tally,
    /// Nothing happened yet that an honest system needs an audit for.
    pub honest: bool,
    others: BTreeMap<DocumentId, (Of, usize)>,
    screens: BTreeMap<(usize, DocumentId), Vec<Hash>>,
    /// Phones that do not know yet that the server went back.
    behind: Vec<usize>,
    trace: sha2::Sha256,
    talk: bool,
}

impl History {
    /// Begins with these phones of the template.
    pub async fn begin(template: Arc<Template>, seed: u64, phones: &[usize], talk: bool) -> Self {
        Self {
            world: World::begin(template, seed, phones).await,
            model: Model::default(),
            tally: Tally::default(),
            honest: true,
            others: BTreeMap::new(),
            screens: BTreeMap::new(),
            behind: Vec::new(),
            trace: sha2::Sha256::new(),
            talk,
        }
    }

    /// Carries a whole plan out.
    pub async fn run(template: Arc<Template>, plan: &Plan, talk: bool) -> Ended {
        let mut history = Self::begin(template, plan.seed, &plan.phones, talk).await;
        let mut broken = None;
        for (n, action) in plan.actions.iter().enumerate() {
            history.note(&format!("{n} {action:?}"));
            if let Err(why) = history.act(action).await {
                broken = Some(format!("after action {n} ({action:?}): {why}"));
                break;
            }
        }
        if broken.is_none() {
            history
                .tally
                .one(&format!("profile: {:?}", plan.profile).to_lowercase());
            if let Err(why) = history.finish(plan.profile).await {
                broken = Some(format!("at the end: {why}"));
            }
        }
        history.ended(broken)
    }

    /// Closes the books.
    #[must_use]
    pub fn ended(mut self, broken: Option<Broken>) -> Ended {
        let documents = self.world.server.peek().documents();
        let last = documents
            .iter()
            .map(|(id, d)| format!("{id} {:?}\n", d.heads))
            .collect::<String>();
        self.note(&last);
        Ended {
            trace: hex::encode(&self.trace.finalize()[..8]),
            broken,
            tally: self.tally,
        }
    }

    /// Notes what happened.
    pub fn note(&mut self, what: &str) {
        if self.talk {
            println!("{what}");
        }
        self.trace.update(what.as_bytes());
        self.trace.update(b"\n");
    }

    fn phone(&self, number: u8) -> Option<usize> {
        let running = self.world.running();
        running.get(usize::from(number) % running.len().max(1)).copied()
    }

    /// That phone, or the next one of somebody in one of these roles.
    fn phone_of(&self, number: u8, roles: &[Role]) -> Option<usize> {
        let running = self.world.running();
        let from = usize::from(number) % running.len().max(1);
        let mut turn = running.iter().cycle().skip(from).take(running.len());
        turn.find(|n| roles.contains(&self.world.people[**n].role)).copied()
    }

    async fn act(&mut self, action: &Action) -> Result<(), Broken> {
        match action {
            Action::Edit {
                phone,
                edit,
                home,
                pick,
                stale,
            } => {
                // What was signed goes on in the office, where there is one.
                let after = *edit == Edit::AfterSigning;
                let mut office = OFFICE.iter().filter(|_| after);
                let office = office.find_map(|role| self.phone_of(*phone, &[*role]));
                if let Some(n) = office.or_else(|| self.phone(*phone)) {
                    self.edit(n, *edit, *home, *pick, *stale)?;
                }
            }
            Action::Ask { phone, ask, home, pick } => {
                if let Some(n) = self.phone_of(*phone, ask.roles()) {
                    self.ask(n, *ask, *home, *pick)?;
                }
            }
            Action::Draw { phone } => self.draw(*phone),
            Action::Sync {
                phone,
                weather,
                after,
                small,
                steps,
            } => {
                if let Some(n) = self.phone(*phone) {
                    self.weather(n, *weather, *after);
                    let budget = if *small {
                        exchange::small_budget()
                    } else {
                        StepBudget::default()
                    };
                    self.sync(n, budget, u32::from(*steps)).await?;
                    self.world.phones[n].net.fail(0, Fault::None);
                }
            }
            Action::SyncAll => {
                for n in self.world.running() {
                    self.sync(n, StepBudget::default(), 20).await?;
                }
            }
            _ => self.fault(action).await?,
        }
        Ok(())
    }

    /// Lets everything heal, lets every phone sync three times, and checks that all is as it should be.
    ///
    /// # Errors
    /// What does not hold.
    pub async fn finish(&mut self, _profile: Profile) -> Result<(), Broken> {
        for n in self.world.running() {
            self.world.phones[n].net.heal();
            let dead = self.world.phones[n].disk.trouble() != Trouble::None;
            self.world.phones[n].disk.set(Trouble::None);
            if dead {
                self.restart(n);
            }
            let now = self.world.now_ms();
            self.world.phones[n].clock.set(now);
        }
        let mut quiet = false;
        for _ in 0..3 {
            quiet = true;
            for n in self.world.running() {
                let report = self.sync(n, StepBudget::default(), 60).await?;
                quiet &= report.is_some_and(|report| is_quiet(&report));
            }
            if quiet {
                break;
            }
        }
        self.count_contested();
        check::end(&self.world, &self.model, &mut self.tally).await?;
        if !quiet {
            for n in self.world.running() {
                self.agrees(n).await?;
            }
        }
        Ok(())
    }

    /// The closing sums agree.
    async fn agrees(&mut self, n: usize) -> Result<(), Broken> {
        if self.world.office.withdrawn.contains(&n) {
            return Ok(());
        }
        let report = self.sync(n, StepBudget::default(), 20).await?;
        let stuck = self.world.phones[n]
            .client()
            .sync()
            .status()
            .map_err(|e| e.to_string())?;
        match report {
            Some(report) if report.agreed == Some(true) => Ok(()),
            report => Err(format!(
                "the sums of {} do not agree: {report:?}, {stuck:?}",
                self.world.phones[n].name
            )),
        }
    }

    fn count_contested(&mut self) {
        let there = self.world.server.peek();
        for stored in there.documents().values().filter(|d| !d.purged) {
            let projection = keyturn_domain::record::Projection::from_bytes(&stored.projection);
            let Some(projection) = projection else { continue };
            if !projection.contested.is_empty() {
                self.tally.one("outcome: contested");
            }
            let happened = |event: &str| projection.history.iter().any(|step| step.event == event);
            for event in ["sync", "review", "lock", "supersede"] {
                if projection.kind == "inspection" && happened(event) {
                    self.tally.one(&format!("outcome: inspection {event}"));
                }
            }
        }
        let (_, backup) = there.head(self.world.project.id);
        for n in self.world.running() {
            let here = self.world.phones[n].peek();
            let covered = here
                .received()
                .iter()
                .filter(|(_, _, seq)| *seq > 0 && *seq <= backup)
                .count();
            self.tally.add("outcome: in backup", covered as u64);
        }
    }
}

/// Nothing went either way, and the closing sums agreed.
fn is_quiet(report: &StepReport) -> bool {
    report.sent == 0 && report.entries == 0 && !report.rewound && report.agreed == Some(true)
}
