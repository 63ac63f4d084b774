//! Templates that are made from another one: template_subsets.json.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::checklist::{Input, Item, ReadingSpec, Template, Templates};
use super::codes::{DefectCode, ItemCode, ReadingCode, RuleId, SectionCode, TemplateId, ToolCode};
use super::error::Result;
use super::json_file::JsonFile;
use super::load_checklists::Known;
use super::text::Text;

/// The file of the subsets.
pub(super) const FILE: &str = "template_subsets.json";

#[derive(Deserialize)]
struct Subsets {
    subsets: Vec<Subset>,
}

#[derive(Deserialize)]
struct Subset {
    template_id: TemplateId,
    #[serde(flatten)]
    text: Text,
    base: TemplateId,
    items: Vec<ItemCode>,
    tolerance_rule: BTreeMap<ItemCode, RuleId>,
    added_items: Vec<Added>,
}

#[derive(Deserialize)]
struct Added {
    item_code: ItemCode,
    section_code: SectionCode,
    #[serde(flatten)]
    text: Text,
    room_kinds: String,
    method_zh: String,
    method_en: String,
    ok_when_zh: String,
    ok_when_en: String,
    tool_code: ToolCode,
    input: String,
    unit: String,
    must_test: u8,
    photo_required: u8,
    default_defect_code: DefectCode,
    only_if: String,
    readings: Vec<AddedReading>,
}

#[derive(Deserialize)]
struct AddedReading {
    code: ReadingCode,
    #[serde(flatten)]
    text: Text,
    unit: String,
    count: u32,
    rule: RuleId,
}

/// Reads the subsets and adds the templates that they make.
pub(super) fn load(text: &str, templates: &mut Templates, known: Known<'_>) -> Result<()> {
    let json = JsonFile::new(FILE, text);
    let file: Subsets = json.read()?;
    for (n, subset) in file.subsets.into_iter().enumerate() {
        let at = format!("subsets[{n}]");
        json.check(
            !templates.contains_key(&subset.template_id),
            || format!("{at}.template_id"),
            subset.template_id.as_str(),
            "a template that does not exist yet",
        )?;
        let base = templates.get(&subset.base).filter(|base| base.base.is_none());
        let base = base.ok_or_else(|| {
            json.error(
                format!("{at}.base"),
                subset.base.as_str(),
                "a template of checklists.csv",
            )
        })?;
        let template = make(json, &at, subset, base, known)?;
        templates.insert(template.id.clone(), template);
    }
    Ok(())
}

fn make(json: JsonFile<'_>, at: &str, subset: Subset, base: &Template, known: Known<'_>) -> Result<Template> {
    let (mut items, mut last): (Vec<Arc<Item>>, _) = (Vec::new(), None);
    for (n, code) in subset.items.iter().enumerate() {
        let path = || format!("{at}.items[{n}]");
        let rank = base.items.iter().position(|item| item.code == *code);
        json.check(
            rank.is_some() && rank > last,
            path,
            code.as_str(),
            "an item of the base, in the order of the base, each once",
        )?;
        last = rank;
        items.extend(base.item(code.as_str()).cloned());
    }
    for (code, rule) in &subset.tolerance_rule {
        let path = || format!("{at}.tolerance_rule.{code}");
        let item = items.iter_mut().find(|item| item.code == *code);
        let item = item.ok_or_else(|| json.error(path(), code.as_str(), "an item of this template"))?;
        let replaced = with_rule(item, rule, known);
        *item = Arc::new(replaced.ok_or_else(|| {
            json.error(
                path(),
                rule.as_str(),
                "a rule of tolerances.csv that fits the one reading of the item",
            )
        })?);
    }
    for (n, added) in subset.added_items.into_iter().enumerate() {
        let at = format!("{at}.added_items[{n}]");
        json.check(
            base.item(added.item_code.as_str()).is_none() && items.iter().all(|item| item.code != added.item_code),
            || format!("{at}.item_code"),
            added.item_code.as_str(),
            "an item that is new",
        )?;
        json.check(
            base.section(added.section_code.as_str()).is_some(),
            || format!("{at}.section_code"),
            added.section_code.as_str(),
            "a section of the base",
        )?;
        let item = added_item(json, &at, added, known)?;
        let place = items
            .iter()
            .rposition(|other| other.section == item.section)
            .map_or(items.len(), |n| n + 1);
        items.insert(place, Arc::new(item));
    }
    let sections = base
        .sections
        .iter()
        .filter(|section| items.iter().any(|item| item.section == section.code))
        .cloned()
        .collect();
    Ok(Template {
        id: subset.template_id,
        text: Some(subset.text),
        base: Some(subset.base),
        sections,
        items,
    })
}

