//! The moments at which an owner meets the company, and which record holds them.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{DefectCode, DocumentKindCode, MomentCode};
use super::csv_table::{Row, Table};
use super::defects::Defect;
use super::error::Result;
use super::papers::DocumentKind;
use super::text::Text;

/// The file of the moments.
pub(super) const FILE: &str = "moments.csv";

/// Where in the life of an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// While it is designed.
    Design,
    /// While it is built.
    Works,
    /// While it is sold.
    Sales,
    /// When people move in.
    MoveIn,
    /// While they live there.
    Living,
}

/// How far the product holds a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coverage {
    /// A record of its own.
    Record,
    /// A tag of a record.
    Tag,
    /// Not at all.
    Outside,
}

/// A moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Its code: `tp-13`.
    pub code: MomentCode,
    /// When.
    pub stage: Stage,
    /// Its name.
    pub text: Text,
    /// How far it is held.
    pub coverage: Coverage,
    /// The kinds of record that hold it.
    pub held_in: Vec<DocumentKindCode>,
    /// Defects that belong to it.
    pub defects: Vec<DefectCode>,
    /// Where it stands in the list.
    pub order: u32,
}

/// Reads all moments in their order.
pub(super) fn load(
    text: &str,
    kinds: &BTreeMap<DocumentKindCode, DocumentKind>,
    defects: &BTreeMap<DefectCode, Defect>,
) -> Result<Vec<Moment>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for row in Table::read(FILE, text)?.rows() {
        let moment = Moment {
            code: row.code("code")?,
            stage: stage(row)?,
            text: row.text("zh", "en")?,
            coverage: coverage(row)?,
            held_in: row.code_list("held_in")?,
            defects: row.code_list("defect_codes")?,
            order: row.whole("order")?,
        };
        row.unique(&mut seen, moment.code.clone(), "code")?;
        let held = moment.held_in.iter().all(|kind| kinds.contains_key(kind));
        row.check("held_in", held, "kinds of document_kinds.csv")?;
        let somewhere = (moment.coverage == Coverage::Outside) == moment.held_in.is_empty();
        row.check("held_in", somewhere, "a kind of record, or none exactly for outside")?;
        let known = moment.defects.iter().all(|code| defects.contains_key(code));
        row.check("defect_codes", known, "codes of defect_catalogue.csv")?;
        all.push(moment);
    }
    all.sort_by_key(|moment| moment.order);
    Ok(all)
}

fn stage(row: Row<'_>) -> Result<Stage> {
    match row.cell("stage_code")? {
        "design" => Ok(Stage::Design),
        "works" => Ok(Stage::Works),
        "sales" => Ok(Stage::Sales),
        "move_in" => Ok(Stage::MoveIn),
        "living" => Ok(Stage::Living),
        _ => Err(row.error("stage_code", "design, works, sales, move_in or living")),
    }
}

fn coverage(row: Row<'_>) -> Result<Coverage> {
    match row.cell("coverage")? {
        "record" => Ok(Coverage::Record),
        "tag" => Ok(Coverage::Tag),
        "outside" => Ok(Coverage::Outside),
        _ => Err(row.error("coverage", "record, tag or outside")),
    }
}
