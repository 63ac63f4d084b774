//! Cases: reported by anybody, then dispatched, answered and closed.

use crate::CoreError;
use keyturn_client::facade::{
    CaseCard, CaseDue, ClusterDecision, ClusterView, LineageView, NewCase, NewDefect, NewPerson, NewPhoto, Recorded,
    TellingView,
};
use keyturn_domain::record::case::CaseView;

/// Cases: reported by anybody, then dispatched, answered and closed.
#[derive(uniffi::Object)]
pub struct Cases(pub(crate) keyturn_client::facade::Cases);

#[uniffi::export]
impl Cases {
    /// Reports a matter for an owner: anybody may, offline too, at any place.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code`, `missing` without kind or words.
    pub fn report(&self, new: &NewCase) -> Result<Recorded, CoreError> {
        Ok(self.0.report(new)?)
    }

    /// Reports a matter for somebody whom nobody knows yet: what is known of them is sealed and travels as an intent;
    /// both are saved at once, or neither.
    ///
    /// # Errors
    /// As `report`, and `unknown_code` for a relation or way that is none.
    pub fn report_from(&self, new: &NewCase, caller: &NewPerson) -> Result<Recorded, CoreError> {
        Ok(self.0.report_from(new, caller)?)
    }

    /// Shows a case with its life.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<CaseView, CoreError> {
        Ok(self.0.open(record)?)
    }

    /// Lists the cases that are not at their end: danger first, then by what is due, then the oldest.
    ///
    /// # Errors
    /// A storage error.
    pub fn unsettled(&self) -> Result<Vec<CaseCard>, CoreError> {
        Ok(self.0.unsettled()?)
    }

    /// Lists what is due today, or was before, of cases that are not at their end: steps of their clocks, telling the
    /// owner how it stands, answers that were promised, revisits; the longest overdue first.
    ///
    /// # Errors
    /// A storage error.
    pub fn today(&self) -> Result<Vec<CaseDue>, CoreError> {
        Ok(self.0.today()?)
    }

    /// Lists what the person takes care of and is not at its end.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<CaseCard>, CoreError> {
        Ok(self.0.mine()?)
    }

    /// Lists the cases of a place, the newest first.
    ///
    /// # Errors
    /// A storage error.
    pub fn at(&self, place: &str) -> Result<Vec<CaseCard>, CoreError> {
        Ok(self.0.at(place)?)
    }

    /// Corrects a field: who called, relation, household, channel, category, urgency, severity, department, room,
    /// phrase, what is wanted, root cause.
    ///
    /// # Errors
    /// `contested`, `unknown_code`, `bad_value` for a field with a command of its own.
    pub fn change(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.change(record, heads, name, value)?)
    }

    /// Says that it is of another kind, before anything was done about it.
    ///
    /// # Errors
    /// `illegal` afterwards: then another case is reported and linked.
    pub fn rekind(&self, record: &str, heads: &[String], kind: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.rekind(record, heads, kind)?)
    }

    /// Names the person who takes care of it. `answer_by_ms`: until when they answer; none: as its severity asks.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn dispatch(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        answer_by_ms: Option<i64>,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.dispatch(record, heads, person, answer_by_ms)?)
    }

    /// Takes it over with a time that the owner was told; only then the dispatch counts.
    ///
    /// # Errors
    /// `not_named` for anybody else, `illegal` when the owner was not told.
    pub fn acknowledge(
        &self,
        record: &str,
        heads: &[String],
        promise_at_ms: i64,
        owner_told: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.acknowledge(record, heads, promise_at_ms, owner_told)?)
    }

    /// Gives it back, with the reason.
    ///
    /// # Errors
    /// `not_named`, `illegal` without a reason.
    pub fn return_to_dispatch(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.return_to_dispatch(record, heads, reason)?)
    }

    /// Answers: what the owner was told, how and when. A complaint's answer carries its verdict.
    ///
    /// # Errors
    /// `illegal` with what is missing, `missing` without words, `contested` while the verdict is.
    pub fn answer(
        &self,
        record: &str,
        heads: &[String],
        text: &str,
        telling: &TellingView,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.answer(record, heads, text, telling)?)
    }

    /// Closes a case that was answered; a complaint is closed with `close_complaint`.
    ///
    /// # Errors
    /// `illegal` before the owner was told the result.
    pub fn close(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.close(record, heads)?)
    }

    /// Says which record goes on with the matter.
    ///
    /// # Errors
    /// `illegal` with what is missing: after an answer it takes a reason.
    pub fn link(&self, record: &str, heads: &[String], to: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.link(record, heads, to, reason)?)
    }

    /// Mentions another record; the matter stays here.
    ///
    /// # Errors
    /// `missing` when none is named.
    pub fn mention(&self, record: &str, heads: &[String], other: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.mention(record, heads, other)?)
    }

    /// Merges it into another case about the same issue; both histories stay.
    ///
    /// # Errors
    /// `illegal` with what is missing, `bad_value` for itself.
    pub fn merge(&self, record: &str, heads: &[String], target: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.merge(record, heads, target, reason)?)
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
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.reopen(record, heads, reason_code, reason)?)
    }

    /// Makes a defect out of it: the defect goes on with the matter, where the role may say so; otherwise the case
    /// stays and mentions it. Both are saved, or neither.
    ///
    /// # Errors
    /// As `Defects.record`.
    pub fn to_defect(&self, record: &str, heads: &[String], new: &NewDefect) -> Result<Recorded, CoreError> {
        Ok(self.0.to_defect(record, heads, new)?)
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.settle(record, heads, name, value)?)
    }

    /// Adds a remark.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.remark(record, heads, text)?)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, CoreError> {
        Ok(self.0.photo(record, heads, new)?)
    }

    /// Returns every value that a field ever had.
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, CoreError> {
        Ok(self.0.lineage(record, name)?)
    }

    /// Lists the clusters: those that somebody must decide first, then those that were confirmed.
    ///
    /// # Errors
    /// A storage error.
    pub fn clusters(&self) -> Result<Vec<ClusterView>, CoreError> {
        Ok(self.0.clusters()?)
    }

    /// Confirms that cases are one matter: all of them say so, or none. Their first case leads.
    ///
    /// # Errors
    /// `role`, `missing` for fewer than two cases or a major one without a commander, `contested`.
    pub fn confirm_cluster(&self, decision: &ClusterDecision) -> Result<Recorded, CoreError> {
        Ok(self.0.confirm_cluster(decision)?)
    }

    /// Says that a case belongs to no cluster, and why.
    ///
    /// # Errors
    /// `role`, `missing` without a reason.
    pub fn reject_cluster(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.reject_cluster(record, heads, reason)?)
    }
}
