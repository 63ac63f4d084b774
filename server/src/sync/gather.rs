//! Before judging: the set queries that tell what is held of each document of a push, and who may write it.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::gate::Header;
use keyturn_domain::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::{Push, Verdict};
use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Held, Item, Work};
use super::rights::{mark_of, right};
use super::service::SyncService;
use crate::Error;
use crate::db::{AnyConnection, AnyRow, Cell, DbError, bytes, fetch_in, id, int, opt_int, text};
use crate::users::{Grant, grants_ever_of};

/// A push, sorted by document.
pub(super) struct Gathered {
    pub(super) works: Vec<Work>,
    /// Verdicts that need no judging.
    pub(super) verdicts: Vec<(usize, Verdict)>,
}

/// What is held of a document.
pub(super) struct Stored {
    pub(super) genesis: Genesis,
    pub(super) scope: ScopeId,
    pub(super) version: i64,
    pub(super) heads: Vec<Hash>,
    pub(super) purged: bool,
    pub(super) marked: bool,
}

/// The changes of one document, before anything is known of it.
pub(super) struct Group {
    pub(super) genesis: Option<Genesis>,
    pub(super) items: Vec<Item>,
}

/// Sorts a push by document; changes keep their places in the request.
pub(super) fn by_document(push: Vec<Push>) -> BTreeMap<DocumentId, Group> {
    let mut groups: BTreeMap<DocumentId, Group> = BTreeMap::new();
    let mut at = 0;
    for part in push {
        let group = groups.entry(part.document).or_insert_with(|| Group {
            genesis: None,
            items: Vec::new(),
        });
        // A genesis of another document is none of this one.
        let claimed = part.genesis.filter(|g| g.document == part.document);
        group.genesis = group.genesis.take().or(claimed);
        for bytes in part.changes {
            let bytes = bytes.into_vec();
            group.items.push(Item {
                at,
                header: Header::peek(&bytes).ok(),
                bytes,
                wanted: part.wanted,
            });
            at += 1;
        }
    }
    groups
}

impl SyncService {
    /// Asks the database what judging needs.
    pub(super) async fn gather(
        &self,
        conn: &mut AnyConnection,
        me: Author,
        groups: BTreeMap<DocumentId, Group>,
    ) -> Result<Gathered, Error> {
        let keys: Vec<Cell> = groups.keys().map(|d| (*d.as_bytes()).into()).collect();
        let mut stored = documents(conn, &keys).await?;
        let places = places(conn, &groups, &stored).await?;
        let wanted = wants(conn, me.device, &groups).await?;
        let mut actors = actors(conn, &keys).await?;
        let mut grants: BTreeMap<(ProjectId, UserId), Vec<Grant>> = BTreeMap::new();
        let mut out = Gathered {
            works: Vec::new(),
            verdicts: Vec::new(),
        };
        let now = self.state.now();
        for (document, mut group) in groups {
            let mut say = |items: Vec<Item>, verdict: Verdict| {
                out.verdicts
                    .extend(items.into_iter().map(|item| (item.at, verdict.clone())));
            };
            let held = stored.remove(&document);
            if held.as_ref().is_some_and(|s| s.purged) {
                say(group.items, Verdict::Purged);
                continue;
            }
            let (unasked, items): (Vec<Item>, Vec<Item>) = group
                .items
                .into_iter()
                .partition(|i| i.wanted && !wanted.contains(&document));
            say(unasked, Verdict::Rejected("not_wanted".into()));
            group.items = items;
            let (genesis, scope, version, heads, marked) = match (held, group.genesis) {
                (Some(s), claimed) if claimed.as_ref().is_none_or(|g| *g == s.genesis) => {
                    (s.genesis, s.scope, s.version, s.heads, s.marked)
                }
                (Some(_), _) => {
                    say(group.items, Verdict::Rejected("wrong_document".into()));
                    continue;
                }
                (None, None) => {
                    say(group.items, Verdict::Rejected("unknown_document".into()));
                    continue;
                }
                (None, Some(genesis)) => match places.get(&genesis.place) {
                    Some((project, scope)) if *project == genesis.project => (genesis, *scope, 0, Vec::new(), false),
                    _ => {
                        let known = project_known(conn, genesis.project).await?;
                        let code = if known { "unknown_place" } else { "unknown_project" };
                        say(group.items, Verdict::Rejected(code.into()));
                        continue;
                    }
                },
            };
            let authors: BTreeSet<UserId> = actors
                .get(&document)
                .into_iter()
                .flatten()
                .map(|(_, author)| author.user)
                .chain(
                    group
                        .items
                        .iter()
                        .filter_map(|i| i.header.as_ref()?.author)
                        .map(|a| a.user),
                )
                .filter(|_| group.items.iter().any(|i| i.wanted))
                .chain([me.user])
                .collect();
            let mut rights = BTreeMap::new();
            for author in authors {
                let key = (genesis.project, author);
                if let std::collections::btree_map::Entry::Vacant(unknown) = grants.entry(key) {
                    let mut held = grants_ever_of(conn, author, genesis.project).await?;
                    held.extend(grants_ever_of(conn, author, ProjectId::default()).await?);
                    unknown.insert(held);
                }
                let held = grants.get(&key).map(Vec::as_slice).unwrap_or_default();
                rights.insert(author, right(held, genesis.project, scope, &genesis.kind, now));
            }
            let held = self.held(conn, document, version).await?;
            let marks = if marked {
                marks_of(conn, document).await?
            } else {
                BTreeMap::new()
            };
            out.works.push(Work {
                genesis,
                scope,
                version,
                heads,
                held,
                actors: actors.remove(&document).unwrap_or_default(),
                rights,
                marks,
                items: group.items,
            });
        }
        Ok(out)
    }

