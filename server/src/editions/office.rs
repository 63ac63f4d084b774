//! What the office does with editions. Whoever does it may; that was looked at before.

use std::collections::{BTreeMap, BTreeSet};

use keyturn_domain::catalog::CatalogError;
use keyturn_domain::catalog::edition::{BUILT_IN, Difference, EditionFiles, Editions, compare, fits, problems};
use keyturn_domain::rows::{self, EditionFileRow, EditionRow, LayoutRow, PlaceRow, ProjectRow, Rest, kind};
use keyturn_domain::{Hash, ProjectId, ScopeId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draft::{self, Draft};
use super::read::{editions, files_of, of_kind};
use crate::Error;
use crate::audit;
use crate::db::{AnyConnection, DbError, WriteTx, id};
use crate::state::AppState;
use crate::sync::{RowPut, put_and_leave};
use crate::users::Actor;

/// The longest note, in letters.
const LONGEST_NOTE: usize = 500;

/// Why nothing was imported or published.
#[derive(Debug)]
pub enum EditionError {
    /// The files have mistakes; these.
    Refused(Vec<CatalogError>),
    /// Something else.
    Failed(Error),
}

impl From<Error> for EditionError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<DbError> for EditionError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Code> for EditionError {
    fn from(code: Code) -> Self {
        Self::Failed(code.into())
    }
}

/// An edition that somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// What was imported and not published.
    Draft,
    /// The newest that was published.
    InForce,
    /// One by its number.
    Number(u32),
}

/// How far an edition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditionState {
    /// The program has it.
    BuiltIn,
    /// Imported, and not published.
    Draft,
    /// Published, and never changed afterwards.
    Published,
}

/// An edition in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EditionShown {
    /// Its number; none: a draft has none yet.
    pub number: Option<u32>,
    /// How far it is.
    pub state: EditionState,
    /// What is begun now is begun with it.
    pub in_force: bool,
    /// What identifies it: a hash over its own files; a draft is published under it.
    pub hash: Hash,
    /// The project's own files in it; the others are built in.
    pub files: Vec<String>,
    /// Why there is it.
    pub note: String,
    /// When it was published, or a draft imported, in milliseconds; none: it is built in.
    pub at: Option<i64>,
}

/// What became of an import.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EditionImported")]
pub struct Imported {
    /// What identifies it; publishing names it.
    pub hash: Hash,
    /// Nothing was written, because it was only asked.
    pub dry_run: bool,
    /// It is the draft, or the edition in force, already: nothing was written.
    pub unchanged: bool,
    /// The edition in force, which it was compared with.
    pub in_force: u32,
    /// What differs from that.
    pub differences: Vec<Difference>,
}

/// What differs between two editions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EditionCompared")]
pub struct Compared {
    /// The number of the earlier one; none: the draft.
    pub from: Option<u32>,
    /// The number of the later one; none: the draft.
    pub to: Option<u32>,
    /// Row by row, field by field.
    pub differences: Vec<Difference>,
}

/// What was published.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EditionPublished")]
pub struct Published {
    /// Its number.
    pub number: u32,
    /// What identifies it.
    pub hash: Hash,
}

/// The editions of projects.
pub struct ProjectEditions<'a> {
    state: &'a AppState,
    actor: Actor,
}

