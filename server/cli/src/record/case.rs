//! A case: what was said and is wanted, what was promised and decided, its life.

use super::inspection::{Names, contested, entries, history};
use super::labels::Labels;
use super::lines::Page;
use super::source::Shown;
use crate::when;
use keyturn_server::domain::record::case::CaseView;
use keyturn_server::domain::record::view::EntryShown;

/// Entries that have a place of their own on the page.
const APART: [&str; 3] = ["option", "update", "linked"];

/// Puts the whole record on the page.
pub fn put(page: &mut Page, labels: &Labels<'_>, shown: &Shown, view: &CaseView) {
    let title = labels.pick("来电来访", "Case");
    page.heading(
        &format!("{title} {} {}", labels.text(&shown.place_name), labels.text(&view.text)),
        labels.text(&view.life.text),
    );
    page.line(&view.record);
    for (zh, en, group, field) in [
        ("来电人：", "caller: ", "relation", &view.relation),
        ("类别：", "about: ", "complaint_category", &view.category),
        ("紧急程度：", "urgency: ", "urgency", &view.urgency),
        ("范围：", "scale: ", "scale", &view.scale),
        ("部门：", "department: ", "department", &view.department),
        ("严重程度：", "severity: ", "severity", &view.severity),
        ("原因：", "cause: ", "root_cause", &view.root_cause),
    ] {
        if !field.value.is_empty() {
            page.item(2, labels.pick(zh, en), &labels.code(group, &field.value));
        }
    }
    for (zh, en, name, text) in [
        ("房间：", "room: ", "room", &view.room.value),
        ("来电内容：", "said: ", "", &view.words),
        ("希望：", "wants: ", "wanted_outcome", &view.wanted_outcome.value),
        ("结论：", "verdict: ", "verdict", &view.verdict.value),
        ("统一口径：", "everybody says: ", "", &view.agreed_text.value),
        ("答复：", "answer: ", "", &view.answer),
    ] {
        if !text.is_empty() {
            page.item(2, labels.pick(zh, en), &labels.value(name, text));
        }
    }
    for (zh, en, at_ms) in [
        ("收到：", "received: ", view.received_ms),
        ("承诺时间：", "promised for: ", view.promised_ms),
        ("调查至：", "looked into until: ", view.until_ms),
    ] {
        if let Some(at_ms) = at_ms {
            page.item(2, labels.pick(zh, en), &when::minute(at_ms));
        }
    }
    if !view.life.person.is_empty() {
        let person = labels.person(&view.life.person);
        page.item(2, labels.pick("责任人：", "responsible: "), &person);
    }
    if view.level > 0 {
        page.item(
            2,
            labels.pick("已上报至第几级：", "handed up to level: "),
            &view.level.to_string(),
        );
    }
    for link in &view.links {
        page.item(2, labels.pick("关联：", "linked with: "), link);
    }
    contested(page, labels, &view.contested);
    options(page, labels, view);
    updates(page, labels, view);
    let rest: Vec<EntryShown> = view
        .entries
        .iter()
        .filter(|e| !APART.contains(&e.kind.as_str()))
        .cloned()
        .collect();
    let names = Names::new();
    entries(page, labels, &view.machine, &rest, &names);
    history(page, labels, &view.machine, &view.life, &names);
}

fn options(page: &mut Page, labels: &Labels<'_>, view: &CaseView) {
    if view.options.is_empty() {
        return;
    }
    page.heading(labels.pick("方案（→ 为选定）", "Ways out (→ was chosen)"), "");
    for option in &view.options {
        let mark = if option.chosen { "→ " } else { "  " };
        page.pair(2, mark, &option.text, &labels.author(&option.by));
        if !option.cost_note.is_empty() {
            page.item(6, labels.pick("费用：", "cost: "), &option.cost_note);
        }
    }
}

fn updates(page: &mut Page, labels: &Labels<'_>, view: &CaseView) {
    if view.updates.is_empty() {
        return;
    }
    page.heading(labels.pick("进展告知", "What the owner was told"), "");
    for told in &view.updates {
        let way = labels.code("contact_way", &told.way);
        page.item(2, &format!("{} {way}  ", when::minute(told.told_ms)), &told.text);
    }
}
