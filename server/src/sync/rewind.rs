//! Did the server go back? The cursor proves what was told; the log must still say the same (DESIGN 4).
//!
//! A restore that began an epoch of its own knows its fork points. A file that was merely copied back does not: then
//! the newest place that the phone was ever given and that still matches is the fork.

use keyturn_domain::{EpochId, ProjectId};
use keyturn_protocol::{Code, Cursor, Rewind, SyncReply, SyncRequest};
use std::collections::BTreeMap;

use super::cursor::{NO_CHAIN, Place, Spot, UNTOLD};
use super::log::{heads, seq_of, to_db};
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, DbError, bytes_n, id, opt_id};

/// Everything survived up to these seats; a project that is not named is as the cursor says.
type Forks = BTreeMap<ProjectId, u64>;

enum Standing {
    /// The log says what the place says.
    Same,
    /// The place is of an earlier epoch, and lies above where it was left.
    Forked(Forks),
    /// The log says something else.
    Different,
}

impl SyncService {
    /// Reads a cursor; one of another server is refused.
    pub(super) fn place_of(&self, cursor: Option<&Cursor>) -> Result<Place, Error> {
        let server = self.server_tag();
        let Some(cursor) = cursor else {
            return Ok(Place {
                server,
                ..Place::default()
            });
        };
        let place = Place::decode(cursor).ok_or(Code::CursorForeign)?;
        if place.server != server {
            return Err(Code::CursorForeign.into());
        }
        Ok(place)
    }

    fn server_tag(&self) -> u32 {
        let [a, b, c, d, ..] = *self.state.server_id.as_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// Compares what the phone was told with the log. When the server went back, the reply says how far and holds a
    /// cursor from there; it judges nothing and tells nothing else.
    pub(super) async fn went_back(
        &self,
        conn: &mut AnyConnection,
        place: &Place,
        witness: Option<&Place>,
        request: &SyncRequest,
        reply: &mut SyncReply,
    ) -> Result<bool, Error> {
        let epochs = epochs(conn).await?;
        let mut different = false;
        let mut forks = Forks::new();
        for told in [Some(place), witness].into_iter().flatten() {
            match standing(conn, told, &epochs).await? {
                Standing::Same => {}
                Standing::Different => different = true,
                Standing::Forked(found) => {
                    for (project, seq) in found {
                        let lowest = forks.entry(project).or_insert(seq);
                        *lowest = seq.min(*lowest);
                    }
                }
            }
        }
        if different {
            if request.earlier.is_empty() {
                reply.rewind = Some(Rewind::SendEarlier);
                return Ok(true);
            }
            match self.newest_match(conn, place, witness, &request.earlier).await? {
                Some(found) => forks = found,
                None => {
                    reply.rewind = Some(Rewind::Everything { epoch: epochs.current });
                    let fresh = Place {
                        server: place.server,
                        epoch: epochs.current,
                        spots: BTreeMap::new(),
                    };
                    reply.cursor = Some(fresh.encode());
                    return Ok(true);
                }
            }
        } else if forks.is_empty() {
            return Ok(false);
        }
        let fresh = at_forks(conn, place, &forks, epochs.current).await?;
        reply.cursor = Some(fresh.encode());
        reply.rewind = Some(Rewind::To {
            epoch: epochs.current,
            forks: forks.into_iter().collect(),
        });
        Ok(true)
    }

    /// Finds, per project, the highest place ever told that the log still confirms; `None` when there is none at all.
    async fn newest_match(
        &self,
        conn: &mut AnyConnection,
        place: &Place,
        witness: Option<&Place>,
        earlier: &[Cursor],
    ) -> Result<Option<Forks>, Error> {
        let mut told: Vec<Place> = [Some(place), witness].into_iter().flatten().cloned().collect();
        for cursor in earlier.iter().take(8) {
            told.push(self.place_of(Some(cursor))?);
        }
        let mut forks = Forks::new();
        let mut any = false;
        for (project, spot) in told.iter().flat_map(|p| &p.spots) {
            let best = forks.entry(*project).or_insert(0);
            if spot.seq > 0 && spot.seq >= *best && confirmed(conn, *project, spot).await? {
                *best = spot.seq;
                any = true;
            }
        }
        Ok(any.then_some(forks))
    }
}

/// The life of this database.
pub(super) struct Epochs {
    pub(super) current: EpochId,
    parents: BTreeMap<EpochId, Option<EpochId>>,
}

/// Reads the epochs; a database in which nothing was ever made has none, and the zero epoch runs.
pub(super) async fn epochs(conn: &mut AnyConnection) -> Result<Epochs, DbError> {
    let rows = sqlx::query("SELECT id, parent FROM epochs ORDER BY n")
        .fetch_all(conn)
        .await?;
    let mut out = Epochs {
        current: EpochId::default(),
        parents: BTreeMap::new(),
    };
    for row in &rows {
        out.current = id(row, "id", EpochId::from_bytes)?;
        out.parents
            .insert(out.current, opt_id(row, "parent", EpochId::from_bytes)?);
    }
    Ok(out)
}

async fn standing(conn: &mut AnyConnection, place: &Place, epochs: &Epochs) -> Result<Standing, DbError> {
    if place.spots.is_empty() {
        return Ok(Standing::Same);
    }
    let Some(forks) = forks_since(conn, place.epoch, epochs).await? else {
        return Ok(Standing::Different);
    };
    let mut above = Forks::new();
    for (project, spot) in &place.spots {
        // In the running epoch nothing was cut off.
        let limit = match &forks {
            Some(forks) => forks.get(project).copied().unwrap_or(0),
            None => u64::MAX,
        };
        if spot.seq > limit {
            above.insert(*project, limit);
        } else if !confirmed(conn, *project, spot).await? {
            return Ok(Standing::Different);
        }
    }
    if above.is_empty() {
        return Ok(Standing::Same);
    }
    Ok(Standing::Forked(above))
}

/// Returns the lowest fork points on the way from an epoch to the running one: `None` for an unknown epoch,
/// `Some(None)` for the running one.
async fn forks_since(
    conn: &mut AnyConnection,
    from: EpochId,
    epochs: &Epochs,
) -> Result<Option<Option<Forks>>, DbError> {
    if from == epochs.current {
        return Ok(Some(None));
    }
    let mut forks: Option<Forks> = None;
    let mut at = epochs.current;
    while at != from {
        let here = forks_of(conn, at).await?;
        forks = Some(match forks {
            None => here,
            // What is missing on the way was not there yet.
            Some(later) => later
                .into_iter()
                .map(|(project, seq)| (project, here.get(&project).copied().unwrap_or(0).min(seq)))
                .collect(),
        });
        match epochs.parents.get(&at).copied().flatten() {
            Some(parent) => at = parent,
            None => return Ok(None),
        }
    }
    Ok(Some(forks))
}

async fn forks_of(conn: &mut AnyConnection, epoch: EpochId) -> Result<Forks, DbError> {
    let rows = sqlx::query("SELECT project, seq FROM forks WHERE epoch = $1")
        .bind(epoch.as_bytes().to_vec())
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok((id(row, "project", ProjectId::from_bytes)?, seq_of(row, "seq")?)))
        .collect()
}

