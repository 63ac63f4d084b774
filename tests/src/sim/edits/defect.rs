//! What is recorded in a defect.

use super::{Edit, Screen};
use crate::harness::catalog;
use keyturn_domain::record::{CommandError, Marks, common, defect, life};
use keyturn_domain::{Container, Document, DocumentId, Value, Write};

impl Screen<'_> {
    /// Returns the writes that begin a defect.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn find(&self, document: &Document, inspection: DocumentId) -> Result<Vec<Write>, CommandError> {
        let codes: Vec<&str> = catalog().defects.keys().map(|c| c.as_str()).collect();
        let finding = defect::Finding {
            code: (*self.chosen(&codes).ok_or(CommandError::Kind)?).to_owned(),
            room: self.question().key.room.as_str().to_owned(),
            description: format!("found {}", self.word),
            question: self.key().to_string(),
            inspection: Some(inspection),
            ..defect::Finding::default()
        };
        defect::record(document, &self.seen, catalog(), &finding)
    }

    /// Returns the writes of an edit in a defect.
    ///
    /// # Errors
    /// Why the app would refuse it.
    pub fn in_defect(&self, document: &Document, edit: Edit) -> Result<Vec<Write>, CommandError> {
        let (seen, who, stamp) = (&self.seen, &self.who, &self.stamp);
        let one = |write: Write| Ok(vec![write]);
        match edit {
            Edit::Severity => {
                let severity = ["A", "B", "C", "D"][self.pick as usize % 4];
                let set = defect::severity(document, seen, catalog(), severity);
                match set {
                    Err(CommandError::Contested(_)) => self.settle(document, Container::Fields),
                    other => one(other?),
                }
            }
            Edit::Pin => {
                let at = (i64::from(self.pick % 10_000), i64::from(self.pick / 7 % 10_000));
                one(defect::pin(document, seen, at)?)
            }
            Edit::Describe => {
                let now = document.as_seen(seen)?.prose("description");
                one(defect::describe(&format!("{now} {}", self.word)))
            }
            Edit::Submit => one(defect::submit(
                document,
                seen,
                &self.word,
                &defect::Terms::default(),
                who,
                stamp,
            )?),
            _ => one(self.event(document)?),
        }
    }

    /// The first event that is legal for this person now.
    fn event(&self, document: &Document) -> Result<Write, CommandError> {
        let state = life(&*document.as_seen(&self.seen)?, &Marks::default())?.state;
        let (name, facts) = match state.as_str() {
            "recorded" | "to_assign" if self.who.role == "reviewer" && self.pick.is_multiple_of(3) => (
                "cancel",
                common::facts([("reason", self.word.as_str().into()), ("owner_told", true.into())]),
            ),
            "recorded" if self.who.role == "engineer" => (
                "fix_on_spot",
                common::facts([
                    ("room", self.word.as_str().into()),
                    ("code", self.word.as_str().into()),
                    ("before_photo", self.word.as_str().into()),
                    ("after_photo", self.word.as_str().into()),
                ]),
            ),
            "to_assign" | "reopened" => ("assign", common::facts([("person", self.word.as_str().into())])),
            "assigned" if self.pick.is_multiple_of(2) => (
                "return_to_dispatch",
                common::facts([("reason", self.word.as_str().into())]),
            ),
            "assigned" => (
                "accept",
                common::facts([
                    ("promise_at", Value::Int(self.stamp.at_ms)),
                    ("owner_told", true.into()),
                ]),
            ),
            "accepted" => (
                "start_repair",
                common::facts([("protection_photo", self.word.as_str().into())]),
            ),
            "in_repair" => (
                "finish_repair",
                common::facts([("after_photo", self.word.as_str().into()), ("clean", true.into())]),
            ),
            "to_verify" => ("verify", common::facts([("repairer", self.word.as_str().into())])),
            _ => ("reopen", common::facts([("reason_code", self.word.as_str().into())])),
        };
        common::event(document, &self.seen, name, facts, &self.who, &self.stamp)
    }
}
