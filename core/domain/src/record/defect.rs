//! What may be recorded of a defect. Its life from recorded to closed is events ([`common::event`]).

use super::CommandError;
use super::common::{self, Facts, Stamp, Who};
use super::scene::{Scene, fact, with_name};
use crate::catalog::Catalog;
use crate::document::{Container, Document, Value, Write};
use crate::ids::{DocumentId, Hash};

/// What is known of a defect when it is recorded. Only the code is needed; everything else may come later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// Catalogue code.
    pub code: String,
    /// Severity; empty: that of the catalogue.
    pub severity: String,
    /// Code of the room, or `home`.
    pub room: String,
    /// The words of the person on site.
    pub description: String,
    /// The inspection in which it was found.
    pub inspection: Option<DocumentId>,
    /// The question that it answers: `win-03/r03/2`.
    pub question: String,
    /// Where on the plan, in parts per 10,000 of its width and height.
    pub pin: Option<(i64, i64)>,
}

/// Records a defect.
///
/// # Errors
/// [`CommandError::UnknownCode`] for a code or severity that the data do not hold, [`CommandError::Kind`],
/// [`CommandError::Value`] for a pin off the plan.
pub fn record(
    document: &Document,
    seen: &[Hash],
    catalog: &Catalog,
    finding: &Finding,
) -> Result<Vec<Write>, CommandError> {
    if document.genesis().kind != "defect" {
        return Err(CommandError::Kind);
    }
    let known = catalog.defects.get(finding.code.as_str());
    let defect = known.ok_or_else(|| CommandError::UnknownCode(finding.code.clone()))?;
    let severity = if finding.severity.is_empty() {
        defect.severity.as_str()
    } else {
        &finding.severity
    };
    common::known(catalog, "severity", severity)?;
    let mut writes = Vec::new();
    let mut put = |key: &str, value: Value| -> Result<(), CommandError> {
        writes.push(common::set(document, seen, Container::Fields, key, value)?);
        Ok(())
    };
    put("code", finding.code.as_str().into())?;
    put("severity", severity.into())?;
    put("component", defect.part.as_str().into())?;
    if !finding.room.is_empty() {
        put("room", finding.room.as_str().into())?;
    }
    if let Some(inspection) = finding.inspection {
        put("inspection", inspection.to_string().into())?;
    }
    if !finding.question.is_empty() {
        put("question", finding.question.as_str().into())?;
    }
    if let Some(pin) = finding.pin {
        put("pin", pin_value(pin)?)?;
    }
    if !finding.description.is_empty() {
        writes.push(describe(&finding.description));
    }
    Ok(writes)
}

/// Makes the description read like this; what others typed elsewhere in it stays.
#[must_use]
pub fn describe(text: &str) -> Write {
    Write::Prose {
        name: "description".to_owned(),
        text: text.to_owned(),
    }
}

/// Changes the severity.
///
/// # Errors
/// [`CommandError::UnknownCode`], [`CommandError::Contested`].
pub fn severity(document: &Document, seen: &[Hash], catalog: &Catalog, severity: &str) -> Result<Write, CommandError> {
    common::known(catalog, "severity", severity)?;
    common::set(document, seen, Container::Fields, "severity", severity.into())
}

/// Changes the severity; of a defect that was handed in, the targets become those of the new one. They are counted from
/// now: nobody can have kept what nobody knew.
///
/// # Errors
/// As [`severity`].
pub fn regrade(scene: &Scene<'_>, severity: &str, terms: &Terms) -> Result<Vec<Write>, CommandError> {
    let mut writes = vec![self::severity(scene.document, scene.seen, scene.catalog, severity)?];
    let life = scene.life()?;
    let said = with_name(&life, "submit").next_back();
    if said.is_some_and(|e| fact(e, "severity") != severity) || with_name(&life, "terms").next().is_some() {
        let mut carries = terms.targets();
        carries.insert("severity".to_owned(), severity.into());
        writes.push(scene.neutral("terms", carries)?);
    }
    Ok(writes)
}

/// Moves the pin on the plan.
///
/// # Errors
/// [`CommandError::Value`] off the plan, [`CommandError::Contested`].
pub fn pin(document: &Document, seen: &[Hash], at: (i64, i64)) -> Result<Write, CommandError> {
    common::set(document, seen, Container::Fields, "pin", pin_value(at)?)
}

/// Until when a defect of its severity is looked after, counted from when it was recorded, and whether the warranty covers
/// it: as the rules say on the day of submission. A rule that changes later changes nothing here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Until when the person named has answered with a time.
    pub contact_by: Option<i64>,
    /// Until when somebody was there.
    pub visit_by: Option<i64>,
    /// Until when there is a plan.
    pub plan_by: Option<i64>,
    /// Until when it is fixed.
    pub fix_by: Option<i64>,
    /// The rule of the warranty: class of the component.
    pub warranty_rule: String,
    /// The profile that the rule is of.
    pub warranty_profile: String,
    /// The last day of the warranty, `2031-12-04`.
    pub warranty_last_day: String,
    /// It is covered on the day of submission; none: nobody can say yet.
    pub covered: Option<bool>,
}

impl Terms {
    /// The times alone.
    fn targets(&self) -> Facts {
        let times = [
            ("contact_by", self.contact_by),
            ("visit_by", self.visit_by),
            ("plan_by", self.plan_by),
            ("fix_by", self.fix_by),
        ];
        let times = times.into_iter();
        times
            .filter_map(|(name, at)| Some((name.to_owned(), at?.into())))
            .collect()
    }

    fn facts(&self) -> Facts {
        let words = [
            ("warranty_rule", &self.warranty_rule),
            ("warranty_profile", &self.warranty_profile),
            ("warranty_last_day", &self.warranty_last_day),
        ];
        let words = words.into_iter().filter(|(_, word)| !word.is_empty());
        let words = words.map(|(name, word)| (name.to_owned(), word.as_str().into()));
        let covered = self.covered.map(|yes| ("covered".to_owned(), yes.into()));
        self.targets().into_iter().chain(words).chain(covered).collect()
    }
}

/// Hands the defect in: what the guard asks for is copied from the record into the event, with the terms of the day.
///
/// # Errors
/// [`CommandError::Illegal`] when room, code, or photo and reason are missing.
pub fn submit(
    document: &Document,
    seen: &[Hash],
    no_photo_reason: &str,
    terms: &Terms,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let shown = document.as_seen(seen)?;
    let text = |key: &str| {
        crate::schema::Field::read(&shown, Container::Fields, key)
            .text()
            .to_owned()
    };
    let mut carries = terms.facts();
    for name in ["room", "code", "severity"] {
        carries.insert(name.to_owned(), text(name).into());
    }
    let photo = shown
        .entries(Container::Items)
        .into_iter()
        .find(|e| e.text("type") == "photo");
    if let Some(hash) = photo
        .as_ref()
        .and_then(|p| p.fields.get("hash"))
        .and_then(Value::as_bytes)
    {
        carries.insert("photo".into(), hex::encode(hash).into());
    }
    if !no_photo_reason.trim().is_empty() {
        carries.insert("no_photo_reason".into(), no_photo_reason.into());
    }
    common::event(document, seen, "submit", carries, who, stamp)
}

fn pin_value((x, y): (i64, i64)) -> Result<Value, CommandError> {
    let on_plan = (0..=10_000).contains(&x) && (0..=10_000).contains(&y);
    if on_plan {
        Ok(format!("{x},{y}").into())
    } else {
        Err(CommandError::Value("pin"))
    }
}
