//! The defect catalogue and the trades that repair.

use std::collections::BTreeMap;

use super::answer_codes::{AnswerCodes, Severity};
use super::codes::{DefectCode, DefectKind, PartCode, TradeCode, WarrantyClass};
use super::csv_table::Table;
use super::error::Result;
use super::text::Text;

/// The file of the defects.
pub(super) const FILE: &str = "defect_catalogue.csv";
/// The file of the trades.
pub(super) const TRADES_FILE: &str = "trades.csv";

/// A defect of the catalogue. The place is not part of it: that is the room of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Its code.
    pub code: DefectCode,
    /// The building part.
    pub part: PartCode,
    /// Name of the part.
    pub part_text: Text,
    /// Which kind of defect.
    pub kind: DefectKind,
    /// Its name.
    pub text: Text,
    /// How bad it is unless the person on site raises it.
    pub severity: Severity,
    /// Who repairs it.
    pub trade: TradeCode,
    /// Which warranty it falls under.
    pub warranty_class: WarrantyClass,
    /// Whether an engineer must look before repair.
    pub needs_engineer: bool,
    /// Ready phrases.
    pub phrases: Vec<Text>,
    /// Accepted only when raised at handover.
    pub handover_only: bool,
    /// Where it stands in the catalogue.
    pub order: u32,
}

/// Who repairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// Its code.
    pub code: TradeCode,
    /// Its name.
    pub text: Text,
    /// Whose people they are: contractor, maker, utility …
    pub party: String,
    /// Where it stands in lists.
    pub order: u32,
}

/// Reads the trades.
pub(super) fn load_trades(text: &str) -> Result<BTreeMap<TradeCode, Trade>> {
    const PARTIES: [&str; 6] = ["contractor", "maker", "utility", "design", "developer", "property"];
    let mut trades = BTreeMap::new();
    for row in Table::read(TRADES_FILE, text)?.rows() {
        let party = row.cell("party")?;
        row.check(
            "party",
            PARTIES.contains(&party),
            "contractor, maker, utility, design, developer or property",
        )?;
        let trade = Trade {
            code: row.code("trade_code")?,
            text: row.text("zh", "en")?,
            party: party.to_owned(),
            order: row.whole("order")?,
        };
        row.check(
            "trade_code",
            !trades.contains_key(&trade.code),
            "a key that no earlier row has",
        )?;
        trades.insert(trade.code.clone(), trade);
    }
    Ok(trades)
}

/// Reads the catalogue.
pub(super) fn load(
    text: &str,
    codes: &AnswerCodes,
    trades: &BTreeMap<TradeCode, Trade>,
) -> Result<BTreeMap<DefectCode, Defect>> {
    let mut defects = BTreeMap::new();
    for row in Table::read(FILE, text)?.rows() {
        let defect = Defect {
            code: row.code("code")?,
            part: row.code("part_code")?,
            part_text: row.text("part_zh", "part_en")?,
            kind: row.code("kind")?,
            text: row.text("name_zh", "name_en")?,
            severity: row.parse("severity", "A, B, C or D")?,
            trade: row.code("trade_code")?,
            warranty_class: row.code("warranty_class")?,
            needs_engineer: row.flag("needs_engineer")?,
            phrases: row.text_list("phrases_zh", "phrases_en")?,
            handover_only: row.flag("handover_only")?,
            order: row.whole("order")?,
        };
        row.check(
            "code",
            !defects.contains_key(&defect.code),
            "a key that no earlier row has",
        )?;
        row.check(
            "kind",
            codes.has("defect_kind", &defect.kind),
            "a defect_kind of answer_codes.csv",
        )?;
        row.check(
            "severity",
            codes.has("severity", defect.severity.as_str()),
            "a severity of answer_codes.csv",
        )?;
        row.check("trade_code", trades.contains_key(&defect.trade), "a code of trades.csv")?;
        row.check(
            "warranty_class",
            codes.has("warranty_class", &defect.warranty_class),
            "a warranty_class of answer_codes.csv",
        )?;
        defects.insert(defect.code.clone(), defect);
    }
    Ok(defects)
}
