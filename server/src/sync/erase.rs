//! Erasing: the key of a subject ends, and with it everything that was sealed for it, in every copy.

use keyturn_domain::rows::{PersonRow, SubjectKeyRow, kind};
use keyturn_domain::{ProjectId, ScopeId};
use uuid::Uuid;

use super::admin::{RowPut, put_rows_in};
use super::row_intents::facts;
use super::service::SyncService;
use crate::Error;
use crate::audit;
use crate::db::{AnyConnection, DbError, bytes, id};
use crate::users::Actor;

/// For every server on this database.
const WRITE_DOWN: &str = "INSERT INTO erased (project, subject, erased_at) VALUES ($1, $2, $3) \
                          ON CONFLICT (project, subject) DO NOTHING";

impl SyncService {
    /// Erases a person, or a household with all its persons: their keys end, here, on every phone, and for whatever
    /// is handed in later. Safe to repeat, also on a restored copy that does not know the subject yet; there is no way
    /// back. Returns how many keys ended now.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn erase_subject(&self, actor: Actor, project: ProjectId, subject: Uuid) -> Result<usize, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let subjects = subjects_of(&mut tx, project, subject).await?;
        let written = subjects.clone();
        let mut ends = Vec::new();
        for subject in subjects {
            let key = SubjectKeyRow::id_of(subject);
            let stored = facts(&mut tx, project, &[(*key.as_bytes()).into()]).await?.remove(&key);
            if stored.as_ref().is_some_and(|row| row.body.is_none()) {
                continue;
            }
            ends.push(RowPut {
                id: key,
                kind: kind::SUBJECT_KEY.to_owned(),
                // An end that comes before the key itself is kept, too: nothing is sealed for this subject again.
                scope: stored.map_or(ScopeId::project(project), |row| row.scope),
                body: None,
            });
        }
        put_rows_in(&mut tx, project, &ends).await?;
        for subject in written {
            sqlx::query(WRITE_DOWN)
                .bind(project.as_bytes().to_vec())
                .bind(subject.as_bytes().to_vec())
                .bind(self.state.now())
                .execute(&mut *tx)
                .await
                .map_err(DbError::from)?;
        }
        let entry = audit::Entry {
            actor,
            action: "subject.erase",
            subject: subject.to_string(),
            detail: "",
        };
        audit::record(&mut tx, self.state.now(), &entry).await?;
        tx.commit().await?;
        self.state.poke(project);
        Ok(ends.len())
    }
}

/// Returns a subject and, of a household, its persons.
pub(crate) async fn subjects_of(
    conn: &mut AnyConnection,
    project: ProjectId,
    subject: Uuid,
) -> Result<Vec<Uuid>, DbError> {
    let persons = sqlx::query("SELECT id, body FROM facts WHERE project = $1 AND kind = $2 AND body IS NOT NULL")
        .bind(project.as_bytes().to_vec())
        .bind(kind::PERSON)
        .fetch_all(conn)
        .await?;
    let mut subjects = vec![subject];
    for row in &persons {
        let person: Option<PersonRow> = keyturn_domain::rows::read(&bytes(row, "body")?);
        if person.is_some_and(|person| person.household == subject) {
            subjects.push(id(row, "id", Uuid::from_bytes)?);
        }
    }
    Ok(subjects)
}
