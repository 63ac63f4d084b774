//! The one way of a command: find the document, look at it as seen, make the writes, answer when they are durable.

use super::context::{Asked, reporter, scope_of, scope_of_case, who};
use super::views::{LineageView, Recorded};
use crate::{Client, ClientError, Recording, Saved, Target};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Genesis;
use keyturn_domain::record::{CommandError, Scene, Stamp, Who, edition_of};
use keyturn_domain::{Container, Document, DocumentId, Hash, Write};
use std::sync::Arc;

/// What a command gets: the document, who asks, and a fresh key.
pub(super) struct Asking<'a> {
    pub(super) document: &'a Document,
    pub(super) seen: &'a [Hash],
    pub(super) who: &'a Who,
    pub(super) stamp: Stamp,
}

impl<'a> Asking<'a> {
    /// The record as a command of its life needs it.
    pub(super) fn scene(&'a self, catalog: &'a Catalog) -> Scene<'a> {
        Scene {
            document: self.document,
            seen: self.seen,
            catalog,
            who: self.who,
            stamp: &self.stamp,
        }
    }
}

/// Runs a command on a record; `begin` lets it begin one that is not here yet.
pub(super) fn command(
    client: &Client,
    genesis: &Genesis,
    begin: bool,
    seen: &[Hash],
    make: impl FnOnce(&Asking<'_>) -> Result<Vec<Write>, CommandError>,
) -> Result<Recorded, ClientError> {
    let (target, who) = asker(client, genesis, begin)?;
    let stamp = client.stamp();
    let saved = client.records().record_with(target, |document| {
        let writes = make(&Asking {
            document,
            seen,
            who: &who,
            stamp,
        })?;
        Ok((seen.to_vec(), writes))
    })?;
    Ok(recorded(&saved, seen))
}

/// Runs a command of a life on a record that is here.
pub(super) fn on_scene(
    client: &Client,
    record: &str,
    heads: &[String],
    make: impl FnOnce(&Scene<'_>) -> Result<Vec<Write>, CommandError>,
) -> Result<Recorded, ClientError> {
    let genesis = genesis_of(client, record)?;
    let edition = client.edition_of(&genesis)?;
    command(client, &genesis, false, &seen(heads)?, |ask| {
        make(&ask.scene(&edition.catalog))
    })
}

/// Prepares a command on a record that is here, to be saved together with others: on everything that this phone has.
pub(super) fn recording(
    client: &Client,
    record: DocumentId,
    seen: Option<Vec<Hash>>,
    make: impl FnOnce(&Scene<'_>) -> Result<Vec<Write>, CommandError>,
) -> Result<Recording, ClientError> {
    let genesis = genesis_of(client, &record.to_string())?;
    let edition = client.edition_of(&genesis)?;
    let (target, who) = asker(client, &genesis, false)?;
    let stamp = client.stamp();
    let made = client.looked(record, |document| {
        let seen = seen.unwrap_or_else(|| document.heads());
        let writes = make(&Scene {
            document,
            seen: &seen,
            catalog: &edition.catalog,
            who: &who,
            stamp: &stamp,
        })?;
        Ok::<_, CommandError>((seen, writes))
    })?;
    let (seen, writes) = made.ok_or_else(|| ClientError::refused("unknown_record"))??;
    Ok(Recording { target, seen, writes })
}

/// Who asks, and the record as a target.
pub(super) fn asker(client: &Client, genesis: &Genesis, begin: bool) -> Result<(Target, Who), ClientError> {
    let user = client.session().me()?.user;
    client.look(|conn| {
        let is_case = genesis.kind == "case";
        let scope = if is_case {
            scope_of_case(conn, genesis.project, genesis.place)?
        } else {
            scope_of(conn, genesis.project, genesis.place)?
        };
        let who = match who(conn, user, genesis.project, scope) {
            Err(_) if is_case => reporter(conn, user, genesis.project)?,
            who => who?,
        };
        let existing = Target::Existing(genesis.document);
        Ok((
            if begin {
                Target::Begin {
                    genesis: genesis.clone(),
                    scope,
                }
            } else {
                existing
            },
            who,
        ))
    })
}

/// What the next command brings back: what was seen, and this. Also when the app is killed in between, one person's
/// two answers then do not contest each other.
pub(super) fn recorded(saved: &Saved, seen: &[Hash]) -> Recorded {
    let change = saved.change.map(|hash| hash.to_string());
    let seen = match &change {
        Some(change) => vec![change.clone()],
        None => seen.iter().map(ToString::to_string).collect(),
    };
    Recorded {
        record: saved.document.to_string(),
        seen,
        change: change.unwrap_or_default(),
    }
}

/// Reads ids as text, refusing what is none.
pub(super) fn parse<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, ClientError> {
    text.parse().map_err(|_| ClientError::Input(what))
}

/// Reads the heads that a screen was drawn from.
pub(super) fn seen(heads: &[String]) -> Result<Vec<Hash>, ClientError> {
    heads.iter().map(|head| parse(head, "seen")).collect()
}

/// Returns what a record on this phone is.
pub(super) fn genesis_of(client: &Client, record: &str) -> Result<Genesis, ClientError> {
    let id: DocumentId = parse(record, "record")?;
    // The open record knows: its row would bring its snapshot along, at every tap.
    let found = client.looked(id, |document| document.genesis().clone())?;
    found.ok_or_else(|| ClientError::refused("unknown_record"))
}

/// Returns the questions of an inspection.
pub(super) fn asked(client: &Client, genesis: &Genesis) -> Result<Arc<Asked>, ClientError> {
    let pinned = client.looked(genesis.document, |document| {
        let template = keyturn_domain::schema::Field::read(document, Container::Fields, "template");
        (template.text().to_owned(), edition_of(document))
    })?;
    let (template, edition) = pinned.unwrap_or_default();
    let key = (genesis.document, template.clone(), edition);
    client.inner.questions.get_or(key, || {
        client.look(|conn| {
            let (template, edition) = if template.is_empty() {
                let task = super::context::task_of_record(conn, genesis)?;
                task.map(|t| (t.template, t.template_version)).unwrap_or_default()
            } else {
                (template, edition)
            };
            Asked::of(conn, genesis.project, genesis.place, &template, edition)
        })
    })
}

/// Splits `answers/win-03/r03/2/result` into container and key.
pub(super) fn field(name: &str) -> Result<(Container, String), ClientError> {
    let (container, key) = name.split_once('/').ok_or(ClientError::Input("field"))?;
    let container = Container::of_name(container)
        .filter(|c| c.is_flat())
        .ok_or(ClientError::Input("field"))?;
    Ok((container, key.to_owned()))
}

/// Returns every value that a field ever had.
pub(super) fn lineage(client: &Client, record: &str, name: &str) -> Result<Vec<LineageView>, ClientError> {
    let id: DocumentId = parse(record, "record")?;
    let (container, key) = field(name)?;
    let steps = client.looked(id, |document| document.lineage(container, &key))?;
    let view = |step: keyturn_domain::document::LineageStep| LineageView {
        value: step.value.to_string(),
        user: step.written.author.map(|a| a.user.to_string()).unwrap_or_default(),
        at_ms: step.written.at_ms,
        change: step.written.change.to_string(),
        replaced: step.replaced.iter().map(ToString::to_string).collect(),
        current: step.current,
    };
    Ok(steps.unwrap_or_default().into_iter().map(view).collect())
}

impl Client {
    /// Reads the database: one screen is one read.
    pub(super) fn look<T>(
        &self,
        read: impl FnOnce(&keyturn_store::Connection) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        self.inner.store.read(read)
    }

    /// Looks at a record; `None` when it is not on this phone.
    pub(super) fn opened<T>(
        &self,
        document: DocumentId,
        look: impl FnOnce(&Document, &keyturn_domain::record::Marks) -> T,
    ) -> Result<Option<T>, ClientError> {
        match self.records().read(document, look) {
            Ok(found) => Ok(Some(found)),
            Err(ClientError::UnknownDocument(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks at a record alone, as taps do: what the server said of its changes is not read; `None` when it is not here.
    pub(super) fn looked<T>(
        &self,
        document: DocumentId,
        look: impl FnOnce(&Document) -> T,
    ) -> Result<Option<T>, ClientError> {
        match self.records().look(document, look) {
            Ok(found) => Ok(Some(found)),
            Err(ClientError::UnknownDocument(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The time, and a fresh key.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp {
            at_ms: self.inner.now_ms(),
            key: self.inner.ids.key(),
        }
    }

    /// A fresh id for a record without a task.
    pub(super) fn new_id(&self) -> uuid::Uuid {
        self.inner.ids.uuid_v7(self.inner.now_ms())
    }
}
