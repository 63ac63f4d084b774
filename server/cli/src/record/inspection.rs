//! An inspection: what is contested first, then by room, entries, history, signatures.

use super::labels::Labels;
use super::lines::Page;
use super::source::Shown;
use keyturn_server::domain::record::view::{
    ContestedView, EntryShown, InspectionView, LifeView, QuestionView, RoomView, SignatureView,
};
use std::collections::BTreeMap;

/// Puts the whole record on the page.
pub fn put(page: &mut Page, labels: &Labels<'_>, shown: &Shown, view: &InspectionView, all: bool) {
    let title = labels.pick("验房记录", "Inspection");
    page.heading(
        &format!("{title} {}", labels.text(&shown.place_name)),
        labels.text(&view.life.text),
    );
    page.line(&view.record);
    let p = &view.progress;
    let (zh, en) = (
        format!(
            "已答 {}/{}，必检未答 {}，有缺陷 {}，有分歧 {}",
            p.answered, p.asked, p.must_test_open, p.defects, p.contested
        ),
        format!(
            "{} of {} answered, {} must-test open, {} with defects, {} contested",
            p.answered, p.asked, p.must_test_open, p.defects, p.contested
        ),
    );
    page.line(labels.pick(&zh, &en));
    versions(page, labels, view);
    contested(page, labels, &view.contested);
    for room in &view.rooms {
        put_room(page, labels, room, all);
    }
    let names = names(labels, view);
    entries(page, labels, "inspection", &view.entries, &names);
    history(page, labels, "inspection", &view.life, &names);
    signatures(page, labels, &view.signatures);
    if !view.absent.is_empty() {
        let n = view.absent.len();
        let (zh, en) = (
            format!("本户没有的检查项：{n}"),
            format!("Not in this home: {n} questions"),
        );
        page.heading(labels.pick(&zh, &en), "");
    }
}

/// Which record it replaces, and which one counts instead of it.
fn versions(page: &mut Page, labels: &Labels<'_>, view: &InspectionView) {
    for (zh, en, record) in [
        ("替代：", "replaces: ", &view.supersedes),
        ("已被替代，以此为准：", "replaced by: ", &view.superseded_by),
    ] {
        if !record.is_empty() {
            page.line(&format!("{}{record}", labels.pick(zh, en)));
        }
    }
}

/// What the questions are called: `win-03/r03/2` is "main bedroom · window".
pub type Names = BTreeMap<String, String>;

fn names(labels: &Labels<'_>, view: &InspectionView) -> Names {
    let all = view
        .rooms
        .iter()
        .flat_map(|room| room.questions.iter().map(move |question| (room, question)));
    all.map(|(room, q)| {
        (
            q.key.clone(),
            format!("{} · {}", labels.text(&room.text), labels.text(&q.text)),
        )
    })
    .collect()
}

/// The name of the question that a field or an entry is about, else that of the field.
fn named(labels: &Labels<'_>, names: &Names, kind: &str, about: &str) -> String {
    let key = about.strip_prefix("answers/").unwrap_or(about);
    let question = key.rsplit_once('/').map_or(key, |(question, _)| question);
    let name = names.get(key).or_else(|| names.get(question)).cloned();
    name.unwrap_or_else(|| labels.field(kind, about))
}

/// Both sides of every contested field, who and when; `→` is what counts meanwhile.
pub fn contested(page: &mut Page, labels: &Labels<'_>, contested: &[ContestedView]) {
    if contested.is_empty() {
        return;
    }
    let (zh, en) = (
        format!("有分歧（{}）：两种说法都保留，裁定前按 → 计", contested.len()),
        format!(
            "Contested ({}): both sides stay; → counts until somebody decides",
            contested.len()
        ),
    );
    page.heading(labels.pick(&zh, &en), "");
    for field in contested {
        let (room, text) = (labels.text(&field.room), labels.text(&field.text));
        let about = if room.is_empty() {
            text.to_owned()
        } else {
            format!("{room} · {text}")
        };
        page.item(2, "", &about);
        for side in &field.candidates {
            let mark = if side.value == field.value { "→ " } else { "  " };
            let value = labels.value(&field.field, &side.value);
            for (n, by) in side.by.iter().enumerate() {
                let value = if n == 0 { value.as_str() } else { "" };
                page.pair(4, mark, value, &labels.author(by));
            }
        }
    }
}

