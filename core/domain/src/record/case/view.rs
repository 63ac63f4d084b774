//! A case as one screen.

use super::complaint::level;
use super::desk::dispatched;
use crate::catalog::Catalog;
use crate::document::{Container, Document, Value};
use crate::record::projection::linked_by;
use crate::record::scene::{fact_int, with_name};
use crate::record::show::Shown;
use crate::record::view::{AuthorView, ContestedView, EntryShown, FieldView, LifeView, TextView};
use crate::record::{CommandError, Marks, edition_of, life, machine_of};
use crate::rules::ClockView;
use crate::schema::Field;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A way out that was listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptionView {
    /// Its key.
    pub key: String,
    /// What would be done.
    pub text: String,
    /// What it would cost.
    pub cost_note: String,
    /// Who listed it.
    pub by: AuthorView,
    /// A manager chose it.
    pub chosen: bool,
}

/// Once the owner was told how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToldView {
    /// What they were told.
    pub text: String,
    /// How.
    pub way: String,
    /// When.
    pub told_ms: i64,
    /// Who told them.
    pub by: AuthorView,
}

/// A case as one screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseView {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// What this screen was drawn from; every command brings it back.
    pub seen: Vec<String>,
    /// The edition of the project's data that it was begun with.
    pub edition: u32,
    /// That edition is not here yet: another one gives the words, and what it does not know is shown by its codes.
    pub edition_waiting: bool,
    /// `case` or `complaint`: the machine that it follows.
    pub machine: String,
    /// Its kind.
    pub case_kind: FieldView,
    /// The name of its kind.
    pub text: TextView,
    /// What was said, in the words of who called.
    pub words: String,
    /// Who called: the id of a person.
    pub person: FieldView,
    /// Owner, family, tenant …
    pub relation: FieldView,
    /// The household.
    pub household: FieldView,
    /// How it reached us.
    pub channel: FieldView,
    /// When it reached us.
    pub received_ms: Option<i64>,
    /// What it is about.
    pub category: FieldView,
    /// How urgent it is.
    pub urgency: FieldView,
    /// Single, cluster, major.
    pub scale: FieldView,
    /// Who answers for it.
    pub department: FieldView,
    /// What they want.
    pub wanted_outcome: FieldView,
    /// Severity of a defect that was reported.
    pub severity: FieldView,
    /// The room.
    pub room: FieldView,
    /// The ready phrase that was tapped.
    pub phrase: FieldView,
    /// Founded, partly, not founded.
    pub verdict: FieldView,
    /// What caused it.
    pub root_cause: FieldView,
    /// The cluster that it belongs to: the record of its first case.
    pub cluster: FieldView,
    /// Who leads a major one; stands in its first case.
    pub commander: FieldView,
    /// What everybody says about a major one; stands in its first case.
    pub agreed_text: FieldView,
    /// The answer.
    pub answer: String,
    /// The ways out, in the order of their keys.
    pub options: Vec<OptionView>,
    /// When the owner was told how far it is, the newest last.
    pub updates: Vec<ToldView>,
    /// To whom it was dispatched, the newest last.
    pub dispatched: Vec<String>,
    /// The time that the owner was last promised.
    pub promised_ms: Option<i64>,
    /// Until when it is looked into, as the owner was told.
    pub until_ms: Option<i64>,
    /// The level that it was handed up to; 0: none.
    pub level: i64,
    /// Records that it is linked with.
    pub links: Vec<String>,
    /// Its deadlines and when the owner hears next; none: not known without the project's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockView>,
    /// Where it stands.
    pub life: LifeView,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks.
    pub entries: Vec<EntryShown>,
}

/// Returns a case as one screen; whoever knows the project sets its clock.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no case.
pub fn case_view(document: &Document, catalog: &Catalog, marks: &Marks) -> Result<CaseView, CommandError> {
    if document.genesis().kind != "case" {
        return Err(CommandError::Kind);
    }
    let shown = Shown::with(marks);
    let life = life(document, marks)?;
    let read = |key: &str| Field::read(document, Container::Fields, key);
    let field = |key: &str| shown.field(&read(key));
    let case_kind = field("case_kind");
    let chosen = read("chosen_option").text().to_owned();
    let entries = document.entries(Container::Items);
    let said = entries
        .iter()
        .find(|e| e.text("type") == "remark" && e.text("kind") == "words");
    let links: BTreeSet<String> = entries
        .iter()
        .map(linked_by)
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect();
    let options = entries
        .iter()
        .filter(|e| e.text("type") == "option")
        .map(|e| OptionView {
            key: e.key.clone(),
            text: e.text("text").to_owned(),
            cost_note: e.text("cost_note").to_owned(),
            by: shown.author(&e.made),
            chosen: e.key == chosen,
        });
    let mut updates: Vec<ToldView> = entries
        .iter()
        .filter(|e| e.text("type") == "update")
        .map(|e| ToldView {
            text: e.text("text").to_owned(),
            way: e.text("told_way").to_owned(),
            told_ms: e.int("told_at").unwrap_or_default(),
            by: shown.author(&e.made),
        })
        .collect();
    updates.sort_by_key(|u| u.told_ms);
    let newest = |name: &str, of: &str| with_name(&life, name).filter_map(|e| fact_int(e, of)).next_back();
    Ok(CaseView {
        record: document.id().to_string(),
        place: document.place().to_string(),
        seen: document.heads().iter().map(ToString::to_string).collect(),
        edition: edition_of(document),
        edition_waiting: false,
        machine: machine_of(document)?.code.as_str().to_owned(),
        text: catalog
            .codes
            .get("case_kind", &case_kind.value)
            .map(|code| TextView::from(&code.text))
            .unwrap_or_default(),
        case_kind,
        words: said.map(|e| e.text("text").to_owned()).unwrap_or_default(),
        person: field("person"),
        relation: field("relation"),
        household: field("household"),
        channel: field("channel"),
        received_ms: read("received_at").value().and_then(Value::as_int),
        category: field("category"),
        urgency: field("urgency"),
        scale: field("scale"),
        department: field("department"),
        wanted_outcome: field("wanted_outcome"),
        severity: field("severity"),
        room: field("room"),
        phrase: field("phrase"),
        verdict: field("verdict"),
        root_cause: field("root_cause"),
        cluster: field("cluster"),
        commander: field("commander"),
        agreed_text: field("agreed_text"),
        answer: document.prose("answer"),
        options: options.collect(),
        updates,
        dispatched: dispatched(&life).map(str::to_owned).collect(),
        promised_ms: newest("act", "promise_at").or_else(|| newest("acknowledge", "promise_at")),
        until_ms: newest("investigate", "until"),
        level: level(&life),
        links: links.into_iter().collect(),
        clock: None,
        contested: shown.contested_fields(document),
        entries: shown.entries(document, &life),
        life: shown.life(document, &life)?,
    })
}
