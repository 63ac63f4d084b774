//! Reading checklists.csv and checklist_readings.csv.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answer_codes::AnswerCodes;
use super::checklist::{Input, Item, ReadingSpec, RoomScope, Section, Template, Templates};
use super::codes::{DefectCode, ItemCode, RuleId, TemplateId, ToolCode};
use super::csv_table::{Row, Table};
use super::defects::Defect;
use super::error::Result;
use super::formula::Formula;
use super::rooms::RoomKinds;
use super::tolerances::Tolerances;
use super::tools::Tool;

/// The file of the items.
pub(super) const FILE: &str = "checklists.csv";
/// The file of their number fields.
pub(super) const READINGS_FILE: &str = "checklist_readings.csv";

/// What checklists refer to.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) codes: &'a AnswerCodes,
    pub(super) rooms: &'a RoomKinds,
    pub(super) tools: &'a BTreeMap<ToolCode, Tool>,
    pub(super) defects: &'a BTreeMap<DefectCode, Defect>,
    pub(super) tolerances: &'a Tolerances,
}

impl Known<'_> {
    /// Reads `once`, `per_window`, `per_door` or `per_room:X`.
    pub(super) fn scope(&self, text: &str) -> Option<RoomScope> {
        Some(match text.split_once(':') {
            None if text == "once" => RoomScope::Once,
            None if text == "per_window" => RoomScope::PerWindow,
            None if text == "per_door" => RoomScope::PerDoor,
            Some(("per_room", name)) => {
                RoomScope::PerRoom(Some(self.rooms.named(name)).filter(|kinds| !kinds.is_empty())?)
            }
            _ => return None,
        })
    }

    /// Tells whether a rule exists for every grade, with this unit.
    pub(super) fn rule_with_unit(&self, rule: &RuleId, unit: &str) -> bool {
        self.tolerances
            .complete(rule)
            .is_some_and(|rows| rows.iter().all(|row| row.unit == unit))
    }
}

type Readings = BTreeMap<(TemplateId, ItemCode), Vec<(u32, ReadingSpec)>>;

/// Reads all templates of the table.
pub(super) fn load(items: &str, readings: &str, known: Known<'_>) -> Result<Templates> {
    let readings_table = Table::read(READINGS_FILE, readings)?;
    let (mut readings, mut reading_rows) = (Readings::new(), Vec::new());
    for row in readings_table.rows() {
        let key = (row.code("template_id")?, row.code("item_code")?);
        let fields = readings.entry(key.clone()).or_default();
        let field = reading(row, known)?;
        row.check(
            "reading_code",
            fields.iter().all(|(_, other)| other.code != field.code),
            "a key that no earlier row has",
        )?;
        fields.push((row.whole("order")?, field));
        reading_rows.push((row, key));
    }
    let (mut templates, mut orders) = (Templates::new(), BTreeMap::new());
    for row in Table::read(FILE, items)?.rows() {
        let id: TemplateId = row.code("template_id")?;
        let template = templates.entry(id.clone()).or_insert_with(|| Template {
            id: id.clone(),
            text: None,
            base: None,
            sections: Vec::new(),
            items: Vec::new(),
        });
        row.check(
            "item_code",
            template.item(row.cell("item_code")?).is_none(),
            "a key that no earlier row has",
        )?;
        let order = row.whole("order")?;
        row.check(
            "order",
            orders.insert(id.clone(), order).is_none_or(|last| last < order),
            "an order that rises within a template",
        )?;
        let item = item(row, &mut readings, known)?;
        if template.section(item.section.as_str()).is_none() {
            template.sections.push(Section {
                code: item.section.clone(),
                text: row.text("section_zh", "section_en")?,
            });
        }
        template.items.push(Arc::new(item));
    }
    for (row, (id, code)) in reading_rows {
        let item = templates.get(&id).and_then(|template| template.item(code.as_str()));
        let Some(item) = item else {
            return Err(row.error("item_code", "an item of checklists.csv with input number or reading"));
        };
        check_formula(row, item)?;
    }
    Ok(templates)
}