fn put_room(page: &mut Page, labels: &Labels<'_>, room: &RoomView, all: bool) {
    let p = &room.progress;
    let count = |result: &str| room.questions.iter().filter(|q| q.result.value == result).count();
    let told: Vec<String> = ["ok", "ok_bulk", "defect", "not_applicable", "not_inspected"]
        .into_iter()
        .filter(|result| count(result) > 0)
        .map(|result| format!("{} {}", labels.code("result", result), count(result)))
        .collect();
    page.heading(labels.text(&room.text), &format!("{}/{}", p.answered, p.asked));
    if !told.is_empty() {
        page.item(2, "", &told.join(labels.pick("，", ", ")));
    }
    let unread: Vec<&str> = room
        .questions
        .iter()
        .filter(|q| q.bulk_without_reading)
        .map(|q| labels.text(&q.text))
        .collect();
    if !unread.is_empty() {
        let told = labels.pick("整间确认而没有读数：", "accepted with the room, no reading taken: ");
        page.item(2, "", &format!("{told}{}", unread.join(labels.pick("、", ", "))));
    }
    for question in room.questions.iter().filter(|q| all || stands_out(q)) {
        put_question(page, labels, question);
    }
}

/// What a reviewer wants to see first.
fn stands_out(question: &QuestionView) -> bool {
    let result = question.result.value.as_str();
    matches!(result, "defect" | "not_inspected")
        || !question.result.contested.is_empty()
        || question.readings.iter().any(|r| !r.field.value.is_empty())
        || question.entries > 0
}

fn put_question(page: &mut Page, labels: &Labels<'_>, question: &QuestionView) {
    let mark = match question.result.value.as_str() {
        _ if !question.result.contested.is_empty() => "≠ ",
        "ok" | "ok_bulk" => "✓ ",
        "defect" => "✗ ",
        "" => "· ",
        _ => "- ",
    };
    let number = if question.n > 1 {
        format!(" {}", question.n)
    } else {
        String::new()
    };
    let by = question
        .result
        .by
        .first()
        .map(|by| labels.author(by))
        .unwrap_or_default();
    page.pair(2, mark, &format!("{}{number}", labels.text(&question.text)), &by);
    if !question.reason.value.is_empty() {
        let reason = labels.value("reason", &question.reason.value);
        page.item(6, labels.pick("原因：", "why: "), &reason);
    }
    for reading in question.readings.iter().filter(|r| !r.field.value.is_empty()) {
        let contested = if reading.field.contested.is_empty() { "" } else { " ≠" };
        let n = if reading.n > 1 {
            format!(" {}", reading.n)
        } else {
            String::new()
        };
        let value = format!(
            "{}{n} {} {}{contested}",
            labels.text(&reading.text),
            reading.field.value,
            reading.unit
        );
        page.item(6, "", value.trim_end());
    }
    for verdict in question.verdicts.iter().filter(|v| v.verdict == "defect") {
        page.item(
            6,
            "",
            &format!(
                "{} {}",
                labels.pick("超出允许偏差：", "out of tolerance:"),
                labels.limit(&verdict.rule)
            ),
        );
    }
}

