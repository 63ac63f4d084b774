//! From a visit to its view.

use super::view::{
    AppointmentView, ChoiceView, FollowUpView, LineView, RequestView, ScriptPartView, SurveyQuestionView, SurveyView,
    TagView, VisitView,
};
use super::{finish, mood, survey_answers, talk};
use crate::catalog::{Catalog, Script, Survey, SurveyOption, SurveyQuestion};
use crate::document::{Container, Document, Value};
use crate::events::{Life, Standing};
use crate::ids::UserId;
use crate::record::scene::Scene;
use crate::record::show::{Shown, count};
use crate::record::view::{ContestedView, EntryShown, FieldView, TextView};
use crate::record::{CommandError, Marks, Stamp, Who, edition_of, life, promises};
use crate::schema::Field;
use std::collections::BTreeMap;

/// Returns a visit as one screen, at a time: what is overdue depends on it.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no visit.
pub fn visit_view(
    document: &Document,
    catalog: &Catalog,
    marks: &Marks,
    now_ms: i64,
) -> Result<VisitView, CommandError> {
    if document.genesis().kind != "visit" {
        return Err(CommandError::Kind);
    }
    let page = Page {
        document,
        catalog,
        with: Shown::with(marks),
    };
    let life = life(document, marks)?;
    let entries = page.with.entries(document, &life);
    let field = |key: &str| page.field(Container::Fields, key);
    let (script, survey) = (field("script"), field("survey").value);
    let survey = catalog.surveys.get(survey.as_str());
    let answers = survey_answers(document);
    let mood = survey.map(|survey| mood(survey, &answers)).unwrap_or_default();
    let script_data = catalog.scripts.get(script.value.as_str());
    let shown = document.heads();
    let nobody = Who {
        user: UserId::default(),
        role: String::new(),
    };
    let stamp = Stamp {
        at_ms: now_ms,
        key: String::new(),
    };
    let scene = Scene {
        document,
        seen: &shown,
        catalog,
        who: &nobody,
        stamp: &stamp,
    };
    let step = field("step");
    Ok(VisitView {
        record: document.id().to_string(),
        place: document.place().to_string(),
        seen: shown.iter().map(ToString::to_string).collect(),
        edition: edition_of(document),
        edition_waiting: false,
        task: field("task"),
        rule: field("rule"),
        household: field("household"),
        survey_mode: field("survey_mode"),
        way: field("way"),
        met: field("met"),
        started_at: field("started_at"),
        ended_at: field("ended_at"),
        result: field("result"),
        next_step: field("next_step"),
        interviewer: field("interviewer"),
        rated: field("rated"),
        appointment: appointment(&life),
        tries: count(of_kind(&entries, "contact_try").count()),
        parts: script_data.map(|script| page.parts(script, mood)).unwrap_or_default(),
        survey: survey.map(|survey| page.survey(survey, mood)).unwrap_or_default(),
        tags: page.tags(&step.value, &entries),
        requests: requests(&entries),
        promises: promises::shown(document, catalog, marks, now_ms)?,
        unread: talk::unread(&scene)?,
        required: finish::required(&scene)?,
        contested: page.contested(script_data, survey),
        life: page.with.life(document, &life)?,
        script,
        step,
        entries,
    })
}

/// The document with what is known of its codes.
struct Page<'a> {
    document: &'a Document,
    catalog: &'a Catalog,
    with: Shown<'a>,
}

