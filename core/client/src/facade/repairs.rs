//! The repair of a defect: one person answers for it from dispatch to its end. Each call copies what the guards ask for
//! from the record: photos by kind, who repaired, who is responsible.

use super::defects::Defects;
use super::lists::{DONE, place_name, projection, promise};
use super::record::on_scene;
use super::views::{PromiseView, Recorded};
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::record::repair::{self, Promised};
use keyturn_domain::record::view::TextView;
use keyturn_store::documents::ListedDocument;
use keyturn_store::{Connection, documents, progress};
use serde::{Deserialize, Serialize};

/// A time that the owner is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromisedView {
    /// When.
    pub at_ms: i64,
    /// The owner was told.
    pub owner_told: bool,
    /// The owner agreed to it instead of a time that was promised before.
    pub owner_agreed: bool,
    /// To whom: the id of a household or a person, or nothing.
    pub to: String,
}

impl From<&PromisedView> for Promised {
    fn from(view: &PromisedView) -> Self {
        Self {
            at_ms: view.at_ms,
            owner_told: view.owner_told,
            owner_agreed: view.owner_agreed,
            to: view.to.clone(),
        }
    }
}

/// A defect in a list of repairs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairCard {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// Catalogue code.
    pub code: String,
    /// Its name in the catalogue.
    pub text: TextView,
    /// The building part.
    pub part: String,
    /// Room.
    pub room: String,
    /// Severity.
    pub severity: String,
    /// State.
    pub state: String,
    /// Who answers for it; empty: nobody yet.
    pub person: String,
    /// When it was recorded.
    pub recorded_ms: i64,
    /// What is due next, if the record knows.
    pub due_ms: Option<i64>,
    /// That time has passed.
    pub overdue: bool,
    /// How often it went to somebody else.
    pub reassignments: u32,
    /// Fields on which people disagree.
    pub contested: u32,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

impl Defects {
    /// Lists the repairs that the person answers for: danger first, then by what is due.
    ///
    /// # Errors
    /// A storage error.
    pub fn my_repairs(&self) -> Result<Vec<RepairCard>, ClientError> {
        let me = self.0.session().me()?.user.to_string();
        self.repairs(|card| card.person == me)
    }

    /// Lists every defect that is not at its end: danger first, then by what is due.
    ///
    /// # Errors
    /// A storage error.
    pub fn unsettled(&self) -> Result<Vec<RepairCard>, ClientError> {
        self.repairs(|_| true)
    }

    /// Lists the defects for which nobody answers yet.
    ///
    /// # Errors
    /// A storage error.
    pub fn to_assign(&self) -> Result<Vec<RepairCard>, ClientError> {
        self.repairs(|card| ["to_assign", "reopened"].contains(&card.state.as_str()))
    }

