//! Own commands beside the changes that they became.

use crate::StoreError;
use crate::statement::{all, first, id, join, number, run, split, sql};
use keyturn_domain::{DocumentId, Hash, Write};
use rusqlite::{Connection, Row, Transaction};
use std::collections::BTreeMap;

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// To be sent.
    Queued,
    /// The server did not take the change; the command waits for the server's copy of the document.
    Held,
    /// Nothing more is done by itself; the code says why.
    Stuck,
    /// The server has it; kept until it is in backup.
    Received,
}

impl State {
    const ALL: [Self; 4] = [Self::Queued, Self::Held, Self::Stuck, Self::Received];

    const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Stuck => "stuck",
            Self::Received => "received",
        }
    }
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The document.
    pub document: DocumentId,
    /// The change that it became.
    pub hash: Hash,
    /// The heads from which its screen was drawn.
    pub seen: Vec<Hash>,
    /// What was to be recorded; empty when it is not known any longer.
    pub writes: Vec<Write>,
    /// Device time.
    pub at_ms: i64,
    /// Where it stands.
    pub state: State,
    /// The last refusal.
    pub code: String,
    /// How often the server could not place it.
    pub tries: u32,
    /// How often it was made again under a new actor.
    pub replayed: u32,
}

/// Adds a command; when it is there, only its state is set.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, command: &Command) -> Result<(), StoreError> {
    let mut writes = Vec::new();
    ciborium::into_writer(&command.writes, &mut writes).map_err(|_| StoreError::Broken("command"))?;
    let params = (
        command.document.as_bytes(),
        command.hash.0,
        join(&command.seen),
        writes,
        command.at_ms,
        command.state.name(),
        &command.code,
        command.tries,
        command.replayed,
    );
    run(tx, sql!("outbox_insert"), params).map(drop)
}

/// Stores state, code and counts of a command.
///
/// # Errors
/// [`StoreError`].
pub fn set(tx: &Transaction<'_>, command: &Command) -> Result<(), StoreError> {
    let params = (
        command.document.as_bytes(),
        command.hash.0,
        command.state.name(),
        &command.code,
        command.tries,
        command.replayed,
    );
    run(tx, sql!("outbox_set"), params).map(drop)
}

/// Removes a command that another one takes the place of.
///
/// # Errors
/// [`StoreError`].
pub fn delete(tx: &Transaction<'_>, document: DocumentId, hash: Hash) -> Result<(), StoreError> {
    run(tx, sql!("outbox_delete"), (document.as_bytes(), hash.0)).map(drop)
}

/// Returns a command.
///
/// # Errors
/// [`StoreError`].
pub fn get(conn: &Connection, document: DocumentId, hash: Hash) -> Result<Option<Command>, StoreError> {
    first(conn, sql!("outbox_get"), (document.as_bytes(), hash.0), command)?.transpose()
}

/// Returns up to `most` commands that are to be sent, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn queued(conn: &Connection, most: u32) -> Result<Vec<Command>, StoreError> {
    all(conn, sql!("outbox_queued"), [most], command)?.into_iter().collect()
}

/// Returns how many commands are to be sent.
///
/// # Errors
/// [`StoreError`].
pub fn waiting(conn: &Connection) -> Result<u64, StoreError> {
    Ok(first(conn, sql!("outbox_waiting"), (), |row| number(row, 0))?.unwrap_or(0))
}

/// Returns the commands of a document that the server does not have, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn open_of(conn: &Connection, document: DocumentId) -> Result<Vec<Command>, StoreError> {
    all(conn, sql!("outbox_of"), [document.as_bytes()], command)?
        .into_iter()
        .collect()
}

/// Returns up to `most` commands that are held or stuck, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn stuck(conn: &Connection, most: u32) -> Result<Vec<Command>, StoreError> {
    all(conn, sql!("outbox_stuck"), [most], command)?.into_iter().collect()
}

/// Returns how many commands are held or stuck, and one of the codes why; of one document or of all.
///
/// # Errors
/// [`StoreError`].
pub fn stuck_count(conn: &Connection, document: Option<DocumentId>) -> Result<(u64, String), StoreError> {
    let key = document.map(|d| *d.as_bytes());
    let found = first(conn, sql!("outbox_stuck_count"), [key], |row| {
        Ok((number(row, 0)?, row.get(1)?))
    })?;
    Ok(found.unwrap_or_default())
}

/// Queues every command again that is stuck with this code.
///
/// # Errors
/// [`StoreError`].
pub fn retry(tx: &Transaction<'_>, code: &str) -> Result<usize, StoreError> {
    run(tx, sql!("outbox_retry"), [code])
}

/// Returns how many commands stand where, received ones apart.
///
/// # Errors
/// [`StoreError`].
pub fn counts(conn: &Connection) -> Result<BTreeMap<State, u64>, StoreError> {
    let found = all(conn, sql!("outbox_counts"), (), |row| {
        Ok((state(&row.get::<_, String>(0)?), number(row, 1)?))
    })?;
    Ok(found.into_iter().collect())
}

/// Removes received commands whose changes are in backup.
///
/// # Errors
/// [`StoreError`].
pub fn prune(tx: &Transaction<'_>) -> Result<usize, StoreError> {
    run(tx, sql!("outbox_prune"), ())
}

fn state(name: &str) -> State {
    // What a later version may have written is not sent by this one.
    State::ALL
        .into_iter()
        .find(|s| s.name() == name)
        .unwrap_or(State::Stuck)
}

fn command(row: &Row<'_>) -> rusqlite::Result<Result<Command, StoreError>> {
    let writes: Vec<u8> = row.get(4)?;
    let Ok(writes) = ciborium::from_reader(writes.as_slice()) else {
        return Ok(Err(StoreError::Broken("command")));
    };
    Ok(Ok(Command {
        document: id(row, 1, DocumentId::from_slice)?,
        hash: id(row, 2, Hash::from_slice)?,
        seen: split(&row.get::<_, Vec<u8>>(3)?),
        writes,
        at_ms: row.get(5)?,
        state: state(&row.get::<_, String>(6)?),
        code: row.get(7)?,
        tries: row.get(8)?,
        replayed: row.get(9)?,
    }))
}
