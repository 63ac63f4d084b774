//! Defects: recorded where they are found, then a life of events.

use crate::CoreError;
use keyturn_client::facade::{LineageView, NewDefect, NewPhoto, RecordCard, Recorded};
use keyturn_domain::record::view::{DefectView, FactView};

/// Defects: recorded where they are found, then a life of events.
#[derive(uniffi::Object)]
pub struct Defects(pub(crate) keyturn_client::facade::Defects);

#[uniffi::export]
impl Defects {
    /// Records a defect, and links it to its inspection.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code`, `bad_value`, `no_grant`.
    pub fn record(&self, new: &NewDefect) -> Result<Recorded, CoreError> {
        Ok(self.0.record(new)?)
    }

    /// Shows a defect with its life.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<DefectView, CoreError> {
        Ok(self.0.open(record)?)
    }

    /// Lists the defects of a place, the newest first.
    ///
    /// # Errors
    /// A storage error.
    pub fn at(&self, place: &str) -> Result<Vec<RecordCard>, CoreError> {
        Ok(self.0.at(place)?)
    }

    /// Makes the description read like this; what others typed elsewhere in it stays.
    ///
    /// # Errors
    /// `unknown_record`, `stale_screen`.
    pub fn describe(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.describe(record, heads, text)?)
    }

    /// Changes the severity.
    ///
    /// # Errors
    /// `contested`, `unknown_code`.
    pub fn severity(&self, record: &str, heads: &[String], severity: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.severity(record, heads, severity)?)
    }

    /// Moves the pin on the plan.
    ///
    /// # Errors
    /// `contested`, `bad_value`.
    pub fn pin(&self, record: &str, heads: &[String], x: i64, y: i64) -> Result<Recorded, CoreError> {
        Ok(self.0.pin(record, heads, x, y)?)
    }

    /// Hands the defect in: room, code, and a photo or the reason why there is none.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn submit(&self, record: &str, heads: &[String], no_photo_reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.submit(record, heads, no_photo_reason)?)
    }

    /// Records an event of its life with the facts that its guards ask for.
    ///
    /// Values `true` and `false` are flags, whole numbers are numbers, all others are text.
    ///
    /// # Errors
    /// `illegal` with the state and what is missing.
    pub fn event(
        &self,
        record: &str,
        heads: &[String],
        event: &str,
        facts: &[FactView],
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.event(record, heads, event, facts)?)
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
}