/// Returns the item with another rule for itself and its one reading.
fn with_rule(item: &Item, rule: &RuleId, known: Known<'_>) -> Option<Item> {
    let mut item = item.clone();
    let (Input::Number(readings) | Input::Reading(readings)) = &mut item.input else {
        return None;
    };
    let [reading] = readings.as_mut_slice() else {
        return None;
    };
    if !known.rule_with_unit(rule, &reading.unit) {
        return None;
    }
    reading.rules = vec![rule.clone()];
    item.rules = vec![rule.clone()];
    Some(item)
}

fn added_item(json: JsonFile<'_>, at: &str, added: Added, known: Known<'_>) -> Result<Item> {
    let path = |field: &str| format!("{at}.{field}");
    json.check(
        added.input == "number" && !added.readings.is_empty(),
        || path("input"),
        &added.input,
        "number, with readings",
    )?;
    json.check(
        known.tools.contains_key(&added.tool_code),
        || path("tool_code"),
        added.tool_code.as_str(),
        "a code of tools.csv",
    )?;
    json.check(
        known.defects.contains_key(&added.default_defect_code),
        || path("default_defect_code"),
        added.default_defect_code.as_str(),
        "a code of defect_catalogue.csv",
    )?;
    for (field, flag) in [("must_test", added.must_test), ("photo_required", added.photo_required)] {
        json.check(flag <= 1, || path(field), &flag.to_string(), "0 or 1")?;
    }
    json.check(
        added.only_if.is_empty() || known.codes.has("feature", &added.only_if),
        || path("only_if"),
        &added.only_if,
        "a feature of answer_codes.csv, or an empty text",
    )?;
    for (field, words) in [
        ("method_zh", &added.method_zh),
        ("method_en", &added.method_en),
        ("ok_when_zh", &added.ok_when_zh),
        ("ok_when_en", &added.ok_when_en),
    ] {
        json.check(
            !words.trim().is_empty(),
            || path(field),
            words,
            "a text in both languages",
        )?;
    }
    let mut readings: Vec<ReadingSpec> = Vec::new();
    for (n, reading) in added.readings.into_iter().enumerate() {
        let path = |field: &str| format!("{at}.readings[{n}].{field}");
        json.check(
            known.rule_with_unit(&reading.rule, &reading.unit),
            || path("rule"),
            reading.rule.as_str(),
            "a rule of tolerances.csv with this unit",
        )?;
        json.check(reading.count > 0, || path("count"), "0", "at least 1")?;
        json.check(
            readings.iter().all(|other| other.code != reading.code),
            || path("code"),
            reading.code.as_str(),
            "a code that no other reading of the item has",
        )?;
        readings.push(ReadingSpec {
            code: reading.code,
            text: reading.text,
            unit: reading.unit,
            count: reading.count,
            rules: vec![reading.rule],
            needs_design_value: false,
            formula: None,
        });
    }
    Ok(Item {
        code: added.item_code,
        section: added.section_code,
        text: added.text,
        scope: known.scope(&added.room_kinds).ok_or_else(|| {
            json.error(
                path("room_kinds"),
                &added.room_kinds,
                "once, per_window, per_door, or per_room: and a room or group of rooms.csv",
            )
        })?,
        method: Text {
            zh: added.method_zh,
            en: added.method_en,
        },
        tool: added.tool_code,
        rules: readings.iter().flat_map(|reading| reading.rules.clone()).collect(),
        input: Input::Number(readings),
        unit: (!added.unit.is_empty()).then_some(added.unit),
        must_test: added.must_test == 1,
        default_defect: Some(added.default_defect_code),
        more_defects: Vec::new(),
        ok_when: Text {
            zh: added.ok_when_zh,
            en: added.ok_when_en,
        },
        photo_required: added.photo_required == 1,
        only_if: added.only_if.parse().ok(),
    })
}
