//! An ambassador's day: a call, a visit by its script, and what owners ask for.

use super::done::{Kind, told};
use super::member::Member;
use crate::failure::Failure;
use keyturn_client::ClientError;
use keyturn_client::facade::{
    NewArrival, NewBooking, NewCase, NewContact, NewPerson, NewPromise, NewRequest, Recorded, TaskCard, Visits,
};
use keyturn_server::domain::catalog::Catalog;
use keyturn_server::domain::record::visit::view::{SurveyQuestionView, VisitView};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

const SCRIPT: &str = "move_in_v1";
const SURVEY: &str = "move_in";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// What owners ask for in a visit.
const REQUESTS: [&str; 4] = ["defect", "repair", "enquiry", "suggestion"];

/// A visit that goes on: each step is based on what the one before left.
struct Talk {
    visits: Visits,
    record: String,
    seen: Vec<String>,
}

impl Talk {
    fn step(&mut self, done: Result<Recorded, ClientError>) -> Result<(), Failure> {
        self.seen = done.map_err(|e| told(&e))?.seen;
        Ok(())
    }
}

impl Member {
    /// Calls, visits, and reports what the owner or somebody else brings up.
    ///
    /// # Errors
    /// What the client says.
    pub(super) fn visit(&mut self, task: &TaskCard) -> Result<(), Failure> {
        let owner = self.owner(&task.place)?;
        self.call(&task.place, &owner)?;
        self.talk(&task.place, &owner)?;
        if self.rng.random_ratio(1, 2) {
            self.report(task, &owner)?;
        }
        Ok(())
    }

    /// Logs the call before the visit; half of the owners agree on the next time at once.
    fn call(&mut self, place: &str, owner: &str) -> Result<(), Failure> {
        let people = self.client.people();
        let contact = NewContact {
            place: place.to_owned(),
            person: owner.to_owned(),
            way: "phone".to_owned(),
            reached: self.rng.random_ratio(4, 5),
            words: "约好今天上门".to_owned(),
            ..NewContact::default()
        };
        let logged = people.log(&contact).map_err(|e| told(&e))?;
        self.made.row(Kind::Contact, logged, place);
        if self.rng.random_ratio(1, 2) {
            let from_ms = self.now_ms() + DAY_MS + i64::from(self.rng.random_range(0..8_u32)) * HOUR_MS;
            let booking = NewBooking {
                place: place.to_owned(),
                purpose: "revisit".to_owned(),
                from_ms,
                to_ms: from_ms + HOUR_MS,
                ..NewBooking::default()
            };
            let booked = people.book(&booking).map_err(|e| told(&e))?;
            self.made.row(Kind::Appointment, booked, place);
        }
        Ok(())
    }

    /// The five parts, the survey before "more", tags, a request, promises that are read back.
    fn talk(&mut self, place: &str, owner: &str) -> Result<(), Failure> {
        let visits = self.client.visits();
        let view = visits.begin_at(place, SCRIPT, SURVEY).map_err(|e| told(&e))?.visit;
        self.made.record(Kind::Visit, &view.record);
        let mut talk = Talk {
            visits,
            record: view.record.clone(),
            seen: view.seen.clone(),
        };
        let arrival = NewArrival {
            way: "visit".to_owned(),
            met: owner.to_owned(),
            owner_asked: true,
            ..NewArrival::default()
        };
        talk.step(talk.visits.arrive(&talk.record, &talk.seen, &arrival))?;
        for line in view.parts.iter().flat_map(|part| &part.lines) {
            if line.when == "always" || self.rng.random_ratio(1, 4) {
                talk.step(talk.visits.say(&talk.record, &talk.seen, &line.part, &line.when, true))?;
            }
        }
        self.survey(&mut talk, &view)?;
        if self.rng.random_ratio(2, 3) {
            self.request(&mut talk)?;
        }
        let promise = self.promised("三天内调好入户门");
        talk.step(talk.visits.promise(&talk.record, &talk.seen, &promise))?;
        self.made.done.add(Kind::Promise, 1);
        talk.step(talk.visits.read_back(&talk.record, &talk.seen))?;
        talk.step(
            talk.visits
                .finish(&talk.record, &talk.seen, "住得惯，门有点紧", "三天内回访"),
        )
    }

