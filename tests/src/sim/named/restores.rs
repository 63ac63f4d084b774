//! The server goes back, and new phones arrive.

use super::*;
use crate::harness::Restored;

fn small() -> StepBudget {
    StepBudget {
        changes: 500,
        bytes: 1 << 20,
        reply_bytes: 1,
    }
}

/// A phone has handed in more than it has read when the server is copied back, and others take the seats of what is
/// gone: the witness tells, though the cursor still fits.
pub(super) async fn pull_behind_the_push(h: &mut History) -> Result<(), Broken> {
    for pick in [OK, SECOND_OK] {
        h.tapped(1, 0, Edit::Answer, pick)?;
        h.tapped(1, 1, Edit::Remark, pick)?;
    }
    h.synced(1).await?;
    h.world.keep_server().await;
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.tapped(0, 2, Edit::Remark, OK)?;
    let report = h.sync(0, small(), 1).await?;
    hold(
        report.is_some_and(|r| r.received == 2 && r.more),
        "handed in, and not all is read",
    )?;
    h.restore_server(Restored::Raw).await;
    for _ in 0..4 {
        h.tapped(1, 0, Edit::Remark, OK)?;
    }
    h.synced(1).await?;
    h.synced(0).await?;
    hold(h.tally.count("outcome: rewound") > 0, "the phone was told")
}

/// The server goes back, the author's phone is gone: somebody else's phone brings the work.
pub(super) async fn relayed(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(1, 0, Edit::Remark, OK)?;
    h.synced(1).await?;
    h.world.keep_server().await;
    h.tapped(0, 0, Edit::Answer, OK)?;
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.world.lose_phone(0);
    h.restore_server(Restored::Epoch).await;
    h.synced(1).await?;
    hold(h.tally.count("outcome: relayed") > 0, "Bo's phone brought it")?;
    let marks = h.world.phones[1]
        .client()
        .records()
        .read(record, |_, marks| marks.relayed.len());
    hold(marks.map_err(|e| e.to_string())? > 0, "and it is shown as relayed")
}

/// A new phone takes several pages while others write: what moves behind its back arrives all the same.
pub(super) async fn first_sync(h: &mut History) -> Result<(), Broken> {
    for home in [0, 1] {
        h.tapped(0, home, Edit::Answer, OK)?;
        h.tapped(1, home, Edit::Remark, OK)?;
    }
    h.synced(0).await?;
    h.synced(1).await?;
    let new = h.world.new_phone("b").await;
    h.tally.one("outcome: new phone");
    for round in 0..200 {
        let report = h.sync(new, small(), 1).await?;
        let more = report.is_some_and(|r| r.more);
        if !more {
            return hold(round > 4, "it took several pages");
        }
        let phone = round % 2;
        h.tapped(phone, round / 2 % 2, Edit::Remark, OK)?;
        if round % 3 == 0 && round < 60 {
            h.synced(phone).await?;
        }
    }
    Err("a first sync ends".into())
}
