//! Every field of every kind of document, with its merge policy, as data. One table for phone and server.
//!
//! A policy chooses what counts meanwhile; the disagreement stays contested, both sides shown, until a person settles
//! it. Only unions, prose, equal values and `ok` against `ok_bulk` are no disagreements (DESIGN 3.2.5).

mod words;

pub use words::words;

use crate::document::{Candidate, Container, Document, Value, Write};
use serde::{Deserialize, Serialize};

/// What counts meanwhile when two people wrote different values without seeing each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// A result: defect before not inspected before not applicable before ok.
    FailBeatsPass,
    /// A severity: A before B before C before D.
    HigherSeverity,
    /// The code that stands first in this list counts: what asks more of us, before what asks less.
    Listed(&'static [&'static str]),
    /// No side is better: the value that sorts last counts, alike on every machine.
    SortsLast,
    /// Entries under random keys: all of them count, nothing is contested.
    Union,
    /// A text that merges letter by letter: nothing is contested.
    Prose,
}

/// One row of the table. `field` is the whole key of a flat field, the last part of an answer's key, the `type` of an
/// entry, or `type.field` for what may change in an entry; `*` at its end stands for anything.
pub struct FieldPolicy {
    /// The kind of document; `*`: every kind.
    pub kind: &'static str,
    /// Where it stands.
    pub container: Container,
    /// Which field.
    pub field: &'static str,
    /// What counts meanwhile.
    pub policy: Policy,
}

const fn row(kind: &'static str, container: Container, field: &'static str, policy: Policy) -> FieldPolicy {
    FieldPolicy {
        kind,
        container,
        field,
        policy,
    }
}

/// The table. The first row that fits counts; what none fits is of a newer version and sorts last.
pub const FIELDS: &[FieldPolicy] = &[
    row("inspection", Container::Fields, "task", Policy::SortsLast),
    row("inspection", Container::Fields, "inspection_kind", Policy::SortsLast),
    row("inspection", Container::Fields, "template", Policy::SortsLast),
    row("inspection", Container::Fields, "template_version", Policy::SortsLast),
    row("inspection", Container::Fields, "layout", Policy::SortsLast),
    row("inspection", Container::Fields, "supersedes", Policy::SortsLast),
    row("inspection", Container::Answers, "result", Policy::FailBeatsPass),
    row("inspection", Container::Answers, "reason", Policy::SortsLast),
    row("inspection", Container::Answers, "reason_text", Policy::SortsLast),
    row("inspection", Container::Answers, "reading.*", Policy::SortsLast),
    row("inspection", Container::Items, "present", Policy::Union),
    row("inspection", Container::Items, "key", Policy::Union),
    row("inspection", Container::Items, "meter", Policy::Union),
    row("inspection", Container::Items, "demonstration", Policy::Union),
    row("inspection", Container::Items, "defect", Policy::Union),
    row("defect", Container::Fields, "template_version", Policy::SortsLast),
    row("defect", Container::Fields, "inspection", Policy::SortsLast),
    row("defect", Container::Fields, "question", Policy::SortsLast),
    row("defect", Container::Fields, "room", Policy::SortsLast),
    row("defect", Container::Fields, "code", Policy::SortsLast),
    row("defect", Container::Fields, "severity", Policy::HigherSeverity),
    row("defect", Container::Fields, "pin", Policy::SortsLast),
    row("defect", Container::Fields, "component", Policy::SortsLast),
    row("defect", Container::Fields, "duplicate_of", Policy::SortsLast),
    row("defect", Container::Prose, "description", Policy::Prose),
    row("visit", Container::Fields, "template_version", Policy::SortsLast),
    row("visit", Container::Fields, "task", Policy::SortsLast),
    row("visit", Container::Fields, "rule", Policy::SortsLast),
    row("visit", Container::Fields, "script", Policy::SortsLast),
    row("visit", Container::Fields, "survey", Policy::SortsLast),
    row("visit", Container::Fields, "survey_mode", Policy::SortsLast),
    row("visit", Container::Fields, "step", Policy::SortsLast),
    row("visit", Container::Fields, "household", Policy::SortsLast),
    row("visit", Container::Fields, "way", Policy::SortsLast),
    row("visit", Container::Fields, "met", Policy::SortsLast),
    row("visit", Container::Fields, "started_at", Policy::SortsLast),
    row("visit", Container::Fields, "ended_at", Policy::SortsLast),
    row("visit", Container::Fields, "result", Policy::SortsLast),
    row("visit", Container::Fields, "next_step", Policy::SortsLast),
    row("visit", Container::Fields, "interviewer", Policy::SortsLast),
    row("visit", Container::Fields, "rated", Policy::SortsLast),
    // `script/<part>/<when>`, `survey/<question>` and what belongs to a question: all of one policy.
    row("visit", Container::Answers, "*", Policy::SortsLast),
    row("visit", Container::Items, "tag", Policy::Union),
    row("visit", Container::Items, "request", Policy::Union),
    row("visit", Container::Items, "contact_try", Policy::Union),
    row("*", Container::Items, "promise", Policy::Union),
    // A complaint asks most of us, and a danger before everything else.
    row(
        "case",
        Container::Fields,
        "case_kind",
        Policy::Listed(&["complaint", "repair", "help", "enquiry"]),
    ),
    row(
        "case",
        Container::Fields,
        "urgency",
        Policy::Listed(&["safety", "urgent", "normal"]),
    ),
    row(
        "case",
        Container::Fields,
        "scale",
        Policy::Listed(&["major", "cluster", "single"]),
    ),
    row(
        "case",
        Container::Fields,
        "verdict",
        Policy::Listed(&["founded", "partly", "not_founded"]),
    ),
    row("case", Container::Fields, "template_version", Policy::SortsLast),
    row("case", Container::Fields, "severity", Policy::HigherSeverity),
    row("case", Container::Fields, "relation", Policy::SortsLast),
    row("case", Container::Fields, "channel", Policy::SortsLast),
    row("case", Container::Fields, "household", Policy::SortsLast),
    row("case", Container::Fields, "person", Policy::SortsLast),
    row("case", Container::Fields, "received_at", Policy::SortsLast),
    row("case", Container::Fields, "room", Policy::SortsLast),
    row("case", Container::Fields, "phrase", Policy::SortsLast),
    row("case", Container::Fields, "category", Policy::SortsLast),
    row("case", Container::Fields, "department", Policy::SortsLast),
    row("case", Container::Fields, "wanted_outcome", Policy::SortsLast),
    row("case", Container::Fields, "root_cause", Policy::SortsLast),
    row("case", Container::Fields, "chosen_option", Policy::SortsLast),
    row("case", Container::Fields, "cluster", Policy::SortsLast),
    row("case", Container::Fields, "commander", Policy::SortsLast),
    row("case", Container::Fields, "agreed_text", Policy::SortsLast),
    row("case", Container::Items, "option", Policy::Union),
    row("case", Container::Items, "linked", Policy::Union),
    row("case", Container::Items, "update", Policy::Union),
    row("case", Container::Prose, "answer", Policy::Prose),
    row("*", Container::Items, "photo", Policy::Union),
    row("*", Container::Items, "photo.caption", Policy::SortsLast),
    row("*", Container::Items, "photo.order", Policy::SortsLast),
    row("*", Container::Items, "remark", Policy::Union),
    row("*", Container::Events, "*", Policy::Union),
    row("*", Container::Signatures, "*", Policy::Union),
    row("*", Container::Review, "*", Policy::Union),
    row("*", Container::System, "*", Policy::SortsLast),
];

