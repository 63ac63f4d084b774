//! Which edition something is read with: one query while it is loaded, its files only the first time.

use std::collections::BTreeMap;

use keyturn_domain::catalog::Catalog;
use keyturn_domain::catalog::edition::{BUILT_IN, Edition, EditionFiles, Editions};
use keyturn_domain::rows::{self, EditionFileRow, EditionRow, kind};
use keyturn_domain::{Hash, ProjectId};

use crate::Error;
use crate::db::{AnyConnection, DbError, bytes};

/// Reads the published editions of a project.
///
/// # Errors
/// What the storage says.
pub(crate) async fn editions(conn: &mut AnyConnection, project: ProjectId) -> Result<Editions, Error> {
    let rows = of_kind::<EditionRow>(conn, project, kind::EDITION).await?;
    Ok(Editions::of(rows))
}

/// Opens an edition of a project; no number: the one in force.
///
/// # Errors
/// What the storage says.
pub(crate) async fn edition(
    conn: &mut AnyConnection,
    project: ProjectId,
    pinned: Option<u32>,
) -> Result<Edition, Error> {
    let held = match pinned {
        // Most records were begun with the built-in data: no query then.
        Some(number) if number <= BUILT_IN => Editions::default(),
        _ => editions(conn, project).await?,
    };
    open(conn, project, &held, pinned).await
}

async fn open(
    conn: &mut AnyConnection,
    project: ProjectId,
    held: &Editions,
    pinned: Option<u32>,
) -> Result<Edition, Error> {
    let mut lacks = false;
    let known = held.open(pinned, |_| {
        lacks = true;
        Ok::<_, Error>(None)
    })?;
    if !lacks {
        return Ok(known);
    }
    let texts = texts(conn, project).await?;
    held.open(pinned, |hash| Ok(texts.get(&hash).cloned()))
}

/// The own files of a published edition; of the built-in one there are none.
///
/// # Errors
/// What the storage says.
pub(crate) async fn files_of(
    conn: &mut AnyConnection,
    project: ProjectId,
    edition: Option<&EditionRow>,
) -> Result<EditionFiles, Error> {
    let Some(row) = edition else {
        return Ok(EditionFiles::default());
    };
    let texts = texts(conn, project).await?;
    let own = row.files.iter();
    let own = own.filter_map(|(name, hash)| Some((name.clone(), texts.get(hash)?.clone())));
    Ok(EditionFiles::stored(own.collect()))
}

/// The files of all editions of a project, by hash.
async fn texts(conn: &mut AnyConnection, project: ProjectId) -> Result<BTreeMap<Hash, String>, Error> {
    let files = of_kind::<EditionFileRow>(conn, project, kind::EDITION_FILE).await?;
    Ok(files
        .into_iter()
        .map(|file| (Hash::of(file.text.as_bytes()), file.text))
        .collect())
}

/// Reads all rows of a kind that this version understands.
pub(super) async fn of_kind<T: serde::de::DeserializeOwned>(
    conn: &mut AnyConnection,
    project: ProjectId,
    of: &str,
) -> Result<Vec<T>, Error> {
    let sql = "SELECT body FROM facts WHERE body IS NOT NULL AND project = $1 AND kind = $2";
    let found = sqlx::query(sql)
        .bind(project.as_bytes().to_vec())
        .bind(of.to_owned())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    let mut all = Vec::new();
    for row in &found {
        all.extend(rows::read::<T>(&bytes(row, "body")?));
    }
    Ok(all)
}

/// All editions of a project, opened: for whoever looks through all of its records.
#[derive(Debug)]
pub(crate) struct Every {
    opened: BTreeMap<u32, Edition>,
    newest: Edition,
}

impl Every {
    /// Opens them.
    ///
    /// # Errors
    /// What the storage says.
    pub(crate) async fn of(conn: &mut AnyConnection, project: ProjectId) -> Result<Self, Error> {
        let held = editions(conn, project).await?;
        let mut opened = BTreeMap::new();
        for number in held.rows().map(|row| row.number).chain([BUILT_IN]) {
            opened.insert(number, open(conn, project, &held, Some(number)).await?);
        }
        let newest = open(conn, project, &held, None).await?;
        Ok(Self { opened, newest })
    }

    /// The data of the edition that a record pins.
    pub(crate) fn catalog(&self, pinned: u32) -> &Catalog {
        let edition = self.opened.get(&pinned.max(BUILT_IN));
        &edition.unwrap_or(&self.newest).catalog
    }
}

/// Editions that one answer needs, each opened once: a list has records of several.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    held: BTreeMap<ProjectId, Editions>,
    opened: BTreeMap<(ProjectId, u32), Edition>,
}

impl Shelf {
    /// Opens the edition that a record pins.
    ///
    /// # Errors
    /// What the storage says.
    pub(crate) async fn get(
        &mut self,
        conn: &mut AnyConnection,
        project: ProjectId,
        pinned: u32,
    ) -> Result<&Edition, Error> {
        use std::collections::btree_map::Entry;
        let pinned = pinned.max(BUILT_IN);
        match self.opened.entry((project, pinned)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                if pinned == BUILT_IN {
                    return Ok(place.insert(open(conn, project, &Editions::default(), Some(pinned)).await?));
                }
                let held = match self.held.entry(project) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(editions(conn, project).await?),
                };
                Ok(place.insert(open(conn, project, held, Some(pinned)).await?))
            }
        }
    }
}
