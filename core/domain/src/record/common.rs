//! Commands that every kind of record knows.

use super::CommandError;
use super::show::{life, machine_of};
use crate::catalog::Catalog;
use crate::document::{Container, Document, Value, Write};
use crate::events::{Life, guards_met};
use crate::ids::{Hash, UserId};
use crate::record::Marks;
use crate::schema::Field;
use std::collections::BTreeMap;

/// Who records, in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub user: UserId,
    /// Their role in the scope of the record.
    pub role: String,
}

/// When, and under which fresh key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The device's time.
    pub at_ms: i64,
    /// A random key, for the entry or event that the command makes.
    pub key: String,
}

/// Facts of an event or an entry.
pub type Facts = BTreeMap<String, Value>;

/// Makes facts out of pairs.
#[must_use]
pub fn facts<const N: usize>(pairs: [(&str, Value); N]) -> Facts {
    pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// The life as somebody sees it.
pub(super) fn life_seen(document: &Document, seen: &[Hash]) -> Result<Life, CommandError> {
    life(&*document.as_seen(seen)?, &Marks::default())
}

/// Records an event, if it is legal where its author stands.
///
/// # Errors
/// [`CommandError::Illegal`] names the state and the guards that are missing.
pub fn event(
    document: &Document,
    seen: &[Hash],
    name: &str,
    mut carries: Facts,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let shown = document.as_seen(seen)?;
    let machine = machine_of(&shown)?;
    let stands = life(&shown, &Marks::default())?;
    stamp_event(&mut carries, name, &stands.latest, who, stamp);
    let entry = crate::document::EntryView {
        key: stamp.key.clone(),
        fields: carries.clone(),
        made: crate::document::Written {
            author: None,
            at_ms: stamp.at_ms,
            change: Hash::default(),
        },
    };
    let states: Vec<&str> = if stands.contested.is_empty() {
        vec![&stands.state]
    } else {
        stands.contested.iter().map(|c| c.state.as_str()).collect()
    };
    let verdicts = states.iter().map(|state| {
        let met = machine
            .find(state, name)
            .map(|t| guards_met(t, &entry))
            .unwrap_or_default();
        machine.transition(state, name, &who.role, &met)
    });
    let mut refusal = None;
    for verdict in verdicts {
        match verdict {
            Ok(_) => {
                let (container, key) = (container_of(name), stamp.key.clone());
                return Ok(Write::Entry {
                    container,
                    key,
                    fields: carries,
                });
            }
            Err(why) => {
                refusal = Some(
                    refusal
                        .filter(|r| !matches!(r, crate::catalog::Illegal::State))
                        .unwrap_or(why),
                );
            }
        }
    }
    let (code, missing) = match refusal {
        Some(crate::catalog::Illegal::Guard(codes)) => ("guard", codes.iter().map(|c| c.as_str().to_owned()).collect()),
        Some(why) => (why.code(), Vec::new()),
        None => ("state", Vec::new()),
    };
    Err(CommandError::Illegal {
        state: stands.state,
        code: code.to_owned(),
        missing,
    })
}

/// Records that something was said without moving the state.
///
/// # Errors
/// [`CommandError::Document`] when `seen` is not part of the document.
pub fn neutral(
    document: &Document,
    seen: &[Hash],
    name: &str,
    mut carries: Facts,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let latest = life_seen(document, seen)?.latest;
    stamp_event(&mut carries, name, &latest, who, stamp);
    Ok(Write::Entry {
        container: Container::Events,
        key: stamp.key.clone(),
        fields: carries,
    })
}

/// The container of an event: what the review does is no amendment of what was signed (DESIGN 3.2.13).
fn container_of(event: &str) -> Container {
    match event {
        "review" | "lock" | "supersede" | "sync" => Container::Review,
        _ => Container::Events,
    }
}

fn stamp_event(carries: &mut Facts, name: &str, latest: &[String], who: &Who, stamp: &Stamp) {
    carries.insert("type".to_owned(), name.into());
    carries.insert("by".to_owned(), who.user.to_string().into());
    carries.insert("role".to_owned(), who.role.as_str().into());
    carries.insert("at".to_owned(), stamp.at_ms.into());
    carries.insert("after".to_owned(), latest.join(" ").into());
}

/// Sets a flat field, unless the screen showed it contested.
///
/// # Errors
/// [`CommandError::Contested`].
pub fn set(
    document: &Document,
    seen: &[Hash],
    container: Container,
    key: &str,
    value: Value,
) -> Result<Write, CommandError> {
    if Field::read_seen(document, seen, container, key)?.is_contested() {
        return Err(CommandError::Contested(key.to_owned()));
    }
    Ok(Write::Put {
        container,
        key: key.to_owned(),
        value,
    })
}

/// Settles a contested field: the chosen value, and an event that names the candidates.
///
/// # Errors
/// [`CommandError::NotContested`].
pub fn settle(
    document: &Document,
    seen: &[Hash],
    container: Container,
    key: &str,
    value: Value,
    who: &Who,
    stamp: &Stamp,
) -> Result<Vec<Write>, CommandError> {
    let field = Field::read_seen(document, seen, container, key)?;
    if !field.is_contested() {
        return Err(CommandError::NotContested(key.to_owned()));
    }
    let told: Vec<String> = field.contested.iter().map(|c| c.value.to_string()).collect();
    let changes: Vec<String> = field
        .contested
        .iter()
        .flat_map(|c| &c.by)
        .map(|w| hex::encode(w.change.prefix()))
        .collect();
    let carries = facts([
        ("field", format!("{}/{key}", container.name()).into()),
        ("value", value.clone()),
        ("candidates", told.join("\n").into()),
        ("changes", changes.join(" ").into()),
    ]);
    let event = neutral(document, seen, "settled", carries, who, stamp)?;
    Ok(vec![
        Write::Put {
            container,
            key: key.to_owned(),
            value,
        },
        event,
    ])
}

/// Records "I looked too": confirming an equal value is no change, and would leave no trace.
///
/// # Errors
/// [`CommandError::Missing`] when there is no value to confirm.
pub fn checked(
    document: &Document,
    seen: &[Hash],
    container: Container,
    key: &str,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    let field = Field::read_seen(document, seen, container, key)?;
    let value = field
        .value()
        .cloned()
        .ok_or(CommandError::Missing("a value to confirm"))?;
    let carries = facts([
        ("field", format!("{}/{key}", container.name()).into()),
        ("value", value),
    ]);
    neutral(document, seen, "checked", carries, who, stamp)
}

/// Adds an entry: a remark, a photo, a person present.
///
/// # Errors
/// [`CommandError::Missing`] when a remark has no words.
pub fn entry(kind: &str, mut carries: Facts, who: &Who, stamp: &Stamp) -> Result<Write, CommandError> {
    if kind == "remark"
        && carries
            .get("text")
            .and_then(Value::as_text)
            .is_none_or(|t| t.trim().is_empty())
    {
        return Err(CommandError::Missing("words"));
    }
    carries.insert("type".to_owned(), kind.into());
    carries.insert("by".to_owned(), who.user.to_string().into());
    carries.insert("at".to_owned(), stamp.at_ms.into());
    Ok(Write::Entry {
        container: Container::Items,
        key: stamp.key.clone(),
        fields: carries,
    })
}

/// What a photo shows; their words are the list `photo_kind` of the data.
pub const PHOTO_KINDS: [&str; 9] = [
    "finding",
    "overview",
    "before",
    "after",
    "protection",
    "clean",
    "reading",
    "paper",
    "signature",
];

/// Why a promise was moved where nobody said it in words: a code of the list `stated_reason`.
pub const OWNER_AGREED: &str = "owner_agreed";

/// Why a case went over into a defect where nobody said it in words: a code of the list `stated_reason`.
pub const BECAME_DEFECT: &str = "became_defect";

/// A photo as the document knows it: hash, kind, claimed time, what it shows.
///
/// # Errors
/// [`CommandError::Value`] when the kind is not one of ours.
pub fn photo(
    hash: &Hash,
    kind: &str,
    about: &str,
    taken_ms: i64,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    if !PHOTO_KINDS.contains(&kind) {
        return Err(CommandError::Value("photo kind"));
    }
    let carries = facts([
        ("hash", Value::Bytes(hash.0.to_vec())),
        ("kind", kind.into()),
        ("about", about.into()),
        ("taken", taken_ms.into()),
    ]);
    entry("photo", carries, who, stamp)
}

/// Takes an entry out of sight; nothing is deleted in a document. A promise is withdrawn, never removed.
///
/// # Errors
/// [`CommandError::UnknownEntry`], [`CommandError::Value`] for a promise.
pub fn remove(
    document: &Document,
    seen: &[Hash],
    key: &str,
    reason: &str,
    who: &Who,
    stamp: &Stamp,
) -> Result<Write, CommandError> {
    match document.entry(Container::Items, key) {
        None => return Err(CommandError::UnknownEntry(key.to_owned())),
        Some(entry) if super::promises::is_promise(&entry) => return Err(CommandError::Value("promise")),
        Some(_) => {}
    }
    let carries = facts([("entry", key.into()), ("reason", reason.into())]);
    neutral(document, seen, "removed", carries, who, stamp)
}

/// Refuses a code that the group does not hold.
pub(super) fn known(catalog: &Catalog, group: &str, code: &str) -> Result<(), CommandError> {
    catalog
        .codes
        .get(group, code)
        .map(|_| ())
        .ok_or_else(|| CommandError::UnknownCode(code.to_owned()))
}