/// Returns the policy of a field; `None` for one that this version does not know.
#[must_use]
pub fn find(kind: &str, container: Container, field: &str) -> Option<Policy> {
    let fits = |pattern: &str, name: &str| {
        pattern
            .strip_suffix('*')
            .map_or(pattern == name, |start| name.starts_with(start))
    };
    let found = |row: &&FieldPolicy| fits(row.kind, kind) && row.container == container && fits(row.field, field);
    FIELDS.iter().find(found).map(|row| row.policy)
}

/// Returns the field name under which a write stands in the table.
#[must_use]
pub fn field_of<'a>(document: &Document, write: &'a Write) -> (Container, std::borrow::Cow<'a, str>) {
    match write {
        Write::Put {
            container: Container::Answers,
            key,
            ..
        } => (Container::Answers, last_part(key).into()),
        Write::Put { container, key, .. } => (*container, key.into()),
        Write::Entry { container, fields, .. } => (
            *container,
            fields.get("type").and_then(Value::as_text).unwrap_or_default().into(),
        ),
        Write::PutIn {
            container, key, field, ..
        } => {
            let entry = document.entry(*container, key);
            (
                *container,
                format!("{}.{field}", entry.as_ref().map_or("", |e| e.text("type"))).into(),
            )
        }
        Write::Prose { name, .. } => (Container::Prose, name.into()),
    }
}

/// Returns the last part of an answer's key: `result` of `win-03/r03/2/result`.
#[must_use]
pub fn last_part(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, last)| last)
}

/// A field as it is read: what counts meanwhile, and both sides if it is contested.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Field {
    /// What counts; none: nobody wrote.
    pub effective: Option<Candidate>,
    /// All sides, in the order of values; empty: not contested.
    pub contested: Vec<Candidate>,
}

