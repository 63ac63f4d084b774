//! Whether the survey shows a satisfied owner: it chooses the lines of the script.

use crate::catalog::{Scale, Survey, SurveyQuestion, When};
use std::collections::BTreeMap;

/// What a survey shows so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Nothing that tells was answered yet.
    #[default]
    Unknown,
    /// Everything that tells was answered well.
    Satisfied,
    /// At least one answer shows that something is wrong.
    NotSatisfied,
}

impl Mood {
    /// Returns the stored code, empty while unknown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "not_satisfied",
        }
    }

    /// Tells whether a line of the script is said.
    #[must_use]
    pub const fn says(self, when: When) -> bool {
        matches!(
            (when, self),
            (When::Always, _) | (When::Satisfied, Self::Satisfied) | (When::NotSatisfied, Self::NotSatisfied)
        )
    }
}

/// Reads the mood out of the answers that count, by question. What was skipped tells nothing, neither way.
#[must_use]
pub fn mood(survey: &Survey, answers: &BTreeMap<String, String>) -> Mood {
    let given = survey
        .questions
        .iter()
        .filter_map(|question| Some((question, answers.get(question.code.as_str())?)));
    let told: Vec<bool> = given
        .filter_map(|(question, answer)| is_well(question, answer))
        .collect();
    match told.as_slice() {
        [] => Mood::Unknown,
        all if all.contains(&false) => Mood::NotSatisfied,
        _ => Mood::Satisfied,
    }
}

/// Tells whether an answer shows that all is well; none: it says nothing about that.
fn is_well(question: &SurveyQuestion, answer: &str) -> Option<bool> {
    let number = || answer.parse::<u8>().ok();
    match question.scale {
        // Poor and very poor; worse than expected. The middle is no complaint.
        Scale::S5 | Scale::E5 => number().map(|n| n > 2),
        // Those who would not recommend us (`survey.recommend` counts them against us).
        Scale::R10 => number().map(|n| n > 6),
        // The answer that needs a second question is the bad one; without one, it is no.
        Scale::YesNo => {
            let bad = question
                .follow_up
                .as_ref()
                .and_then(|f| f.on.as_deref())
                .unwrap_or("no");
            (!answer.is_empty()).then_some(answer != bad)
        }
        Scale::Choice | Scale::Words | Scale::Number => None,
    }
}
