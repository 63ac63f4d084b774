//! What is recorded in a case, and promises, which any record may hold.

use super::{Edit, Screen};
use crate::harness::catalog;
use keyturn_domain::record::case::complaint::{self, Triage};
use keyturn_domain::record::case::desk::{self, Told};
use keyturn_domain::record::case::{self, Report};
use keyturn_domain::record::promises::{self, NewPromise, Postponed};
use keyturn_domain::record::{CommandError, Marks, Scene, common, life, machine_of};
use keyturn_domain::{Document, Write};

const HOUR_MS: i64 = 3_600_000;
const KINDS: [&str; 5] = ["complaint", "repair", "enquiry", "suggestion", "praise"];

impl Screen<'_> {
    pub(super) fn scene<'a>(&'a self, document: &'a Document) -> Scene<'a> {
        Scene {
            document,
            seen: &self.seen,
            catalog: catalog(),
            who: &self.who,
            stamp: &self.stamp,
        }
    }

    /// Returns the writes that begin a case.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn report(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let new = Report {
            kind: (*self.chosen(&KINDS).ok_or(CommandError::Kind)?).to_owned(),
            words: format!("reported {}", self.word),
            relation: "owner".to_owned(),
            ..Report::default()
        };
        case::report(&self.scene(document), &new)
    }

    /// Returns the writes of an edit in a case.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn in_case(&self, document: &Document, edit: Edit) -> Result<Vec<Write>, CommandError> {
        match edit {
            Edit::Promise => self.promise(document),
            _ if self.pick.is_multiple_of(5) => Ok(vec![case::change(
                &self.scene(document),
                "urgency",
                ["normal", "urgent", "safety"][self.pick as usize / 5 % 3],
            )?]),
            _ => self.next_of_case(document),
        }
    }

    /// Makes a promise, keeps one, or moves it.
    pub(super) fn promise(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let (seen, who, stamp) = (&self.seen, &self.who, &self.stamp);
        let made = promises::all(&*document.as_seen(seen)?, &Marks::default())?;
        let open: Vec<_> = made.iter().filter(|p| p.is_open()).collect();
        let due_ms = stamp.at_ms + i64::from(self.pick % 100 + 1) * HOUR_MS;
        let write = match self.chosen(&open) {
            Some(promise) if self.pick.is_multiple_of(3) => {
                let proof = common::facts([("proof_record", self.word.as_str().into())]);
                promises::keep(document, seen, &promise.key, proof, who, stamp)?
            }
            Some(promise) if self.pick % 3 == 1 => {
                let to = Postponed {
                    due_ms,
                    owner_agreed: self.pick.is_multiple_of(2),
                    reason: self.word.clone(),
                };
                promises::postpone(document, seen, &promise.key, &to, who, stamp)?
            }
            _ => {
                let new = NewPromise {
                    what: format!("promised {}", self.word),
                    due_ms,
                    ..NewPromise::default()
                };
                promises::make(document, &new, who, stamp)?
            }
        };
        Ok(vec![write])
    }

    /// The next step that is legal for this person now.
    fn next_of_case(&self, document: &Document) -> Result<Vec<Write>, CommandError> {
        let scene = self.scene(document);
        let stands = life(&*document.as_seen(&self.seen)?, &Marks::default())?;
        let told = Told {
            way: "phone".to_owned(),
            at_ms: self.stamp.at_ms,
        };
        let me = self.who.user.to_string();
        let later = self.stamp.at_ms + HOUR_MS;
        let word = self.word.as_str();
        if machine_of(document)?.code == *"complaint" {
            return match stands.state.as_str() {
                "received" | "escalated" if self.pick.is_multiple_of(7) => complaint::withdraw(&scene, word),
                "received" => complaint::triage(
                    &scene,
                    &Triage {
                        category: "quality".to_owned(),
                        urgency: "urgent".to_owned(),
                        department: "repair".to_owned(),
                        ..Triage::default()
                    },
                ),
                "triaged" if self.pick.is_multiple_of(2) => complaint::investigate(&scene, &me, later, true),
                "triaged" | "investigating" => {
                    let verdict = ["founded", "partly", "not_founded"][self.pick as usize % 3];
                    complaint::judge(&scene, verdict, word)
                }
                "verdict" => complaint::answer_without_plan(&scene, word, word, "", &told),
                "answered" => complaint::revisit(&scene, "satisfied", word, &told),
                "revisited" => complaint::close(&scene, "workmanship", word),
                _ => desk::reopen(&scene, "new_facts", ""),
            };
        }
        match stands.state.as_str() {
            "received" if ["reviewer", "manager"].contains(&self.who.role.as_str()) => {
                desk::dispatch(&scene, &me, None)
            }
            "received" => desk::answer(&scene, word, &told),
            "dispatched" => desk::acknowledge(&scene, later, true),
            "acknowledged" if self.pick.is_multiple_of(3) => desk::link(&scene, word, word, true),
            "acknowledged" => desk::answer(&scene, word, &told),
            "answered" => desk::close(&scene),
            _ => desk::reopen(&scene, "new_facts", ""),
        }
    }
}
