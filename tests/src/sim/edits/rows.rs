//! What people want done about rows: every kind of intent, by the calls of the facade.

use crate::harness::{START_MS, TOLD_DAY};
use keyturn_client::facade::{
    HouseholdView, NewBooking, NewCase, NewContact, NewMilestone, NewNotice, NewPerson, PersonEdit, QuietHours,
};
use keyturn_client::{Client, ClientError};
use keyturn_domain::record::view::{FactView, TextView};
use keyturn_server::users::Role;
use rand::Rng;
use rand::rngs::StdRng;

const HOUR_MS: i64 = 3_600_000;
/// What is sealed begins like this: it must stand nowhere in plain bytes.
pub const SECRET: &str = "Zhao-";

/// What somebody wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ask {
    Person,
    Caller,
    Change,
    Quiet,
    Contact,
    MoveOut,
    Book,
    Sales,
    Notice,
    Proof,
    Decide,
    Day,
    Settle,
    Close,
    Care,
}

impl Ask {
    /// Picks one.
    #[must_use]
    pub fn random(rng: &mut StdRng) -> Self {
        match rng.random_range(0..32) {
            0 | 1 => Self::Person,
            2 => Self::Care,
            3 => Self::Caller,
            4..8 => Self::Change,
            8..11 => Self::Quiet,
            11..13 => Self::Contact,
            13..16 => Self::MoveOut,
            16..18 => Self::Book,
            18..20 => Self::Sales,
            20..23 => Self::Notice,
            23 => Self::Close,
            24..26 => Self::Proof,
            26..28 => Self::Decide,
            28..30 => Self::Day,
            _ => Self::Settle,
        }
    }

    /// The roles of those who ask for it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Quiet | Self::MoveOut | Self::Settle | Self::Care => {
                &[Role::Ambassador, Role::Reviewer, Role::Manager]
            }
            Self::Notice => &[Role::Reviewer, Role::Manager],
            Self::Decide => &[Role::Manager],
            Self::Close => &[Role::Engineer],
            _ => &[Role::Engineer, Role::Ambassador, Role::Reviewer, Role::Manager],
        }
    }

    /// How it is counted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "edit: person",
            Self::Caller => "edit: case with a caller",
            Self::Change => "edit: person changed",
            Self::Quiet => "edit: quiet hours",
            Self::Contact => "edit: contact",
            Self::MoveOut => "edit: move out",
            Self::Book => "edit: appointment",
            Self::Sales => "edit: sales promise",
            Self::Notice => "edit: notice",
            Self::Proof => "edit: proof of a notice",
            Self::Decide => "edit: risk decided",
            Self::Day => "edit: day of the journey",
            Self::Settle => "edit: collision settled",
            Self::Close => "edit: task closed",
            Self::Care => "edit: household looked after",
        }
    }
}

/// A screen about people and rows.
pub struct Desk<'a> {
    /// The app.
    pub client: &'a Client,
    /// The project.
    pub project: String,
    /// The home.
    pub place: String,
    /// A number that chooses among what there is.
    pub pick: u32,
    /// A word that nobody used before.
    pub word: String,
}

