//! From planned to done: booked, arrived, missed, called again at six.

use super::{everybody, text_of};
use crate::document::{Container, Value, Write};
use crate::events::Standing;
use crate::record::CommandError;
use crate::record::common::{Facts, facts};
use crate::record::scene::{Scene, add};
use crate::schema::Field;
use std::collections::BTreeSet;

/// What a visit is about, as its task and its rule say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The task; empty: nobody planned it.
    pub task: String,
    /// The rule that opened the task.
    pub rule: String,
    /// The script.
    pub script: String,
    /// The survey; empty: nothing is asked.
    pub survey: String,
    /// Group `survey_mode`.
    pub survey_mode: String,
    /// The step of the journey.
    pub step: String,
    /// The household, by the id of its row.
    pub household: String,
}

/// A danger for which somebody calls at any hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Danger {
    /// List and code of what makes it one: `severity/A`; empty: there is none.
    pub what: String,
    /// The record that says so; empty: whoever calls does.
    pub record: String,
}

impl Danger {
    fn facts(&self, scene: &Scene<'_>) -> Result<Facts, CommandError> {
        if self.what.is_empty() {
            return Ok(Facts::new());
        }
        let (group, code) = self.what.split_once('/').unwrap_or_default();
        if !scene.catalog.complaints.quiet_hours.is_exempt(group, code) {
            return Err(CommandError::UnknownCode(self.what.clone()));
        }
        let mut facts = facts([("danger", self.what.as_str().into())]);
        add(&mut facts, "danger_record", &self.record);
        Ok(facts)
    }
}

/// A time that was agreed with the owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appointment {
    /// When, in milliseconds.
    pub time_ms: i64,
    /// The owner agreed to this time.
    pub owner_consented: bool,
    /// The owner asked for it, so that quiet hours do not stand in the way.
    pub owner_asked: bool,
    /// The time lies outside the quiet hours that hold for this household.
    pub outside_quiet_hours: bool,
    /// The danger for which quiet hours do not count.
    pub danger: Danger,
}

/// A talk that begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Group `contact_way`.
    pub way: String,
    /// Who was met, by the id of a person's row.
    pub met: String,
    /// Now lies outside the quiet hours.
    pub outside_quiet_hours: bool,
    /// The owner asked for it now.
    pub owner_asked: bool,
    /// The danger for which quiet hours do not count.
    pub danger: Danger,
    /// All whom the survey rates, by user id.
    pub rated: BTreeSet<String>,
}

/// Begins the record: what the task says is copied into it. Idempotent, and alike on two phones.
///
/// # Errors
/// [`CommandError::Kind`] when the record is no visit.
pub fn begin(scene: &Scene<'_>, plan: &Plan) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    if !text_of(scene, Container::Fields, "script")?.is_empty() {
        return Ok(Vec::new());
    }
    scene.known("survey_mode", &plan.survey_mode)?;
    scene.set_all(&[
        ("task", &plan.task),
        ("rule", &plan.rule),
        ("script", &plan.script),
        ("survey", &plan.survey),
        ("survey_mode", &plan.survey_mode),
        ("step", &plan.step),
        ("household", &plan.household),
    ])
}

/// Books a time.
///
/// # Errors
/// [`CommandError::Illegal`] without the owner's consent, in quiet hours, or not in this state.
pub fn book(scene: &Scene<'_>, appointment: &Appointment) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    Ok(vec![scene.event("book", agreed(scene, appointment)?)?])
}

/// "Call me at six": books the time that the owner named, and counts as no failed try.
///
/// # Errors
/// [`CommandError::Illegal`] when nobody was talked to; [`CommandError::Value`] for a time that has passed.
pub fn call_later(scene: &Scene<'_>, time_ms: i64, outside_quiet_hours: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    let appointment = Appointment {
        time_ms,
        owner_consented: true,
        owner_asked: true,
        outside_quiet_hours,
        danger: Danger::default(),
    };
    // Before the visit has begun, the same wish is a booking.
    let event = if scene.life()?.state == "on_site" {
        "call_later"
    } else {
        "book"
    };
    Ok(vec![scene.event(event, agreed(scene, &appointment)?)?])
}