    async fn held(&self, conn: &mut AnyConnection, document: DocumentId, version: i64) -> Result<Held, DbError> {
        if version == 0 {
            return Ok(Held::Nothing);
        }
        if let Some(open) = self.shared().cache.get(document, version) {
            return Ok(Held::Open(open));
        }
        let row = sqlx::query("SELECT snapshot FROM documents WHERE id = $1")
            .bind(document.as_bytes().to_vec())
            .fetch_one(conn)
            .await?;
        Ok(Held::Saved(bytes(&row, "snapshot")?))
    }
}

/// Reads heads as they are stored.
pub(super) fn split_heads(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).filter_map(Hash::from_slice).collect()
}

/// Writes heads as they are stored.
pub(super) fn join_heads(heads: &[Hash]) -> Vec<u8> {
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    sorted.iter().flat_map(|h| h.0).collect()
}

/// Reads the columns that say what a document is.
pub(super) fn genesis_of(row: &AnyRow) -> Result<Genesis, DbError> {
    Ok(Genesis {
        document: id(row, "id", DocumentId::from_bytes)?,
        project: id(row, "project", ProjectId::from_bytes)?,
        place: id(row, "place", PlaceId::from_bytes)?,
        kind: text(row, "kind")?,
    })
}

/// Returns what is held of these documents.
pub(super) async fn documents(
    conn: &mut AnyConnection,
    keys: &[Cell],
) -> Result<BTreeMap<DocumentId, Stored>, DbError> {
    let sql = "SELECT id, project, place, kind, scope, version, heads, purged_at, marked FROM documents WHERE id";
    let mut found = BTreeMap::new();
    for row in fetch_in(conn, sql, &[], keys, "").await? {
        let genesis = genesis_of(&row)?;
        found.insert(
            genesis.document,
            Stored {
                genesis,
                scope: id(&row, "scope", ScopeId::from_bytes)?,
                version: int(&row, "version")?,
                heads: split_heads(&bytes(&row, "heads")?),
                purged: opt_int(&row, "purged_at")?.is_some(),
                marked: int(&row, "marked")? > 0,
            },
        );
    }
    Ok(found)
}

async fn places(
    conn: &mut AnyConnection,
    groups: &BTreeMap<DocumentId, Group>,
    stored: &BTreeMap<DocumentId, Stored>,
) -> Result<BTreeMap<PlaceId, (ProjectId, ScopeId)>, DbError> {
    let new = groups.iter().filter(|(document, _)| !stored.contains_key(document));
    let ids: BTreeSet<PlaceId> = new.filter_map(|(_, g)| g.genesis.as_ref()).map(|g| g.place).collect();
    let keys: Vec<Cell> = ids.iter().map(|p| (*p.as_bytes()).into()).collect();
    let mut found = BTreeMap::new();
    for row in fetch_in(conn, "SELECT id, project, scope FROM places WHERE id", &[], &keys, "").await? {
        let of = (
            id(&row, "project", ProjectId::from_bytes)?,
            id(&row, "scope", ScopeId::from_bytes)?,
        );
        found.insert(id(&row, "id", PlaceId::from_bytes)?, of);
    }
    Ok(found)
}

async fn project_known(conn: &mut AnyConnection, project: ProjectId) -> Result<bool, DbError> {
    Ok(!super::log::heads(conn, &[project]).await?.is_empty())
}

async fn wants(
    conn: &mut AnyConnection,
    device: DeviceId,
    groups: &BTreeMap<DocumentId, Group>,
) -> Result<BTreeSet<DocumentId>, DbError> {
    let relayed = groups.iter().filter(|(_, g)| g.items.iter().any(|i| i.wanted));
    let keys: Vec<Cell> = relayed.map(|(d, _)| (*d.as_bytes()).into()).collect();
    let sql = "SELECT document FROM wants WHERE device_id = $1 AND document";
    let rows = fetch_in(conn, sql, &[(*device.as_bytes()).into()], &keys, "").await?;
    rows.iter()
        .map(|row| id(row, "document", DocumentId::from_bytes))
        .collect()
}

type Actors = BTreeMap<DocumentId, BTreeMap<Vec<u8>, Author>>;

async fn actors(conn: &mut AnyConnection, keys: &[Cell]) -> Result<Actors, DbError> {
    let sql = "SELECT document, actor, user_id, device_id FROM actors WHERE document";
    let mut found = Actors::new();
    for row in fetch_in(conn, sql, &[], keys, "").await? {
        let author = Author {
            user: id(&row, "user_id", UserId::from_bytes)?,
            device: id(&row, "device_id", DeviceId::from_bytes)?,
        };
        let document = id(&row, "document", DocumentId::from_bytes)?;
        found.entry(document).or_default().insert(bytes(&row, "actor")?, author);
    }
    Ok(found)
}

/// Returns the marks of a document's changes.
pub(super) async fn marks_of(
    conn: &mut AnyConnection,
    document: DocumentId,
) -> Result<BTreeMap<Hash, keyturn_protocol::Mark>, DbError> {
    let rows = sqlx::query("SELECT hash, mark FROM changes WHERE document = $1 AND mark IS NOT NULL")
        .bind(document.as_bytes().to_vec())
        .fetch_all(conn)
        .await?;
    let mut marks = BTreeMap::new();
    for row in &rows {
        if let Some(mark) = mark_of(&text(row, "mark")?) {
            marks.insert(Hash(crate::db::bytes_n(row, "hash")?), mark);
        }
    }
    Ok(marks)
}
