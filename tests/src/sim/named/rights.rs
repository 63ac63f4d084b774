//! Rights change, records are erased.

use super::*;
use crate::harness::DAY_MS;
use keyturn_server::sync::write_grant;
use keyturn_server::users::Role;

fn mark_of(h: &History, document: DocumentId, mark: &str) -> Vec<Hash> {
    let changes = h.world.server.peek().changes();
    let here = changes
        .into_iter()
        .filter(|((d, _), (_, m))| *d == document && m == mark);
    here.map(|((_, hash), _)| hash).collect()
}

/// A home is given to somebody else at noon: what its engineer made offline in the morning is received, marked late.
pub(super) async fn reassigned(h: &mut History) -> Result<(), Broken> {
    let (record, scope, bo) = (h.record_of(0), h.home_of(0).scope(), h.world.phones[1].user);
    h.tapped(1, 0, Edit::Answer, OK)?;
    h.synced(1).await?;
    h.synced(0).await?;
    h.tapped(1, 0, Edit::Sign, OK)?;
    h.tapped(1, 0, Edit::Remark, OK)?;
    h.world.revoke(bo, Role::Engineer, scope).await;
    h.world.pass(5 * DAY_MS);
    h.synced(1).await?;
    hold(
        mark_of(h, record, "late").len() == 2,
        "both changes are received, and marked",
    )?;
    hold(!h.shows(1, record), "Bo's phone does not show it any longer")?;
    let answered = h.projection(record)?.answered;
    hold(answered > 10, "what is late counts all the same")
}

/// Somebody who never held the home begins the record; others build on it. The mark is on that change alone, and a
/// reviewer lifts it.
pub(super) async fn role_with_dependants(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(1, 0, Edit::Answer, OK)?;
    h.synced(1).await?;
    let [marked] = mark_of(h, record, "role")[..] else {
        return Err("Eve's change has a mark".into());
    };
    h.synced(0).await?;
    h.tapped(0, 0, Edit::Answer, SECOND_OK)?;
    h.synced(0).await?;
    hold(mark_of(h, record, "role") == [marked], "what Ann built on it has none")?;
    hold(h.projection(record)?.irregular > 0, "Eve's event is held back")?;
    h.synced(2).await?;
    let project = h.world.project.id;
    let asked = h.world.phones[2].client().sync().lift_mark(project, record, marked);
    asked.map_err(|e| e.to_string())?;
    h.learn_asked(2);
    h.tally.one("edit: lift mark");
    h.synced(2).await?;
    hold(mark_of(h, record, "lifted") == [marked], "the reviewer lifted it")?;
    hold(h.projection(record)?.irregular == 0, "it counts now")
}

/// Between two syncs a home is taken away and given back: nothing of what others wrote meanwhile is missing.
pub(super) async fn revoke_and_grant(h: &mut History) -> Result<(), Broken> {
    let (record, scope) = (h.record_of(0), h.home_of(0).scope());
    let (project, bo) = (h.world.project.id, h.world.phones[1].user);
    h.tapped(0, 0, Edit::Answer, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.tapped(1, 0, Edit::Remark, OK)?;
    for meanwhile in [false, true] {
        h.world.revoke(bo, Role::Engineer, scope).await;
        h.tapped(0, 0, Edit::Remark, OK)?;
        h.synced(0).await?;
        if meanwhile {
            h.synced(1).await?;
            hold(!h.shows(1, record), "it is gone while Bo may not read it")?;
        }
        h.tapped(0, 0, Edit::Remark, OK)?;
        h.synced(0).await?;
        h.world.grant(write_grant(project, bo, Role::Engineer, scope)).await;
        h.tapped(0, 0, Edit::Remark, OK)?;
        h.synced(0).await?;
        h.synced(1).await?;
        hold(h.shows(1, record), "it is back")?;
    }
    Ok(())
}

/// A record is erased while somebody works on it offline: the phone forgets it, and offers it never again.
pub(super) async fn purge_while_offline(h: &mut History) -> Result<(), Broken> {
    let record = h.record_of(0);
    h.tapped(0, 0, Edit::Answer, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.synced(2).await?;
    h.tapped(1, 0, Edit::Remark, OK)?;
    h.model.erased(record);
    h.world.purge(record).await;
    h.tapped(0, 0, Edit::Remark, OK)?;
    h.model.erased(record);
    for phone in [0, 1, 2] {
        h.synced(phone).await?;
        hold(!h.shows(phone, record), "the phone forgot it")?;
    }
    hold(h.on_server(record)?.purged, "it stays erased")
}

/// Thirty days after a right ended, work goes to quarantine: kept, with a receipt, and shown.
pub(super) async fn too_late(h: &mut History) -> Result<(), Broken> {
    let (scope, bo) = (h.home_of(0).scope(), h.world.phones[1].user);
    h.tapped(0, 0, Edit::Answer, OK)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.tapped(1, 0, Edit::Remark, OK)?;
    h.world.revoke(bo, Role::Engineer, scope).await;
    h.world.pass(31 * DAY_MS);
    h.synced(1).await?;
    let codes: Vec<String> = h
        .world
        .server
        .peek()
        .quarantine()
        .into_values()
        .map(|(code, _)| code)
        .collect();
    hold(codes == ["too_late"], "it is in quarantine")
}
