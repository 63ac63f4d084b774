//! The way of a complaint, from triage until it is closed.

use super::case_views::{PlanView, TellingView, TriageView};
use super::cases::Cases;
use super::record::on_scene;
use super::views::Recorded;
use crate::ClientError;
use keyturn_domain::record::case::complaint::{self, Plan, Triage};

impl Cases {
    /// Sorts a complaint: what it is about, how urgent, who answers for it.
    ///
    /// # Errors
    /// `illegal` with what is missing, `unknown_code`, `contested`.
    pub fn triage(&self, record: &str, heads: &[String], as_: &TriageView) -> Result<Recorded, ClientError> {
        let sorted = Triage {
            category: as_.category.clone(),
            category_text: as_.category_text.clone(),
            urgency: as_.urgency.clone(),
            department: as_.department.clone(),
            person: as_.person.clone(),
        };
        on_scene(&self.0, record, heads, |s| complaint::triage(s, &sorted))
    }

    /// Looks into it: somebody, until a time that the owner was told.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn investigate(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        until_ms: i64,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            complaint::investigate(s, person, until_ms, owner_told)
        })
    }

    /// Judges it `founded`, `partly` or `not_founded`, with the reason that the owner will read.
    ///
    /// # Errors
    /// `illegal` with what is missing, `contested`.
    pub fn judge(&self, record: &str, heads: &[String], verdict: &str, text: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::judge(s, verdict, text))
    }

    /// Lists a way out, and what it would cost.
    ///
    /// # Errors
    /// `missing` without words.
    pub fn add_option(&self, record: &str, heads: &[String], text: &str, cost: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::add_option(s, text, cost))
    }

    /// Chooses one of the options: a manager does.
    ///
    /// # Errors
    /// `role`, `unknown_entry`, `contested`.
    pub fn choose_option(&self, record: &str, heads: &[String], option: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::choose_option(s, option))
    }

    /// Plans what will be done: the chosen option, a person, a day, a basis.
    ///
    /// # Errors
    /// `illegal` with what is missing, `contested` while two options are chosen.
    pub fn plan(&self, record: &str, heads: &[String], plan: &PlanView) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::plan(s, &planned(plan)))
    }

    /// Begins to act, with a promised time that the owner was told. A time that was promised before stands: it moves
    /// only when the owner agrees (`promises().postpone`).
    ///
    /// # Errors
    /// `illegal` when the owner was not told.
    pub fn act(
        &self,
        record: &str,
        heads: &[String],
        promise_at_ms: i64,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::act(s, promise_at_ms, owner_told))
    }

    /// Tells the owner, unasked, how far it is.
    ///
    /// # Errors
    /// `missing` without words, `unknown_code`.
    pub fn update(
        &self,
        record: &str,
        heads: &[String],
        text: &str,
        telling: &TellingView,
    ) -> Result<Recorded, ClientError> {
        let told = self.told(telling);
        on_scene(&self.0, record, heads, |s| complaint::update(s, text, &told))
    }

    /// Answers at once what is not founded, or what was solved on the spot (`solved`: how).
    ///
    /// # Errors
    /// `illegal` with `verdict_not_founded` for a founded one: it takes a plan.
    pub fn answer_without_plan(
        &self,
        record: &str,
        heads: &[String],
        text: &str,
        basis: &str,
        solved: &str,
        telling: &TellingView,
    ) -> Result<Recorded, ClientError> {
        let told = self.told(telling);
        on_scene(&self.0, record, heads, |s| {
            complaint::answer_without_plan(s, text, basis, solved, &told)
        })
    }

    /// Records how the owner finds it: `satisfied`, `not_satisfied`, `refused`, `unreachable`. Who worked on it does
    /// not ask.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn revisit(
        &self,
        record: &str,
        heads: &[String],
        result: &str,
        words: &str,
        telling: &TellingView,
    ) -> Result<Recorded, ClientError> {
        let told = self.told(telling);
        on_scene(&self.0, record, heads, |s| complaint::revisit(s, result, words, &told))
    }

    /// Closes a complaint: when the owner is satisfied, or by a manager with a reason; with its root cause.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn close_complaint(
        &self,
        record: &str,
        heads: &[String],
        root_cause: &str,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::close(s, root_cause, reason))
    }

    /// Acts again, because the owner is not satisfied.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn act_again(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::act_again(s, reason))
    }

    /// Hands it one level up, to a receiver by name of office and, where known, by person.
    ///
    /// # Errors
    /// `unknown_code`, `illegal` with what is missing.
    pub fn escalate(
        &self,
        record: &str,
        heads: &[String],
        receiver: &str,
        person: &str,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            complaint::escalate(s, receiver, person, reason)
        })
    }

    /// Sends it back from the next level, with a plan.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn return_with_plan(&self, record: &str, heads: &[String], plan: &PlanView) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            complaint::return_with_plan(s, &planned(plan))
        })
    }

    /// Records that the owner took it back.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn withdraw(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| complaint::withdraw(s, reason))
    }
}

fn planned(plan: &PlanView) -> Plan {
    Plan {
        plan: plan.plan.clone(),
        person: plan.person.clone(),
        date: plan.date.clone(),
        basis: plan.basis.clone(),
    }
}
