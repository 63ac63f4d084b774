//! Visits and calls: one record as one screen, and every command on it.

mod begin;
mod requests;
mod screen;

pub use requests::{NewRequest, Requested};
pub(super) use screen::quiet as quiet_at;
pub use screen::{FirstContactView, OpenAtHome, QuietView, VisitScreen};

use super::danger;
use super::inspections::{NewPhoto, photo, remark, settle};
use super::promises::NewPromise;
use super::record::{Asking, command, field, genesis_of, lineage, parse, seen};
use super::views::{LineageView, Recorded};
use crate::{Client, ClientError};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::visit::finish::{Ending, finish};
use keyturn_domain::record::visit::{answers, life, talk};
use keyturn_domain::record::{CommandError, Scene, common};
use keyturn_domain::{Container, DocumentId, Write};
use std::collections::BTreeSet;

/// A time that is agreed with the owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAppointment {
    /// When, in milliseconds.
    pub time_ms: i64,
    /// The owner agreed to this time.
    pub owner_consented: bool,
    /// The owner asked for it, so that quiet hours do not stand in the way.
    pub owner_asked: bool,
    /// The danger for which they do not either: a record that is one, or a code as `A` or `safety`; empty: none.
    pub danger: String,
}

/// A talk that begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewArrival {
    /// `phone`, `visit`, … (`answer_codes.csv`, group `contact_way`).
    pub way: String,
    /// Who was met: the id of a person's row, or nothing.
    pub met: String,
    /// The owner asked for it now, in spite of quiet hours.
    pub owner_asked: bool,
    /// The danger for which somebody comes in spite of them: a record that is one, or a code as `A` or `safety`; empty:
    /// none.
    pub danger: String,
}

/// Commands and screens of visits. Cheap to make; every call stands alone.
#[derive(Clone)]
pub struct Visits(pub(crate) Client);

impl Visits {
    /// Begins the visit of a task, or goes on with it, and shows it. Two phones that begin it offline begin the same.
    ///
    /// # Errors
    /// `unknown_task`, `no_grant`, `kind`.
    pub fn begin(&self, task: &str) -> Result<VisitScreen, ClientError> {
        let record = begin::of_task(&self.0, parse(task, "task")?)?;
        self.open(&record.to_string())
    }

    /// Begins the answers that a home gives to a survey of many, as of a project or a batch, or goes on with them: each
    /// home has its own record, and the task counts them.
    ///
    /// # Errors
    /// `unknown_task`, `unknown_place`, `no_grant`; `kind` for a task with a record of its own or without a survey,
    /// `illegal` for one that is closed.
    pub fn begin_survey(&self, task: &str, place: &str) -> Result<VisitScreen, ClientError> {
        let record = begin::of_survey(&self.0, parse(task, "task")?, parse(place, "place")?)?;
        self.open(&record.to_string())
    }

