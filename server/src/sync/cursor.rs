//! What a cursor holds. Opaque to phones, so its form may change with any version: a phone whose cursor is not
//! understood begins anew.

use keyturn_domain::{EpochId, ProjectId, ScopeId};
use keyturn_protocol::{Cursor, codec};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The chain before the first entry.
pub(super) const NO_CHAIN: [u8; 16] = [0; 16];
/// A backup mark that none equals, so that the present one is told.
pub(super) const UNTOLD: u64 = u64::MAX;

/// A place in the logs of all projects that a phone holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) server: u32,
    pub(super) epoch: EpochId,
    pub(super) spots: BTreeMap<ProjectId, Spot>,
}

/// A place in one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Everything up to this seat was told; during a backfill, the seat at which it began.
    pub(super) seq: u64,
    pub(super) chain: [u8; 16],
    /// The backup mark that was last told.
    pub(super) backup: u64,
    pub(super) backfill: Option<Backfill>,
}

/// How far present state was told to somebody who is new to a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Backfill {
    /// Whether all other scopes follow, in the order of their ids.
    pub(super) all: bool,
    pub(super) scope: ScopeId,
    pub(super) phase: Phase,
    /// The last one that was told.
    pub(super) last: Uuid,
}

/// What of a scope is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Grants,
    Rows,
    Documents,
}

/// The form in CBOR: positions instead of names, because it travels with every request.
#[derive(Serialize, Deserialize)]
struct Wire(u8, u32, Uuid, Vec<WireSpot>);
#[derive(Serialize, Deserialize)]
struct WireSpot(Uuid, u64, ByteBuf, u64, Option<WireBackfill>);
#[derive(Serialize, Deserialize)]
struct WireBackfill(bool, Uuid, u8, Uuid);

const FORM: u8 = 1;

impl Place {
    pub(super) fn encode(&self) -> Cursor {
        let spots = self.spots.iter().map(|(project, spot)| {
            let backfill = spot.backfill.map(|b| {
                let phase = match b.phase {
                    Phase::Grants => 0,
                    Phase::Rows => 1,
                    Phase::Documents => 2,
                };
                WireBackfill(b.all, b.scope.0, phase, b.last)
            });
            WireSpot(
                project.0,
                spot.seq,
                ByteBuf::from(spot.chain.to_vec()),
                spot.backup,
                backfill,
            )
        });
        let wire = Wire(FORM, self.server, self.epoch.0, spots.collect());
        // Writing CBOR into memory cannot fail; an empty cursor would only begin anew.
        Cursor(ByteBuf::from(codec::to_cbor(&wire).unwrap_or_default()))
    }

    /// Reads a cursor; `None` when it is not of this form.
    pub(super) fn decode(cursor: &Cursor) -> Option<Self> {
        let Wire(FORM, server, epoch, wire) = codec::from_cbor::<Wire>(&cursor.0).ok()? else {
            return None;
        };
        let mut spots = BTreeMap::new();
        for WireSpot(project, seq, chain, backup, backfill) in wire {
            let backfill = match backfill {
                Some(WireBackfill(all, scope, phase, last)) => Some(Backfill {
                    all,
                    scope: ScopeId(scope),
                    phase: match phase {
                        0 => Phase::Grants,
                        1 => Phase::Rows,
                        2 => Phase::Documents,
                        _ => return None,
                    },
                    last,
                }),
                None => None,
            };
            let chain = chain.as_slice().try_into().ok()?;
            spots.insert(
                ProjectId(project),
                Spot {
                    seq,
                    chain,
                    backup,
                    backfill,
                },
            );
        }
        Some(Self {
            server,
            epoch: EpochId(epoch),
            spots,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_anything_else_is_refused() {
        let spot = Spot {
            seq: 77,
            chain: [3; 16],
            backup: UNTOLD,
            backfill: Some(Backfill {
                all: true,
                scope: ScopeId::from_bytes([4; 16]),
                phase: Phase::Documents,
                last: Uuid::from_bytes([5; 16]),
            }),
        };
        let place = Place {
            server: 9,
            epoch: EpochId::from_bytes([1; 16]),
            spots: BTreeMap::from([(ProjectId::from_bytes([2; 16]), spot)]),
        };
        assert_eq!(Place::decode(&place.encode()).unwrap(), place);
        assert!(Place::decode(&Cursor(ByteBuf::from(vec![1, 2, 3]))).is_none());
        assert!(Place::decode(&Cursor::default()).is_none());
    }
}
