//! The report, and what may be corrected in it.

use crate::document::Write;
use crate::events::Standing;
use crate::record::CommandError;
use crate::record::common::facts;
use crate::record::scene::Scene;

/// What is known when somebody reports for an owner. Kind and words are needed; the place is that of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// `enquiry`, `repair`, `complaint` … (`answer_codes.csv`, group `case_kind`).
    pub kind: String,
    /// What they said, in their words.
    pub words: String,
    /// Who called: the id of a person, never a name.
    pub person: String,
    /// Owner, family, tenant … (group `relation`).
    pub relation: String,
    /// The household, if it is known.
    pub household: String,
    /// How it reached us.
    pub channel: String,
    /// When it reached us, in milliseconds; none: when it is recorded.
    pub received_ms: Option<i64>,
    /// What it is about (group `complaint_category`).
    pub category: String,
    /// Group `urgency`.
    pub urgency: String,
    /// Severity of a defect that is reported.
    pub severity: String,
    /// The room.
    pub room: String,
    /// The ready phrase that was tapped: a code of the defect catalogue.
    pub phrase: String,
    /// What they want.
    pub wanted_outcome: String,
}

/// Fields that may be corrected, each with the list that its codes stand in; empty: no list.
const FIELDS: &[(&str, &str)] = &[
    ("relation", "relation"),
    ("category", "complaint_category"),
    ("urgency", "urgency"),
    ("severity", "severity"),
    ("department", "department"),
    ("root_cause", "root_cause"),
    ("channel", ""),
    ("wanted_outcome", ""),
    ("household", ""),
    ("person", ""),
    ("room", ""),
    ("phrase", ""),
];

/// Reports a matter.
///
/// # Errors
/// [`CommandError::Missing`] without words, [`CommandError::UnknownCode`], [`CommandError::Kind`] when the record is
/// no case.
pub fn report(scene: &Scene<'_>, new: &Report) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    if new.kind.is_empty() {
        return Err(CommandError::Missing("kind"));
    }
    scene.known("case_kind", &new.kind)?;
    let fields = [
        ("relation", &new.relation),
        ("category", &new.category),
        ("urgency", &new.urgency),
        ("severity", &new.severity),
        ("channel", &new.channel),
        ("wanted_outcome", &new.wanted_outcome),
        ("household", &new.household),
        ("person", &new.person),
        ("room", &new.room),
        ("phrase", &new.phrase),
    ];
    let mut writes = vec![
        scene.set("case_kind", new.kind.as_str())?,
        scene.set("received_at", new.received_ms.unwrap_or(scene.stamp.at_ms))?,
    ];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        writes.push(change(scene, name, value)?);
    }
    let said = facts([("kind", "words".into()), ("text", new.words.as_str().into())]);
    writes.push(scene.entry("remark", said)?);
    Ok(writes)
}

/// Corrects one field of a case.
///
/// # Errors
/// [`CommandError::UnknownCode`], [`CommandError::Contested`]; [`CommandError::Value`] for a field that has a command
/// of its own.
pub fn change(scene: &Scene<'_>, name: &str, value: &str) -> Result<Write, CommandError> {
    scene.of_kind("case")?;
    let group = FIELDS.iter().find(|(field, _)| *field == name).map(|(_, group)| *group);
    let lists = &scene.catalog.complaints;
    match (name, group.ok_or(CommandError::Value("field"))?) {
        ("channel", _) => scene.known_in(&lists.channels, value)?,
        ("wanted_outcome", _) => scene.known_in(&lists.wanted_outcomes, value)?,
        (_, "") => {}
        (_, group) => scene.known(group, value)?,
    }
    scene.set(name, value)
}

/// Says that the matter is of another kind: before anything was done about it. Afterwards another case is linked.
///
/// # Errors
/// [`CommandError::Illegal`] when something was done already, [`CommandError::UnknownCode`],
/// [`CommandError::Contested`].
pub fn rekind(scene: &Scene<'_>, kind: &str) -> Result<Write, CommandError> {
    scene.of_kind("case")?;
    scene.known("case_kind", kind)?;
    let life = scene.life()?;
    if life.events.iter().any(|e| e.standing == Standing::Legal) {
        return Err(CommandError::Illegal {
            state: life.state,
            code: "state".to_owned(),
            missing: Vec::new(),
        });
    }
    scene.set("case_kind", kind)
}
