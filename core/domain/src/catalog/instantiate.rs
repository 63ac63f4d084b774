//! From a template and the rooms of a place to the questions that are asked there.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::checklist::{Item, ReadingSpec, RoomScope, Template};
use super::codes::{FeatureCode, ItemCode, RoomCode};
use super::rooms::Room;

/// The room of what is asked once in a home; no room of a layout has this code.
pub const HOME: &str = "home";

/// Whether the features of a place are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureMode {
    /// Nothing is known of this home: every item is asked, and `not_applicable` is one tap.
    All,
    /// What is not stated is not there.
    Stated,
}

impl FeatureMode {
    /// Returns the mode of a place: `All` exactly when neither it nor a room states a feature.
    #[must_use]
    pub fn of(rooms: &[Room], home_features: &BTreeSet<FeatureCode>) -> Self {
        if home_features.is_empty() && rooms.iter().all(|room| room.features.is_empty()) {
            Self::All
        } else {
            Self::Stated
        }
    }
}

/// Where an answer stands in a document: `<item>/<room>/<n>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerKey {
    /// The item.
    pub item: ItemCode,
    /// The room, or `home`.
    pub room: RoomCode,
    /// Which window or door of the room; counts from 1.
    pub n: u32,
}

impl fmt::Display for AnswerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.item, self.room, self.n)
    }
}

impl From<AnswerKey> for String {
    fn from(key: AnswerKey) -> Self {
        key.to_string()
    }
}

/// A text that is no answer key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no answer key (<item>/<room>/<n>)")]
pub struct NotAnAnswerKey(pub String);

impl FromStr for AnswerKey {
    type Err = NotAnAnswerKey;

    fn from_str(text: &str) -> Result<Self, NotAnAnswerKey> {
        let read = || {
            let mut parts = text.split('/');
            let key = Self {
                item: parts.next()?.parse().ok()?,
                room: parts.next()?.parse().ok()?,
                n: parts.next()?.parse().ok().filter(|n| *n > 0)?,
            };
            // One key has one spelling: not "+1", not "01".
            (parts.next().is_none() && key.to_string() == text).then_some(key)
        };
        read().ok_or_else(|| NotAnAnswerKey(text.to_owned()))
    }
}

impl TryFrom<String> for AnswerKey {
    type Error = NotAnAnswerKey;

    fn try_from(text: String) -> Result<Self, NotAnAnswerKey> {
        text.parse()
    }
}

/// One thing to answer at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Where its answer stands.
    pub key: AnswerKey,
    /// What is asked.
    pub item: Arc<Item>,
    /// The room, unless it is asked once in the home.
    pub room: Option<Arc<Room>>,
}

impl Question {
    /// Returns the design value of a reading that is compared with one.
    #[must_use]
    pub fn design(&self, reading: &ReadingSpec) -> Option<f64> {
        if !reading.needs_design_value {
            return None;
        }
        self.room.as_ref()?.design(reading.code.as_str())
    }
}

/// The questions of a place: those asked, and those whose feature is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Questions {
    /// What is asked, in the order of the template, then of the rooms. Only these count.
    pub asked: Vec<Question>,
    /// What is not asked: "not in this home".
    pub absent: Vec<Question>,
}

impl Questions {
    /// Returns the question of a key, asked or not.
    #[must_use]
    pub fn get(&self, key: &AnswerKey) -> Option<&Question> {
        self.asked
            .iter()
            .chain(&self.absent)
            .find(|question| question.key == *key)
    }

    /// Counts the questions that must be tested one by one.
    #[must_use]
    pub fn must_test(&self) -> usize {
        self.asked.iter().filter(|question| question.item.must_test).count()
    }
}

/// Returns the questions of a template at a place.
///
/// An item that occurs once asks the features of the home and of all its rooms; any other those of the home and of its
/// own room.
#[must_use]
pub fn instantiate(
    template: &Template,
    rooms: &[Room],
    home_features: &BTreeSet<FeatureCode>,
    mode: FeatureMode,
) -> Questions {
    let rooms: Vec<Arc<Room>> = rooms.iter().cloned().map(Arc::new).collect();
    let mut questions = Questions::default();
    for item in &template.items {
        let present = |room: Option<&Room>| {
            let in_rooms = |feature: &FeatureCode| match room {
                Some(room) => room.features.contains(feature),
                None => rooms.iter().any(|room| room.features.contains(feature)),
            };
            mode == FeatureMode::All || item.fits(|feature| home_features.contains(feature) || in_rooms(feature))
        };
        let mut add = |room: Option<&Arc<Room>>, count: u32| {
            let Some(code) = room.map_or_else(|| HOME.parse().ok(), |room| Some(room.code.clone())) else {
                return;
            };
            let list = if present(room.map(AsRef::as_ref)) {
                &mut questions.asked
            } else {
                &mut questions.absent
            };
            list.extend((1..=count).map(|n| Question {
                key: AnswerKey {
                    item: item.code.clone(),
                    room: code.clone(),
                    n,
                },
                item: Arc::clone(item),
                room: room.cloned(),
            }));
        };
        if item.scope == RoomScope::Once {
            add(None, 1);
            continue;
        }
        for room in &rooms {
            add(Some(room), times(&item.scope, room));
        }
    }
    questions
}

fn times(scope: &RoomScope, room: &Room) -> u32 {
    match scope {
        RoomScope::Once => 0,
        RoomScope::PerWindow => room.windows,
        RoomScope::PerDoor => room.doors,
        RoomScope::PerRoom(kinds) => u32::from(kinds.contains(&room.kind)),
    }
}