fn reading(row: Row<'_>, known: Known<'_>) -> Result<ReadingSpec> {
    let formula = row.cell("formula")?;
    let spec = ReadingSpec {
        code: row.code("reading_code")?,
        text: row.text("zh", "en")?,
        unit: row.cell("unit")?.to_owned(),
        count: row.whole("count")?,
        rules: row.code_list("tolerance_rules")?,
        needs_design_value: row.flag("needs_design_value")?,
        formula: if formula.is_empty() {
            None
        } else {
            Some(
                Formula::parse(formula)
                    .ok_or_else(|| row.error("formula", "a formula over other readings of the item"))?,
            )
        },
    };
    row.check("unit", !spec.unit.is_empty(), "a unit")?;
    row.check(
        "count",
        spec.count > 0 && (spec.formula.is_none() || spec.count == 1),
        "at least 1, and 1 with a formula",
    )?;
    for rule in &spec.rules {
        row.check(
            "tolerance_rules",
            known.rule_with_unit(rule, &spec.unit),
            "rules of tolerances.csv, for every grade of its first ruleset and with this unit",
        )?;
    }
    Ok(spec)
}

fn check_formula(row: Row<'_>, item: &Item) -> Result<()> {
    let entered: BTreeSet<_> = item
        .readings()
        .iter()
        .filter(|spec| spec.formula.is_none() && spec.count == 1)
        .map(|spec| spec.code.as_str())
        .collect();
    let code = row.cell("reading_code")?;
    let formula = item
        .readings()
        .iter()
        .find(|spec| spec.code == code)
        .and_then(|spec| spec.formula.as_ref());
    let known = formula.is_none_or(|formula| formula.names().iter().all(|name| entered.contains(name)));
    row.check("formula", known, "a formula over single readings of the item")
}

fn item(row: Row<'_>, readings: &mut Readings, known: Known<'_>) -> Result<Item> {
    let code: ItemCode = row.code("item_code")?;
    let mut fields = readings
        .get(&(row.code("template_id")?, code.clone()))
        .cloned()
        .unwrap_or_default();
    fields.sort_by_key(|(order, _)| *order);
    let fields: Vec<_> = fields.into_iter().map(|(_, field)| field).collect();
    let wants_fields = matches!(row.cell("input")?, "number" | "reading");
    row.check(
        "input",
        wants_fields != fields.is_empty(),
        "number or reading with rows in checklist_readings.csv, or result or photo without",
    )?;
    let unit = row.cell("unit")?;
    let item = Item {
        section: row.code("section_code")?,
        text: row.text("item_zh", "item_en")?,
        scope: known.scope(row.cell("room_kinds")?).ok_or_else(|| {
            row.error(
                "room_kinds",
                "once, per_window, per_door, or per_room: and a room or group of rooms.csv",
            )
        })?,
        method: row.text("method_zh", "method_en")?,
        tool: row.code("tool_code")?,
        input: match row.cell("input")? {
            "result" => Input::Result,
            "number" => Input::Number(fields),
            "reading" => Input::Reading(fields),
            "photo" => Input::Photo,
            _ => return Err(row.error("input", "result, number, reading or photo")),
        },
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
        rules: row.code_list("tolerance_rule")?,
        must_test: row.flag("must_test")?,
        default_defect: row.maybe_code("default_defect_code")?,
        more_defects: row.code_list("more_defect_codes")?,
        ok_when: row.text("ok_when_zh", "ok_when_en")?,
        photo_required: row.flag("photo_required")?,
        only_if: row.maybe_code("only_if")?,
        code,
    };
    row.check("tool_code", known.tools.contains_key(&item.tool), "a code of tools.csv")?;
    row.check(
        "default_defect_code",
        item.default_defect.iter().all(|code| known.defects.contains_key(code)),
        "a code of defect_catalogue.csv",
    )?;
    row.check(
        "more_defect_codes",
        item.more_defects.iter().all(|code| known.defects.contains_key(code)),
        "codes of defect_catalogue.csv",
    )?;
    row.check(
        "only_if",
        item.only_if.iter().all(|code| known.codes.has("feature", code)),
        "a feature of answer_codes.csv",
    )?;
    row.check(
        "tolerance_rule",
        item.rules.iter().all(|rule| known.tolerances.complete(rule).is_some()),
        "rules of tolerances.csv, for every grade of its first ruleset",
    )?;
    let used: BTreeSet<_> = item.readings().iter().flat_map(|spec| &spec.rules).collect();
    row.check(
        "tolerance_rule",
        !wants_fields || used == item.rules.iter().collect(),
        "the rules that its readings name",
    )?;
    row.check(
        "photo_required",
        item.photo_required || !matches!(item.input, Input::Photo | Input::Reading(_)),
        "1, as the input is a photo or a meter",
    )?;
    Ok(item)
}
