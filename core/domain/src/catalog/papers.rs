//! Tags of what owners care about, and the kinds of record and paper with the fields that each must have.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{DocumentKindCode, StepCode, TagCode};
use super::csv_table::Table;
use super::error::Result;
use super::text::Text;

/// The file of the tags.
pub(super) const TAGS_FILE: &str = "focus_tags.csv";
/// The file of the kinds of record and paper.
pub(super) const KINDS_FILE: &str = "document_kinds.csv";

/// Something that owners care about at a step of their journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FocusTag {
    /// Its code: the step, a point, a name.
    pub code: TagCode,
    /// The step.
    pub step: StepCode,
    /// Its words.
    pub text: Text,
}

/// A kind of record or paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentKind {
    /// Its words.
    pub text: Text,
    /// The fields without which the guard `required_fields` does not pass.
    pub required: Vec<String>,
}

/// Reads the tags, in their order.
pub(super) fn load_tags(text: &str) -> Result<Vec<FocusTag>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for row in Table::read(TAGS_FILE, text)?.rows() {
        let (code, step): (TagCode, StepCode) = (row.code("tag_code")?, row.code("step_code")?);
        row.unique(&mut seen, code.clone(), "tag_code")?;
        let begins = code
            .as_str()
            .strip_prefix(step.as_str())
            .is_some_and(|rest| rest.starts_with('.'));
        row.check("tag_code", begins, "the step, a point and a name")?;
        let text = row.text("zh", "en")?;
        all.push((row.whole("order")?, FocusTag { code, step, text }));
    }
    // Within its step; the steps stand in the order of the file.
    let steps: Vec<StepCode> = all.iter().map(|(_, tag)| tag.step.clone()).collect();
    all.sort_by_key(|(order, tag)| (steps.iter().position(|step| *step == tag.step), *order));
    Ok(all.into_iter().map(|(_, tag)| tag).collect())
}

/// Reads the kinds of record and paper.
pub(super) fn load_kinds(text: &str) -> Result<BTreeMap<DocumentKindCode, DocumentKind>> {
    let (mut all, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for row in Table::read(KINDS_FILE, text)?.rows() {
        let code: DocumentKindCode = row.code("code")?;
        row.unique(&mut seen, code.clone(), "code")?;
        row.whole("order")?;
        let kind = DocumentKind {
            text: row.text("zh", "en")?,
            required: row
                .code_list::<TagCode>("required")?
                .iter()
                .map(ToString::to_string)
                .collect(),
        };
        all.insert(code, kind);
    }
    Ok(all)
}
