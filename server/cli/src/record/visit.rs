//! A visit: the talk along its script, the survey, what was asked for and promised.

use super::inspection::{Names, contested, entries, history};
use super::labels::Labels;
use super::lines::Page;
use super::source::Shown;
use crate::lang::Lang;
use crate::when;
use keyturn_server::domain::record::view::EntryShown;
use keyturn_server::domain::record::visit::view::{ChoiceView, SurveyQuestionView, VisitView};

/// Entries that have a place of their own on the page.
const APART: [&str; 3] = ["tag", "request", "promise"];

/// Puts the whole record on the page; `all`: also what was not said or asked.
pub fn put(page: &mut Page, labels: &Labels<'_>, shown: &Shown, view: &VisitView, all: bool) {
    let title = labels.pick("拜访", "Visit");
    page.heading(
        &format!("{title} {}", labels.text(&shown.place_name)),
        labels.text(&view.life.text),
    );
    page.line(&view.record);
    if !view.way.value.is_empty() {
        let way = labels.code("contact_way", &view.way.value);
        page.item(2, labels.pick("方式：", "how: "), &way);
    }
    for (zh, en, field) in [
        ("开始：", "from: ", &view.started_at),
        ("结束：", "until: ", &view.ended_at),
    ] {
        if let Ok(at_ms) = field.value.parse() {
            page.item(2, labels.pick(zh, en), &when::minute(at_ms));
        }
    }
    if let Some(booked) = &view.appointment {
        page.item(2, labels.pick("已约：", "booked for: "), &when::minute(booked.time_ms));
    }
    for (zh, en, field) in [
        ("结果：", "result: ", &view.result),
        ("下一步：", "next: ", &view.next_step),
    ] {
        if !field.value.is_empty() {
            page.item(2, labels.pick(zh, en), &field.value);
        }
    }
    if view.tries > 0 {
        page.item(
            2,
            labels.pick("未联系上次数：", "not reached, times: "),
            &view.tries.to_string(),
        );
    }
    let tags: Vec<&str> = view
        .tags
        .iter()
        .filter(|t| !t.entry.is_empty())
        .map(|t| labels.text(&t.text))
        .collect();
    if !tags.is_empty() {
        page.item(
            2,
            labels.pick("关注点：", "cares about: "),
            &tags.join(labels.pick("、", ", ")),
        );
    }
    contested(page, labels, &view.contested);
    script(page, labels, view, all);
    survey(page, labels, view, all);
    requests(page, labels, view);
    promises(page, labels, view);
    let rest: Vec<EntryShown> = view
        .entries
        .iter()
        .filter(|e| !APART.contains(&e.kind.as_str()))
        .cloned()
        .collect();
    let names = names(labels, view);
    entries(page, labels, "visit", &rest, &names);
    history(page, labels, "visit", &view.life, &names);
}

fn script(page: &mut Page, labels: &Labels<'_>, view: &VisitView, all: bool) {
    for part in &view.parts {
        let said: Vec<_> = part.lines.iter().filter(|l| all || !l.said.value.is_empty()).collect();
        if said.is_empty() {
            continue;
        }
        page.heading(&sentence(labels.text(&part.text)), "");
        for line in said {
            let mark = match line.said.value.as_str() {
                "done" => "✓ ",
                "skipped" => "– ",
                _ => "  ",
            };
            page.item(2, mark, labels.text(&line.text));
        }
    }
}

fn survey(page: &mut Page, labels: &Labels<'_>, view: &VisitView, all: bool) {
    let questions = view.survey.first.iter().chain(&view.survey.more);
    let shown: Vec<_> = questions
        .filter(|q| all || q.skipped || !q.answer.value.is_empty())
        .collect();
    if shown.is_empty() {
        return;
    }
    page.heading(labels.text(&view.survey.text), "");
    for question in shown {
        page.pair(2, "", labels.text(&question.text), &answer(labels, question));
        if let Some(second) = question.follow_up.as_ref().filter(|f| !f.answer.value.is_empty()) {
            page.item(4, "→ ", &said(labels, &second.choices, &second.answer.value));
        }
        if !question.remark.value.is_empty() {
            page.item(4, labels.pick("备注：", "remark: "), &question.remark.value);
        }
    }
}

/// A heading begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// The answer in words where it is a code, as it is where it is a grade or a text.
fn answer(labels: &Labels<'_>, question: &SurveyQuestionView) -> String {
    if question.skipped {
        return labels.pick("跳过", "skipped").to_owned();
    }
    said(labels, &question.choices, &question.answer.value)
}

fn said(labels: &Labels<'_>, choices: &[ChoiceView], answer: &str) -> String {
    let word = |code: &str| {
        let choice = choices.iter().find(|choice| choice.code == code);
        choice.map_or(code, |choice| labels.text(&choice.text)).to_owned()
    };
    let parts: Vec<String> = answer.split('|').map(word).collect();
    parts.join(labels.pick("、", ", "))
}

/// What the lines and questions are called, for the history.
fn names(labels: &Labels<'_>, view: &VisitView) -> Names {
    let lines = view.parts.iter().flat_map(|part| &part.lines);
    let lines = lines.map(|l| (format!("script/{}/{}", l.part, l.when), labels.text(&l.text).to_owned()));
    let questions = view.survey.first.iter().chain(&view.survey.more);
    let questions = questions.map(|q| (format!("survey/{}", q.question), labels.text(&q.text).to_owned()));
    lines.chain(questions).collect()
}

fn requests(page: &mut Page, labels: &Labels<'_>, view: &VisitView) {
    if view.requests.is_empty() {
        return;
    }
    page.heading(labels.pick("诉求", "What was asked for"), "");
    for request in &view.requests {
        let kind = match request.kind.as_str() {
            "defect" => labels.pick("缺陷", "defect").to_owned(),
            kind => labels.code("case_kind", kind),
        };
        page.pair(
            2,
            "",
            &format!("{kind} {}", request.record),
            &labels.author(&request.by),
        );
    }
}

fn promises(page: &mut Page, labels: &Labels<'_>, view: &VisitView) {
    if view.promises.is_empty() {
        return;
    }
    page.heading(labels.pick("承诺", "Promises"), "");
    for promise in &view.promises {
        let state = labels.text(&promise.life.text);
        let (who, due) = (labels.person(&promise.person), when::minute(promise.due_ms));
        let by = match labels.lang {
            Lang::Zh => format!("{who}，{due} 前，{state}"),
            Lang::En => format!("{who}, by {due}: {state}"),
        };
        page.pair(2, "", labels.text(&promise.text), &by);
        if view.unread.contains(&promise.key) {
            page.item(4, "", labels.pick("没有向业主复述", "was not read back to the owner"));
        }
    }
}
