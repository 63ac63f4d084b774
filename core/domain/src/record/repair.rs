//! A defect from dispatch to its end: one person answers for it, and every step carries what its guards ask for.
//!
//! The commands copy from the record as the person sees it: photos by kind, who repaired, who is responsible. So the
//! verdict on an event never depends on what the record says later.

use super::CommandError;
use super::common::{Facts, OWNER_AGREED, facts};
use super::promises::{self, Postponed};
use super::scene::{Scene, add, fact, fact_int, with_name};
use crate::document::{EntryView, Value, Write};
use crate::events::{Life, Standing};
use std::collections::BTreeSet;

/// Names the engineer who answers for the defect until it is closed.
///
/// # Errors
/// [`CommandError::Illegal`] when nobody is named, or somebody is already (then it takes [`reassign`]).
pub fn assign(scene: &Scene<'_>, person: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    Ok(vec![scene.event("assign", facts([("person", person.into())]))?])
}

/// Names somebody else: with the reason, and the owner told.
///
/// # Errors
/// [`CommandError::Value`] for the same person, [`CommandError::Illegal`] names what is missing.
pub fn reassign(scene: &Scene<'_>, person: &str, reason: &str, owner_told: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    if scene.life()?.person == person {
        return Err(CommandError::Value("person"));
    }
    let mut carries = facts([("person", person.into()), ("owner_told", owner_told.into())]);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("reassign", carries)?])
}

/// Gives it back to the office, with the reason.
///
/// # Errors
/// [`CommandError::NotNamed`] for anybody but the person named, [`CommandError::Illegal`] without a reason.
pub fn return_to_dispatch(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    scene.named()?;
    Ok(vec![
        scene.event("return_to_dispatch", facts([("reason", reason.into())]))?,
    ])
}

/// A time that the owner was promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promised {
    /// When, in milliseconds.
    pub at_ms: i64,
    /// The owner was told.
    pub owner_told: bool,
    /// The owner agreed to it instead of a time that was promised before.
    pub owner_agreed: bool,
    /// To whom: the id of a household or a person; empty: not known.
    pub to: String,
}

impl Promised {
    fn facts(&self) -> Facts {
        facts([
            ("promise_at", self.at_ms.into()),
            ("owner_told", self.owner_told.into()),
            ("owner_agreed", self.owner_agreed.into()),
        ])
    }
}

/// Takes it over, with a time that the owner was told.
///
/// # Errors
/// [`CommandError::NotNamed`], [`CommandError::Illegal`] when the owner was not told.
pub fn accept(scene: &Scene<'_>, promised: &Promised) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    scene.named()?;
    let mut writes = vec![scene.event("accept", promised.facts())?];
    writes.extend(promise(scene, promised)?);
    Ok(writes)
}

/// The first time that the owner was told is the promise; it moves only when they agreed, and says why.
fn promise(scene: &Scene<'_>, promised: &Promised) -> Result<Vec<Write>, CommandError> {
    let open = scene.open_promises()?;
    if open.is_empty() {
        let code = scene.decided("code")?;
        return Ok(vec![scene.promise(&code, &promised.to, promised.at_ms)?]);
    }
    if !promised.owner_agreed {
        return Ok(Vec::new());
    }
    let life = scene.life()?;
    let moved = with_name(&life, "reassign")
        .next_back()
        .map_or("", |e| fact(e, "reason"));
    let to = Postponed {
        due_ms: promised.at_ms,
        owner_agreed: true,
        reason: if moved.is_empty() { OWNER_AGREED } else { moved }.to_owned(),
    };
    let (document, seen, who) = (scene.document, scene.seen, scene.who);
    open.iter()
        .filter(|p| p.due_ms != promised.at_ms)
        .enumerate()
        .map(|(n, p)| promises::postpone(document, seen, &p.key, &to, who, &scene.stamp_beside(n)))
        .collect()
}

/// Lets a repair begin without a photo of the protection laid: a manager or reviewer says why.
///
/// # Errors
/// [`CommandError::Role`], [`CommandError::Missing`] without a reason.
pub fn waive(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    scene.only(&["reviewer", "manager"])?;
    if reason.trim().is_empty() {
        return Err(CommandError::Missing("reason"));
    }
    let carries = facts([("what", "protection_photo".into()), ("reason", reason.into())]);
    Ok(vec![scene.neutral("waive", carries)?])
}

