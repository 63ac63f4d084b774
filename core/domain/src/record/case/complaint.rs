//! The way of a complaint: looked into until a told day, judged with words that the owner will read, planned with a
//! person, a day and a basis after a manager chose, answered, asked about again, and closed only when the owner is
//! satisfied or a manager says why not.

use super::desk::{Told, answer_text, kept, promise, told_facts};
use crate::document::Write;
use crate::events::Life;
use crate::record::CommandError;
use crate::record::common::{Facts, facts};
use crate::record::promises;
use crate::record::scene::{Scene, add, copied, fact, fact_int, with_name};
use std::collections::BTreeSet;

/// Who sorts a complaint says all of this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triage {
    /// What it is about (`answer_codes.csv`, group `complaint_category`).
    pub category: String,
    /// Words for the category `other`.
    pub category_text: String,
    /// Group `urgency`.
    pub urgency: String,
    /// Group `department`.
    pub department: String,
    /// Who is in charge; empty: the department decides.
    pub person: String,
}

/// What will be done, by whom, until when, and why that is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What will be done.
    pub plan: String,
    /// Who does it.
    pub person: String,
    /// The day, `2026-12-04`.
    pub date: String,
    /// Law, contract, standard or code that it rests on.
    pub basis: String,
}

/// Sorts it.
///
/// # Errors
/// [`CommandError::UnknownCode`], [`CommandError::Contested`], [`CommandError::Illegal`] when something is missing.
pub fn triage(scene: &Scene<'_>, as_: &Triage) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.known("complaint_category", &as_.category)?;
    scene.known("urgency", &as_.urgency)?;
    scene.known("department", &as_.department)?;
    let fields = [
        ("category", as_.category.as_str()),
        ("urgency", &as_.urgency),
        ("department", &as_.department),
    ];
    let mut carries = Facts::new();
    for (name, value) in fields {
        add(&mut carries, name, value);
    }
    add(&mut carries, "category_text", &as_.category_text);
    add(&mut carries, "person", &as_.person);
    let mut writes = scene.set_all(&fields)?;
    writes.push(scene.event("triage", carries)?);
    Ok(writes)
}

/// Looks into it: somebody, until a day that the owner was told.
///
/// # Errors
/// [`CommandError::Illegal`] when nobody is named or the owner was not told.
pub fn investigate(
    scene: &Scene<'_>,
    person: &str,
    until_ms: i64,
    owner_told: bool,
) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let carries = facts([
        ("person", person.into()),
        ("until", until_ms.into()),
        ("owner_told", owner_told.into()),
    ]);
    Ok(vec![scene.event("investigate", carries)?])
}

/// Judges it, with the reason that the owner will read.
///
/// # Errors
/// [`CommandError::Illegal`] for another verdict than founded, partly or not founded, or without words;
/// [`CommandError::Contested`].
pub fn judge(scene: &Scene<'_>, verdict: &str, text: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let carries = facts([("verdict", verdict.into()), ("verdict_text", text.into())]);
    Ok(vec![scene.set("verdict", verdict)?, scene.event("judge", carries)?])
}

/// Lists a way out, and what it would cost.
///
/// # Errors
/// [`CommandError::Missing`] without words.
pub fn add_option(scene: &Scene<'_>, text: &str, cost_note: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    if text.trim().is_empty() {
        return Err(CommandError::Missing("words"));
    }
    let mut carries = facts([("text", text.into())]);
    add(&mut carries, "cost_note", cost_note);
    Ok(vec![scene.entry("option", carries)?])
}

/// Chooses one of the options: a manager does.
///
/// # Errors
/// [`CommandError::Role`], [`CommandError::UnknownEntry`], [`CommandError::Contested`].
pub fn choose_option(scene: &Scene<'_>, option: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.only(&["manager"])?;
    if !scene.entries("option")?.iter().any(|e| e.key == option) {
        return Err(CommandError::UnknownEntry(option.to_owned()));
    }
    let chosen = scene.neutral("choose_option", facts([("option", option.into())]))?;
    Ok(vec![scene.set("chosen_option", option)?, chosen])
}

/// Plans what will be done: the option that a manager chose, a person, a day, a basis.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing; [`CommandError::Contested`] while two options are chosen.
pub fn plan(scene: &Scene<'_>, plan: &Plan) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = planned(plan);
    let option = scene.decided("chosen_option")?;
    let life = scene.life()?;
    let chose = with_name(&life, "choose_option").rfind(|e| fact(e, "option") == option);
    if let Some(chose) = chose {
        add(&mut carries, "option", &option);
        add(&mut carries, "chosen_by", fact(chose, "by"));
        add(&mut carries, "chosen_role", fact(chose, "role"));
    }
    Ok(vec![scene.event("plan", carries)?])
}

/// Begins to act, with a promised time that the owner was told. A time that was promised before stands: it moves only
/// when the owner agrees ([`crate::record::promises::postpone`]).
///
/// # Errors
/// [`CommandError::Illegal`] when the owner was not told.
pub fn act(scene: &Scene<'_>, promise_at_ms: i64, owner_told: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let open = scene.open_promises()?;
    let stands = open.iter().map(|promise| promise.due_ms).min();
    let at_ms = stands.unwrap_or(promise_at_ms);
    let carries = facts([("promise_at", at_ms.into()), ("owner_told", owner_told.into())]);
    let mut writes = vec![scene.event("act", carries)?];
    if stands.is_none() {
        writes.push(promise(scene, at_ms)?);
    }
    Ok(writes)
}