/// Photos, remarks, keys, persons.
pub fn entries(page: &mut Page, labels: &Labels<'_>, kind: &str, entries: &[EntryShown], names: &Names) {
    if entries.is_empty() {
        return;
    }
    page.heading(labels.pick("照片、备注和其他", "Photos, remarks and more"), "");
    for entry in entries {
        let fact = |name: &str| entry.facts.iter().find(|f| f.name == name).map(|f| f.value.as_str());
        let told = match entry.kind.as_str() {
            "contact_try" => {
                let way = labels.value("way", fact("way").unwrap_or_default());
                format!("{way}{}{}", labels.pick("，", ", "), fact("reason").unwrap_or_default())
            }
            "photo" => format!(
                "{} {}",
                labels.code("photo_kind", fact("kind").unwrap_or_default()),
                short(fact("hash").unwrap_or_default())
            ),
            "defect" => fact("defect").unwrap_or_default().to_owned(),
            _ => match fact("text").or(fact("what")) {
                Some(text) => text.to_owned(),
                None => entry
                    .facts
                    .iter()
                    .filter(|f| !["about", "question"].contains(&f.name.as_str()) && !f.value.is_empty())
                    .map(|f| labels.value(&f.name, &f.value))
                    .collect::<Vec<_>>()
                    .join(labels.pick("，", ", ")),
            },
        };
        let about = fact("about").or(fact("question")).filter(|about| !about.is_empty());
        let about = about
            .map(|about| format!(" [{}]", named(labels, names, kind, about)))
            .unwrap_or_default();
        let gone = if entry.removed {
            labels.pick("（已移出）", " (taken out of sight)")
        } else {
            ""
        };
        let word = labels.event(kind, &entry.kind);
        page.pair(
            2,
            "",
            &format!("{word}{}{told}{about}{gone}", labels.pick("：", ": ")),
            &labels.author(&entry.by),
        );
    }
}

/// What happened, in the order of the fold.
pub fn history(page: &mut Page, labels: &Labels<'_>, kind: &str, life: &LifeView, names: &Names) {
    if life.events.is_empty() {
        return;
    }
    page.heading(labels.pick("经过", "History"), "");
    for event in &life.events {
        let fact = |name: &str| event.facts.iter().find(|f| f.name == name).map(|f| f.value.as_str());
        let mut told = labels.event(kind, &event.event);
        if let (Some(field), Some(value)) = (fact("field"), fact("value")) {
            let about = named(labels, names, kind, field);
            told.push_str(&format!(
                "{}{about} = {}",
                labels.pick("：", ": "),
                labels.value(field, value)
            ));
        }
        told.push_str(&labels.standing(event));
        page.pair(2, "", &told, &labels.author(&event.by));
        if let Some((group, code)) = fact("danger").and_then(|danger| danger.split_once('/')) {
            let why = labels.pick("危及安全，不受免打扰时段限制：", "danger, at any hour: ");
            page.item(6, why, &labels.code(group, code));
        }
        if let Some(notes) = fact("notes").filter(|notes| !notes.is_empty()) {
            page.item(6, labels.pick("备注：", "notes: "), notes);
        }
        if let Some(reason) = fact("reason").filter(|reason| !reason.is_empty()) {
            // A promise that ended with its record names the state in which that ended.
            let why = if fact("ended") == Some(reason) {
                labels.state(kind, reason)
            } else {
                labels.reason(reason)
            };
            page.item(6, labels.pick("原因：", "why: "), &why);
        }
        if let Some(candidates) = fact("candidates") {
            let field = fact("field").unwrap_or_default();
            let sides: Vec<String> = candidates.lines().map(|value| labels.value(field, value)).collect();
            page.item(6, labels.pick("当时的说法：", "sides then: "), &sides.join(" / "));
        }
    }
}

fn signatures(page: &mut Page, labels: &Labels<'_>, signatures: &[SignatureView]) {
    for signature in signatures {
        page.heading(labels.pick("签字", "Signature"), &short(&signature.manifest));
        page.item(2, "", &labels.author(&signature.by));
        if !signature.refusal.is_empty() {
            page.item(2, labels.pick("拒签原因：", "refused: "), &signature.refusal);
        }
        let sound = labels.pick("内容与签字时一致", "what was signed is here, unchanged");
        let broken = labels.pick("签字的内容对不上", "what was signed does not agree with this record");
        page.item(2, "", if signature.sound { sound } else { broken });
        let (n, defects) = (signature.not_covered.len(), signature.defects);
        let (zh, en) = (
            format!("覆盖签字前的全部内容和 {defects} 个缺陷；不覆盖同时或之后的 {n} 处改动"),
            format!("covers everything before it and {defects} defects; does not cover {n} changes made later"),
        );
        page.item(2, "", labels.pick(&zh, &en));
        for by in &signature.not_covered {
            page.item(4, labels.pick("签字不覆盖：", "not covered: "), &labels.author(by));
        }
    }
}

/// The beginning of a hash: enough to recognise it.
fn short(hash: &str) -> String {
    hash.get(..12).unwrap_or(hash).to_owned()
}