impl<'a> ProjectEditions<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub const fn new(state: &'a AppState, actor: Actor) -> Self {
        Self { state, actor }
    }

    /// Finds a project by its code.
    ///
    /// # Errors
    /// `project_unknown`, or what the storage says.
    pub async fn project(&self, code: &str) -> Result<ProjectId, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let found = sqlx::query("SELECT id FROM projects WHERE code = $1")
            .bind(code.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let row = found.ok_or_else(|| Error::refused(Code::ProjectUnknown, code))?;
        Ok(id(&row, "id", ProjectId::from_bytes)?)
    }

    /// Lists the editions of a project, the built-in one first, the draft last.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn list(&self, project: ProjectId) -> Result<Vec<EditionShown>, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let editions = editions(&mut tx, project).await?;
        let mut all = vec![EditionShown {
            number: Some(BUILT_IN),
            state: EditionState::BuiltIn,
            in_force: editions.newest() == BUILT_IN,
            hash: EditionFiles::default().hash(),
            files: Vec::new(),
            note: String::new(),
            at: None,
        }];
        all.extend(editions.rows().map(|row| EditionShown {
            number: Some(row.number),
            state: EditionState::Published,
            in_force: editions.newest() == row.number,
            hash: row.hash,
            files: row.files.keys().cloned().collect(),
            note: row.note.clone(),
            at: Some(row.published_ms),
        }));
        let draft = draft::draft(&mut tx, project).await?;
        all.extend(draft.map(|draft| EditionShown {
            number: None,
            state: EditionState::Draft,
            in_force: false,
            hash: draft.hash,
            files: draft.files.own().keys().cloned().collect(),
            note: draft.note,
            at: Some(draft.made_at),
        }));
        Ok(all)
    }

    /// Returns the files of an edition.
    ///
    /// # Errors
    /// `not_found`, or what the storage says.
    pub async fn files(&self, project: ProjectId, chosen: Chosen) -> Result<EditionFiles, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let editions = editions(&mut tx, project).await?;
        Ok(self.pick(&mut tx, project, &editions, chosen).await?.1)
    }

    /// Compares an edition with another one; without: the draft with the edition in force, any other with the one before.
    ///
    /// # Errors
    /// `not_found`, or what the storage says.
    pub async fn compare(&self, project: ProjectId, chosen: Chosen, with: Option<Chosen>) -> Result<Compared, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let editions = editions(&mut tx, project).await?;
        let (to, after) = self.pick(&mut tx, project, &editions, chosen).await?;
        let with = with.unwrap_or_else(|| {
            let earlier = |number: u32| editions.rows().rev().map(|row| row.number).find(|n| *n < number);
            to.map_or(Chosen::InForce, |to| Chosen::Number(earlier(to).unwrap_or(BUILT_IN)))
        });
        let (from, before) = self.pick(&mut tx, project, &editions, with).await?;
        Ok(Compared {
            from,
            to,
            differences: compare(&before, &after),
        })
    }

    async fn pick(
        &self,
        conn: &mut AnyConnection,
        project: ProjectId,
        editions: &Editions,
        chosen: Chosen,
    ) -> Result<(Option<u32>, EditionFiles), Error> {
        let number = match chosen {
            Chosen::Draft => {
                let draft = draft::draft(conn, project).await?.ok_or(Code::NotFound)?;
                return Ok((None, draft.files));
            }
            Chosen::InForce => editions.newest(),
            Chosen::Number(number) => number,
        };
        let row = editions.get(number);
        if row.is_none() && number != BUILT_IN {
            return Err(Code::NotFound.into());
        }
        Ok((Some(number), files_of(conn, project, row).await?))
    }

    /// Imports files as the draft of a project, in the place of the one before; `check`: only says what would come of it.
    /// Importing the same again changes nothing.
    ///
    /// # Errors
    /// Every mistake at once, or what the storage says.
    pub async fn import(
        &self,
        project: ProjectId,
        given: BTreeMap<String, String>,
        note: &str,
        check: bool,
    ) -> Result<Imported, EditionError> {
        if note.chars().count() > LONGEST_NOTE || note.chars().any(char::is_control) {
            let words = format!("a note has at most {LONGEST_NOTE} letters on one line");
            return Err(Error::refused(Code::BadValue, words).into());
        }
        let files = EditionFiles::new(given).map_err(EditionError::Refused)?;
        let files = self.sound(project, files).await?;
        let hash = files.hash();
        let mut tx = self.state.db.begin_write().await?;
        let editions = editions(&mut tx, project).await?;
        let (in_force, before) = self.pick(&mut tx, project, &editions, Chosen::InForce).await?;
        let there = draft::draft(&mut tx, project).await?;
        let same_draft = there.is_some_and(|draft| draft.hash == hash && draft.note == note);
        let unchanged = same_draft || before.hash() == hash;
        let done = Imported {
            hash,
            dry_run: check,
            unchanged,
            in_force: in_force.unwrap_or(BUILT_IN),
            differences: compare(&before, &files),
        };
        if check || unchanged {
            return Ok(done);
        }
        let now = self.state.now();
        let draft = Draft {
            hash,
            files,
            note: note.to_owned(),
            made_at: now,
        };
        draft::put(&mut tx, project, &draft).await?;
        self.note(&mut tx, project, "edition.import", &hash.to_string()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Publishes the draft as it was seen: from now on what is begun is begun with it, and nothing changes it any more.
    ///
    /// # Errors
    /// `not_found` without a draft, `record_changed` when it is another by now, every mistake that a newer program finds in
    /// it, or what the storage says.
    pub async fn publish(&self, project: ProjectId, seen: Option<&str>) -> Result<Published, EditionError> {
        let mut tx = self.state.db.begin_read().await?;
        let draft = draft::draft(&mut tx, project).await?.ok_or(Code::NotFound)?;
        drop(tx);
        let files = self.sound(project, draft.files).await?;
        let mut tx = self.state.db.begin_write().await?;
        let now_there = draft::draft(&mut tx, project).await?.ok_or(Code::NotFound)?.hash;
        let meant = seen.is_none_or(|seen| seen == now_there.to_string());
        if !meant || now_there != draft.hash {
            return Err(Error::Changed(now_there.to_string()).into());
        }
        let editions = editions(&mut tx, project).await?;
        let row = EditionRow {
            number: editions.newest().saturating_add(1),
            hash: draft.hash,
            files: files.hashes(),
            published_ms: self.state.now(),
            note: draft.note,
            rest: Rest::new(),
        };
        let puts = row_puts(project, &row, &files, &editions)?;
        put_and_leave(&mut tx, project, &puts, &[]).await?;
        draft::remove(&mut tx, project).await?;
        let detail = format!("{} {}", row.number, row.hash);
        self.note(&mut tx, project, "edition.publish", &detail).await?;
        tx.commit().await?;
        self.state.poke(project);
        Ok(Published {
            number: row.number,
            hash: row.hash,
        })
    }

    /// Throws the draft away; says whether there was one.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn discard(&self, project: ProjectId) -> Result<bool, Error> {
        let mut tx = self.state.db.begin_write().await?;
        let Some(draft) = draft::draft(&mut tx, project).await? else {
            return Ok(false);
        };
        draft::remove(&mut tx, project).await?;
        self.note(&mut tx, project, "edition.discard", &draft.hash.to_string())
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Looks for every mistake: in the files themselves, and in what the project needs of them.
    async fn sound(&self, project: ProjectId, files: EditionFiles) -> Result<EditionFiles, EditionError> {
        let mut tx = self.state.db.begin_read().await?;
        let settings: Option<ProjectRow> = of_kind(&mut tx, project, kind::PROJECT).await?.pop();
        let mut kinds: Vec<String> = Vec::new();
        for layout in of_kind::<LayoutRow>(&mut tx, project, kind::LAYOUT).await? {
            kinds.extend(layout.rooms.iter().map(|room| room.kind.to_string()));
        }
        let places = of_kind::<PlaceRow>(&mut tx, project, kind::PLACE).await?;
        kinds.extend(places.into_iter().map(|place| place.kind));
        drop(tx);
        // Every table is read, some of them many times: work for a thread that may be busy.
        let examine = move || {
            let mut wrong = problems(&files);
            if let (true, Some(settings)) = (wrong.is_empty(), settings) {
                let catalog = files.load().map_err(|error| vec![error])?;
                wrong = fits(&catalog, &settings, kinds.iter().map(String::as_str));
            }
            if wrong.is_empty() { Ok(files) } else { Err(wrong) }
        };
        let examined = tokio::task::spawn_blocking(examine).await;
        examined
            .map_err(|error| Error::Internal(error.to_string()))?
            .map_err(EditionError::Refused)
    }

    async fn note(&self, tx: &mut WriteTx, project: ProjectId, action: &str, detail: &str) -> Result<(), DbError> {
        let entry = audit::Entry {
            actor: self.actor,
            action,
            subject: project.to_string(),
            detail,
        };
        audit::record(tx, self.state.now(), &entry).await
    }
}

/// The rows of an edition: first the files that no other one has, then the edition itself, so that whoever reads the log in
/// order has it whole.
pub(crate) fn row_puts(
    project: ProjectId,
    row: &EditionRow,
    files: &EditionFiles,
    others: &Editions,
) -> Result<Vec<RowPut>, Error> {
    let scope = ScopeId::public_places(project);
    let internal = |error: keyturn_domain::DocumentError| Error::Internal(error.to_string());
    let known = |hash: &Hash| others.rows().any(|other| other.files.values().any(|of| of == hash));
    let (mut puts, mut told) = (Vec::new(), BTreeSet::new());
    for (name, text) in files.own() {
        let hash = Hash::of(text.as_bytes());
        if known(&hash) || !told.insert(hash) {
            continue;
        }
        let file = EditionFileRow {
            name: name.clone(),
            text: text.clone(),
            rest: Rest::new(),
        };
        puts.push(RowPut {
            id: EditionFileRow::id_of(project, hash),
            kind: kind::EDITION_FILE.to_owned(),
            scope,
            body: Some(rows::body(&file).map_err(internal)?),
        });
    }
    puts.push(RowPut {
        id: EditionRow::id_of(project, row.number),
        kind: kind::EDITION.to_owned(),
        scope,
        body: Some(rows::body(row).map_err(internal)?),
    });
    Ok(puts)
}