/// Tells the owner, unasked, how far it is.
///
/// # Errors
/// [`CommandError::Missing`] without words, [`CommandError::UnknownCode`].
pub fn update(scene: &Scene<'_>, text: &str, told: &Told) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    if text.trim().is_empty() {
        return Err(CommandError::Missing("words"));
    }
    let mut carries = told_facts(scene, told)?;
    add(&mut carries, "text", text);
    Ok(vec![scene.entry("update", carries)?])
}

/// Answers at once what is not founded, or what was solved on the spot (`solved`: how). A founded complaint takes a
/// plan.
///
/// # Errors
/// [`CommandError::Illegal`] with `verdict_not_founded` for a founded one; [`CommandError::Contested`] while the
/// verdict is.
pub fn answer_without_plan(
    scene: &Scene<'_>,
    text: &str,
    basis: &str,
    solved: &str,
    told: &Told,
) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = told_facts(scene, told)?;
    carries.extend(verdict(scene)?);
    add(&mut carries, "basis", basis);
    add(&mut carries, "solved_at_once", solved);
    let mut writes = vec![answer_text(text)?, scene.event("answer_without_plan", carries)?];
    writes.extend(kept(scene)?);
    Ok(writes)
}

/// Asks the owner whether it is settled; nobody asks about their own work.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn revisit(scene: &Scene<'_>, result: &str, words: &str, told: &Told) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut carries = told_facts(scene, told)?;
    add(&mut carries, "result", result);
    add(&mut carries, "text", words);
    add(&mut carries, "interviewer", &scene.who.user.to_string());
    let rated: Vec<String> = rated(&scene.life()?).into_iter().collect();
    carries.insert("rated".to_owned(), rated.join(" ").into());
    Ok(vec![scene.event("revisit", carries)?])
}

/// Closes it: when the owner is satisfied, or by a manager with a reason; what caused it is known by then.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing; [`CommandError::UnknownCode`], [`CommandError::Contested`].
pub fn close(scene: &Scene<'_>, root_cause: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.known("root_cause", root_cause)?;
    let life = scene.life()?;
    let mut carries = copied(with_name(&life, "revisit").next_back(), &["result"]);
    let mut writes = Vec::new();
    if root_cause.is_empty() {
        add(&mut carries, "root_cause", &scene.decided("root_cause")?);
    } else {
        writes.push(scene.set("root_cause", root_cause)?);
        add(&mut carries, "root_cause", root_cause);
    }
    add(&mut carries, "reason", reason);
    writes.push(scene.event("close", carries)?);
    Ok(writes)
}

/// Acts again, because the owner is not satisfied.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason.
pub fn act_again(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    Ok(vec![scene.event("act_again", facts([("reason", reason.into())]))?])
}

/// Hands it one level up, to a receiver who is named.
///
/// # Errors
/// [`CommandError::UnknownCode`] for a receiver that is none, [`CommandError::Illegal`] without a reason.
pub fn escalate(scene: &Scene<'_>, receiver: &str, person: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    scene.known_in(&scene.catalog.complaints.receivers, receiver)?;
    let level = level(&scene.life()?).saturating_add(1);
    let mut carries = facts([("level", level.into())]);
    add(&mut carries, "receiver", receiver);
    add(&mut carries, "receiver_person", person);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("escalate", carries)?])
}

/// Sends it back from the next level, with a plan.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn return_with_plan(scene: &Scene<'_>, plan: &Plan) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    Ok(vec![scene.event("return_with_plan", planned(plan))?])
}

/// Records that the owner took it back: what was promised in it ends with it.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason.
pub fn withdraw(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("case")?;
    let mut writes = vec![scene.event("withdraw", facts([("reason", reason.into())]))?];
    writes.extend(promises::release(scene, "withdrawn", "", reason)?);
    Ok(writes)
}

/// The verdict that counts, with its words.
pub(super) fn verdict(scene: &Scene<'_>) -> Result<Facts, CommandError> {
    let verdict = scene.decided("verdict")?;
    let life = scene.life()?;
    let judged = with_name(&life, "judge").rfind(|e| fact(e, "verdict") == verdict);
    Ok(copied(judged, &["verdict", "verdict_text"]))
}

/// The level that it was last handed up to.
pub(super) fn level(life: &Life) -> i64 {
    with_name(life, "escalate")
        .filter_map(|e| fact_int(e, "level"))
        .max()
        .unwrap_or_default()
}

/// Whose work the owner would be asked about: who was in charge, acted or answered.
fn rated(life: &Life) -> BTreeSet<String> {
    let worked = [
        "investigate",
        "judge",
        "plan",
        "return_with_plan",
        "act",
        "act_again",
        "answer",
        "answer_without_plan",
    ];
    let events = worked.iter().flat_map(|name| with_name(life, name));
    let people = events.flat_map(|e| [fact(e, "by"), fact(e, "person")]);
    people.filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

fn planned(plan: &Plan) -> Facts {
    let mut carries = Facts::new();
    add(&mut carries, "plan", &plan.plan);
    add(&mut carries, "person", &plan.person);
    add(&mut carries, "plan_date", &plan.date);
    add(&mut carries, "basis", &plan.basis);
    carries
}