    fn survey(&mut self, talk: &mut Talk, view: &VisitView) -> Result<(), Failure> {
        for question in &view.survey.first {
            match self.opinion(question) {
                Some(value) => talk.step(talk.visits.answer(&talk.record, &talk.seen, &question.question, &value))?,
                None => talk.step(talk.visits.skip(&talk.record, &talk.seen, &question.question))?,
            }
            self.made.done.add(Kind::Survey, 1);
        }
        let catalog = Catalog::built_in().map_err(Failure::internal)?;
        if let Some(tag) = catalog.focus_tags.choose(&mut self.rng) {
            talk.step(talk.visits.tag(&talk.record, &talk.seen, tag.code.as_str()))?;
            self.made.done.add(Kind::Tag, 1);
        }
        Ok(())
    }

    /// What the owner thinks; nothing: skipped on purpose.
    fn opinion(&mut self, question: &SurveyQuestionView) -> Option<String> {
        if self.rng.random_ratio(1, 10) {
            return None;
        }
        let to = match question.scale.as_str() {
            "S5" | "E5" => 5,
            "R10" => 10,
            "YN" => return Some(if self.rng.random() { "yes" } else { "no" }.to_owned()),
            "MC" => return Some(question.choices.choose(&mut self.rng)?.code.clone()),
            _ => return None,
        };
        Some(self.rng.random_range(1..=to).to_string())
    }

    /// What the owner asks for becomes a defect or a case.
    fn request(&mut self, talk: &mut Talk) -> Result<(), Failure> {
        let kind = REQUESTS.choose(&mut self.rng).copied().unwrap_or("enquiry");
        let new = NewRequest {
            kind: kind.to_owned(),
            words: "厨房水槽下面滴水".to_owned(),
            code: if kind == "defect" { "wl-01" } else { "" }.to_owned(),
            room: "home".to_owned(),
            relation: "owner".to_owned(),
            ..NewRequest::default()
        };
        let made = talk
            .visits
            .request(&talk.record, &talk.seen, &new)
            .map_err(|e| told(&e))?;
        talk.seen = made.visit.seen;
        self.made.done.add(Kind::Request, 1);
        let of = if kind == "defect" { Kind::Defect } else { Kind::Case };
        self.made.record(of, &made.record);
        if of == Kind::Case {
            self.promise_in(&made.record)?;
        }
        Ok(())
    }

    /// Somebody stops the ambassador on the stairs: the owner, or somebody whom nobody knows yet.
    fn report(&mut self, task: &TaskCard, owner: &str) -> Result<(), Failure> {
        let cases = self.client.cases();
        let mut new = NewCase {
            place: task.place.clone(),
            kind: ["repair", "complaint", "enquiry"]
                .choose(&mut self.rng)
                .copied()
                .unwrap_or("repair")
                .to_owned(),
            words: "电梯里有异响".to_owned(),
            ..NewCase::default()
        };
        let made = if self.rng.random() {
            owner.clone_into(&mut new.person);
            new.relation = "owner".to_owned();
            cases.report(&new)
        } else {
            let caller = NewPerson {
                place: task.place.clone(),
                relation: "family".to_owned(),
                name: "来电家属".to_owned(),
                phone: format!("+86 000 {:08}", self.rng.random_range(0..100_000_000_u32)),
                ..NewPerson::default()
            };
            cases.report_from(&new, &caller)
        };
        let made = made.map_err(|e| told(&e))?;
        self.made.record(Kind::Case, &made.record);
        if new.person.is_empty() {
            let case = cases.open(&made.record).map_err(|e| told(&e))?;
            self.made.row(Kind::Person, case.person.value, &task.place);
        }
        Ok(())
    }

    fn promise_in(&mut self, record: &str) -> Result<(), Failure> {
        let seen = self.client.cases().open(record).map_err(|e| told(&e))?.seen;
        let promise = self.promised("明天上午有人来看");
        let made = self.client.promises().make(record, &seen, &promise);
        made.map_err(|e| told(&e))?;
        self.made.done.add(Kind::Promise, 1);
        Ok(())
    }

    fn promised(&mut self, what: &str) -> NewPromise {
        NewPromise {
            what: what.to_owned(),
            due_ms: self.now_ms() + i64::from(self.rng.random_range(1..5_u32)) * DAY_MS,
            ..NewPromise::default()
        }
    }
}
