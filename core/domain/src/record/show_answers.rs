//! The answers of an inspection: read in one pass, then held against the questions of the place.

use super::inspection::is_meter;
use super::show::{Place, Shown};
use super::view::{
    AbsentView, ContestedView, EntryShown, FieldView, OtherAnswerView, ProgressView, QuestionView, ReadingView,
    RoomView, TextView, VerdictView,
};
use crate::catalog::{
    AnswerKey, HOME, Input, Question, Questions, ReadingCode, Undecided, Verdict, assess, readings_of,
};
use crate::document::{Candidate, Container, Document};
use crate::schema::{Field, Policy, find, last_part};
use std::collections::BTreeMap;

/// All answers of one inspection, by key.
pub(super) struct Answers(BTreeMap<String, Field>);

impl Answers {
    /// Reads everything, with who wrote it.
    pub(super) fn of(document: &Document) -> Self {
        Self::resolve(document.scalars(Container::Answers))
    }

    /// Reads what counts, without who wrote it.
    pub(super) fn counting(document: &Document) -> Self {
        Self::resolve(document.values(Container::Answers))
    }

    fn resolve(scalars: BTreeMap<String, Vec<Candidate>>) -> Self {
        let resolved = scalars.into_iter().map(|(key, candidates)| {
            let field = resolve(&key, candidates);
            (key, field)
        });
        Self(resolved.collect())
    }

    fn get(&self, key: &AnswerKey, field: &str) -> Option<&Field> {
        self.0.get(&format!("{key}/{field}"))
    }

