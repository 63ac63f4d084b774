//! Tools: what a reading is taken with, and how it is typed in.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::ToolCode;
use super::csv_table::{Row, Table};
use super::error::Result;
use super::text::Text;

/// The file of the tools.
pub(super) const FILE: &str = "tools.csv";

/// A tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its code.
    pub code: ToolCode,
    /// Its name.
    pub text: Text,
    /// What it reads.
    pub reading: Text,
    /// Unit of what it reads, if it has one.
    pub unit: Option<String>,
    /// How its reading is entered.
    pub entry: Entry,
    /// Where it stands in lists.
    pub order: u32,
}

/// How a reading is entered.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Typed in, in steps of this size.
    NumberPad {
        /// The step of the pad.
        step: f64,
    },
    /// A row of numbers to tap.
    Chips(Vec<Text>),
    /// A few words to tap.
    Choice(Vec<Text>),
    /// Taken as a picture.
    Photo,
}

/// Reads all tools.
pub(super) fn load(text: &str) -> Result<BTreeMap<ToolCode, Tool>> {
    let (mut tools, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for row in Table::read(FILE, text)?.rows() {
        let code: ToolCode = row.code("tool_code")?;
        row.unique(&mut seen, code.clone(), "tool_code")?;
        let unit = Some(row.cell("unit")?.to_owned()).filter(|unit| !unit.is_empty());
        let tool = Tool {
            text: row.text("zh", "en")?,
            reading: row.text("reading_zh", "reading_en")?,
            unit,
            entry: entry(row)?,
            order: row.whole("order")?,
            code,
        };
        tools.insert(tool.code.clone(), tool);
    }
    Ok(tools)
}

fn entry(row: Row<'_>) -> Result<Entry> {
    let choices = row.text_list("choices_zh", "choices_en")?;
    match row.cell("entry")? {
        "number_pad" => {
            let step = row.number("step")?;
            row.check("step", step > 0.0, "a step above 0")?;
            Ok(Entry::NumberPad { step })
        }
        "chips" | "choice" if choices.is_empty() => Err(row.error("choices_zh", "the choices, separated by |")),
        "chips" => Ok(Entry::Chips(choices)),
        "choice" => Ok(Entry::Choice(choices)),
        "photo" => Ok(Entry::Photo),
        _ => Err(row.error("entry", "number_pad, chips, choice or photo")),
    }
}