/// Begins the repair, or goes on after it was rejected: what is finished already is protected first.
///
/// # Errors
/// [`CommandError::Illegal`] without a photo of the protection or a waiver.
pub fn start(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let life = scene.life()?;
    let mut carries = Facts::new();
    if let Some(photo) = newest_photo(scene, &["protection"], &life, "protection_photo")? {
        add(&mut carries, "protection_photo", &photo);
    } else if let Some(waived) = with_name(&life, "waive").next_back() {
        add(&mut carries, "waived_by", fact(waived, "by"));
        add(&mut carries, "reason", fact(waived, "reason"));
    }
    let name = if life.state == "rejected" {
        "resume"
    } else {
        "start_repair"
    };
    Ok(vec![scene.event(name, carries)?])
}

/// Ends the repair: a photo of the work done, and of the place cleaned (or the owner's tick).
///
/// # Errors
/// [`CommandError::Illegal`] names the photo that is missing.
pub fn finish(scene: &Scene<'_>, clean: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = pair(scene)?;
    if let Some(photo) = newest_photo(scene, &["clean"], &scene.life()?, "clean_photo")? {
        add(&mut carries, "clean_photo", &photo);
    }
    if clean {
        carries.insert("clean".to_owned(), true.into());
    }
    Ok(vec![scene.event("finish_repair", carries)?])
}

/// Sets it right where it was found: photos before and after.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing: place, code, photos.
pub fn fix_on_spot(scene: &Scene<'_>) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = pair(scene)?;
    add(&mut carries, "room", &scene.decided("room")?);
    add(&mut carries, "code", &scene.decided("code")?);
    Ok(vec![scene.event("fix_on_spot", carries)?])
}

/// Finds it in order: by somebody who did not repair it, or with the owner's word.
///
/// # Errors
/// [`CommandError::Illegal`] for one's own work.
pub fn verify(scene: &Scene<'_>, owner_confirmed: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = facts([("owner_confirmed", owner_confirmed.into())]);
    let repaired: Vec<String> = repairers(&scene.life()?).into_iter().collect();
    add(&mut carries, "repairer", &repaired.join(" "));
    let mut writes = vec![scene.event("verify", carries)?];
    // What was promised is kept when it is found in order, not when somebody says that it is done.
    if scene.who.role != "owner" {
        let proof = facts([("proof_record", scene.document.id().to_string().into())]);
        writes.extend(scene.keep(&proof)?);
    }
    Ok(writes)
}

/// Finds it not in order, and says what.
///
/// # Errors
/// [`CommandError::Illegal`] without a reason.
pub fn reject(scene: &Scene<'_>, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    Ok(vec![scene.event("reject", facts([("reason", reason.into())]))?])
}

/// Says that it cannot be repaired as usual: a manager does, and the owner is told.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn mark_hard(scene: &Scene<'_>, reason: &str, owner_told: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = facts([("owner_told", owner_told.into())]);
    add(&mut carries, "reason", reason);
    add(&mut carries, "approved_by", &scene.who.user.to_string());
    Ok(vec![scene.event("mark_hard", carries)?])
}

/// Plans a hard one: how, on which day, with a time that the owner was told. Who answers for it stays the same.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn plan_hard(scene: &Scene<'_>, plan: &str, date: &str, promised: &Promised) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = promised.facts();
    add(&mut carries, "plan", plan);
    add(&mut carries, "plan_date", date);
    add(&mut carries, "person", &scene.life()?.person);
    let mut writes = vec![scene.event("plan_hard", carries)?];
    writes.extend(promise(scene, promised)?);
    Ok(writes)
}

/// Leaves it as it is, because the owner agreed.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn accept_as_is(scene: &Scene<'_>, reason: &str, owner_agreed: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = facts([("owner_agreed", owner_agreed.into())]);
    add(&mut carries, "reason", reason);
    let mut writes = vec![scene.event("accept_as_is", carries.clone())?];
    let (document, seen, who) = (scene.document, scene.seen, scene.who);
    for (n, promise) in scene.open_promises()?.iter().enumerate() {
        let stamp = scene.stamp_beside(n);
        writes.push(promises::act(
            document,
            seen,
            &promise.key,
            "withdraw",
            carries.clone(),
            who,
            &stamp,
        )?);
    }
    Ok(writes)
}