impl Page<'_> {
    fn field(&self, container: Container, key: &str) -> FieldView {
        self.with.field(&cleared(Field::read(self.document, container, key)))
    }

    fn answer(&self, key: &str) -> FieldView {
        self.field(Container::Answers, &format!("survey/{key}"))
    }

    fn parts(&self, script: &Script, mood: super::Mood) -> Vec<ScriptPartView> {
        let mut parts: Vec<ScriptPartView> = Vec::new();
        for line in &script.lines {
            let part = line.part.as_str();
            let view = LineView {
                part: part.to_owned(),
                when: line.when.as_str().to_owned(),
                text: TextView::from(&line.text),
                applies: mood.says(line.when),
                said: self.field(Container::Answers, &format!("script/{part}/{}", line.when.as_str())),
            };
            match parts.last_mut().filter(|last| last.part == part) {
                Some(last) => last.lines.push(view),
                None => parts.push(ScriptPartView {
                    part: part.to_owned(),
                    text: self.words("script_part", part),
                    lines: vec![view],
                }),
            }
        }
        parts
    }

    fn words(&self, group: &str, code: &str) -> TextView {
        let found = self.catalog.codes.get(group, code);
        found.map(|code| TextView::from(&code.text)).unwrap_or_default()
    }

    fn survey(&self, survey: &Survey, mood: super::Mood) -> SurveyView {
        SurveyView {
            survey: survey.code.to_string(),
            text: TextView::from(&survey.text),
            family: survey.family.to_string(),
            first: survey.first().map(|question| self.question(question)).collect(),
            more: survey.more().map(|question| self.question(question)).collect(),
            mood: mood.as_str().to_owned(),
        }
    }

    fn question(&self, question: &SurveyQuestion) -> SurveyQuestionView {
        let code = question.code.as_str();
        let answer = self.answer(code);
        let follow_up = question.follow_up.as_ref().map(|follow| FollowUpView {
            scale: follow.scale.as_str().to_owned(),
            choices: choices(&follow.options),
            asked: follow.is_asked(&answer.value),
            answer: self.answer(&format!("{code}/follow_up")),
        });
        SurveyQuestionView {
            question: code.to_owned(),
            text: TextView::from(&question.text),
            scale: question.scale.as_str().to_owned(),
            choices: choices(&question.options),
            max_choices: question.max_choices,
            asked_after: question.asked_after.to_string(),
            skipped: answer.value.is_empty() && !self.answer(&format!("{code}/skipped")).value.is_empty(),
            follow_up,
            allow_text: question.allow_text,
            remark: self.answer(&format!("{code}/text")),
            answer,
        }
    }

    fn tags(&self, step: &str, entries: &[EntryShown]) -> Vec<TagView> {
        let noted: BTreeMap<&str, &str> = of_kind(entries, "tag")
            .map(|e| (fact(e, "tag"), e.key.as_str()))
            .collect();
        let known = self.catalog.focus_tags.iter();
        let offered = known.filter(|tag| tag.step == *step || noted.contains_key(tag.code.as_str()));
        let view = |tag: &crate::catalog::FocusTag| TagView {
            tag: tag.code.to_string(),
            text: TextView::from(&tag.text),
            entry: noted
                .get(tag.code.as_str())
                .map(ToString::to_string)
                .unwrap_or_default(),
        };
        offered.map(view).collect()
    }

    /// What people disagree on: fields, lines of the script, answers of the survey.
    fn contested(&self, script: Option<&Script>, survey: Option<&Survey>) -> Vec<ContestedView> {
        let mut found = self.with.contested_fields(self.document);
        for key in self.document.values(Container::Answers).into_keys() {
            let field = Field::read(self.document, Container::Answers, &key);
            if !field.is_contested() {
                continue;
            }
            let mut parts = key.split('/').skip(1);
            let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let line = script
                .and_then(|script| script.line(first, second))
                .map(|line| &line.text);
            let question = survey
                .and_then(|survey| survey.question(first))
                .map(|question| &question.text);
            let text = if key.starts_with("script/") { line } else { question };
            let text = text.map(TextView::from).unwrap_or_default();
            found.push(
                self.with
                    .contested(format!("answers/{key}"), text, TextView::default(), &field),
            );
        }
        found
    }
}

/// What was cleared on purpose shows nothing.
fn cleared(mut field: Field) -> Field {
    if field.value() == Some(&Value::Nothing(())) && !field.is_contested() {
        field.effective = None;
    }
    field
}

fn choices(options: &[SurveyOption]) -> Vec<ChoiceView> {
    let view = |option: &SurveyOption| ChoiceView {
        code: option.code.clone(),
        text: TextView::from(&option.text),
    };
    options.iter().map(view).collect()
}

fn of_kind<'a>(entries: &'a [EntryShown], kind: &'a str) -> impl Iterator<Item = &'a EntryShown> {
    entries.iter().filter(move |e| e.kind == kind && !e.removed)
}

fn fact<'a>(entry: &'a EntryShown, name: &str) -> &'a str {
    let found = entry.facts.iter().find(|fact| fact.name == name);
    found.map_or("", |fact| fact.value.as_str())
}

fn requests(entries: &[EntryShown]) -> Vec<RequestView> {
    let view = |entry: &EntryShown| RequestView {
        record: fact(entry, "record").to_owned(),
        kind: fact(entry, "kind").to_owned(),
        by: entry.by.clone(),
    };
    of_kind(entries, "request").map(view).collect()
}

/// The time that is booked: that of the newest booking, while the visit waits for it.
fn appointment(life: &Life) -> Option<AppointmentView> {
    if life.state != "booked" {
        return None;
    }
    let booking = |e: &&crate::events::LifeEvent| {
        e.standing == Standing::Legal && ["book", "call_later"].contains(&e.event.as_str())
    };
    let newest = life.events.iter().rfind(booking)?;
    Some(AppointmentView {
        time_ms: newest.facts.get("time")?.as_int()?,
        owner_asked: newest.facts.get("owner_asked") == Some(&Value::Bool(true)),
    })
}
