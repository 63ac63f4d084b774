//! A defect: what, where, its life.

use super::inspection::{Names, contested, entries, history};
use super::labels::Labels;
use super::lines::Page;
use super::source::Shown;
use keyturn_server::domain::record::view::DefectView;

/// Puts the whole record on the page.
pub fn put(page: &mut Page, labels: &Labels<'_>, shown: &Shown, view: &DefectView) {
    let title = labels.pick("缺陷", "Defect");
    page.heading(
        &format!("{title} {} {}", labels.text(&shown.place_name), labels.text(&view.text)),
        labels.text(&view.life.text),
    );
    page.line(&view.record);
    let severity = labels.value("severity", &view.severity.value);
    page.item(2, labels.pick("严重程度：", "severity: "), &severity);
    if !view.room.value.is_empty() {
        page.item(2, labels.pick("房间：", "room: "), &labels.room(&view.room.value));
    }
    if !view.description.is_empty() {
        page.item(2, labels.pick("说明：", "words: "), &view.description);
    }
    if !view.inspection.is_empty() {
        page.item(2, labels.pick("来自验房记录：", "found in: "), &view.inspection);
    }
    if !view.life.person.is_empty() {
        page.item(
            2,
            labels.pick("责任人：", "responsible: "),
            &labels.person(&view.life.person),
        );
    }
    contested(page, labels, &view.contested);
    let names = Names::new();
    entries(page, labels, "defect", &view.entries, &names);
    history(page, labels, "defect", &view.life, &names);
}