    /// All fields of one question, by the name behind its key.
    fn fields_of<'a>(&'a self, key: &str) -> impl Iterator<Item = (&'a str, &'a Field)> + use<'a> {
        let start = format!("{key}/");
        let from = start.len();
        let all = self
            .0
            .range(start.clone()..)
            .take_while(move |(k, _)| k.starts_with(&start));
        all.filter_map(move |(k, field)| k.get(from..).map(|name| (name, field)))
    }

    pub(super) fn is_answered(&self, key: &AnswerKey) -> bool {
        self.fields_of(&key.to_string()).any(|(name, field)| {
            (name == "result" || name.starts_with("reading.")) && !field.text_or_number().is_empty()
        })
    }

    fn is_open(&self, question: &Question) -> bool {
        let mut fields = self.fields_of(&question.key.to_string());
        let meter = is_meter(question);
        !fields.any(|(name, field)| {
            (name == "result" || (meter && name.starts_with("reading."))) && !field.text_or_number().is_empty()
        })
    }

    pub(super) fn progress(&self, questions: &Questions) -> ProgressView {
        self.progress_of(questions.asked.iter())
    }

    fn progress_of<'a>(&self, questions: impl Iterator<Item = &'a Question>) -> ProgressView {
        let mut progress = ProgressView::default();
        for question in questions {
            let key = question.key.to_string();
            let (mut result, mut reason, mut metered) = ("", false, false);
            for (name, field) in self.fields_of(&key) {
                progress.contested += u32::from(field.is_contested());
                match name {
                    "result" => result = field.text(),
                    "reason" => reason = !field.text().is_empty(),
                    _ => metered |= name.starts_with("reading.") && !field.text_or_number().is_empty(),
                }
            }
            let open = result.is_empty() && !(is_meter(question) && metered);
            progress.asked += 1;
            progress.answered += u32::from(!open);
            progress.defects += u32::from(result == "defect");
            progress.without_reason += u32::from(result == "not_inspected" && !reason);
            progress.must_test_open += u32::from(question.item.must_test && (open || result == "ok_bulk"));
        }
        progress
    }

    pub(super) fn absent(questions: &Questions) -> Vec<AbsentView> {
        let view = |q: &Question| AbsentView {
            key: q.key.to_string(),
            text: TextView::from(&q.item.text),
        };
        questions.absent.iter().map(view).collect()
    }

    /// What was answered to questions that are not asked here.
    pub(super) fn others(&self, questions: &Questions, shown: &Shown<'_>) -> Vec<OtherAnswerView> {
        let asked = |key: &str| key.parse::<AnswerKey>().is_ok_and(|key| questions.get(&key).is_some());
        let other = |(whole, field): (&String, &Field)| {
            let (key, name) = whole.rsplit_once('/')?;
            (!asked(key) && !field.text_or_number().is_empty()).then(|| OtherAnswerView {
                key: key.to_owned(),
                name: name.to_owned(),
                field: shown.field(field),
            })
        };
        self.0.iter().filter_map(other).collect()
    }

    pub(super) fn rooms(&self, place: &Place<'_>, shown: &Shown<'_>, entries: &[EntryShown]) -> Vec<RoomView> {
        let mut about: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in entries.iter().filter(|e| !e.removed) {
            for fact in entry.facts.iter().filter(|f| f.name == "about" || f.name == "question") {
                *about.entry(&fact.value).or_default() += 1;
            }
        }
        let mut rooms: Vec<RoomView> = Vec::new();
        let mut index: BTreeMap<&str, usize> = BTreeMap::new();
        let mut questions: Vec<Vec<&Question>> = Vec::new();
        for question in &place.questions.asked {
            let n = *index.entry(question.key.room.as_str()).or_insert_with(|| {
                rooms.push(RoomView {
                    room: question.key.room.to_string(),
                    text: room_text(question),
                    ..RoomView::default()
                });
                questions.push(Vec::new());
                rooms.len() - 1
            });
            if let (Some(room), Some(of)) = (rooms.get_mut(n), questions.get_mut(n)) {
                room.questions.push(self.question(place, shown, question, &about));
                of.push(question);
            }
        }
        for (room, of) in rooms.iter_mut().zip(&questions) {
            room.progress = self.progress_of(of.iter().copied());
        }
        rooms
    }

    fn question(
        &self,
        place: &Place<'_>,
        shown: &Shown<'_>,
        question: &Question,
        about: &BTreeMap<&str, u32>,
    ) -> QuestionView {
        let item = &question.item;
        let key = question.key.to_string();
        let field = |name: &str| {
            self.get(&question.key, name)
                .map(|f| shown.field(f))
                .unwrap_or_default()
        };
        let result = field("result");
        let entered = self.entered(question);
        let bulk_without_reading =
            result.value == "ok_bulk" && matches!(item.input, Input::Number(_)) && entered.is_empty();
        let limits = place.limits;
        let judge = |limits| assess(item, limits, |spec| question.design(spec), &entered);
        let defects = item.default_defect.iter().chain(&item.more_defects);
        QuestionView {
            item: item.code.to_string(),
            n: question.key.n,
            section: item.section.to_string(),
            text: TextView::from(&item.text),
            method: TextView::from(&item.method),
            ok_when: TextView::from(&item.ok_when),
            input: match item.input {
                Input::Result => "result",
                Input::Number(_) => "number",
                Input::Reading(_) => "reading",
                Input::Photo => "photo",
            }
            .to_owned(),
            must_test: item.must_test,
            photo_required: item.photo_required,
            default_defects: defects.map(ToString::to_string).collect(),
            result,
            reason: field("reason"),
            reason_text: field("reason_text"),
            readings: self.readings(shown, question, &entered),
            verdicts: limits
                .map(judge)
                .unwrap_or_default()
                .into_iter()
                .map(|v| verdict_view(&v))
                .collect(),
            open: self.is_open(question),
            bulk_without_reading,
            entries: about.get(key.as_str()).copied().unwrap_or_default(),
            key,
        }
    }

    fn entered(&self, question: &Question) -> BTreeMap<ReadingCode, Vec<f64>> {
        let mut entered: BTreeMap<ReadingCode, Vec<f64>> = BTreeMap::new();
        for spec in question.item.readings().iter().filter(|spec| spec.formula.is_none()) {
            for n in 1..=spec.count {
                let field = self.get(&question.key, &format!("reading.{}.{n}", spec.code));
                if let Some(value) = field.and_then(Field::value).and_then(crate::Value::as_number) {
                    entered.entry(spec.code.clone()).or_default().push(value);
                }
            }
        }
        entered
    }

    fn readings(
        &self,
        shown: &Shown<'_>,
        question: &Question,
        entered: &BTreeMap<ReadingCode, Vec<f64>>,
    ) -> Vec<ReadingView> {
        let mut all = Vec::new();
        for spec in question.item.readings() {
            let view = |n: u32, field: FieldView| ReadingView {
                code: spec.code.to_string(),
                n,
                text: TextView::from(&spec.text),
                unit: spec.unit.clone(),
                field,
            };
            if spec.formula.is_some() {
                let computed = readings_of(spec, entered).ok().and_then(|r| r.first().copied());
                let value = computed.map(|x| x.to_string()).unwrap_or_default();
                all.push(view(
                    0,
                    FieldView {
                        value,
                        ..FieldView::default()
                    },
                ));
                continue;
            }
            for n in 1..=spec.count {
                let field = self.get(&question.key, &format!("reading.{}.{n}", spec.code));
                all.push(view(n, field.map(|f| shown.field(f)).unwrap_or_default()));
            }
        }
        all
    }

    pub(super) fn contested(&self, place: &Place<'_>, shown: &Shown<'_>) -> Vec<ContestedView> {
        let contested = self.0.iter().filter(|(_, field)| field.is_contested());
        let view = |(key, field): (&String, &Field)| {
            let question = key
                .rsplit_once('/')
                .and_then(|(question, _)| question.parse::<AnswerKey>().ok())
                .and_then(|key| place.questions.get(&key));
            let text = question.map(|q| TextView::from(&q.item.text)).unwrap_or_default();
            let room = question.map(room_text).unwrap_or_default();
            shown.contested(format!("answers/{key}"), text, room, field)
        };
        contested.map(view).collect()
    }
}

