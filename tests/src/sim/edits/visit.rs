//! What is recorded in a visit.

use super::{Edit, Screen};
use crate::harness::catalog;
use keyturn_domain::record::visit::finish::{self, Ending};
use keyturn_domain::record::visit::life::{self as way, Appointment, Arrival, Plan};
use keyturn_domain::record::visit::{answers, talk};
use keyturn_domain::record::{CommandError, Marks, life};
use keyturn_domain::{Document, Write};

const HOUR_MS: i64 = 3_600_000;
const SCRIPT: &str = "move_in_v1";
const SURVEY: &str = "move_in";

impl Screen<'_> {
    /// Returns the writes of an edit in the visit of this home, the begin of it included.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn in_visit(&self, document: &Document, edit: Edit) -> Result<Vec<Write>, CommandError> {
        let scene = self.scene(document);
        let plan = Plan {
            script: SCRIPT.to_owned(),
            survey: SURVEY.to_owned(),
            survey_mode: "own".to_owned(),
            step: "handover".to_owned(),
            household: self.home.place.to_string(),
            ..Plan::default()
        };
        let begin = way::begin(&scene, &plan)?;
        if !begin.is_empty() {
            return Ok(begin);
        }
        match edit {
            Edit::Survey => self.survey(document),
            Edit::Said => {
                let parts = ["tone", "explore", "agree", "act", "confirm"];
                let part = self.chosen(&parts).ok_or(CommandError::Kind)?;
                talk::say(&scene, part, "always", !self.pick.is_multiple_of(4))
            }
            Edit::Tag => {
                let tag = self.chosen(&catalog().focus_tags).ok_or(CommandError::Kind)?;
                talk::tag(&scene, tag.code.as_str())
            }
            _ if self.pick.is_multiple_of(4) => self.promise(document),
            _ => self.next_of_visit(document),
        }
    }

    /// One question: answered, or skipped on purpose.
    fn survey(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let scene = self.scene(document);
        let survey = catalog().surveys.get(SURVEY).ok_or(CommandError::Kind)?;
        let question = self.chosen(&survey.questions).ok_or(CommandError::Kind)?;
        let code = question.code.as_str();
        match self.pick as usize / 5 % (question.options.len() + 1) {
            0 => answers::skip(&scene, code),
            n => answers::answer(&scene, code, question.options[n - 1].code.as_str()),
        }
    }

    /// The next step that is legal now.
    fn next_of_visit(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let scene = self.scene(document);
        let stands = life(&*document.as_seen(&self.seen)?, &Marks::default())?;
        let word = self.word.as_str();
        let later = self.stamp.at_ms + HOUR_MS;
        match stands.state.as_str() {
            "planned" | "moved" if self.pick.is_multiple_of(3) => way::book(
                &scene,
                &Appointment {
                    time_ms: later,
                    owner_consented: true,
                    owner_asked: false,
                    outside_quiet_hours: true,
                    ..Appointment::default()
                },
            ),
            "planned" | "booked" if self.pick % 3 == 1 => way::miss(&scene, "phone", word),
            "planned" | "booked" => way::arrive(
                &scene,
                &Arrival {
                    way: "visit".to_owned(),
                    met: self.home.place.to_string(),
                    outside_quiet_hours: true,
                    ..Arrival::default()
                },
            ),
            "no_show" if self.pick.is_multiple_of(2) => way::try_again(&scene, "phone", word),
            "no_show" => way::plan_again(&scene),
            "on_site" if self.pick.is_multiple_of(5) => way::call_later(&scene, later, true),
            // Promises are read back before the end; where there are none, that is refused.
            "on_site" if self.pick.is_multiple_of(2) => talk::read_back(&scene),
            "on_site" => finish::finish(
                &scene,
                &Ending {
                    result: word.to_owned(),
                    next_step: word.to_owned(),
                    ..Ending::default()
                },
            ),
            _ => way::refuse(&scene, word),
        }
    }
}
