//! What the office does, as library calls: projects, places, rows, grants, purges, backup marks, epochs. Each writes the
//! entries that tell phones, in the same transaction.

use keyturn_domain::{DocumentId, EpochId, Hash, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_protocol::{Code, Sum};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::cursor::NO_CHAIN;
use super::demo::Wanted;
use super::gather::documents;
use super::log::{self, NewEntry, append, kind, to_db};
use super::rewind::epochs;
use super::service::SyncService;
use crate::Error;
use crate::db::{Cell, DbError, WriteTx, insert_rows};
use crate::users::{Access, Actor, Grant, NewGrant, Role, end_grant, grants_of, insert_grant};

/// A row as it shall be from now on.
#[derive(Clone, Debug)]
pub struct RowPut {
    /// The row.
    pub id: Uuid,
    /// e.g. `home`.
    pub kind: String,
    /// The scope that it is in.
    pub scope: ScopeId,
    /// CBOR map; none: it is gone.
    pub body: Option<Vec<u8>>,
}

/// Where records may be made.
#[derive(Clone, Copy, Debug)]
pub struct NewPlace {
    /// The place.
    pub id: PlaceId,
    /// The scope of everything that is recorded there.
    pub scope: ScopeId,
    /// Its building.
    pub building: Option<ScopeId>,
}

impl SyncService {
    /// Creates a project. Safe to repeat.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn create_project(&self, project: ProjectId, code: &str) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        self.create_project_in(&mut tx, project, code).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn create_project_in(
        &self,
        tx: &mut WriteTx,
        project: ProjectId,
        code: &str,
    ) -> Result<(), DbError> {
        if epochs(tx).await?.current == EpochId::default() {
            self.insert_epoch(tx, None).await?;
        }
        let sql = "INSERT INTO projects (id, code, made_at, backup_seq, seq, chain, sum) \
                   VALUES ($1, $2, $3, 0, 0, $4, $5) ON CONFLICT (id) DO NOTHING";
        sqlx::query(sql)
            .bind(project.as_bytes().to_vec())
            .bind(code.to_owned())
            .bind(self.state.now())
            .bind(NO_CHAIN.to_vec())
            .bind(Sum::default().as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
        // A round or a survey of the common parts is recorded at all of them as one place.
        let common = NewPlace {
            id: PlaceId::public_places(project),
            scope: ScopeId::public_places(project),
            building: None,
        };
        add_places_in(tx, project, &[common]).await
    }

    /// Adds places, or moves them to another scope as long as nothing was recorded there.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn add_places(&self, project: ProjectId, places: &[NewPlace]) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        add_places_in(&mut tx, project, places).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts rows: each is told to everybody who holds its scope, in its newest state only.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn put_rows(&self, project: ProjectId, rows: &[RowPut]) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        put_rows_in(&mut tx, project, rows).await?;
        tx.commit().await?;
        self.state.poke(project);
        Ok(())
    }

    /// Gives a role on a scope, from here on in the log.
    ///
    /// # Errors
    /// `user_unknown`, or what the storage says.
    pub async fn grant(&self, actor: Actor, grant: &NewGrant) -> Result<Grant, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let now = self.state.now();
        let id = self.state.ids.uuid_v7(now);
        let entry = grant_entry(kind::GRANT, id, grant.scope, grant.user);
        let seq = append(&mut tx, grant.project, &[entry]).await?;
        let made = insert_grant(&mut tx, actor, grant, id, to_db(seq), now).await?;
        tx.commit().await?;
        self.state.poke(grant.project);
        Ok(made)
    }

    /// Ends a grant, from here on in the log. Safe to repeat.
    ///
    /// # Errors
    /// `grant_unknown`, or what the storage says.
    pub async fn revoke(&self, actor: Actor, grant: &Grant) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        if !grants_of(&mut tx, grant.user).await?.iter().any(|g| g.id == grant.id) {
            return Ok(());
        }
        let entry = grant_entry(kind::REVOKE, grant.id, grant.scope, grant.user);
        let seq = append(&mut tx, grant.project, &[entry]).await?;
        end_grant(&mut tx, actor, grant.id, to_db(seq), self.state.now()).await?;
        tx.commit().await?;
        self.state.poke(grant.project);
        Ok(())
    }

    /// Ends grants of a project, those of them that hold.
    pub(crate) async fn end_all(
        &self,
        tx: &mut WriteTx,
        actor: Actor,
        project: ProjectId,
        ending: &BTreeSet<Wanted>,
    ) -> Result<(), Error> {
        let users: BTreeSet<UserId> = ending.iter().map(|(user, ..)| *user).collect();
        for user in users {
            for grant in grants_of(tx, user).await? {
                let meant = (user, grant.role, grant.scope, grant.access);
                if grant.project == project && ending.contains(&meant) {
                    let entry = grant_entry(kind::REVOKE, grant.id, grant.scope, user);
                    let seq = append(tx, project, &[entry]).await?;
                    end_grant(tx, actor, grant.id, to_db(seq), self.state.now()).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends every grant of a person in a role on a scope.
    ///
    /// # Errors
    /// As [`SyncService::revoke`].
    pub async fn revoke_role(&self, actor: Actor, user: UserId, role: Role, scope: ScopeId) -> Result<usize, Error> {
        let held = grants_of(&mut *self.state.db.begin_read().await?, user).await?;
        let mut ended = 0;
        for grant in held.iter().filter(|g| g.role == role && g.scope == scope) {
            self.revoke(actor, grant).await?;
            ended += 1;
        }
        Ok(ended)
    }

    /// Ends what ended by the clock, so that the log tells it.
    pub(super) async fn end_expired(&self, user: UserId, grants: &[Grant]) -> Result<(), Error> {
        let now = self.state.now();
        for grant in grants
            .iter()
            .filter(|g| g.user == user && !g.is_active(now) && !g.is_server_wide())
        {
            self.revoke(Actor::Server, grant).await?;
        }
        Ok(())
    }

    /// Erases a document: its changes, its projection, what of it is in quarantine. Every phone is told to forget it.
    /// Safe to repeat; there is no way back.
    ///
    /// # Errors
    /// `not_found`, or what the storage says.
    pub async fn purge_document(&self, document: DocumentId) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        let stored = documents(&mut tx, &[(*document.as_bytes()).into()]).await?;
        let stored = stored.get(&document).ok_or(Code::NotFound)?;
        if stored.purged {
            return Ok(());
        }
        for sql in [
            "DELETE FROM changes WHERE document = $1",
            "DELETE FROM quarantine WHERE document = $1",
            "DELETE FROM actors WHERE document = $1",
            "DELETE FROM wants WHERE document = $1",
        ] {
            let query = sqlx::query(sql).bind(document.as_bytes().to_vec());
            query.execute(&mut *tx).await.map_err(DbError::from)?;
        }
        let project = stored.genesis.project;
        let silent = crate::planted::is_set("purge_without_revoke");
        let entries = [NewEntry {
            kind: kind::PURGE,
            id: document.0,
            scope: stored.scope,
            hash: Hash::default(),
            who: Uuid::nil(),
        }];
        let entries = if silent { &[][..] } else { &entries[..] };
        let gone = (Sum::default(), Sum::of(document, &stored.heads));
        let seats = log::seats(&mut tx, project, entries.len()).await?;
        sqlx::query(include_str!("purge.sql"))
            .bind(self.state.now())
            .bind(to_db(seats.first))
            .bind(Vec::<u8>::new())
            .bind(document.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        seats
            .fill(&mut tx, entries, &BTreeMap::from([(stored.scope, gone)]))
            .await?;
        tx.commit().await?;
        self.shared().cache.forget(document);
        self.state.poke(project);
        Ok(())
    }

    /// Says that everything up to this seat is in a backup that was read back. May fall.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn set_backup_mark(&self, project: ProjectId, seq: u64) -> Result<(), Error> {
        let mut tx = self.state.db.begin_write().await?;
        sqlx::query("UPDATE projects SET backup_seq = $1 WHERE id = $2")
            .bind(to_db(seq))
            .bind(project.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns the seat of the newest entry of a project's log; 0 when there is none.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn head(&self, project: ProjectId) -> Result<u64, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let heads = log::heads(&mut tx, &[project]).await?;
        Ok(heads.get(&project).map_or(0, |h| h.seq))
    }

    /// Begins a new life of a restored copy: what phones were given above its present heads falls back, visibly.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn begin_epoch(&self) -> Result<EpochId, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let parent = epochs(&mut tx).await?.current;
        let parent = (parent != EpochId::default()).then_some(parent);
        let epoch = self.insert_epoch(&mut tx, parent).await?;
        sqlx::query("INSERT INTO forks (epoch, project, seq) SELECT e.id, p.id, p.seq FROM epochs e, projects p WHERE e.id = $1")
            .bind(epoch.as_bytes().to_vec())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(epoch)
    }

    async fn insert_epoch(&self, tx: &mut WriteTx, parent: Option<EpochId>) -> Result<EpochId, DbError> {
        let now = self.state.now();
        let epoch = EpochId(self.state.ids.uuid_v7(now));
        let sql = "INSERT INTO epochs (id, n, parent, started_at) \
                   SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3 FROM epochs";
        sqlx::query(sql)
            .bind(epoch.as_bytes().to_vec())
            .bind(parent.map(|p| p.as_bytes().to_vec()))
            .bind(now)
            .execute(&mut **tx)
            .await?;
        Ok(epoch)
    }
}

pub(super) fn grant_entry(kind: &'static str, id: Uuid, scope: ScopeId, user: UserId) -> NewEntry {
    NewEntry {
        kind,
        id,
        scope,
        hash: Hash::default(),
        who: user.0,
    }
}

pub(crate) async fn add_places_in(tx: &mut WriteTx, project: ProjectId, places: &[NewPlace]) -> Result<(), DbError> {
    let rows: Vec<Vec<Cell>> = places
        .iter()
        .map(|place| {
            vec![
                (*place.id.as_bytes()).into(),
                (*project.as_bytes()).into(),
                (*place.scope.as_bytes()).into(),
                place.building.map(|b| b.as_bytes().to_vec()).into(),
            ]
        })
        .collect();
    let head = "INSERT INTO places (id, project, scope, building)";
    let tail = "ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, building = excluded.building \
                WHERE places.project = excluded.project";
    insert_rows(tx, head, 4, &rows, tail).await?;
    Ok(())
}

pub(super) async fn put_rows_in(tx: &mut WriteTx, project: ProjectId, rows: &[RowPut]) -> Result<(), DbError> {
    put_and_leave(tx, project, rows, &[]).await
}

/// Puts rows; those that leave a scope are told as gone to whoever holds only that one.
pub(crate) async fn put_and_leave(
    tx: &mut WriteTx,
    project: ProjectId,
    rows: &[RowPut],
    left: &[(Uuid, ScopeId)],
) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let entry = |id, scope, hash| NewEntry {
        kind: kind::ROW,
        id,
        scope,
        hash,
        who: Uuid::nil(),
    };
    let hash = |row: &RowPut| row.body.as_deref().map(Hash::of).unwrap_or_default();
    let leaves = left.iter().map(|(id, scope)| entry(*id, *scope, Hash::default()));
    let puts = rows.iter().map(|row| entry(row.id, row.scope, hash(row)));
    let entries: Vec<NewEntry> = leaves.chain(puts).collect();
    let seats = log::seats(tx, project, entries.len()).await?;
    let first = seats.first + left.len() as u64;
    let facts: Vec<Vec<Cell>> = rows
        .iter()
        .zip(first..)
        .map(|(row, seq)| {
            vec![
                (*project.as_bytes()).into(),
                (*row.id.as_bytes()).into(),
                row.kind.as_str().into(),
                (*row.scope.as_bytes()).into(),
                to_db(seq).into(),
                row.body.clone().into(),
            ]
        })
        .collect();
    let head = "INSERT INTO facts (project, id, kind, scope, seq, body)";
    let tail = "ON CONFLICT (project, id) DO UPDATE SET kind = excluded.kind, scope = excluded.scope, \
                seq = excluded.seq, body = excluded.body";
    insert_rows(tx, head, 6, &facts, tail).await?;
    seats.fill(tx, &entries, &BTreeMap::new()).await
}

/// Makes a grant of a single scope that may be written.
#[must_use]
pub const fn write_grant(project: ProjectId, user: UserId, role: Role, scope: ScopeId) -> NewGrant {
    NewGrant {
        project,
        user,
        role,
        scope,
        access: Access::Write,
        expires_at: None,
    }
}
