//! Two people in one record.

use super::*;
use keyturn_domain::{Container, Value};

/// A merge arrives while a screen is open: the tap must not supersede what nobody saw.
pub(super) async fn between_draw_and_tap(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    let drawn = h.heads_on(0, record)?;
    h.tapped(1, 0, Edit::Answer, DEFECT)?;
    h.synced(1).await?;
    h.synced(0).await?;
    let done = h.tap(0, 0, Edit::Answer, OK, Some(drawn));
    hold(done == "saved", "the tap was refused")?;
    h.synced(0).await?;
    hold(h.projection(record)?.contested.len() == 1, "both sides are shown")?;
    let done = h.tap(1, 0, Edit::Answer, NOT_APPLICABLE, None);
    h.synced(1).await?;
    hold(done == "saved", "Bo has not seen the other side, and answers")?;
    let refused = h.tap(0, 0, Edit::Answer, OK, None);
    hold(refused == "contested", "what is shown contested takes a decision")?;
    h.synced(0).await?;
    let done = h.tap(0, 0, Edit::Settle, 0, None);
    hold(done == "saved", "a decision settles it")?;
    h.synced(0).await?;
    hold(h.projection(record)?.contested.is_empty(), "it is settled")
}

/// Both begin the same task offline, one with an older app and template: the first change is the same, the record is
/// one, and what the newer app knows stays.
pub(super) async fn two_templates(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(0, 0, Edit::Answer, OK)?;
    let done = h.tap_with(1, 0, DEFECT, None, |document, screen| {
        let mut home = screen.home.clone();
        home.task.template_version = 2;
        let newer = Screen {
            home: &home,
            who: screen.who.clone(),
            stamp: screen.stamp.clone(),
            word: screen.word.clone(),
            seen: screen.seen.clone(),
            pick: screen.pick,
        };
        let mut writes = newer.inspect(document, Edit::Answer)?;
        writes.push(Write::Put {
            container: Container::Fields,
            key: "weather".into(),
            value: "rain".into(),
        });
        Ok(writes)
    });
    hold(done == "saved", "the newer app begins, too")?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.synced(0).await?;
    let contested = h.projection(record)?.contested;
    let expected = |name: &str| contested.iter().any(|c| c == name);
    hold(expected("fields/template_version"), "which template is contested")?;
    hold(contested.iter().any(|c| c.starts_with("answers/")), "so is the answer")?;
    let records = h.world.phones[0].client().records();
    let weather = records.read(record, |d, _| d.candidates(Container::Fields, "weather"));
    let weather = weather.map_err(|e| e.to_string())?;
    let kept = weather.len() == 1 && weather[0].value == Value::from("rain");
    hold(kept, "what an older app does not understand stays")
}

/// What was answered at the same time as the signature is not covered by it, and shown so.
pub(super) async fn late_answer(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(0, 0, Edit::Sign, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.tapped(0, 0, Edit::Sign, OK)?;
    hold(h.projection(record)?.signatures == 0, "not signed on the server yet")?;
    h.synced(0).await?;
    let signed = h.projection(record)?;
    hold(
        (signed.signatures, signed.not_covered) == (1, 0),
        "signed, and all is covered",
    )?;
    hold(signed.state == "signed", "the life moved on")?;
    h.tapped(1, 0, Edit::Remark, OK)?;
    h.synced(1).await?;
    let late = h.projection(record)?;
    hold(
        (late.signatures, late.not_covered) == (1, 1),
        "the late remark is not covered",
    )
}
