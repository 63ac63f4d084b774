//! Key figures: what is counted, in which words and unit.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::codes::{KpiCode, SurveyCode, SurveyQuestionCode};
use super::error::Result;
use super::json_file::JsonFile;
use super::surveys::Survey;
use super::text::Text;

/// The file of the figures.
pub(super) const FILE: &str = "kpis.json";

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiUnit {
    /// A share in percent.
    Percent,
    /// A plain number.
    Number,
    /// A mean from 1 to 5.
    #[serde(rename = "score_1_5")]
    Score,
    /// Percentage points, from −100 to 100.
    Points,
    /// 0 to 5 stars.
    Stars,
    /// Several counts.
    Counts,
    /// Seconds.
    Seconds,
}

impl KpiUnit {
    /// Returns the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Number => "number",
            Self::Score => "score_1_5",
            Self::Points => "points",
            Self::Stars => "stars",
            Self::Counts => "counts",
            Self::Seconds => "seconds",
        }
    }
}

/// What a figure is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiPeriod {
    /// A month, or any span of days.
    Month,
    /// The moment of counting.
    Moment,
    /// The homes of a batch.
    Batch,
}

/// For whom a figure is shown; never for persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiLevel {
    /// A project.
    Project,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Kpi {
    /// Its code.
    pub code: KpiCode,
    /// Its name.
    #[serde(flatten)]
    pub text: Text,
    /// Its unit.
    pub unit: KpiUnit,
    /// What is counted; empty: the definition says it.
    pub numerator: String,
    /// Among what.
    pub denominator: String,
    /// The exact definition, so that two offices get the same number.
    pub definition: Text,
    /// What it is counted over.
    pub period: KpiPeriod,
    /// For whom it is shown.
    pub level: KpiLevel,
    /// The questions whose answers it counts; empty: all of its scale, or none.
    #[serde(default)]
    pub questions: Vec<SurveyQuestionCode>,
    /// The questions whose mean is shown beside it.
    #[serde(default)]
    pub beside: Vec<SurveyQuestionCode>,
}

#[derive(Deserialize)]
struct File {
    kpis: Vec<Kpi>,
}

/// Reads all figures in their order.
pub(super) fn load(text: &str, surveys: &BTreeMap<SurveyCode, Survey>) -> Result<Vec<Kpi>> {
    let json = JsonFile::new(FILE, text);
    let file: File = json.read()?;
    let mut seen = BTreeSet::new();
    for (n, kpi) in file.kpis.iter().enumerate() {
        let (at, code) = (format!("kpis[{n}]"), kpi.code.as_str());
        let counted = crate::rules::kpi::is_counted(code);
        json.check(
            counted,
            || format!("{at}.code"),
            code,
            "a figure that this version counts",
        )?;
        json.check(
            seen.insert(code),
            || format!("{at}.code"),
            code,
            "a figure that is not there yet",
        )?;
        for (side, counted) in [("numerator", &kpi.numerator), ("denominator", &kpi.denominator)] {
            let told = kpi.unit != KpiUnit::Percent || !counted.is_empty();
            json.check(told, || format!("{at}.{side}"), "", "both sides of a share")?;
        }
        for (list, questions) in [("questions", &kpi.questions), ("beside", &kpi.beside)] {
            for (i, question) in questions.iter().enumerate() {
                let known = surveys
                    .values()
                    .any(|survey| survey.question(question.as_str()).is_some());
                json.check(
                    known,
                    || format!("{at}.{list}[{i}]"),
                    question.as_str(),
                    "a question of surveys.csv",
                )?;
            }
        }
    }
    Ok(file.kpis)
}
