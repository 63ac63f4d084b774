//! Reading a project kind by kind, with the codes that stand for ids in tables.

use keyturn_domain::rows::{self, BuildingRow, HomeRow, HouseholdRow, ProjectRow, StaffRow, TeamRow, kind};
use keyturn_domain::{PlaceId, ProjectId, ScopeId, UserId};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::Error;
use crate::db::{AnyConnection, AnyRow, DbError, bytes, fetch_in, id, text};

/// How many rows are read at once.
const PAGE: usize = 500;

/// A project as it is read, and the codes by which tables name its rows.
pub(super) struct Reader<'a> {
    pub(super) conn: &'a mut AnyConnection,
    pub(super) project: ProjectId,
    pub(super) row: ProjectRow,
    pub(super) buildings: BTreeMap<ScopeId, String>,
    pub(super) homes: BTreeMap<PlaceId, String>,
    pub(super) staff: BTreeMap<UserId, String>,
    pub(super) teams: Vec<(String, Vec<UserId>)>,
    pub(super) households: BTreeMap<Uuid, String>,
    pub(super) logins: BTreeMap<UserId, String>,
}

impl<'a> Reader<'a> {
    /// Reads the codes.
    ///
    /// # Errors
    /// What the storage says; `internal` for a project without settings.
    pub(super) async fn open(conn: &'a mut AnyConnection, project: ProjectId) -> Result<Self, Error> {
        let mut settings = Vec::new();
        let sql = "SELECT body FROM facts WHERE body IS NOT NULL AND project = $1 AND kind = $2";
        let found = sqlx::query(sql)
            .bind(project.as_bytes().to_vec())
            .bind(kind::PROJECT)
            .fetch_all(&mut *conn)
            .await
            .map_err(DbError::from)?;
        for row in &found {
            settings.extend(rows::read::<ProjectRow>(&bytes(row, "body")?));
        }
        let row = settings
            .pop()
            .ok_or_else(|| Error::Internal("the project has no row".into()))?;
        let mut reader = Self {
            conn,
            project,
            row,
            buildings: BTreeMap::new(),
            homes: BTreeMap::new(),
            staff: BTreeMap::new(),
            teams: Vec::new(),
            households: BTreeMap::new(),
            logins: BTreeMap::new(),
        };
        for (id, row) in reader.all::<BuildingRow>(kind::BUILDING).await? {
            reader.buildings.insert(ScopeId(id), row.code);
        }
        for (id, row) in reader.all::<HomeRow>(kind::HOME).await? {
            reader.homes.insert(PlaceId(id), row.no);
        }
        for (_, row) in reader.all::<StaffRow>(kind::STAFF).await? {
            reader.staff.insert(row.user, row.code);
        }
        for (_, row) in reader.all::<TeamRow>(kind::TEAM).await? {
            reader.teams.push((row.code, row.members));
        }
        reader.teams.sort();
        for (id, row) in reader.all::<HouseholdRow>(kind::HOUSEHOLD).await? {
            reader.households.insert(id, row.code);
        }
        reader.read_logins().await?;
        Ok(reader)
    }

    async fn read_logins(&mut self) -> Result<(), Error> {
        let keys: Vec<_> = self.staff.keys().map(|user| (*user.as_bytes()).into()).collect();
        for row in fetch_in(self.conn, "SELECT id, name FROM users WHERE id", &[], &keys, "").await? {
            self.logins
                .insert(id(&row, "id", UserId::from_bytes)?, text(&row, "name")?);
        }
        Ok(())
    }

    /// Reads all rows of a kind that this version understands.
    pub(super) async fn all<T: DeserializeOwned>(&mut self, of: &'static str) -> Result<Vec<(Uuid, T)>, Error> {
        let mut all = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let page = self.page(of, after).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = id(last, "id", Uuid::from_bytes)?;
            for row in &page {
                if let Some(read) = rows::read(&bytes(row, "body")?) {
                    all.push((id(row, "id", Uuid::from_bytes)?, read));
                }
            }
        }
    }

    async fn page(&mut self, of: &'static str, after: Uuid) -> Result<Vec<AnyRow>, Error> {
        let sql = "SELECT id, body FROM facts WHERE project = $1 AND kind = $2 AND id > $3 AND body IS NOT NULL \
                   ORDER BY id LIMIT $4";
        let rows = sqlx::query(sql)
            .bind(self.project.as_bytes().to_vec())
            .bind(of)
            .bind(after.as_bytes().to_vec())
            .bind(PAGE as i64)
            .fetch_all(&mut *self.conn)
            .await
            .map_err(DbError::from)?;
        Ok(rows)
    }

    pub(super) fn staff_code(&self, user: UserId) -> String {
        self.staff.get(&user).cloned().unwrap_or_default()
    }

    pub(super) fn building_code(&self, building: Option<ScopeId>) -> String {
        building
            .and_then(|id| self.buildings.get(&id))
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn home_no(&self, home: PlaceId) -> String {
        self.homes.get(&home).cloned().unwrap_or_default()
    }

    /// Returns the rows of a table, in an order that the same rows always have.
    pub(super) async fn table(&mut self, name: &str) -> Result<Vec<Vec<String>>, Error> {
        match name {
            "project" => Ok(self.project_table()),
            "calendar" => Ok(self.calendar_table()),
            "seasons" => Ok(self.seasons_table()),
            "buildings" => self.buildings_table().await,
            "floors" => self.floors_table().await,
            "layouts" => self.layouts_table().await,
            "rooms" => self.rooms_table().await,
            "places" => self.places_table().await,
            "homes" => self.homes_table().await,
            "plans" => self.plans_table().await,
            "staff" => self.staff_table().await,
            "staff_contacts" => self.staff_contacts_table().await,
            "teams" => self.teams_table().await,
            "handover" => self.handover_table().await,
            "households" => self.households_table().await,
            "persons" => self.persons_table().await,
            "sales_promises" => self.promises_table().await,
            "notices" => self.notices_table().await,
            "disclosures" => self.disclosures_table().await,
            "editions" => self.editions_table().await,
            other => Err(Error::Internal(format!("{other} is no table"))),
        }
    }
}
