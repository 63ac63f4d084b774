//! The survey: answered, or skipped on purpose. A skip is an answer of its own, never a middle score.

use super::{everybody, text_of};
use crate::catalog::{FollowUp, Scale, Survey, SurveyOption, SurveyQuestion};
use crate::document::{Container, Value, Write};
use crate::record::scene::Scene;
use crate::record::{CommandError, common};

/// Answers a question: a code, several with `|` between, a number, or words, as its scale asks.
///
/// What belonged to another answer (a second question, a skip) is cleared.
///
/// # Errors
/// [`CommandError::UnknownQuestion`], [`CommandError::UnknownCode`] for what may not be chosen, [`CommandError::Value`],
/// [`CommandError::Contested`]; [`CommandError::Illegal`] when the survey rates the person who asks.
pub fn answer(scene: &Scene<'_>, question: &str, value: &str) -> Result<Vec<Write>, CommandError> {
    let asked = asked(scene, question)?;
    check(asked.scale, &asked.options, asked.max_choices, value)?;
    let mut writes = vec![put(scene, question, value.into())?];
    writes.extend(clear(scene, &format!("{question}/skipped"))?);
    if asked.follow_up.as_ref().is_some_and(|f| !f.is_asked(value)) {
        writes.extend(clear(scene, &format!("{question}/follow_up"))?);
    }
    Ok(writes)
}

/// Answers the second question in the same place.
///
/// # Errors
/// [`CommandError::UnknownQuestion`] when the answer does not bring it up, and as [`answer`].
pub fn follow_up(scene: &Scene<'_>, question: &str, value: &str) -> Result<Vec<Write>, CommandError> {
    let asked = asked(scene, question)?;
    let given = text_of(scene, Container::Answers, &key(question))?;
    let follow: &FollowUp = asked
        .follow_up
        .as_ref()
        .filter(|f| f.is_asked(&given))
        .ok_or_else(|| CommandError::UnknownQuestion(format!("{question}/follow_up")))?;
    check(follow.scale, &follow.options, None, value)?;
    Ok(vec![put(scene, &format!("{question}/follow_up"), value.into())?])
}

/// Adds words to an answer.
///
/// # Errors
/// [`CommandError::UnknownQuestion`] where no words are taken, and as [`answer`].
pub fn remark(scene: &Scene<'_>, question: &str, words: &str) -> Result<Vec<Write>, CommandError> {
    if !asked(scene, question)?.allow_text {
        return Err(CommandError::UnknownQuestion(format!("{question}/text")));
    }
    Ok(vec![put(scene, &format!("{question}/text"), words.into())?])
}

/// Skips a question on purpose; an answer that stood there is cleared.
///
/// # Errors
/// As [`answer`].
pub fn skip(scene: &Scene<'_>, question: &str) -> Result<Vec<Write>, CommandError> {
    asked(scene, question)?;
    let mut writes = vec![put(scene, &format!("{question}/skipped"), true.into())?];
    for part in ["", "/follow_up", "/text"] {
        writes.extend(clear(scene, &format!("{question}{part}"))?);
    }
    Ok(writes)
}

/// Returns the survey of a visit; none when it asks nothing, or one that this version does not know.
pub(super) fn survey<'a>(scene: &Scene<'a>) -> Result<Option<&'a Survey>, CommandError> {
    let code = text_of(scene, Container::Fields, "survey")?;
    Ok(scene.catalog.surveys.get(code.as_str()))
}

fn asked<'a>(scene: &Scene<'a>, question: &str) -> Result<&'a SurveyQuestion, CommandError> {
    scene.of_kind("visit")?;
    if everybody(scene, "rated")?.contains(&scene.who.user.to_string()) {
        return Err(CommandError::Illegal {
            state: scene.life()?.state,
            code: "guard".to_owned(),
            missing: vec!["interviewer_not_rated".to_owned()],
        });
    }
    let survey = survey(scene)?;
    let found = survey.and_then(|survey| survey.question(question));
    found.ok_or_else(|| CommandError::UnknownQuestion(question.to_owned()))
}

fn check(scale: Scale, options: &[SurveyOption], max_choices: Option<u32>, value: &str) -> Result<(), CommandError> {
    let known = |code: &str| options.iter().any(|option| option.code == code);
    let bad = Err(CommandError::Value("answer"));
    match scale {
        Scale::S5 | Scale::E5 | Scale::YesNo if known(value) => Ok(()),
        Scale::S5 | Scale::E5 | Scale::YesNo => Err(CommandError::UnknownCode(value.to_owned())),
        Scale::R10 => value
            .parse()
            .ok()
            .filter(|n: &u8| *n <= 10 && n.to_string() == value)
            .map_or(bad, |_| Ok(())),
        Scale::Number => value
            .parse()
            .ok()
            .filter(|n: &u32| n.to_string() == value)
            .map_or(bad, |_| Ok(())),
        Scale::Words if value.trim().is_empty() => bad,
        Scale::Words => Ok(()),
        Scale::Choice => {
            let chosen: Vec<&str> = value.split('|').collect();
            if let Some(code) = chosen.iter().find(|code| !known(code)) {
                return Err(CommandError::UnknownCode((*code).to_owned()));
            }
            let different: std::collections::BTreeSet<&&str> = chosen.iter().collect();
            let few = max_choices.is_none_or(|max| u32::try_from(chosen.len()).is_ok_and(|n| n <= max));
            if few && different.len() == chosen.len() {
                Ok(())
            } else {
                bad
            }
        }
    }
}

fn key(part: &str) -> String {
    format!("survey/{part}")
}

fn put(scene: &Scene<'_>, part: &str, value: Value) -> Result<Write, CommandError> {
    common::set(scene.document, scene.seen, Container::Answers, &key(part), value)
}

/// Clears what stands there, if anything does.
fn clear(scene: &Scene<'_>, part: &str) -> Result<Option<Write>, CommandError> {
    let sides = scene
        .document
        .candidates_seen(scene.seen, Container::Answers, &key(part))?;
    if sides.iter().all(|side| side.value == Value::Nothing(())) {
        return Ok(None);
    }
    put(scene, part, Value::Nothing(())).map(Some)
}
