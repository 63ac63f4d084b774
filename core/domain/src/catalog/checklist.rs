//! What is looked at: templates, their sections, items and number fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::codes::{
    DefectCode, FeatureCode, ItemCode, ReadingCode, RoomKindCode, RuleId, SectionCode, TemplateId, ToolCode,
};
use super::formula::Formula;
use super::text::Text;

/// A checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its code, with version.
    pub id: TemplateId,
    /// Its name, where the data give one.
    pub text: Option<Text>,
    /// The template that it was made from.
    pub base: Option<TemplateId>,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// Its items in order. Shared with the questions made from them.
    pub items: Vec<Arc<Item>>,
}

impl Template {
    /// Returns an item by its code.
    #[must_use]
    pub fn item(&self, code: &str) -> Option<&Arc<Item>> {
        self.items.iter().find(|item| item.code == code)
    }

    /// Returns a section by its code.
    #[must_use]
    pub fn section(&self, code: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.code == code)
    }
}

/// Templates by code.
pub type Templates = BTreeMap<TemplateId, Template>;

/// A group of items that is shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its code.
    pub code: SectionCode,
    /// Its name.
    pub text: Text,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its code.
    pub code: ItemCode,
    /// The section that it stands in.
    pub section: SectionCode,
    /// What is looked at.
    pub text: Text,
    /// How often it occurs.
    pub scope: RoomScope,
    /// How to check.
    pub method: Text,
    /// With what.
    pub tool: ToolCode,
    /// What is entered beside the result.
    pub input: Input,
    /// Unit of its readings, `mixed` where they differ.
    pub unit: Option<String>,
    /// Its limits; with [`Input::Result`] they are only shown.
    pub rules: Vec<RuleId>,
    /// "The rest of this room is fine" must not answer it.
    pub must_test: bool,
    /// Offered first when the result is a defect.
    pub default_defect: Option<DefectCode>,
    /// Offered next.
    pub more_defects: Vec<DefectCode>,
    /// When it counts as in order.
    pub ok_when: Text,
    /// Whether at least one photo is needed.
    pub photo_required: bool,
    /// Only where there is this feature.
    pub only_if: Option<FeatureCode>,
}

impl Item {
    /// Returns the number fields; none unless the input is a number or a reading.
    #[must_use]
    pub fn readings(&self) -> &[ReadingSpec] {
        match &self.input {
            Input::Number(readings) | Input::Reading(readings) => readings,
            Input::Result | Input::Photo => &[],
        }
    }

    /// Tells whether the item belongs where there are these features.
    #[must_use]
    pub fn fits(&self, has: impl Fn(&FeatureCode) -> bool) -> bool {
        self.only_if.as_ref().is_none_or(has)
    }
}

/// What is entered for an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A result.
    Result,
    /// A result and readings.
    Number(Vec<ReadingSpec>),
    /// The state of a meter, with photo.
    Reading(Vec<ReadingSpec>),
    /// A result and at least one photo.
    Photo,
}

/// How often an item occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomScope {
    /// Once in the home.
    Once,
    /// Once for each window.
    PerWindow,
    /// Once for each inner door.
    PerDoor,
    /// Once in each room of these kinds.
    PerRoom(BTreeSet<RoomKindCode>),
}

/// A number field of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingSpec {
    /// Its code inside the item.
    pub code: ReadingCode,
    /// Its name.
    pub text: Text,
    /// Its unit.
    pub unit: String,
    /// How many readings are entered.
    pub count: u32,
    /// Their limits.
    pub rules: Vec<RuleId>,
    /// Compared with the design size from the plan.
    pub needs_design_value: bool,
    /// Computed from other fields, not typed in.
    pub formula: Option<Formula>,
}
