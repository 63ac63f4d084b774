//! The data that something is read with: the edition that a record pins, or the project's in force, as far as this phone
//! holds it. An edition that was opened before costs one look into memory.

use crate::{Client, ClientError};
use keyturn_domain::catalog::edition::{BUILT_IN, Edition, Editions};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::edition_of;
use keyturn_domain::rows::{self, EditionFileRow, EditionRow, kind};
use keyturn_domain::{Hash, ProjectId};
use keyturn_store::{Connection, StoreError, rows as stored};

/// Opens an edition of a project; no number: the one in force.
pub(crate) fn edition(conn: &Connection, project: ProjectId, pinned: Option<u32>) -> Result<Edition, ClientError> {
    // Most records were begun with the built-in data: no query then, because a tap may ask.
    let held = match pinned {
        Some(number) if number <= BUILT_IN => Editions::default(),
        _ => editions(conn, project)?,
    };
    held.open(pinned, |hash| Ok(text(conn, project, hash)?))
}

/// The editions of a project that are on this phone.
fn editions(conn: &Connection, project: ProjectId) -> Result<Editions, StoreError> {
    let rows = stored::of_kind(conn, project, kind::EDITION)?;
    Ok(Editions::of(
        rows.iter().filter_map(|row| rows::read::<EditionRow>(&row.body)),
    ))
}

fn text(conn: &Connection, project: ProjectId, hash: Hash) -> Result<Option<String>, StoreError> {
    let row = stored::get(conn, project, kind::EDITION_FILE, EditionFileRow::id_of(project, hash))?;
    let file = row.and_then(|row| rows::read::<EditionFileRow>(&row.body));
    Ok(file.map(|file| file.text))
}

impl Client {
    /// The project's edition in force: what is begun now, and what counts for the project as a whole.
    pub(crate) fn in_force(&self, project: ProjectId) -> Result<Edition, ClientError> {
        self.inner.store.read(|conn| edition(conn, project, None))
    }

    /// The edition that a record pins; of one that is not here yet the one in force.
    pub(crate) fn edition_of(&self, genesis: &Genesis) -> Result<Edition, ClientError> {
        let pinned = match self.records().look(genesis.document, edition_of) {
            Ok(number) => Some(number),
            Err(ClientError::UnknownDocument(_)) => None,
            Err(error) => return Err(error),
        };
        self.edition(genesis.project, pinned)
    }

    /// An edition by its number; none: the one in force.
    pub(crate) fn edition(&self, project: ProjectId, pinned: Option<u32>) -> Result<Edition, ClientError> {
        match pinned {
            Some(number) if number <= BUILT_IN => Editions::default().open(pinned, |_| Ok::<_, ClientError>(None)),
            _ => self.inner.store.read(|conn| edition(conn, project, pinned)),
        }
    }
}