    /// Names the engineer who answers for it until it is closed.
    ///
    /// # Errors
    /// `illegal` with what is missing, or when somebody is named already.
    pub fn assign(&self, record: &str, heads: &[String], person: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::assign(s, person))
    }

    /// Names somebody else: with the reason, and the owner told.
    ///
    /// # Errors
    /// `illegal` with what is missing, `bad_value` for the same person.
    pub fn reassign(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            repair::reassign(s, person, reason, owner_told)
        })
    }

    /// Gives it back to the office, with the reason.
    ///
    /// # Errors
    /// `not_named`, `illegal` without a reason.
    pub fn return_to_dispatch(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::return_to_dispatch(s, reason))
    }

    /// Takes it over, with a time that the owner was told.
    ///
    /// # Errors
    /// `not_named`, `illegal` when the owner was not told.
    pub fn accept(&self, record: &str, heads: &[String], promised: &PromisedView) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::accept(s, &promised.into()))
    }

    /// Lets the repair begin without a photo of the protection laid: reviewer or manager, with the reason.
    ///
    /// # Errors
    /// `role`, `missing` without a reason.
    pub fn waive_protection(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::waive(s, reason))
    }

    /// Begins the repair, or goes on after it was rejected.
    ///
    /// # Errors
    /// `illegal` without a photo of the protection or a waiver.
    pub fn start(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, repair::start)
    }

    /// Ends the repair; `clean`: the owner ticked that the place is clean, where there is no photo of it.
    ///
    /// # Errors
    /// `illegal` with the photo that is missing.
    pub fn finish(&self, record: &str, heads: &[String], clean: bool) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::finish(s, clean))
    }

    /// Sets it right where it was found: photos before and after.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn fix_on_spot(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, repair::fix_on_spot)
    }

    /// Finds it in order: somebody who did not repair it, or with the owner's word.
    ///
    /// # Errors
    /// `illegal` for one's own work.
    pub fn verify(&self, record: &str, heads: &[String], owner_confirmed: bool) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::verify(s, owner_confirmed))
    }

    /// Finds it not in order, and says what.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn reject(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::reject(s, reason))
    }

    /// Says that it cannot be repaired as usual: a manager does, and the owner is told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn mark_hard(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::mark_hard(s, reason, owner_told))
    }

    /// Plans a hard one: how, on which day (`2026-12-04`), with a time that the owner was told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn plan_hard(
        &self,
        record: &str,
        heads: &[String],
        plan: &str,
        date: &str,
        promised: &PromisedView,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            repair::plan_hard(s, plan, date, &promised.into())
        })
    }

    /// Leaves it as it is, because the owner agreed: a manager does.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn accept_as_is(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_agreed: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            repair::accept_as_is(s, reason, owner_agreed)
        })
    }

    /// Cancels it, and the owner is told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn cancel(
        &self,
        record: &str,
        heads: &[String],
        reason: &str,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::cancel(s, reason, owner_told))
    }

    /// Opens it again: a code, and words where the code says `other`.
    ///
    /// # Errors
    /// `illegal`, `unknown_code`.
    pub fn reopen(
        &self,
        record: &str,
        heads: &[String],
        reason_code: &str,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| repair::reopen(s, reason_code, reason))
    }

    fn repairs(&self, wanted: impl Fn(&RepairCard) -> bool) -> Result<Vec<RepairCard>, ClientError> {
        let now = self.0.inner.now_ms();
        let mut cards = self.0.look(|conn| {
            let mut cards = Vec::new();
            for (project, _) in progress::projects(conn)? {
                let listed = documents::of_project(conn, project, "defect")?;
                for one in listed.iter().filter(|d| !DONE.contains(&d.state.as_str())) {
                    cards.push(card(conn, one, now)?);
                }
            }
            Ok(cards)
        })?;
        cards.retain(wanted);
        // What is dangerous goes ahead of everything else.
        cards.sort_by_key(|card| {
            let due = card.due_ms.unwrap_or(i64::MAX);
            (card.severity != "A", due, card.recorded_ms, card.record.clone())
        });
        Ok(cards)
    }
}

fn card(conn: &Connection, listed: &ListedDocument, now_ms: i64) -> Result<RepairCard, ClientError> {
    let (shown, genesis) = (projection(listed), &listed.genesis);
    let edition = edition(conn, genesis.project, Some(shown.edition))?;
    let known = edition.catalog.defects.get(shown.what.as_str());
    let reassigned = shown.history.iter().filter(|step| step.event == "reassign").count();
    Ok(RepairCard {
        record: genesis.document.to_string(),
        place: genesis.place.to_string(),
        place_name: place_name(conn, genesis.project, genesis.place)?,
        text: known.map(|d| TextView::from(&d.text)).unwrap_or_default(),
        code: shown.what,
        part: shown.matter.part,
        room: shown.room,
        severity: shown.severity,
        state: listed.state.clone(),
        person: shown.person,
        recorded_ms: shown.matter.received_ms.unwrap_or_default(),
        due_ms: shown.due_ms,
        overdue: shown.due_ms.is_some_and(|due| due < now_ms),
        reassignments: super::lists::count(reassigned),
        contested: listed.contested,
        promise: promise(conn, Some(genesis.document))?,
    })
}
