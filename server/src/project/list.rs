//! Which projects there are.

use keyturn_domain::ProjectId;
use keyturn_domain::catalog::Text;
use keyturn_domain::rows::{self, ProjectRow};
use keyturn_protocol::Code;
use serde::Serialize;

use super::import::Projects;
use crate::Error;
use crate::db::{DbError, id, int, opt_bytes, text};

/// A project of this server.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: ProjectId,
    /// Its code.
    pub code: String,
    /// Its name; none before it was imported.
    pub name: Option<Text>,
    /// When it was made.
    pub made_at: i64,
}

impl Projects<'_> {
    /// Returns the project of a code.
    ///
    /// # Errors
    /// `project_unknown`, or what the storage says.
    pub async fn find(&self, code: &str) -> Result<ProjectId, Error> {
        let all = self.list().await?;
        let found = all.into_iter().find(|project| project.code == code);
        Ok(found.ok_or_else(|| Error::refused(Code::ProjectUnknown, code))?.id)
    }

    /// Returns all projects by code.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn list(&self) -> Result<Vec<Listed>, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let sql = "SELECT p.id, p.code, p.made_at, f.body FROM projects p \
                   LEFT JOIN facts f ON f.project = p.id AND f.id = p.id ORDER BY p.code";
        let rows = sqlx::query(sql).fetch_all(&mut *tx).await.map_err(DbError::from)?;
        let one = |row| {
            let body = opt_bytes(row, "body")?;
            Ok(Listed {
                id: id(row, "id", ProjectId::from_bytes)?,
                code: text(row, "code")?,
                name: body
                    .and_then(|body| rows::read::<ProjectRow>(&body))
                    .map(|row| row.name),
                made_at: int(row, "made_at")?,
            })
        };
        rows.iter().map(one).collect()
    }
}