    /// Begins a talk that nobody planned, along a script, with a survey or without (`""`).
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code` for another script or survey, `no_grant`.
    pub fn begin_at(&self, place: &str, script: &str, survey: &str) -> Result<VisitScreen, ClientError> {
        let record = begin::at_place(&self.0, parse(place, "place")?, script, survey)?;
        self.open(&record.to_string())
    }

    /// Shows a visit: script, survey, promises, and what is open at that home.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<VisitScreen, ClientError> {
        screen::screen(&self.0, &genesis_of(&self.0, record)?)
    }

    /// Books a time with the owner.
    ///
    /// # Errors
    /// `illegal` without consent or in quiet hours, `bad_value` for a time that has passed, `no_danger`.
    pub fn book(&self, record: &str, heads: &[String], new: &NewAppointment) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let appointment = life::Appointment {
            time_ms: new.time_ms,
            owner_consented: new.owner_consented,
            owner_asked: new.owner_asked,
            outside_quiet_hours: self.may_call(&genesis, "", new.time_ms)?,
            danger: danger::read(&self.0, genesis.project, &new.danger)?,
        };
        self.ask(&genesis, heads, |scene| life::book(scene, &appointment))
    }

    /// "Call me at six": books the time that the owner named, and counts as no failed try.
    ///
    /// # Errors
    /// `illegal` when nobody was talked to, `bad_value` for a time that has passed.
    pub fn call_later(&self, record: &str, heads: &[String], time_ms: i64) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let outside = self.may_call(&genesis, "", time_ms)?;
        self.ask(&genesis, heads, |scene| life::call_later(scene, time_ms, outside))
    }

    /// Begins the talk, as booked or unbooked. Whom the survey rates is noted.
    ///
    /// # Errors
    /// `illegal` in quiet hours, `unknown_code`, `no_danger`.
    pub fn arrive(&self, record: &str, heads: &[String], new: &NewArrival) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let arrival = life::Arrival {
            way: new.way.clone(),
            met: new.met.clone(),
            owner_asked: new.owner_asked,
            outside_quiet_hours: self.may_call(&genesis, &new.met, self.0.inner.now_ms())?,
            danger: danger::read(&self.0, genesis.project, &new.danger)?,
            rated: self.rated(&genesis)?,
        };
        self.ask(&genesis, heads, |scene| life::arrive(scene, &arrival))
    }

    /// Nobody there, nobody answers: one failed try.
    ///
    /// # Errors
    /// `illegal` without a reason, `unknown_code`.
    pub fn miss(&self, record: &str, heads: &[String], way: &str, reason: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| life::miss(scene, way, reason))
    }

    /// One more failed try to reach somebody who was missed before.
    ///
    /// # Errors
    /// `missing` without a reason, `unknown_code`.
    pub fn try_again(&self, record: &str, heads: &[String], way: &str, reason: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| life::try_again(scene, way, reason))
    }

    /// The booked time does not suit any longer.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn reschedule(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| life::reschedule(scene, reason))
    }

    /// Plans it again after nobody was there.
    ///
    /// # Errors
    /// `illegal`.
    pub fn plan_again(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        self.on(record, heads, life::plan_again)
    }

    /// The owner does not want it.
    ///
    /// # Errors
    /// `illegal` without a reason.
    pub fn refuse(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| life::refuse(scene, reason))
    }

    /// Unreachable: at least three tries on two days of the project's calendar.
    ///
    /// # Errors
    /// `illegal` before that.
    pub fn give_up(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let calendar = self.0.look(|conn| super::context::calendar(conn, genesis.project))?;
        let day = |at_ms: i64| calendar.day_of(at_ms).to_string();
        self.ask(&genesis, heads, |scene| life::give_up(scene, &day))
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
    ) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| talk::say(scene, part, when, said))
    }

    /// Answers a question of the survey: a code, several with `|` between, a number, or words.
    ///
    /// # Errors
    /// `unknown_question`, `unknown_code`, `bad_value`, `contested`; `illegal` when the survey rates who asks.
    pub fn answer(&self, record: &str, heads: &[String], question: &str, value: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| answers::answer(scene, question, value))
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
    ) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| answers::follow_up(scene, question, value))
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
    ) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| answers::remark(scene, question, words))
    }

    /// Skips a question on purpose.
    ///
    /// # Errors
    /// `unknown_question`, `contested`.
    pub fn skip(&self, record: &str, heads: &[String], question: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| answers::skip(scene, question))
    }

    /// Notes what the owner cares about; the same tag twice is one.
    ///
    /// # Errors
    /// `unknown_code`.
    pub fn tag(&self, record: &str, heads: &[String], tag: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |scene| talk::tag(scene, tag))
    }

    /// Promises something to the household.
    ///
    /// # Errors
    /// `missing` without words, `bad_value` for a time that has passed.
    pub fn promise(&self, record: &str, heads: &[String], new: &NewPromise) -> Result<Recorded, ClientError> {
        super::promises::Promises(self.0.clone()).make(record, heads, new)
    }

    /// Reads the open promises of this visit back to the owner.
    ///
    /// # Errors
    /// `missing` when there are none.
    pub fn read_back(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        self.on(record, heads, talk::read_back)
    }

    /// Records a defect or a case that came out of the visit, and links it: both or neither.
    ///
    /// # Errors
    /// As for defects and cases, and `kind` when the record is no visit.
    pub fn request(&self, record: &str, heads: &[String], new: &NewRequest) -> Result<Requested, ClientError> {
        requests::request(&self.0, record, heads, new)
    }

    /// Finishes the visit.
    ///
    /// # Errors
    /// `missing` while promises were not read back; `illegal` with `required_fields` or `interviewer_not_rated`.
    pub fn finish(
        &self,
        record: &str,
        heads: &[String],
        result: &str,
        next_step: &str,
    ) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let ending = Ending {
            result: result.to_owned(),
            next_step: next_step.to_owned(),
            rated: self.rated(&genesis)?,
        };
        self.ask(&genesis, heads, |scene| finish(scene, &ending))
    }

    /// Adds a remark.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, ClientError> {
        remark(&self.0, record, heads, "", text)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, ClientError> {
        photo(&self.0, record, heads, new)
    }

    /// Takes a tag, a photo or a remark out of sight; it stays in the record.
    ///
    /// # Errors
    /// `unknown_entry`; `bad_value` for a promise, which is withdrawn.
    pub fn remove(&self, record: &str, heads: &[String], entry: &str, reason: &str) -> Result<Recorded, ClientError> {
        self.on(record, heads, |s| {
            common::remove(s.document, s.seen, entry, reason, s.who, s.stamp).map(|w| vec![w])
        })
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, ClientError> {
        settle(&self.0, record, heads, name, value)
    }

    /// "I looked too": confirms a value without changing it.
    ///
    /// # Errors
    /// `missing` when there is nothing to confirm.
    pub fn check(&self, record: &str, heads: &[String], name: &str) -> Result<Recorded, ClientError> {
        let (container, key) = field(name)?;
        self.on(record, heads, |s| {
            common::checked(s.document, s.seen, container, &key, s.who, s.stamp).map(|w| vec![w])
        })
    }

    /// Returns every value that a field ever had.
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, ClientError> {
        lineage(&self.0, record, name)
    }

    fn on(
        &self,
        record: &str,
        heads: &[String],
        make: impl FnOnce(&Scene<'_>) -> Result<Vec<Write>, CommandError>,
    ) -> Result<Recorded, ClientError> {
        self.ask(&genesis_of(&self.0, record)?, heads, make)
    }

    fn ask(
        &self,
        genesis: &Genesis,
        heads: &[String],
        make: impl FnOnce(&Scene<'_>) -> Result<Vec<Write>, CommandError>,
    ) -> Result<Recorded, ClientError> {
        let edition = self.0.edition_of(genesis)?;
        command(&self.0, genesis, false, &seen(heads)?, |ask: &Asking<'_>| {
            make(&ask.scene(&edition.catalog))
        })
    }

    /// Tells whether a time lies outside the quiet hours of the household, and of the person who is met.
    fn may_call(&self, genesis: &Genesis, met: &str, at_ms: i64) -> Result<bool, ClientError> {
        let household = self.text(genesis.document, "household")?;
        self.0
            .look(|conn| Ok(screen::quiet(conn, genesis.project, &household, met, at_ms)?.allowed))
    }

    /// All whom the survey of a visit rates, as far as this phone knows.
    fn rated(&self, genesis: &Genesis) -> Result<BTreeSet<String>, ClientError> {
        let survey = self.text(genesis.document, "survey")?;
        let edition = self.0.edition_of(genesis)?;
        self.0
            .look(|conn| screen::rated(conn, &edition.catalog, genesis, &survey))
    }

    fn text(&self, record: DocumentId, key: &str) -> Result<String, ClientError> {
        let read = |document: &keyturn_domain::Document, _: &_| {
            keyturn_domain::schema::Field::read(document, Container::Fields, key)
                .text()
                .to_owned()
        };
        Ok(self.0.opened(record, read)?.unwrap_or_default())
    }
}
