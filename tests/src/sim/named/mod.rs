//! Histories with a name, written out: each was once a way to lose something.

mod attacks;
mod intents;
mod merges;
mod phones;
mod restores;
mod rights;

use super::check::Broken;
use super::edits::{Edit, Screen};
use super::plan::Profile;
use super::run::{Ended, History};
use crate::harness::{Home, OnServer, Template};
use keyturn_client::{StepBudget, Target};
use keyturn_domain::record::{CommandError, Projection};
use keyturn_domain::{Document, DocumentId, Hash, Write};
use std::pin::Pin;
use std::sync::Arc;

/// How a story is told.
type Told<'a> = Pin<Box<dyn Future<Output = Result<(), Broken>> + 'a>>;

/// A history with a name.
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// Which phones of the template take part.
    phones: &'static [usize],
    tell: for<'a> fn(&'a mut History) -> Told<'a>,
}

/// The phones of the template: Ann and Bo are engineers who both hold homes 0 and 1.
const ANN: usize = 0;
const BO: usize = 1;
/// The ambassador, the reviewer, and an engineer who holds home 1 alone.
const CAI: usize = 2;
const RUI: usize = 3;
const EVE: usize = 5;
/// The manager.
const MIN: usize = 6;

macro_rules! named {
    ($($name:literal $phones:expr, $tell:path;)+) => {
        /// All of them.
        pub const ALL: &[Named] = &[$(Named {
            name: $name,
            phones: &$phones,
            tell: |history| Box::pin($tell(history)),
        }),+];
    };
}

named! {
    "merge between draw and tap" [ANN, BO], merges::between_draw_and_tap;
    "two app versions and two templates begin one task" [ANN, BO], merges::two_templates;
    "sign, sync, late concurrent answer" [ANN, BO], merges::late_answer;
    "reassigned at noon" [ANN, BO], rights::reassigned;
    "role change with later dependants" [ANN, EVE, RUI], rights::role_with_dependants;
    "revoke and re-grant across a cursor" [ANN, BO], rights::revoke_and_grant;
    "purge while offline" [ANN, BO, RUI], rights::purge_while_offline;
    "work handed in too late" [ANN, BO], rights::too_late;
    "raw restore with the pull behind the push" [ANN, BO], restores::pull_behind_the_push;
    "restore with the author's phone gone, relayed by another" [ANN, BO], restores::relayed;
    "first sync while others write" [ANN, BO], restores::first_sync;
    "disk full between two taps" [ANN, BO], phones::disk_full;
    "killed between two writes" [ANN, BO], phones::killed;
    "cloned store" [ANN, BO], phones::cloned;
    "two people say the same of one home" [CAI, RUI], intents::both_say_the_same;
    "done, and the reply is lost" [ANN, BO], intents::reply_lost;
    "moved out while somebody writes" [ANN, CAI, RUI], intents::moved_out;
    "two numbers for one person" [CAI, RUI], intents::two_numbers;
    "intents after a restore" [ANN, CAI], intents::told_again;
    "a manager keeps the gate shut" [ANN, MIN], intents::gate;
    "intents of a withdrawn phone" [ANN, BO], intents::withdrawn;
    "intents of somebody who lost the home" [ANN, BO, RUI], intents::handed_in_late;
    "start_op jump" [ANN, BO, CAI], attacks::start_op_jump;
    "footer on seq 2" [ANN, BO, CAI], attacks::footer;
    "wrong-document change" [ANN, BO, CAI], attacks::wrong_document;
}

impl Named {
    /// Tells it, and checks at the end what must hold after every history.
    pub async fn run(&self, template: Arc<Template>, talk: bool) -> Ended {
        let mut history = History::begin(template, 7, self.phones, talk).await;
        let told = (self.tell)(&mut history).await;
        let broken = match told {
            Ok(()) => history.finish(Profile::Everything).await.err(),
            Err(why) => Some(why),
        };
        history.ended(broken.map(|why| format!("{}: {why}", self.name)))
    }
}

/// The choices of an [`Edit::Answer`] that all concern the first question, and of one that concerns the second.
const OK: u32 = 1;
const DEFECT: u32 = 2;
const NOT_APPLICABLE: u32 = 3;
const SECOND_OK: u32 = 10;

/// Fails with words when something does not hold.
fn hold(holds: bool, why: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

impl History {
    fn home_of(&self, home: usize) -> Home {
        self.world.project.homes[home].clone()
    }

    fn record_of(&self, home: usize) -> DocumentId {
        self.world.project.homes[home].task.record
    }

    /// Taps in the inspection of a home; `seen`: on a screen that was drawn from these heads.
    fn tap(&mut self, phone: usize, home: usize, edit: Edit, pick: u32, seen: Option<Vec<Hash>>) -> String {
        self.tap_with(phone, home, pick, seen, |document, screen| {
            screen.inspect(document, edit)
        })
    }

    fn tap_with(
        &mut self,
        phone: usize,
        home: usize,
        pick: u32,
        seen: Option<Vec<Hash>>,
        make: impl FnOnce(&Document, &Screen<'_>) -> Result<Vec<Write>, CommandError>,
    ) -> String {
        let home = self.home_of(home);
        let genesis = home.inspection(self.world.project.id);
        let target = Target::Begin {
            genesis,
            scope: home.scope(),
        };
        let mut screen = self.screen(phone, &home, pick, None);
        screen.seen = seen.unwrap_or_default();
        let done = self.record(phone, target, screen, make);
        self.note(&format!("{} taps: {done}", self.world.phones[phone].name));
        done
    }

    /// Taps, and it must be saved.
    fn tapped(&mut self, phone: usize, home: usize, edit: Edit, pick: u32) -> Result<(), Broken> {
        let done = self.tap(phone, home, edit, pick, None);
        hold(done == "saved", &format!("a tap was answered with {done}"))
    }

    async fn synced(&mut self, phone: usize) -> Result<(), Broken> {
        let report = self.sync(phone, StepBudget::default(), 60).await?;
        hold(report.is_some(), "a sync failed")
    }

    fn heads_on(&self, phone: usize, document: DocumentId) -> Result<Vec<Hash>, Broken> {
        let records = self.world.phones[phone].client().records();
        records.read(document, |d, _| d.heads()).map_err(|e| e.to_string())
    }

    fn on_server(&self, document: DocumentId) -> Result<OnServer, Broken> {
        let stored = self.world.server.peek().documents().remove(&document);
        stored.ok_or_else(|| format!("{document} is not on the server"))
    }

    fn projection(&self, document: DocumentId) -> Result<Projection, Broken> {
        let stored = self.on_server(document)?;
        Projection::from_bytes(&stored.projection).ok_or_else(|| "no projection".to_owned())
    }

    fn shows(&self, phone: usize, document: DocumentId) -> bool {
        let documents = self.world.phones[phone].peek().documents();
        documents.get(&document).is_some_and(|d| !d.husk)
    }
}
