//! Inspections: one record as one screen, and every command on it.

use crate::CoreError;
use keyturn_client::facade::{BulkOutcome, LineageView, NewPhoto, Recorded};
use keyturn_domain::record::view::InspectionView;

/// Inspections: one record as one screen, and every command on it.
#[derive(uniffi::Object)]
pub struct Inspections(pub(crate) keyturn_client::facade::Inspections);

#[uniffi::export]
impl Inspections {
    /// Begins the record of a task, or goes on with it, and shows it.
    ///
    /// Idempotent. Two phones that begin the same task offline begin the same record.
    ///
    /// # Errors
    /// `unknown_task`, `no_grant`, `kind`, or a storage error; nothing was written then.
    pub fn begin(&self, task: &str) -> Result<InspectionView, CoreError> {
        Ok(self.0.begin(task)?)
    }

    /// Shows a record.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<InspectionView, CoreError> {
        Ok(self.0.open(record)?)
    }

    /// Answers one question: `ok`, `defect`, `not_applicable`, or `not_inspected` with a reason.
    ///
    /// # Errors
    /// `contested`, `unknown_question`, `unknown_code`, `missing`.
    pub fn answer(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        result: &str,
        reason: &str,
        reason_text: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.answer(record, heads, question, result, reason, reason_text)?)
    }

    /// Enters a reading; none clears it.
    ///
    /// # Errors
    /// `contested`, `unknown_question`, `bad_value`.
    pub fn reading(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        reading: &str,
        n: u32,
        value: Option<f64>,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.reading(record, heads, question, reading, n, value)?)
    }

    /// "The rest of this room is fine": never over a must-test item or an answer that the screen showed.
    ///
    /// # Errors
    /// `unknown_record`, `no_grant`.
    pub fn rest_is_fine(&self, record: &str, heads: &[String], room: &str) -> Result<BulkOutcome, CoreError> {
        Ok(self.0.rest_is_fine(record, heads, room)?)
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`; `bad_value` when the value is none of the candidates' type.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.settle(record, heads, name, value)?)
    }

    /// "I looked too": confirms a value without changing it.
    ///
    /// # Errors
    /// `missing` when there is nothing to confirm.
    pub fn check(&self, record: &str, heads: &[String], name: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.check(record, heads, name)?)
    }

    /// Adds a remark about a question, or about the whole.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], about: &str, text: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.remark(record, heads, about, text)?)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, CoreError> {
        Ok(self.0.photo(record, heads, new)?)
    }

    /// Records who is there: the id of a person's row, and the relation.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn present(&self, record: &str, heads: &[String], person: &str, relation: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.present(record, heads, person, relation)?)
    }

    /// Ticks what was shown to the owner.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn demonstrated(&self, record: &str, heads: &[String], code: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.demonstrated(record, heads, code)?)
    }

    /// Records keys handed over (`key`) or the state of a meter (`meter`).
    ///
    /// # Errors
    /// `bad_value`.
    pub fn count(&self, record: &str, heads: &[String], of: &str, what: &str, n: f64) -> Result<Recorded, CoreError> {
        Ok(self.0.count(record, heads, of, what, n)?)
    }

    /// Takes a photo or remark out of sight; it stays in the record.
    ///
    /// # Errors
    /// `unknown_entry`.
    pub fn remove(&self, record: &str, heads: &[String], entry: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.remove(record, heads, entry, reason)?)
    }

    /// Signs what is shown, with every defect that this inspection lists; `refusal` says why nobody signed.
    ///
    /// # Errors
    /// `illegal` with the guards that are missing: must-test items, reasons.
    pub fn sign(
        &self,
        record: &str,
        heads: &[String],
        image: &str,
        person: &str,
        refusal: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.sign(record, heads, image, person, refusal)?)
    }

    /// Says that the server has received everything that was signed, so that the review may begin.
    ///
    /// # Errors
    /// `missing` before it has, `illegal` where nothing was signed or the signed hash is another.
    pub fn countersign(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.countersign(record, heads)?)
    }

    /// Reviews what the server has received, with notes or without; whoever inspected it does not.
    ///
    /// # Errors
    /// `illegal` with what is missing, or before it was countersigned.
    pub fn review(&self, record: &str, heads: &[String], notes: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.review(record, heads, notes)?)
    }

    /// Locks what was reviewed.
    ///
    /// # Errors
    /// `illegal` for anybody but a manager, or before the review.
    pub fn lock(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.lock(record, heads)?)
    }

    /// Begins the version that may replace a signed inspection, or goes on with it, and shows it.
    ///
    /// # Errors
    /// `illegal` while the other one is not signed, or for a role that inspects nothing.
    pub fn new_version(&self, record: &str) -> Result<InspectionView, CoreError> {
        Ok(self.0.new_version(record)?)
    }

    /// Says that the new version of an inspection counts instead of it, and why.
    ///
    /// # Errors
    /// `unknown_record` while this phone does not have the new version, `missing` before it is signed, `illegal` without a
    /// reason.
    pub fn supersede(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.supersede(record, heads, reason)?)
    }

    /// Returns every value that a field ever had: why does it look like this?
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, CoreError> {
        Ok(self.0.lineage(record, name)?)
    }
}