/// Cancels it, and the owner is told: what was promised in it ends with it.
///
/// # Errors
/// [`CommandError::Illegal`] names what is missing.
pub fn cancel(scene: &Scene<'_>, reason: &str, owner_told: bool) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    let mut carries = facts([("owner_told", owner_told.into())]);
    add(&mut carries, "reason", reason);
    let mut writes = vec![scene.event("cancel", carries)?];
    writes.extend(promises::release(scene, "cancelled", "", reason)?);
    Ok(writes)
}

/// Opens it again: a code, and words where the code says `other`.
///
/// # Errors
/// [`CommandError::UnknownCode`], [`CommandError::Illegal`].
pub fn reopen(scene: &Scene<'_>, reason_code: &str, reason: &str) -> Result<Vec<Write>, CommandError> {
    scene.of_kind("defect")?;
    scene.known("reopen_reason", reason_code)?;
    let mut carries = facts([("reason_code", reason_code.into())]);
    add(&mut carries, "reason", reason);
    Ok(vec![scene.event("reopen", carries)?])
}

/// A time that the owner was given, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The event that gave it.
    pub event: String,
    /// The time.
    pub at_ms: i64,
    /// Who gave it.
    pub person: String,
    /// It counts: the first one since the defect was opened, or one that the owner agreed to.
    pub counts: bool,
    /// The reassignment that pushed it aside; empty: none did.
    pub displaced_by: String,
}

/// The times that the owner was given: a date that a reassignment moves is shown, and the owner's first date stays.
pub fn promised(life: &Life) -> impl DoubleEndedIterator<Item = Given> + use<> {
    let mut given: Vec<Given> = Vec::new();
    let mut first = true;
    for event in life.events.iter().filter(|e| e.standing == Standing::Legal) {
        match event.event.as_str() {
            "accept" | "plan_hard" => {
                let Some(at_ms) = fact_int(event, "promise_at") else {
                    continue;
                };
                let agreed = event.facts.get("owner_agreed") == Some(&Value::Bool(true));
                let by = if event.event == "accept" { "by" } else { "person" };
                given.push(Given {
                    event: event.id.clone(),
                    at_ms,
                    person: fact(event, by).to_owned(),
                    counts: std::mem::take(&mut first) || agreed,
                    displaced_by: String::new(),
                });
            }
            "reassign" | "return_to_dispatch" => {
                let open = given.iter_mut().filter(|g| g.displaced_by.is_empty());
                open.for_each(|g| event.id.clone_into(&mut g.displaced_by));
            }
            "reopen" => first = true,
            _ => {}
        }
    }
    given.into_iter()
}

/// Everybody who worked on it since it was last assigned anew, and who answers for it: none of them verifies.
#[must_use]
pub fn repairers(life: &Life) -> BTreeSet<String> {
    let worked = ["start_repair", "resume", "finish_repair", "fix_on_spot"];
    let events = worked.iter().flat_map(|name| with_name(life, name));
    let mut people: BTreeSet<String> = events.map(|e| fact(e, "by").to_owned()).collect();
    people.insert(life.person.clone());
    people.remove("");
    people
}

/// The photos before and after: what was found counts as before.
fn pair(scene: &Scene<'_>) -> Result<Facts, CommandError> {
    let life = scene.life()?;
    let mut carries = Facts::new();
    for (name, kinds) in [
        ("before_photo", &["before", "finding"][..]),
        ("after_photo", &["after"]),
    ] {
        // One picture of what was found serves every repair; work that was rejected takes a new picture.
        let used = if name == "after_photo" { name } else { "" };
        if let Some(photo) = newest_photo(scene, kinds, &life, used)? {
            add(&mut carries, name, &photo);
        }
    }
    Ok(carries)
}

/// The newest photo of these kinds that no earlier event used as `used`, by hash.
fn newest_photo(scene: &Scene<'_>, kinds: &[&str], life: &Life, used: &str) -> Result<Option<String>, CommandError> {
    let before: BTreeSet<&str> = life.events.iter().map(|e| fact(e, used)).collect();
    let hash = |e: &EntryView| e.fields.get("hash").and_then(Value::as_bytes).map(hex::encode);
    let mut photos = scene.entries("photo")?;
    photos.retain(|e| kinds.contains(&e.text("kind")));
    photos.sort_by_key(|e| (e.int("at"), e.key.clone()));
    let fresh = photos.iter().rev().filter_map(hash);
    Ok(fresh.into_iter().find(|hash| !before.contains(hash.as_str())))
}
