//! Figures of surveys.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Recorded;
use super::figure::Counted;
use super::index::{Index, steps};
use crate::catalog::{Scale, SurveyQuestion};
use crate::rules::{mean, percent, survey};

/// How a talk ends.
const ENDS: &[&str] = &["finish", "refuse", "give_up"];

/// When a visit ended; none: it is not over.
fn ended(visit: &Recorded) -> Option<i64> {
    let over = ["done", "refused", "unreachable"].contains(&visit.projection.state.as_str());
    steps(visit, ENDS).map(|s| s.at_ms).max().filter(|_| over)
}

/// The answers of the period to the questions that fit, with the family of their survey.
fn answers<'a>(index: &'a Index<'_>, fits: impl Fn(&SurveyQuestion) -> bool) -> Vec<(&'a str, &'a str)> {
    let mut asked: BTreeMap<&str, &str> = BTreeMap::new();
    for survey in index.facts.catalog.surveys.values() {
        let questions = survey.questions.iter().filter(|question| fits(question));
        asked.extend(questions.map(|question| (question.code.as_str(), survey.family.as_str())));
    }
    let over = index
        .visits
        .iter()
        .filter(|v| ended(v).is_some_and(|at| index.holds(at)));
    let given = over.flat_map(|visit| &visit.projection.survey);
    given
        .filter_map(|(question, value)| asked.get(question.as_str()).map(|family| (*family, value.as_str())))
        .collect()
}

/// Numbers, by family; what is none was skipped.
fn scores<'a>(index: &'a Index<'_>, scale: Scale) -> BTreeMap<&'a str, Vec<Option<i64>>> {
    let mut by_family: BTreeMap<&str, Vec<Option<i64>>> = BTreeMap::new();
    for (family, value) in answers(index, |question| question.scale == scale) {
        by_family.entry(family).or_default().push(value.parse().ok());
    }
    by_family
}

/// Satisfied answers, with the mean and each kind of satisfaction.
pub(super) fn satisfaction(index: &Index<'_>) -> Counted {
    let by_family = scores(index, Scale::S5);
    let all = survey::satisfaction(&by_family.values().flatten().copied().collect::<Vec<_>>());
    let mut counted = Counted::of(all.share_percent, all.satisfied, all.valid)
        .few(all.few_answers)
        .split("mean", "", all.mean, all.valid);
    for (family, given) in by_family {
        let of = survey::satisfaction(&given);
        counted = counted.split("family", family, of.share_percent, of.valid);
    }
    counted
}

/// The mean against what was expected.
pub(super) fn expectation(index: &Index<'_>) -> Counted {
    let by_family = scores(index, Scale::E5);
    let all = survey::expectation(&by_family.values().flatten().copied().collect::<Vec<_>>());
    Counted::of(all.index, all.sum, all.valid).few(all.valid < survey::FEW)
}

/// Who would recommend us, less who would not.
pub(super) fn recommend(index: &Index<'_>) -> Counted {
    let by_family = scores(index, Scale::R10);
    let all = survey::recommend(&by_family.values().flatten().copied().collect::<Vec<_>>());
    Counted::of(all.score, all.balance, all.valid).few(all.valid < survey::FEW)
}

/// The share of yes among the yes and no of these questions.
fn yes(index: &Index<'_>, fits: impl Fn(&SurveyQuestion) -> bool) -> (i64, i64) {
    let given = answers(index, |question| question.scale == Scale::YesNo && fits(question));
    given.iter().fold((0, 0), |(yes, all), (_, value)| match *value {
        "yes" => (yes + 1, all + 1),
        "no" => (yes, all + 1),
        _ => (yes, all),
    })
}

/// How many yes, in stars; the share stands beside it.
pub(super) fn yes_share(index: &Index<'_>) -> Counted {
    let (yes, valid) = yes(index, |_| true);
    let found = survey::stars(yes, valid);
    let stars = found.stars.and_then(super::figure::whole);
    Counted::of(stars, yes, valid)
        .few(valid < survey::FEW)
        .split("share", "", found.share_percent, valid)
}

/// Who would buy again; how many friends were told stands beside it.
pub(super) fn would_buy_again(index: &Index<'_>) -> Counted {
    let kpi = index
        .facts
        .catalog
        .kpis
        .iter()
        .find(|kpi| kpi.code == "would_buy_again");
    let is_one = |of: &[crate::catalog::SurveyQuestionCode], q: &SurveyQuestion| of.contains(&q.code);
    let (yes, valid) = yes(index, |q| kpi.is_some_and(|kpi| is_one(&kpi.questions, q)));
    let told = answers(index, |q| kpi.is_some_and(|kpi| is_one(&kpi.beside, q)));
    let friends: Vec<i64> = told.iter().filter_map(|(_, value)| value.parse().ok()).collect();
    let n = super::figure::count(friends.iter());
    Counted::of(percent(yes, valid), yes, valid)
        .few(valid < survey::FEW)
        .split("friends_told", "", mean(friends.iter().sum(), n), n)
}

/// Surveys with at least one answer among those due: by the day of their task, or talked about without one.
pub(super) fn response_rate(index: &Index<'_>) -> Counted {
    let mut due: BTreeMap<crate::DocumentId, Option<&Recorded>> = BTreeMap::new();
    let mut tasked = BTreeSet::new();
    for task in index.facts.tasks.iter().filter(|task| !task.survey.is_empty()) {
        tasked.insert(task.record);
        let last = if task.due.is_empty() { &task.day } else { &task.due };
        let record = index.record_of(task);
        // A talk that is over counts when it was; one that is not, when its time has passed.
        let counts = match record.and_then(ended) {
            Some(at) => index.holds(at),
            None => last
                .parse()
                .is_ok_and(|day| index.holds_day(day) && day < index.day(index.facts.now_ms)),
        };
        if counts {
            due.insert(task.record, record);
        }
    }
    for visit in index.visits.iter().filter(|v| !tasked.contains(&v.id)) {
        let rule = index.facts.catalog.task_rules.get(visit.projection.what.as_str());
        let asks = !visit.projection.survey.is_empty() || rule.is_some_and(|rule| rule.survey.is_some());
        if asks && ended(visit).is_some_and(|at| index.holds(at)) {
            due.insert(visit.id, Some(visit));
        }
    }
    let so = |state: &str| {
        let records = due.values().flatten();
        super::figure::count(records.filter(|r| r.projection.state == state))
    };
    let answered = due
        .values()
        .flatten()
        .filter(|r| r.projection.survey.values().any(|value| !value.is_empty()));
    let (answered, all) = (super::figure::count(answered), super::figure::count(due.values()));
    Counted::of(survey::response_rate(answered, all), answered, all)
        .apart("refused", so("refused"))
        .apart("unreachable", so("unreachable"))
}
