//! What fields are called when people disagree on them, in both languages: a table beside that of the policies.

use crate::record::view::TextView;

/// Kind of document, field, Chinese, English.
type Row = (&'static str, &'static str, &'static str, &'static str);

const WORDS: &[Row] = &[
    ("inspection", "task", "任务", "task"),
    ("inspection", "inspection_kind", "验房种类", "kind of inspection"),
    ("inspection", "template", "检查表", "checklist"),
    (
        "inspection",
        "template_version",
        "检查表版本",
        "version of the checklist",
    ),
    ("inspection", "layout", "户型", "layout"),
    (
        "inspection",
        "supersedes",
        "替代哪份验房记录",
        "inspection that it replaces",
    ),
    ("inspection", "result", "结果", "result"),
    ("inspection", "reason", "未查原因", "reason why it was not inspected"),
    ("inspection", "reason_text", "原因说明", "reason in words"),
    ("defect", "template_version", "资料版本", "edition of the data"),
    (
        "defect",
        "inspection",
        "来自验房记录",
        "inspection in which it was found",
    ),
    ("defect", "question", "检查项", "question"),
    ("defect", "room", "房间", "room"),
    ("defect", "code", "缺陷名称", "defect"),
    ("defect", "severity", "严重程度", "severity"),
    ("defect", "pin", "图上位置", "pin on the plan"),
    ("defect", "component", "部位", "building part"),
    ("defect", "duplicate_of", "与哪条重复", "duplicate of"),
    ("defect", "description", "说明", "description"),
    ("visit", "template_version", "资料版本", "edition of the data"),
    ("visit", "task", "任务", "task"),
    ("visit", "rule", "任务规则", "task rule"),
    ("visit", "script", "话术", "script"),
    ("visit", "survey", "调查", "survey"),
    ("visit", "survey_mode", "由谁调查", "who asks the survey"),
    ("visit", "step", "旅程阶段", "step of the journey"),
    ("visit", "household", "住户", "household"),
    ("visit", "way", "方式", "way"),
    ("visit", "met", "见到的人", "person met"),
    ("visit", "started_at", "开始时间", "begin"),
    ("visit", "ended_at", "结束时间", "end"),
    ("visit", "result", "结果", "result"),
    ("visit", "next_step", "下一步", "next step"),
    ("visit", "interviewer", "提问人", "interviewer"),
    ("visit", "rated", "被评价的人", "people who are rated"),
    ("case", "template_version", "资料版本", "edition of the data"),
    ("case", "case_kind", "种类", "kind"),
    ("case", "urgency", "紧急程度", "urgency"),
    ("case", "scale", "范围", "scale"),
    ("case", "verdict", "结论", "verdict"),
    ("case", "severity", "严重程度", "severity"),
    ("case", "relation", "来电人与房屋的关系", "relation of the caller"),
    ("case", "channel", "渠道", "channel"),
    ("case", "household", "住户", "household"),
    ("case", "person", "来电人", "caller"),
    ("case", "received_at", "收到时间", "time of receipt"),
    ("case", "room", "房间", "room"),
    ("case", "phrase", "常用语", "ready phrase"),
    ("case", "category", "类别", "category"),
    ("case", "department", "部门", "department"),
    ("case", "wanted_outcome", "希望的结果", "wanted outcome"),
    ("case", "root_cause", "原因", "root cause"),
    ("case", "chosen_option", "选定的方案", "chosen way out"),
    ("case", "cluster", "同类问题", "cluster"),
    ("case", "commander", "总负责人", "commander"),
    ("case", "agreed_text", "统一口径", "agreed words"),
    ("case", "answer", "答复", "answer"),
    ("*", "photo.caption", "照片说明", "caption of a photo"),
    ("*", "photo.order", "照片次序", "order of a photo"),
];

/// Returns what a field is called; none for one that this version does not know.
#[must_use]
pub fn words(kind: &str, field: &str) -> Option<TextView> {
    let found = |row: &&Row| (row.0 == kind || row.0 == "*") && row.1 == field;
    let (_, _, zh, en) = WORDS.iter().find(found)?;
    Some(TextView {
        zh: (*zh).to_owned(),
        en: (*en).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{WORDS, words};
    use crate::document::Container;
    use crate::schema::FIELDS;

    /// A whole entry has the words of its kind, and what ends with `*` is called by its question.
    #[test]
    fn every_field_that_may_be_contested_has_words_in_both_languages() {
        let named = FIELDS
            .iter()
            .filter(|row| !row.field.ends_with('*') && (row.container != Container::Items || row.field.contains('.')));
        let mut seen = 0;
        for row in named {
            let text = words(row.kind, row.field).unwrap_or_else(|| panic!("{} {} has no words", row.kind, row.field));
            assert!(!text.zh.is_ascii(), "{} {}: {text:?}", row.kind, row.field);
            assert!(
                !text.en.is_empty() && text.en.is_ascii(),
                "{} {}: {text:?}",
                row.kind,
                row.field
            );
            seen += 1;
        }
        assert_eq!(seen, WORDS.len(), "words of a field that the table does not have");
        assert_eq!(words("case", "of_a_newer_version"), None);
    }
}
