//! Newtypes for the stable codes of the data, so that a room is never taken for an item.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is no stable code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no stable code (a-z 0-9 . _ -)")]
pub struct NotACode(pub String);

fn is_code(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    text.bytes().all(inner) && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

fn read(text: &str) -> Result<Arc<str>, NotACode> {
    if is_code(text) {
        Ok(text.into())
    } else {
        Err(NotACode(text.to_owned()))
    }
}

/// Reads a code without a `String` in between; thousands are read at every start.
struct CodeVisitor;

impl Visitor<'_> for CodeVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stable code (a-z 0-9 . _ -)")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        read(text).map_err(E::custom)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotACode;

            fn from_str(text: &str) -> Result<Self, NotACode> {
                read(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(CodeVisitor).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        // Lets a map keyed by the code be asked with a plain &str.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == **other
            }
        }
    )*};
}

codes! {
    /// A checklist template with its version: `handover_fitout_v1`.
    TemplateId,
    /// A section of a template: `gen`.
    SectionCode,
    /// An item of a template: `gen-03`.
    ItemCode,
    /// A number field of an item: `height`.
    ReadingCode,
    /// A room of a layout (`r03`), a public place, or `home`.
    RoomCode,
    /// A kind of room: `master_bedroom`.
    RoomKindCode,
    /// A group of room kinds: `dry`.
    RoomGroup,
    /// Something that a home or room has or has not: `timber_floor`.
    FeatureCode,
    /// A tool: `feeler`.
    ToolCode,
    /// A tolerance rule: `wall_paint.flat`.
    RuleId,
    /// A set of tolerance rules: `cn_fitout_example_v1`.
    RulesetCode,
    /// A defect of the catalogue: `wl-01`.
    DefectCode,
    /// A building part in the defect catalogue: `wall`.
    PartCode,
    /// One of the kinds of defect: `installation`.
    DefectKind,
    /// Which warranty a defect falls under: `fitout_2y`.
    WarrantyClass,
    /// Who repairs: `plaster`.
    TradeCode,
    /// What is shown to the owner at handover: `dem-water`.
    DemonstrationCode,
    /// A state machine: `defect`.
    MachineCode,
    /// A state of a machine: `in_repair`.
    StateCode,
    /// An event of a machine: `start_repair`.
    EventCode,
    /// A condition of a transition: `protection_photo`.
    GuardCode,
    /// A role of a person: `engineer`.
    RoleCode,
    /// A project: `paperkite_lane`.
    ProjectCode,
    /// A layout of homes: `l3a`.
    LayoutCode,
    /// A building: `b3`.
    BuildingCode,
    /// The number of a home: `3-2-1201`.
    UnitNo,
    /// A public place: `b1-e1-lobby`.
    PlaceCode,
    /// A person of the staff: `eng01`.
    StaffCode,
    /// An inspection team: `t01`.
    TeamCode,
    /// A repair crew: `crew01`.
    CrewCode,
    /// A household: `hh0001`.
    HouseholdCode,
    /// A script of a visit or call: `move_in_v1`.
    ScriptCode,
    /// A part of a script: `explore`.
    ScriptPart,
    /// A survey: `move_in`.
    SurveyCode,
    /// A question of a survey: `move_in-1`.
    SurveyQuestionCode,
    /// A kind of satisfaction: `handover`.
    SurveyFamily,
    /// What owners care about: `handover.quality`.
    TagCode,
    /// A step of the journey: `handover`.
    StepCode,
    /// A kind of record or paper: `visit_report`.
    DocumentKindCode,
    /// A moment at which an owner meets the company: `tp-13`.
    MomentCode,
    /// A factor of delivery risk: `papers_missing`.
    FactorCode,
    /// A band of delivery risk: `watch`.
    BandCode,
    /// A key figure: `first_pass_rate`.
    KpiCode,
    /// A profile of rules of another file: `working_days_standard`.
    ProfileCode,
    /// A rule that opens tasks: `tr-m3-visit`.
    TaskRuleCode,
    /// Something that is ready before the handover event: `prep-papers`.
    PrepCode,
    /// A code that is its own explanation: a batch, a station, a disclosure.
    PlainCode,
}
