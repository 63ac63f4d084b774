//! What lists need of a case or a defect beyond what every record has.

use super::scene::{fact_int, with_name};
use crate::document::Value;
use crate::events::{Life, LifeEvent, Standing};
use crate::ids::UserId;
use crate::schema::Field;
use serde::{Deserialize, Serialize};

/// What the matter is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Matter {
    /// Kind of a case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub case_kind: String,
    /// What a case is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// How urgent it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub urgency: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub department: String,
    /// The cluster that a case belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cluster: String,
    /// Who leads a major matter; of its first case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commander: String,
    /// Single, cluster, major.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scale: String,
    /// Who called: the id of a person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub caller: String,
    /// When it reached us, or was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_ms: Option<i64>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<UserId>,
    /// The building part of a defect.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// The pin of a defect: `x,y`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pin: String,
    /// The defect that goes on instead of this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub duplicate_of: String,
}

impl Matter {
    /// Tells whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in a field of the record.
    pub(super) fn read_field(&mut self, key: &str, field: &Field) {
        let into = match key {
            "case_kind" => &mut self.case_kind,
            "category" => &mut self.category,
            "urgency" => &mut self.urgency,
            "department" => &mut self.department,
            "cluster" => &mut self.cluster,
            "commander" => &mut self.commander,
            "scale" => &mut self.scale,
            "person" => &mut self.caller,
            "component" => &mut self.part,
            "pin" => &mut self.pin,
            "duplicate_of" => &mut self.duplicate_of,
            "received_at" | "code" => {
                let written = field
                    .effective
                    .iter()
                    .flat_map(|c| &c.by)
                    .min_by_key(|w| (w.at_ms, w.change));
                self.reported_by = written.and_then(|w| w.author).map(|a| a.user);
                self.received_ms = field.value().and_then(Value::as_int).or(written.map(|w| w.at_ms));
                return;
            }
            _ => return,
        };
        field.text().clone_into(into);
    }
}

/// A target of a defect, as the rules said when it was handed in, or when its severity became another.
pub(super) fn target(life: &Life, of: &str) -> Option<i64> {
    let said = |e: &&LifeEvent| {
        ["submit", "terms"].contains(&e.event.as_str()) && matches!(e.standing, Standing::Legal | Standing::Neutral)
    };
    life.events.iter().rfind(said).and_then(|e| fact_int(e, of))
}

/// When the next thing is due that the record itself knows of; `None` when nothing is, or it is at its end.
pub(super) fn due(kind: &str, life: &Life) -> Option<i64> {
    let newest = |event: &str, of: &str| with_name(life, event).filter_map(|e| fact_int(e, of)).next_back();
    match (kind, life.state.as_str()) {
        ("case", "dispatched") => newest("dispatch", "contact_by"),
        ("case", "acknowledged") => newest("acknowledge", "promise_at"),
        ("case", "investigating") => newest("investigate", "until"),
        ("case", "acting") => newest("act", "promise_at"),
        ("defect", "to_assign" | "assigned") => target(life, "contact_by"),
        ("defect", "accepted" | "in_repair" | "to_verify" | "rejected") => super::repair::promised(life)
            .filter(|p| p.counts)
            .map(|p| p.at_ms)
            .next_back()
            .or_else(|| target(life, "fix_by")),
        ("defect", "hard") => target(life, "plan_by"),
        _ => None,
    }
}