impl Field {
    /// Applies a policy to the values that a field has.
    #[must_use]
    pub fn resolve(policy: Policy, mut candidates: Vec<Candidate>) -> Self {
        if candidates.len() < 2 {
            return Self {
                effective: candidates.pop(),
                contested: Vec::new(),
            };
        }
        let effective = candidates
            .iter()
            .max_by(|a, b| policy.order(&a.value, &b.value))
            .cloned();
        let agree = match policy {
            Policy::FailBeatsPass => candidates
                .iter()
                .all(|c| matches!(c.value.as_text(), Some("ok" | "ok_bulk"))),
            Policy::Union | Policy::Prose => true,
            Policy::HigherSeverity | Policy::Listed(_) | Policy::SortsLast => false,
        };
        let contested = if agree { Vec::new() } else { candidates };
        Self { effective, contested }
    }

    /// Reads one field of a document.
    #[must_use]
    pub fn read(document: &Document, container: Container, key: &str) -> Self {
        let name = if container == Container::Answers {
            last_part(key)
        } else {
            key
        };
        let policy = find(&document.genesis().kind, container, name).unwrap_or(Policy::SortsLast);
        Self::resolve(policy, document.candidates(container, key))
    }

    /// Reads one field as somebody saw it who saw `seen`.
    ///
    /// # Errors
    /// [`crate::DocumentError::UnknownSeen`].
    pub fn read_seen(
        document: &Document,
        seen: &[crate::Hash],
        container: Container,
        key: &str,
    ) -> Result<Self, crate::DocumentError> {
        let name = if container == Container::Answers {
            last_part(key)
        } else {
            key
        };
        let policy = find(&document.genesis().kind, container, name).unwrap_or(Policy::SortsLast);
        Ok(Self::resolve(policy, document.candidates_seen(seen, container, key)?))
    }

    /// Returns the value that counts.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.effective.as_ref().map(|c| &c.value)
    }

    /// Returns the value that counts, if it is text, or nothing.
    #[must_use]
    pub fn text(&self) -> &str {
        self.value().and_then(Value::as_text).unwrap_or_default()
    }

    /// Tells whether people disagree and nobody has settled it.
    #[must_use]
    pub const fn is_contested(&self) -> bool {
        !self.contested.is_empty()
    }
}

impl Policy {
    /// Orders two values: the greater one counts. Ties are broken by the order of values.
    fn order(self, a: &Value, b: &Value) -> std::cmp::Ordering {
        let rank = |value: &Value| match (self, value.as_text()) {
            (Self::FailBeatsPass, Some("defect")) => 5,
            (Self::FailBeatsPass, Some("not_inspected")) => 4,
            (Self::FailBeatsPass, Some("not_applicable")) => 3,
            (Self::FailBeatsPass, Some("ok_bulk")) => 0,
            (Self::FailBeatsPass, Some("ok")) => 1,
            (Self::FailBeatsPass, _) => 2,
            (Self::HigherSeverity, Some("A")) => 4,
            (Self::HigherSeverity, Some("B")) => 3,
            (Self::HigherSeverity, Some("C")) => 2,
            (Self::HigherSeverity, Some("D")) => 1,
            (Self::Listed(codes), Some(code)) => {
                codes.iter().rev().position(|known| *known == code).map_or(0, |n| n + 1)
            }
            _ => 0,
        };
        rank(a).cmp(&rank(b)).then_with(|| a.order(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(values: &[&str]) -> Vec<Candidate> {
        values
            .iter()
            .map(|v| Candidate {
                value: Value::from(*v),
                by: Vec::new(),
            })
            .collect()
    }

    #[test]
    fn policies_choose_what_counts_and_keep_the_disagreement() {
        let cases = [
            (Policy::FailBeatsPass, &["defect", "ok"][..], "defect", true),
            (Policy::FailBeatsPass, &["not_inspected", "ok"], "not_inspected", true),
            (Policy::FailBeatsPass, &["ok", "ok_bulk"], "ok", false),
            (Policy::FailBeatsPass, &["ok"], "ok", false),
            (Policy::HigherSeverity, &["B", "D"], "B", true),
            (Policy::SortsLast, &["r03", "r04"], "r04", true),
            (
                Policy::Listed(&["safety", "urgent", "normal"]),
                &["normal", "safety"],
                "safety",
                true,
            ),
            (
                Policy::Listed(&["safety", "urgent", "normal"]),
                &["normal", "zebra"],
                "normal",
                true,
            ),
        ];
        for (policy, values, effective, contested) in cases {
            let field = Field::resolve(policy, candidates(values));
            assert_eq!(
                (field.text(), field.is_contested()),
                (effective, contested),
                "{policy:?} {values:?}"
            );
        }
    }

    #[test]
    fn no_row_hides_behind_an_earlier_one() {
        for (n, row) in FIELDS.iter().enumerate() {
            let kind = if row.kind == "*" { "case" } else { row.kind };
            let first = FIELDS.iter().position(|r| {
                (r.kind == "*" || r.kind == kind)
                    && r.container == row.container
                    && r.field
                        .strip_suffix('*')
                        .map_or(r.field == row.field, |s| row.field.starts_with(s))
            });
            assert_eq!(first, Some(n), "{} {:?} {}", row.kind, row.container, row.field);
        }
    }
}
