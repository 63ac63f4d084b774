//! What the server holds of a project, as far as an import is about it.

use keyturn_domain::rows::{
    self, BuildingRow, EditionRow, HomeRow, HouseholdRow, LayoutRow, NoticeRow, PlaceRow, PlanRow, StaffRow, TeamRow,
    kind, row_id,
};
use keyturn_domain::{ProjectId, ScopeId, UserId};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::Error;
use crate::db::{AnyConnection, Cell, DbError, fetch_in, id, opt_bytes, text};
use crate::sync::demo_project;

/// The kinds of rows that tables make, or that follow them.
const KINDS: &[&str] = &[
    kind::PROJECT,
    kind::BUILDING,
    kind::FLOOR,
    kind::LAYOUT,
    kind::PLACE,
    kind::HOME,
    kind::PLAN,
    kind::STAFF,
    kind::TEAM,
    kind::TASK,
    kind::HOUSEHOLD,
    kind::PERSON,
    kind::SUBJECT_KEY,
    kind::CONTACT,
    kind::SALES_PROMISE,
    kind::NOTICE,
    kind::EDITION,
];

/// A row as it is stored; no body: it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) kind: String,
    pub(crate) scope: ScopeId,
    pub(crate) body: Option<Vec<u8>>,
}

/// Everything of a project that an import looks at.
#[derive(Debug, Default)]
pub(super) struct Present {
    pub(super) project: ProjectId,
    pub(super) exists: bool,
    pub(super) rows: BTreeMap<Uuid, Stored>,
    /// Rows by kind and by the code that people know them by.
    codes: BTreeMap<(&'static str, String), Uuid>,
    /// Everybody who may log in, by name.
    pub(super) logins: BTreeMap<String, UserId>,
}

impl Present {
    /// Reads it.
    ///
    /// # Errors
    /// What the storage says.
    pub(super) async fn read(conn: &mut AnyConnection, code: &str) -> Result<Self, Error> {
        let found = sqlx::query("SELECT id FROM projects WHERE code = $1")
            .bind(code.to_owned())
            .fetch_optional(&mut *conn)
            .await
            .map_err(DbError::from)?;
        let there = found
            .as_ref()
            .map(|row| id(row, "id", ProjectId::from_bytes))
            .transpose()?;
        let project = there.unwrap_or_else(|| demo_project(code));
        let mut present = Self {
            project,
            exists: there.is_some(),
            ..Self::default()
        };
        let kinds: Vec<Cell> = KINDS.iter().map(|kind| Cell::from(*kind)).collect();
        let sql = "SELECT id, kind, scope, body FROM facts WHERE project = $1 AND kind";
        for row in fetch_in(conn, sql, &[(*project.as_bytes()).into()], &kinds, "").await? {
            let stored = Stored {
                kind: text(&row, "kind")?,
                scope: id(&row, "scope", ScopeId::from_bytes)?,
                body: opt_bytes(&row, "body")?,
            };
            present.take(id(&row, "id", Uuid::from_bytes)?, stored);
        }
        let users = sqlx::query("SELECT id, name FROM users ORDER BY name");
        for row in users.fetch_all(conn).await.map_err(DbError::from)? {
            present
                .logins
                .insert(text(&row, "name")?, id(&row, "id", UserId::from_bytes)?);
        }
        Ok(present)
    }

    fn take(&mut self, id: Uuid, stored: Stored) {
        let code = stored.body.as_deref().and_then(|body| code_of(&stored.kind, body));
        if let Some((kind, code)) = code {
            self.codes.entry((kind, code)).or_insert(id);
        }
        self.rows.insert(id, stored);
    }

    /// Reads a row; none when it is not there, gone, or of another kind.
    pub(super) fn get<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<T> {
        let stored = self.rows.get(&id).filter(|stored| stored.kind == kind)?;
        rows::read(stored.body.as_deref()?)
    }

    /// Returns all rows of a kind that are there.
    pub(super) fn of_kind<T: DeserializeOwned>(&self, kind: &str) -> impl Iterator<Item = (Uuid, T)> {
        let of = self.rows.iter().filter(move |(_, stored)| stored.kind == kind);
        of.filter_map(|(id, stored)| Some((*id, rows::read(stored.body.as_deref()?)?)))
    }

    /// Returns the row that people know by this code, if it is there.
    pub(super) fn known(&self, kind: &'static str, code: &str) -> Option<Uuid> {
        self.codes.get(&(kind, code.to_owned())).copied()
    }

    /// Returns the id of the row of this code: the one that is there, or the one that it will have on every server.
    pub(super) fn id(&self, kind: &'static str, code: &str) -> Uuid {
        self.known(kind, code)
            .unwrap_or_else(|| row_id(self.project, kind, code))
    }

    /// Returns the codes of all rows, for people to read instead of ids.
    pub(super) fn names(&self) -> impl Iterator<Item = (Uuid, &str)> {
        self.codes.iter().map(|((_, code), id)| (*id, code.as_str()))
    }
}

/// The code of a row, for those kinds that have one.
pub(super) fn code_of(of: &str, body: &[u8]) -> Option<(&'static str, String)> {
    Some(match of {
        kind::BUILDING => (kind::BUILDING, rows::read::<BuildingRow>(body)?.code),
        kind::LAYOUT => (kind::LAYOUT, rows::read::<LayoutRow>(body)?.code),
        kind::PLACE => (kind::PLACE, rows::read::<PlaceRow>(body)?.code),
        kind::HOME => (kind::HOME, rows::read::<HomeRow>(body)?.no),
        kind::PLAN => (kind::PLAN, rows::read::<PlanRow>(body)?.code),
        kind::STAFF => (kind::STAFF, rows::read::<StaffRow>(body)?.code),
        kind::TEAM => (kind::TEAM, rows::read::<TeamRow>(body)?.code),
        kind::HOUSEHOLD => (kind::HOUSEHOLD, rows::read::<HouseholdRow>(body)?.code),
        kind::NOTICE => {
            let notice = rows::read::<NoticeRow>(body)?;
            (kind::NOTICE, notice_code(&notice.code, notice.version))
        }
        kind::EDITION => (kind::EDITION, rows::read::<EditionRow>(body)?.number.to_string()),
        _ => return None,
    })
}

/// A notice is known by its code and its version.
pub(super) fn notice_code(code: &str, version: u32) -> String {
    format!("{code}:{version}")
}