impl Desk<'_> {
    /// Asks for it.
    ///
    /// # Errors
    /// Why the app refuses it.
    pub fn ask(&self, ask: Ask) -> Result<(), ClientError> {
        let people = self.client.people();
        match ask {
            Ask::Person => people.add(&self.project, &self.somebody()).map(drop),
            Ask::Caller => self.report().map(drop),
            Ask::Change => self.change(),
            Ask::Quiet => {
                let from = ["20:00", "21:00", "22:00"][self.pick as usize % 3];
                let hours = [QuietHours {
                    from: from.into(),
                    to: "08:00".into(),
                }];
                people.quiet(&self.place, &hours)
            }
            Ask::Contact => self.contact(),
            Ask::MoveOut => {
                // Few days, so that two may say the same.
                let day = ["2026-12-10", "2026-12-11"][self.pick as usize % 2];
                let next = if self.pick.is_multiple_of(3) {
                    String::new()
                } else {
                    format!("hh-{}", self.word)
                };
                match people.move_out(&self.place, day, &next, self.pick.is_multiple_of(5)) {
                    // Nobody lives there: somebody comes.
                    Err(nobody) if nobody.code() == "unknown_subject" => {
                        let code = format!("hh-{}", self.word);
                        people.move_in(&self.place, &code, false).map(drop)
                    }
                    done => done,
                }
            }
            Ask::Book => self.book(),
            Ask::Sales => self.sales(),
            Ask::Notice => self.notice(),
            Ask::Proof => self.proof(),
            Ask::Decide => {
                let open = self.pick.is_multiple_of(2);
                self.client
                    .places()
                    .decide_risk(&self.place, open, &self.word)
                    .map(drop)
            }
            Ask::Day => {
                let event = ["moved_in", "handover"][self.pick as usize / 3 % 2];
                let day = ["2026-12-20", "2026-12-21", "2026-12-22"][self.pick as usize % 3];
                self.client.milestones().tell(&NewMilestone {
                    project: self.project.clone(),
                    place: self.place.clone(),
                    event: event.into(),
                    day: day.into(),
                    ..NewMilestone::default()
                })
            }
            Ask::Close => self.close(),
            Ask::Care => {
                let language = ["zh", "en"][self.pick as usize % 2];
                people.look_after(&self.place, language, "")
            }
            Ask::Settle => {
                let open = people.collisions()?;
                let one = self.chosen(&open)?;
                people.settle_collision(&one.place, &one.task)
            }
        }
    }

    fn chosen<'a, T>(&self, all: &'a [T]) -> Result<&'a T, ClientError> {
        let n = all.len().max(1);
        all.get(self.pick as usize / 2 % n)
            .ok_or_else(|| ClientError::Refused("nothing_there".into()))
    }

    fn home(&self) -> Result<HouseholdView, ClientError> {
        self.client.people().household(&self.place)
    }

    fn somebody(&self) -> NewPerson {
        NewPerson {
            place: self.place.clone(),
            relation: ["owner", "family", "tenant", "proxy"][self.pick as usize % 4].into(),
            name: format!("{SECRET}{}", self.word),
            phone: format!("{SECRET}{}", self.word),
            way: "phone".into(),
            ..NewPerson::default()
        }
    }

    /// Reports a case for somebody whom nobody knows; returns the record.
    ///
    /// # Errors
    /// Why the app refuses it.
    pub fn report(&self) -> Result<String, ClientError> {
        let new = NewCase {
            place: self.place.clone(),
            kind: "enquiry".into(),
            words: self.word.clone(),
            ..NewCase::default()
        };
        let recorded = self.client.cases().report_from(&new, &self.somebody())?;
        Ok(recorded.record)
    }

    fn change(&self) -> Result<(), ClientError> {
        let home = self.home()?;
        let person = self.chosen(&home.persons)?;
        let mut edit = PersonEdit {
            place: self.place.clone(),
            person: person.person.clone(),
            version: person.version.clone(),
            ..PersonEdit::default()
        };
        let secret = Some(format!("{SECRET}{}", self.word));
        match self.pick % 7 {
            0..3 => edit.phone = secret,
            3 | 4 => edit.name = secret,
            // Few values, so that two may say the same.
            5 => edit.way = Some(["phone", "message", "email"][self.pick as usize / 7 % 3].into()),
            _ => edit.left = true,
        }
        self.client.people().change(&edit)
    }

    fn contact(&self) -> Result<(), ClientError> {
        let home = self.home()?;
        let person = home.persons.first().filter(|_| self.pick.is_multiple_of(2));
        let new = NewContact {
            place: self.place.clone(),
            person: person.map(|p| p.person.clone()).unwrap_or_default(),
            way: ["phone", "visit", "message"][self.pick as usize % 3].into(),
            reached: true,
            words: format!("{SECRET}{}", self.word),
            ..NewContact::default()
        };
        self.client.people().log(&new).map(drop)
    }

    /// Few hours, so that two want the same.
    fn book(&self) -> Result<(), ClientError> {
        let home = self.home()?;
        let from_ms = START_MS + i64::from(self.pick / 5 % 6) * HOUR_MS;
        let mut new = NewBooking {
            place: self.place.clone(),
            purpose: "move_in_visit".into(),
            from_ms,
            to_ms: from_ms + HOUR_MS,
            ..NewBooking::default()
        };
        if let Some(booked) = home.appointments.first().filter(|_| self.pick % 5 > 2) {
            new.appointment.clone_from(&booked.appointment);
            if self.pick % 5 == 4 {
                (new.from_ms, new.to_ms) = (booked.from_ms, booked.to_ms);
                new.cancelled = "owner_asked".into();
            }
        }
        self.client.people().book(&new).map(drop)
    }

    fn sales(&self) -> Result<(), ClientError> {
        let home = self.home()?;
        let promise = self.chosen(&home.sales)?;
        let due = (START_MS + i64::from(self.pick % 50 + 1) * 24 * HOUR_MS).to_string();
        let word = self.word.as_str();
        let (event, facts) = match promise.state.as_str() {
            "overdue" if self.pick.is_multiple_of(2) => ("give_up", vec![("reason", word), ("owner_told", "true")]),
            "overdue" => ("keep_late", vec![("proof_photo", word)]),
            _ if self.pick.is_multiple_of(5) => ("withdraw", vec![("reason", word), ("owner_agreed", "true")]),
            _ if self.pick % 5 > 2 => (
                "move",
                vec![("reason", word), ("owner_agreed", "true"), ("due", due.as_str())],
            ),
            _ => ("keep", vec![("owner_confirmed", "true")]),
        };
        let people = self.client.people();
        people.sales_event(&self.place, &promise.promise, event, &views(&facts))
    }

    /// Says what became of a task without a record, or opens it again.
    fn close(&self) -> Result<(), ClientError> {
        let tasks = self.client.tasks();
        let told = tasks.of_day(TOLD_DAY)?;
        let here: Vec<_> = told.into_iter().filter(|task| task.place == self.place).collect();
        let task = self.chosen(&here)?;
        let outcome = match (task.state.as_str(), self.pick % 3) {
            ("", 0) => "not_done",
            ("", _) => "done",
            _ => "",
        };
        tasks.close(&task.task, outcome, &self.word, &task.state)
    }

    fn notice(&self) -> Result<(), ClientError> {
        let notices = self.client.notices();
        let all = notices.all()?;
        let text = TextView {
            zh: self.word.clone(),
            en: self.word.clone(),
        };
        let mut new = NewNotice {
            project: self.project.clone(),
            code: format!("n-{}", self.word),
            kind: "works".into(),
            title: text,
            ..NewNotice::default()
        };
        match self.chosen(&all) {
            Ok(known) if self.pick.is_multiple_of(2) => {
                notices.event_everywhere(&self.project, &known.notice, "send", &[])
            }
            Ok(known) if self.pick % 3 == 1 => {
                new.code.clone_from(&known.code);
                new.supersedes.clone_from(&known.notice);
                new.reason.clone_from(&self.word);
                notices.make(&new).map(drop)
            }
            _ => notices.make(&new).map(drop),
        }
    }

    fn proof(&self) -> Result<(), ClientError> {
        let notices = self.client.notices();
        let cards = notices.of_home(&self.place)?;
        let card = self.chosen(&cards)?;
        match card.state.as_str() {
            "sent" if self.pick.is_multiple_of(5) => {
                let facts = views(&[("reason", self.word.as_str())]);
                notices.event(&self.place, &card.notice, "bounce", &facts)
            }
            "sent" => notices.give_proof(&self.place, &card.notice, "shown"),
            _ => notices.event(&self.place, &card.notice, "acknowledge", &views(&[("proof", "signed")])),
        }
    }
}

fn views(facts: &[(&str, &str)]) -> Vec<FactView> {
    let view = |(name, value): &(&str, &str)| FactView {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    facts.iter().map(view).collect()
}
