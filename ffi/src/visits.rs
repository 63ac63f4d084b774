//! Visits and calls: one record as one screen, and every command on it.

use crate::CoreError;
use keyturn_client::facade::{
    LineageView, NewAppointment, NewArrival, NewPhoto, NewPromise, NewRequest, Recorded, Requested, VisitScreen,
};

/// Visits and calls: one record as one screen, and every command on it.
#[derive(uniffi::Object)]
pub struct Visits(pub(crate) keyturn_client::facade::Visits);

#[uniffi::export]
impl Visits {
    /// Begins the visit of a task, or goes on with it, and shows it. Two phones that begin it offline begin the same.
    ///
    /// # Errors
    /// `unknown_task`, `no_grant`, `kind`.
    pub fn begin(&self, task: &str) -> Result<VisitScreen, CoreError> {
        Ok(self.0.begin(task)?)
    }

    /// Begins the answers that a home gives to a survey of many, as of a project or a batch, or goes on with them: each
    /// home has its own record, and the task counts them.
    ///
    /// # Errors
    /// `unknown_task`, `unknown_place`, `no_grant`; `kind` for a task with a record of its own or without a survey,
    /// `illegal` for one that is closed.
    pub fn begin_survey(&self, task: &str, place: &str) -> Result<VisitScreen, CoreError> {
        Ok(self.0.begin_survey(task, place)?)
    }

    /// Begins a talk that nobody planned, along a script, with a survey or without (`""`).
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code` for another script or survey, `no_grant`.
    pub fn begin_at(&self, place: &str, script: &str, survey: &str) -> Result<VisitScreen, CoreError> {
        Ok(self.0.begin_at(place, script, survey)?)
    }

    /// Shows a visit: script, survey, promises, and what is open at that home.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<VisitScreen, CoreError> {
        Ok(self.0.open(record)?)
    }

    /// Books a time with the owner.
    ///
    /// # Errors
    /// `illegal` without consent or in quiet hours, `bad_value` for a time that has passed.
    pub fn book(&self, record: &str, heads: &[String], new: &NewAppointment) -> Result<Recorded, CoreError> {
        Ok(self.0.book(record, heads, new)?)
    }

    /// "Call me at six": books the time that the owner named, and counts as no failed try.
    ///
    /// # Errors
    /// `illegal` when nobody was talked to, `bad_value` for a time that has passed.
    pub fn call_later(&self, record: &str, heads: &[String], time_ms: i64) -> Result<Recorded, CoreError> {
        Ok(self.0.call_later(record, heads, time_ms)?)
    }

    /// Begins the talk, as booked or unbooked. Whom the survey rates is noted.
    ///
    /// # Errors
    /// `illegal` in quiet hours, `unknown_code`.
    pub fn arrive(&self, record: &str, heads: &[String], new: &NewArrival) -> Result<Recorded, CoreError> {
        Ok(self.0.arrive(record, heads, new)?)
    }

    /// Nobody there, nobody answers: one failed try.
    ///
    /// # Errors
    /// `illegal` without a reason, `unknown_code`.
    pub fn miss(&self, record: &str, heads: &[String], way: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.miss(record, heads, way, reason)?)
    }

    /// One more failed try to reach somebody who was missed before.
    ///
    /// # Errors
    /// `missing` without a reason, `unknown_code`.
    pub fn try_again(&self, record: &str, heads: &[String], way: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.try_again(record, heads, way, reason)?)
    }

    /// The booked time does not suit any longer.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn reschedule(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.reschedule(record, heads, reason)?)
    }

    /// Plans it again after nobody was there.
    ///
    /// # Errors
    /// `illegal`.
    pub fn plan_again(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.plan_again(record, heads)?)
    }

    /// The owner does not want it.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn refuse(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.refuse(record, heads, reason)?)
    }

    /// Unreachable: at least three tries on two days of the project's calendar.
    ///
    /// # Errors
    /// `illegal` before that.
    pub fn give_up(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.give_up(record, heads)?)
    }

    /// Ticks a line of the script: said, or skipped on purpose.
    ///
    /// # Errors
    /// `unknown_question`, `contested`.
    pub fn say(
        &self,
        record: &str,
        heads: &[String],
        part: &str,
        when: &str,
        said: bool,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.say(record, heads, part, when, said)?)
    }

    /// Answers a question of the survey: a code, several with `|` between, a number, or words.
    ///
    /// # Errors
    /// `unknown_question`, `unknown_code`, `bad_value`, `contested`; `illegal` when the survey rates who asks.
    pub fn answer(&self, record: &str, heads: &[String], question: &str, value: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.answer(record, heads, question, value)?)
    }

    /// Answers the second question in the same place.
    ///
    /// # Errors
    /// As [`Visits::answer`]; `unknown_question` when the answer does not bring it up.
    pub fn follow_up(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        value: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.follow_up(record, heads, question, value)?)
    }

    /// Adds words to an answer.
    ///
    /// # Errors
    /// `unknown_question` where no words are taken.
    pub fn remark_answer(
        &self,
        record: &str,
        heads: &[String],
        question: &str,
        words: &str,
    ) -> Result<Recorded, CoreError> {
        Ok(self.0.remark_answer(record, heads, question, words)?)
    }

    /// Skips a question on purpose.
    ///
    /// # Errors
    /// `unknown_question`, `contested`.
    pub fn skip(&self, record: &str, heads: &[String], question: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.skip(record, heads, question)?)
    }

    /// Notes what the owner cares about; the same tag twice is one.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn tag(&self, record: &str, heads: &[String], tag: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.tag(record, heads, tag)?)
    }

    /// Promises something to the household.
    ///
    /// # Errors
    /// `missing` without words, `bad_value` for a time that has passed.
    pub fn promise(&self, record: &str, heads: &[String], new: &NewPromise) -> Result<Recorded, CoreError> {
        Ok(self.0.promise(record, heads, new)?)
    }

    /// Reads the open promises of this visit back to the owner.
    ///
    /// # Errors
    /// `missing` when there are none.
    pub fn read_back(&self, record: &str, heads: &[String]) -> Result<Recorded, CoreError> {
        Ok(self.0.read_back(record, heads)?)
    }

    /// Records a defect or a case that came out of the visit, and links it: both or neither.
    ///
    /// # Errors
    /// As for defects and cases, and `kind` when the record is no visit.
    pub fn request(&self, record: &str, heads: &[String], new: &NewRequest) -> Result<Requested, CoreError> {
        Ok(self.0.request(record, heads, new)?)
    }

    /// Finishes the visit.
    ///
    /// # Errors
    /// `missing` while promises were not read back; `illegal` with `required_fields` or `interviewer_not_rated`.
    pub fn finish(&self, record: &str, heads: &[String], result: &str, next_step: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.finish(record, heads, result, next_step)?)
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

    /// Takes a tag, a photo or a remark out of sight; it stays in the record.
    ///
    /// # Errors
    /// `unknown_entry`; `bad_value` for a promise, which is withdrawn.
    pub fn remove(&self, record: &str, heads: &[String], entry: &str, reason: &str) -> Result<Recorded, CoreError> {
        Ok(self.0.remove(record, heads, entry, reason)?)
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`.
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

    /// Returns every value that a field ever had.
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, CoreError> {
        Ok(self.0.lineage(record, name)?)
    }
}
