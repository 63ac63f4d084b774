//! What phones suffer.

use super::*;
use crate::harness::Trouble;

/// The disk runs full between two taps: the second is refused with a code of its own, and nothing else is lost.
pub(super) async fn disk_full(h: &mut History) -> Result<(), Broken> {
    h.tapped(0, 0, Edit::Answer, OK)?;
    h.world.phones[0].disk.set(Trouble::Full);
    let mut refused = String::new();
    for _ in 0..60 {
        refused = h.tap(0, 0, Edit::Photo, OK, None);
        if refused != "saved" {
            break;
        }
    }
    hold(refused == "disk_full", "the tap says that the disk is full")?;
    let again = h.tap(0, 0, Edit::Bulk, OK, None);
    hold(again == "disk_full", "so does the next one")?;
    h.world.phones[0].disk.set(Trouble::None);
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.restart(0);
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.synced(0).await
}

/// An app dies between any two writes of a tap and of an exchange.
pub(super) async fn killed(h: &mut History) -> Result<(), Broken> {
    for commits in 0..3 {
        for trouble in [Trouble::DieBefore(commits), Trouble::DieAfter(commits)] {
            h.tapped(1, 0, Edit::Remark, OK)?;
            h.synced(1).await?;
            h.world.phones[0].disk.set(trouble);
            for _ in 0..2 {
                h.tap(0, 0, Edit::Remark, OK, None);
                h.sync(0, StepBudget::default(), 5).await?;
                if h.world.phones[0].disk.is_dead() {
                    h.restart(0);
                }
            }
            h.world.phones[0].disk.set(Trouble::None);
            h.synced(0).await?;
        }
    }
    Ok(())
}

/// A phone is copied while a record is open; both copies write under the same actor. One of them makes its commands
/// again.
pub(super) async fn cloned(h: &mut History) -> Result<(), Broken> {
    h.tapped(1, 0, Edit::Answer, OK)?;
    h.synced(1).await?;
    h.synced(0).await?;
    h.honest = false;
    h.restart(0);
    let twin = h.world.twin(0, 1);
    for phone in [0, twin] {
        h.tapped(phone, 0, Edit::Answer, SECOND_OK)?;
        h.tapped(phone, 0, Edit::Remark, OK)?;
        h.tapped(phone, 0, Edit::Sign, OK)?;
    }
    h.synced(0).await?;
    h.synced(twin).await?;
    hold(h.tally.count("outcome: forked actor") > 0, "the server noticed")?;
    hold(
        h.tally.count("outcome: made again under a new actor") > 0,
        "and the commands were made again",
    )
}