async fn confirmed(conn: &mut AnyConnection, project: ProjectId, spot: &Spot) -> Result<bool, DbError> {
    Ok(chain_at(conn, project, spot.seq).await? == Some(spot.chain))
}

/// Returns the chain after an entry; `None` when the log does not reach so far.
pub(super) async fn chain_at(
    conn: &mut AnyConnection,
    project: ProjectId,
    seq: u64,
) -> Result<Option<[u8; 16]>, DbError> {
    if seq == 0 {
        return Ok(Some(NO_CHAIN));
    }
    let row = sqlx::query("SELECT chain FROM log WHERE project = $1 AND seq = $2")
        .bind(project.as_bytes().to_vec())
        .bind(to_db(seq))
        .fetch_optional(conn)
        .await?;
    row.map(|row| bytes_n(&row, "chain")).transpose()
}

/// Returns the place at the forks, or below where the phone had not come so far.
async fn at_forks(conn: &mut AnyConnection, place: &Place, forks: &Forks, epoch: EpochId) -> Result<Place, DbError> {
    let mut fresh = Place {
        server: place.server,
        epoch,
        spots: BTreeMap::new(),
    };
    let projects: Vec<ProjectId> = place.spots.keys().copied().collect();
    let known = heads(conn, &projects).await?;
    for (project, spot) in &place.spots {
        let seq = forks.get(project).map_or(spot.seq, |fork| spot.seq.min(*fork));
        let interrupted = spot.backfill.is_some() && seq < spot.seq;
        // A backfill that saw what is gone begins anew, and so does a project of which nothing is left.
        let (false, true, Some(chain)) = (
            interrupted,
            known.contains_key(project) && seq > 0,
            chain_at(conn, *project, seq).await?,
        ) else {
            continue;
        };
        let spot = Spot {
            seq,
            chain,
            backup: UNTOLD,
            backfill: spot.backfill,
        };
        fresh.spots.insert(*project, spot);
    }
    Ok(fresh)
}