/// Begins the talk, as booked or unbooked: who asks, who was met, and since when.
///
/// # Errors
/// [`CommandError::Illegal`] in quiet hours, unless the owner asked for this time or there is a danger;
/// [`CommandError::UnknownCode`].
pub fn arrive(scene: &Scene<'_>, arrival: &Arrival) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    scene.known("contact_way", &arrival.way)?;
    let life = scene.life()?;
    let booked = life
        .events
        .iter()
        .rfind(|e| e.standing == Standing::Legal && ["book", "call_later"].contains(&e.event.as_str()));
    let asked_then = booked.is_some_and(|e| e.facts.get("owner_asked") == Some(&Value::Bool(true)));
    let event = if life.state == "planned" {
        "start_unbooked"
    } else {
        "arrive"
    };
    let is_booked = event == "arrive";
    let mut carries = facts([
        ("outside_quiet_hours", arrival.outside_quiet_hours.into()),
        ("owner_asked", (arrival.owner_asked || (is_booked && asked_then)).into()),
    ]);
    carries.extend(arrival.danger.facts(scene)?);
    let mut writes = vec![scene.event(event, carries)?];
    let mut rated = everybody(scene, "rated")?;
    rated.extend(arrival.rated.iter().cloned());
    let rated: Vec<String> = rated.into_iter().collect();
    let fields: [(&str, Value); 5] = [
        ("way", arrival.way.as_str().into()),
        ("met", arrival.met.as_str().into()),
        ("started_at", scene.stamp.at_ms.into()),
        ("interviewer", scene.who.user.to_string().into()),
        ("rated", rated.join(" ").into()),
    ];
    for (key, value) in fields {
        let told = value.as_text().is_none_or(|text| !text.is_empty());
        // A disagreement about such a field is not decided by the way.
        if told && !Field::read_seen(scene.document, scene.seen, Container::Fields, key)?.is_contested() {
            writes.push(scene.set(key, value)?);
        }
    }
    Ok(writes)
}

/// Nobody there, nobody answers: one failed try.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason, [`CommandError::UnknownCode`].
pub fn miss(scene: &Scene<'_>, way: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    let event = scene.event("miss", because(reason))?;
    Ok(vec![event, tried(scene, way, reason)?])
}

/// One more failed try to reach somebody who was missed before.
///
/// # Errors
/// [`CommandError::Missing`] without a reason, [`CommandError::UnknownCode`].
pub fn try_again(scene: &Scene<'_>, way: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    if reason.trim().is_empty() {
        return Err(CommandError::Missing("reason"));
    }
    Ok(vec![tried(scene, way, reason)?])
}

/// The time does not suit any longer; another one is booked afterwards.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason.
pub fn reschedule(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    Ok(vec![scene.event("reschedule", because(reason))?])
}

/// Plans it again after nobody was there.
///
/// # Errors
/// [`CommandError::Illegal`].
pub fn plan_again(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    Ok(vec![scene.event("plan_again", Facts::new())?])
}

/// The owner does not want it.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason.
pub fn refuse(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    Ok(vec![scene.event("refuse", because(reason))?])
}

/// Unreachable: at least three tries on two days of the project's calendar, as `day` tells it.
///
/// # Errors
/// [`CommandError::Illegal`] before that.
pub fn give_up(scene: &Scene<'_>, day: &dyn Fn(i64) -> String) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("visit")?;
    let tries = scene.entries("contact_try")?;
    let at = |e: &crate::document::EntryView| e.int("at").unwrap_or(e.made.at_ms);
    let days: BTreeSet<String> = tries.iter().map(|e| day(at(e))).collect();
    let carries = facts([("tries", number(tries.len())), ("try_days", number(days.len()))]);
    Ok(vec![scene.event("give_up", carries)?])
}

fn agreed(scene: &Scene<'_>, appointment: &Appointment) -> Result<Facts, CommandError> {
    if appointment.time_ms <= scene.stamp.at_ms {
        return Err(CommandError::Value("time"));
    }
    let mut carries = facts([
        ("time", appointment.time_ms.into()),
        ("owner_consented", appointment.owner_consented.into()),
        ("owner_asked", appointment.owner_asked.into()),
        ("outside_quiet_hours", appointment.outside_quiet_hours.into()),
    ]);
    carries.extend(appointment.danger.facts(scene)?);
    Ok(carries)
}

fn because(reason: &str) -> Facts {
    facts([("reason", reason.into())])
}

fn tried(scene: &Scene<'_>, way: &str, reason: &str) -> Result<Write, CommandError> {
    scene.known("contact_way", way)?;
    scene.entry("contact_try", facts([("way", way.into()), ("reason", reason.into())]))
}

/// A count as a fact.
pub(super) fn number(n: usize) -> Value {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}