/// What lists show of the answers, counted in one pass, without a checklist.
#[derive(Default)]
pub(super) struct Totals {
    /// Answers given.
    pub(super) answered: u32,
    /// Answers that say defect.
    pub(super) defects: u32,
    /// The keys of contested answers.
    pub(super) contested: Vec<String>,
}

impl Totals {
    /// Counts the answers of a record.
    pub(super) fn of(document: &Document) -> Self {
        let mut totals = Self::default();
        document.each_value(Container::Answers, |key, candidates| {
            let name = last_part(key);
            if name != "result" && candidates.len() < 2 {
                return; // a reading that stands
            }
            let field = resolve(key, candidates);
            if name == "result" {
                totals.answered += u32::from(!field.text().is_empty());
                totals.defects += u32::from(field.text() == "defect");
            }
            if field.is_contested() {
                totals.contested.push(key.to_owned());
            }
        });
        totals
    }
}

fn resolve(key: &str, candidates: Vec<Candidate>) -> Field {
    let policy = find("inspection", Container::Answers, last_part(key)).unwrap_or(Policy::SortsLast);
    Field::resolve(policy, candidates)
}

impl Field {
    fn text_or_number(&self) -> String {
        match self.value() {
            None | Some(crate::Value::Nothing(())) => String::new(),
            Some(value) => value.to_string(),
        }
    }
}

fn room_text(question: &Question) -> TextView {
    let home = || TextView {
        zh: "全屋".to_owned(),
        en: "Whole home".to_owned(),
    };
    debug_assert!(question.room.is_some() || question.key.room == HOME);
    question
        .room
        .as_ref()
        .map_or_else(home, |room| TextView::from(&room.text))
}

fn verdict_view(found: &crate::catalog::RuleVerdict) -> VerdictView {
    let (verdict, value) = match found.verdict {
        Verdict::Ok { value } => ("ok", value),
        Verdict::Defect { value } => ("defect", value),
        Verdict::Undecided(Undecided::NoReading) => ("no_reading", None),
        Verdict::Undecided(Undecided::NoDesignValue) => ("no_design_value", None),
        Verdict::Undecided(Undecided::NotANumber) => ("not_a_number", None),
        Verdict::Undecided(Undecided::NoValue) => ("no_value", None),
        Verdict::Undecided(Undecided::NoRule) => ("no_rule", None),
    };
    VerdictView {
        reading: found.reading.to_string(),
        rule: found.rule.to_string(),
        verdict: verdict.to_owned(),
        value,
        missing: found.missing,
    }
}
