//! Surveys: what is asked, on which scale.

use std::collections::{BTreeMap, BTreeSet};

use super::answer_codes::AnswerCodes;
use super::codes::{PlainCode, SurveyCode, SurveyFamily, SurveyQuestionCode};
use super::csv_table::{Row, Table};
use super::error::Result;
use super::text::Text;

/// The file of the surveys.
pub(super) const FILE: &str = "surveys.csv";

/// How many questions a survey asks before "more".
pub const FIRST: usize = 5;

/// How an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// Very poor to very good, 1 to 5.
    S5,
    /// Much worse to much better than expected, 1 to 5; 3 is as expected.
    E5,
    /// 0 to 10.
    R10,
    /// Yes or no.
    YesNo,
    /// One or more choices.
    Choice,
    /// Words.
    Words,
    /// A whole number.
    Number,
}

impl Scale {
    /// Returns the stored code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S5 => "S5",
            Self::E5 => "E5",
            Self::R10 => "R10",
            Self::YesNo => "YN",
            Self::Choice => "MC",
            Self::Words => "TXT",
            Self::Number => "number",
        }
    }

    fn read(row: &Row<'_>, column: &str) -> Result<Self> {
        let all = [
            Self::S5,
            Self::E5,
            Self::R10,
            Self::YesNo,
            Self::Choice,
            Self::Words,
            Self::Number,
        ];
        let cell = row.cell(column)?;
        let found = all.into_iter().find(|scale| scale.as_str() == cell);
        found.ok_or_else(|| row.error(column, "S5, E5, R10, YN, MC, TXT or number"))
    }
}

/// One thing to choose, or one end of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyOption {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub text: Text,
}

/// A second question in the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// How it is answered.
    pub scale: Scale,
    /// The answer that brings it up; none: any answer.
    pub on: Option<String>,
    /// What may be chosen.
    pub options: Vec<SurveyOption>,
}

impl FollowUp {
    /// Tells whether an answer brings it up.
    #[must_use]
    pub fn is_asked(&self, answer: &str) -> bool {
        !answer.is_empty() && self.on.as_deref().is_none_or(|on| on == answer)
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyQuestion {
    /// Its code.
    pub code: SurveyQuestionCode,
    /// The event after which it is asked.
    pub asked_after: PlainCode,
    /// What is asked.
    pub text: Text,
    /// How it is answered.
    pub scale: Scale,
    /// Answered, or skipped on purpose.
    pub required: bool,
    /// What may be chosen, or the labels of the scale.
    pub options: Vec<SurveyOption>,
    /// How many choices at most; none: no limit.
    pub max_choices: Option<u32>,
    /// A remark may be added.
    pub allow_text: bool,
    /// A second question.
    pub follow_up: Option<FollowUp>,
}

/// A survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Its code.
    pub code: SurveyCode,
    /// The kind of satisfaction that it reports to.
    pub family: SurveyFamily,
    /// Its name.
    pub text: Text,
    /// Its questions, in their order.
    pub questions: Vec<SurveyQuestion>,
}

impl Survey {
    /// Returns a question by its code.
    #[must_use]
    pub fn question(&self, code: &str) -> Option<&SurveyQuestion> {
        self.questions.iter().find(|question| question.code == *code)
    }

    /// Returns what is asked first, at most five questions.
    pub fn first(&self) -> impl Iterator<Item = &SurveyQuestion> {
        self.questions.iter().filter(|question| question.required)
    }

    /// Returns what stands behind "more".
    pub fn more(&self) -> impl Iterator<Item = &SurveyQuestion> {
        self.questions.iter().filter(|question| !question.required)
    }
}

/// Reads all surveys.
pub(super) fn load(text: &str, codes: &AnswerCodes) -> Result<BTreeMap<SurveyCode, Survey>> {
    let table = Table::read(FILE, text)?;
    let mut surveys: BTreeMap<SurveyCode, Survey> = BTreeMap::new();
    let mut order: BTreeMap<SurveyQuestionCode, u32> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in table.rows() {
        let (code, family): (SurveyCode, SurveyFamily) = (row.code("survey_id")?, row.code("family")?);
        row.check(
            "family",
            codes.has("survey_family", &family),
            "a survey_family of answer_codes.csv",
        )?;
        let question = question(&row)?;
        row.unique(&mut seen, question.code.clone(), "question_id")?;
        order.insert(question.code.clone(), row.whole("order")?);
        let text = row.text("survey_zh", "survey_en")?;
        let survey = surveys.entry(code.clone()).or_insert_with(|| Survey {
            code,
            family: family.clone(),
            text: text.clone(),
            questions: Vec::new(),
        });
        row.check("family", survey.family == family, "the family of the rows before")?;
        row.check("survey_zh", survey.text == text, "the name of the rows before")?;
        survey.questions.push(question);
        row.check(
            "required",
            survey.first().count() <= FIRST,
            "at most 5 required questions in a survey",
        )?;
    }
    for survey in surveys.values_mut() {
        survey
            .questions
            .sort_by_key(|question| order.get(&question.code).copied());
    }
    Ok(surveys)
}

fn question(row: &Row<'_>) -> Result<SurveyQuestion> {
    let scale = Scale::read(row, "scale")?;
    let options = options(row, scale, "option_codes", "options_zh", "options_en")?;
    let max_choices = match row.cell("max_choices")? {
        "" => None,
        _ => Some(row.whole("max_choices")?),
    };
    row.check(
        "max_choices",
        max_choices.is_none() || scale == Scale::Choice,
        "nothing, or the scale MC",
    )?;
    Ok(SurveyQuestion {
        code: row.code("question_id")?,
        asked_after: row.code("asked_after")?,
        text: row.text("zh", "en")?,
        scale,
        required: row.flag("required")?,
        follow_up: follow_up(row, scale, &options)?,
        options,
        max_choices,
        allow_text: row.flag("allow_text")?,
    })
}

fn follow_up(row: &Row<'_>, scale: Scale, answers: &[SurveyOption]) -> Result<Option<FollowUp>> {
    if row.cell("follow_up_scale")?.is_empty() {
        return Ok(None);
    }
    let on = match row.cell("follow_up_on")? {
        "any" => None,
        on => {
            let known = scale != Scale::Words && answers.iter().any(|option| option.code == on);
            row.check("follow_up_on", known, "any, or one of option_codes")?;
            Some(on.to_owned())
        }
    };
    let scale = Scale::read(row, "follow_up_scale")?;
    let names = ("follow_up_option_codes", "follow_up_options_zh", "follow_up_options_en");
    let options = options(row, scale, names.0, names.1, names.2)?;
    Ok(Some(FollowUp { scale, on, options }))
}

fn options(row: &Row<'_>, scale: Scale, codes: &str, zh: &str, en: &str) -> Result<Vec<SurveyOption>> {
    let texts = row.text_list(zh, en)?;
    let given: Vec<String> = row
        .code_list::<PlainCode>(codes)?
        .iter()
        .map(ToString::to_string)
        .collect();
    row.check(codes, given.len() == texts.len(), "one code per text")?;
    let fits = match scale {
        Scale::S5 | Scale::E5 => given == ["1", "2", "3", "4", "5"],
        Scale::R10 => given == ["0", "10"],
        Scale::YesNo => given == ["yes", "no"],
        Scale::Choice => given.len() > 1,
        Scale::Words | Scale::Number => given.is_empty(),
    };
    row.check(codes, fits, "the codes of this scale")?;
    Ok(given
        .into_iter()
        .zip(texts)
        .map(|(code, text)| SurveyOption { code, text })
        .collect())
}
