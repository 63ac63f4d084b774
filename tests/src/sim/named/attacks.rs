//! Bytes that no client of ours makes; honest work beside them goes on.

use super::super::attack::Attack;
use super::*;

pub(super) async fn start_op_jump(h: &mut History) -> Result<(), Broken> {
    attacked(h, Attack::StartOpJump).await
}

pub(super) async fn footer(h: &mut History) -> Result<(), Broken> {
    attacked(h, Attack::FooterOnSecond).await
}

pub(super) async fn wrong_document(h: &mut History) -> Result<(), Broken> {
    attacked(h, Attack::WrongDocument).await
}

/// The ambassador's token sends it; it is kept in quarantine, and everybody goes on.
async fn attacked(h: &mut History, attack: Attack) -> Result<(), Broken> {
    let record = h.record_of(0);
    for phone in [0, 1] {
        h.tapped(phone, 0, Edit::Answer, OK)?;
        h.synced(phone).await?;
    }
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.attack_on(2, record, attack, 77).await?;
    let kept = || h.world.server.peek().quarantine().len();
    // A change of another document builds on what this one lacks: it is not even bad.
    let bad = usize::from(attack != Attack::WrongDocument);
    hold(kept() == bad, "what is bad is kept")?;
    if attack == Attack::StartOpJump {
        h.attack_on(2, record, attack, 77).await?;
        let kept = h.world.server.peek().quarantine().len();
        hold(kept == 1, "and not twice")?;
    }
    h.tapped(1, 0, Edit::Sign, OK)?;
    for phone in [0, 1, 2, 0] {
        h.synced(phone).await?;
        h.tapped(phone, 0, Edit::Remark, OK)?;
    }
    Ok(())
}
