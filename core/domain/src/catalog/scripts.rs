//! Scripts of visits and calls: what to say, part by part.

use std::collections::{BTreeMap, BTreeSet};

use super::answer_codes::AnswerCodes;
use super::codes::{ScriptCode, ScriptPart};
use super::csv_table::{Row, Table};
use super::error::Result;
use super::text::Text;

/// The file of the scripts.
pub(super) const FILE: &str = "visit_scripts.csv";

/// The parts of every visit and call, in their order.
const VISIT_PARTS: &[&str] = &["tone", "explore", "agree", "act", "confirm"];
/// The parts of the talk about a complaint, in their order.
const TALK_PARTS: &[&str] = &["setting", "listen", "resonate", "expectation", "propose", "plan"];

/// When a line is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Always.
    Always,
    /// When the survey shows a satisfied owner.
    Satisfied,
    /// When it shows one who is not.
    NotSatisfied,
}

impl When {
    /// Returns the stored code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "not_satisfied",
        }
    }
}

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptLine {
    /// The part that it belongs to (`answer_codes.csv`, group `script_part`).
    pub part: ScriptPart,
    /// When it is said.
    pub when: When,
    /// What to say.
    pub text: Text,
}

/// A script with its lines, in the order in which they are said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its code.
    pub code: ScriptCode,
    /// Its lines.
    pub lines: Vec<ScriptLine>,
}

impl Script {
    /// Returns the line of a part and a case.
    #[must_use]
    pub fn line(&self, part: &str, when: &str) -> Option<&ScriptLine> {
        let fits = |line: &&ScriptLine| line.part == *part && line.when.as_str() == when;
        self.lines.iter().find(fits)
    }
}

/// Reads all scripts.
pub(super) fn load(text: &str, codes: &AnswerCodes) -> Result<BTreeMap<ScriptCode, Script>> {
    let table = Table::read(FILE, text)?;
    let mut rows: BTreeMap<ScriptCode, Vec<(u32, Row<'_>)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in table.rows() {
        let code: ScriptCode = row.code("script_id")?;
        let part: ScriptPart = row.code("part_code")?;
        row.check(
            "part_code",
            codes.has("script_part", &part),
            "a script_part of answer_codes.csv",
        )?;
        row.unique(&mut seen, (code.clone(), part, row.cell("when")?), "when")?;
        rows.entry(code).or_default().push((row.whole("order")?, row));
    }
    rows.into_iter()
        .map(|(code, rows)| Ok((code.clone(), script(code, rows)?)))
        .collect()
}

fn script(code: ScriptCode, mut rows: Vec<(u32, Row<'_>)>) -> Result<Script> {
    rows.sort_by_key(|(order, _)| *order);
    let mut lines = Vec::new();
    for (_, row) in &rows {
        lines.push(ScriptLine {
            part: row.code("part_code")?,
            when: match row.cell("when")? {
                "always" => When::Always,
                "satisfied" => When::Satisfied,
                "not_satisfied" => When::NotSatisfied,
                _ => return Err(row.error("when", "always, satisfied or not_satisfied")),
            },
            text: row.text("prompt_zh", "prompt_en")?,
        });
    }
    // A script without one of its parts would let something important go unsaid.
    let is_talk = lines.iter().any(|line| TALK_PARTS.contains(&line.part.as_str()));
    let parts = if is_talk { TALK_PARTS } else { VISIT_PARTS };
    let mut told: Vec<&str> = lines.iter().map(|line| line.part.as_str()).collect();
    told.dedup();
    if let Some((_, row)) = rows.last().filter(|_| told != parts) {
        return Err(row.error("part_code", format!("a script with the parts {}", parts.join(", "))));
    }
    Ok(Script { code, lines })
}
