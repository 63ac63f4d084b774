//! "The rest of this room is fine": what that writes, and what it must leave.

use super::codes::{RoomCode, SectionCode};
use super::instantiate::{AnswerKey, Question};

/// What the button stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkScope {
    /// All of a room; `home` for what is asked once.
    Room(RoomCode),
    /// A section within a room.
    Section(RoomCode, SectionCode),
}

impl BulkScope {
    /// Tells whether a question belongs to it.
    #[must_use]
    pub fn covers(&self, question: &Question) -> bool {
        match self {
            Self::Room(room) => question.key.room == *room,
            Self::Section(room, section) => question.key.room == *room && question.item.section == *section,
        }
    }
}

/// What the button does. Answers already given are not touched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkOk {
    /// These get `ok_bulk`.
    pub write: Vec<AnswerKey>,
    /// These are still open: they must be tested one by one.
    pub still_open: Vec<AnswerKey>,
}

impl BulkOk {
    /// Tells whether nothing stays open.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.still_open.is_empty()
    }
}

/// Returns what the button does in `scope`, of the questions asked and given which of them have an answer.
#[must_use]
pub fn bulk_ok(asked: &[Question], scope: &BulkScope, answered: impl Fn(&AnswerKey) -> bool) -> BulkOk {
    let blank = asked
        .iter()
        .filter(|question| scope.covers(question) && !answered(&question.key));
    let (open, write): (Vec<_>, Vec<_>) = blank.partition(|question| question.item.must_test);
    let keys = |questions: Vec<&Question>| questions.into_iter().map(|question| question.key.clone()).collect();
    BulkOk {
        write: keys(write),
        still_open: keys(open),
    }
}
