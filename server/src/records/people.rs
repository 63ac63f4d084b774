//! Households, persons and contacts: sealed where they are stored, opened here for those who may see them, and for
//! nobody else.

use super::ask::Ask;
use super::page::{Cursor, Limit, Page, Select, Start};
use super::reach::Reach;
use super::rows::{FACTS, RowShown, shown};
use crate::Error;
use crate::db::{AnyConnection, AnyRow, Cell, bytes, fetch_in, id, text};
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::rows::{self, ContactRow, HouseholdRow, PersonRow, SubjectKeyRow, kind};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{ProjectId, ScopeId};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which people.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfPeople {
    /// Of this project.
    project: Option<Uuid>,
    /// At this home.
    place: Option<Uuid>,
    /// Of this household.
    household: Option<Uuid>,
    /// The cursor of the page before.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// `GET /api/v1/households`: households, of a project or a home.
pub async fn households(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfPeople>,
) -> Result<Json<Page<RowShown>>, Error> {
    let fits = |row: &[u8]| {
        let found = rows::read::<HouseholdRow>(row);
        found.is_some_and(|row| wanted.place.is_none_or(|place| row.home.0 == place))
    };
    list(
        &state,
        &Reach::of(&login, state.now()),
        &wanted,
        kind::HOUSEHOLD,
        fits,
        |_| None,
    )
    .await
}

/// `GET /api/v1/persons`: persons, of a project, a home or a household; name and contact as far as the role sees them.
pub async fn persons(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfPeople>,
) -> Result<Json<Page<RowShown>>, Error> {
    let fits = |row: &[u8]| {
        let found = rows::read::<PersonRow>(row);
        found.is_some_and(|row| wanted.household.is_none_or(|household| row.household == household))
    };
    let subject = |row: &Opening| Some(row.id);
    list(
        &state,
        &Reach::of(&login, state.now()),
        &wanted,
        kind::PERSON,
        fits,
        subject,
    )
    .await
}

/// `GET /api/v1/contacts`: the log of contacts, of a home or a household; the words as far as the role sees them.
pub async fn contacts(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfPeople>,
) -> Result<Json<Page<RowShown>>, Error> {
    let fits = |row: &[u8]| {
        let found = rows::read::<ContactRow>(row);
        found.is_some_and(|row| wanted.household.is_none_or(|household| row.household == household))
    };
    let subject = |row: &Opening| rows::read::<ContactRow>(&row.body).map(|contact| contact.subject());
    list(
        &state,
        &Reach::of(&login, state.now()),
        &wanted,
        kind::CONTACT,
        fits,
        subject,
    )
    .await
}

/// A row that is about to be opened.
struct Opening {
    id: Uuid,
    project: ProjectId,
    kind: String,
    /// Cut to the role.
    body: Vec<u8>,
    may_open: bool,
}

async fn list(
    state: &AppState,
    reach: &Reach,
    wanted: &OfPeople,
    kind: &str,
    fits: impl Fn(&[u8]) -> bool,
    subject: impl Fn(&Opening) -> Option<Uuid>,
) -> Result<Json<Page<RowShown>>, Error> {
    let select = Select::new(FACTS)
        .and_text("kind =", Some(kind.to_owned()))
        .and_id("project =", wanted.project);
    // A household is asked for by its home also after it has moved out; its persons and contacts by the household.
    let of_home = wanted.place.filter(|_| kind != kind::HOUSEHOLD);
    let select = select.and_id("scope =", of_home).within(reach);
    let mut tx = state.db.begin_read().await?;
    let start = Start::new(wanted.after, wanted.limit);
    let found = select.page(&mut tx, start, |row| {
        if !fits(&bytes(row, "body")?) {
            return Ok(None);
        }
        let Some(item) = shown(row, reach)? else {
            return Ok(None);
        };
        let opening = opening(row, reach)?;
        let subject = subject(&opening).filter(|_| opening.may_open);
        Ok(Some((item, opening, subject)))
    });
    let Page { items: rows, next } = found.await?;
    let mut subjects: BTreeMap<ProjectId, Vec<Uuid>> = BTreeMap::new();
    for (_, opening, subject) in &rows {
        subjects.entry(opening.project).or_default().extend(*subject);
    }
    let mut all = BTreeMap::new();
    for (project, subjects) in subjects {
        all.extend(keys(&mut tx, project, &subjects).await?);
    }
    let open = |(mut item, opening, subject): (RowShown, Opening, Option<Uuid>)| {
        let key = subject.and_then(|subject| all.get(&subject));
        open(&opening, key, &mut item.body);
        item
    };
    let items = rows.into_iter().map(open).collect();
    Ok(Json(Page { items, next }))
}

fn opening(row: &AnyRow, reach: &Reach) -> Result<Opening, Error> {
    let project = id(row, "project", ProjectId::from_bytes)?;
    let roles = reach.roles(project, id(row, "scope", ScopeId::from_bytes)?);
    let kind = text(row, "kind")?;
    Ok(Opening {
        id: id(row, "id", Uuid::from_bytes)?,
        project,
        body: rows::cut(&kind, &bytes(row, "body")?, &roles).unwrap_or_default(),
        kind,
        may_open: rows::cut(kind::SUBJECT_KEY, &[], &roles).is_some(),
    })
}

/// Reads the keys of subjects.
pub(super) async fn keys(
    conn: &mut AnyConnection,
    project: ProjectId,
    subjects: &[Uuid],
) -> Result<BTreeMap<Uuid, SubjectKey>, Error> {
    let ids: Vec<Cell> = subjects
        .iter()
        .map(|subject| (*SubjectKeyRow::id_of(*subject).as_bytes()).into())
        .collect();
    let sql = "SELECT body FROM facts WHERE body IS NOT NULL AND project = $1 AND id";
    let mut keys = BTreeMap::new();
    for row in fetch_in(conn, sql, &[(*project.as_bytes()).into()], &ids, "").await? {
        if let Some(row) = rows::read::<SubjectKeyRow>(&bytes(&row, "body")?) {
            keys.insert(row.subject, row.key);
        }
    }
    Ok(keys)
}

/// Puts what the boxes hold where the boxes stand; a box that does not open is not shown at all.
fn open(row: &Opening, key: Option<&SubjectKey>, shown: &mut Value) {
    let Value::Object(fields) = shown else { return };
    for sealed in ["name", "contact", "words"] {
        fields.remove(sealed);
    }
    let Some(key) = key else { return };
    if row.kind == kind::PERSON
        && let Some(person) = rows::read::<PersonRow>(&row.body)
    {
        if let Some(name) = person.open_name(row.id, key) {
            fields.insert("name".into(), json!(name));
        }
        if let Some(contact) = person.open_contact(row.id, key) {
            fields.insert("contact".into(), json!(contact));
        }
    }
    if row.kind == kind::CONTACT
        && let Some(contact) = rows::read::<ContactRow>(&row.body)
        && let Some(words) = contact.open_words(row.id, key)
    {
        fields.insert("words".into(), words.into());
    }
}
