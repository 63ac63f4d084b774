//! Search within one project: places and people by name, records by what stands in them. As on a phone: one or two
//! Chinese characters anywhere, initials of readings, a home in the ways in which people name it.

use super::ask::Ask;
use super::list::{DOCUMENTS, Listed, item};
use super::page::{Cursor, Limit, Page, Select, Start};
use super::people::keys;
use super::reach::Reach;
use super::rows::FACTS;
use crate::Error;
use crate::db::{AnyConnection, AnyRow, bytes, id, text};
use crate::editions::Every;
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::titles;
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{self, BuildingRow, HomeRow, HouseholdRow, PersonRow, PlaceRow, kind};
use keyturn_domain::search::{Fit, Pattern, fold, home_words};
use keyturn_domain::{ProjectId, ScopeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfSearch {
    /// In this project.
    project: Uuid,
    /// Words, all of which must be found; one of them may name the place of a record.
    q: String,
    /// Only this: `building`, `home`, `place`, `person`, or a kind of record.
    kind: Option<String>,
    /// The cursor of the page before, of the same search.
    after: Option<Cursor>,
    /// At most so many.
    limit: Option<Limit>,
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Hit {
    /// `building`, `home`, `place`, `person`, or the kind of a record.
    pub kind: String,
    /// The building, place, person or record.
    pub id: Uuid,
    /// What it is called.
    pub name: TextView,
    /// Where: the place itself, the home of a person, the place of a record.
    pub place: Uuid,
    /// State of a record; `left` for a person who does not live there any longer.
    pub state: String,
    /// When a record changed last, by the server's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<i64>,
}

impl Hit {
    /// Its place among what was found, the best first: what is exactly this, what begins so, what has it anywhere; of
    /// equals places and people before records, and the newest record first. What it is ends the order, so that a page goes
    /// on where the one before ended, whatever came or went between.
    fn key(&self, fit: Fit) -> [u8; 16] {
        let newest = i64::MAX.saturating_sub(self.changed_at.unwrap_or_default());
        let head = [fit as u8, u8::from(self.changed_at.is_some())];
        let id = self.id.as_bytes().iter().skip(10);
        let mut key = [0; 16];
        let parts = head
            .iter()
            .chain(newest.to_be_bytes().as_slice())
            .chain(id)
            .copied()
            .collect::<Vec<u8>>();
        key.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        key
    }
}

/// What a search found: a page of it, the best first.
pub type Found = Page<Hit>;

/// `GET /api/v1/search`.
pub async fn search(
    State(state): State<AppState>,
    Caller(login): Caller,
    Ask(wanted): Ask<OfSearch>,
) -> Result<Json<Found>, Error> {
    let Some(pattern) = Pattern::new(&wanted.q) else {
        return Ok(Json(Page::whole(Vec::new())));
    };
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let mut names = Names::default();
    for of in [kind::BUILDING, kind::HOME, kind::PLACE] {
        names.places(&of_kind(&mut tx, &reach, wanted.project, of).await?)?;
    }
    names.people(&mut tx, &reach, ProjectId(wanted.project)).await?;
    let select = Select::new(DOCUMENTS).and_id("project =", Some(wanted.project));
    let documents = select.within(&reach).all(&mut tx).await?;
    let editions = Every::of(&mut tx, ProjectId(wanted.project)).await?;
    drop(tx);
    let start = Start::new(wanted.after, wanted.limit);
    // Thousands of names and records are looked through: work for a thread that may be busy.
    let look = move || {
        let mut items = names.find(&editions, &pattern, &documents)?;
        items.retain(|(_, hit)| wanted.kind.as_ref().is_none_or(|kind| hit.kind == *kind));
        let keyed = items.into_iter().map(|(fit, hit)| (hit.key(fit), hit));
        Ok(start.keyed(keyed.collect()))
    };
    let page: Result<Found, Error> = tokio::task::spawn_blocking(look)
        .await
        .map_err(|e| Error::Internal(e.to_string()))?;
    page.map(Json)
}

async fn of_kind(conn: &mut AnyConnection, reach: &Reach, project: Uuid, of: &str) -> Result<Vec<AnyRow>, Error> {
    let select = Select::new(FACTS)
        .and_id("project =", Some(project))
        .and_text("kind =", Some(of.to_owned()));
    select.within(reach).all(conn).await
}

/// What is found by its name.
#[derive(Default)]
struct Names {
    /// Each with its folded words.
    all: Vec<(Hit, String)>,
}

impl Names {
    fn places(&mut self, found: &[AnyRow]) -> Result<(), Error> {
        for row in found {
            let (id, body) = (id(row, "id", Uuid::from_bytes)?, bytes(row, "body")?);
            let of = text(row, "kind")?;
            let named = match of.as_str() {
                kind::HOME => {
                    rows::read::<HomeRow>(&body).map(|home| (TextView::alike(&home.no), home_words(&home.no)))
                }
                kind::PLACE => rows::read::<PlaceRow>(&body).map(|place| named((&place.name).into(), &place.code)),
                _ => rows::read::<BuildingRow>(&body).map(|building| named((&building.name).into(), &building.code)),
            };
            if let Some((name, words)) = named {
                self.put(of, id, name, id, "", &words);
            }
        }
        Ok(())
    }

    /// People whose names the login may see.
    async fn people(&mut self, tx: &mut AnyConnection, reach: &Reach, project: ProjectId) -> Result<(), Error> {
        let mut households = BTreeMap::new();
        for row in &of_kind(tx, reach, project.0, kind::HOUSEHOLD).await? {
            if let Some(household) = rows::read::<HouseholdRow>(&bytes(row, "body")?) {
                households.insert(id(row, "id", Uuid::from_bytes)?, household);
            }
        }
        let mut persons = Vec::new();
        for row in &of_kind(tx, reach, project.0, kind::PERSON).await? {
            let roles = reach.roles(project, id(row, "scope", ScopeId::from_bytes)?);
            let cut = rows::cut(kind::PERSON, &bytes(row, "body")?, &roles);
            let may_open = rows::cut(kind::SUBJECT_KEY, &[], &roles).is_some();
            if let Some(person) = cut.filter(|_| may_open).and_then(|body| rows::read::<PersonRow>(&body)) {
                persons.push((id(row, "id", Uuid::from_bytes)?, person));
            }
        }
        let subjects: Vec<Uuid> = persons.iter().map(|(id, _)| *id).collect();
        let keys = keys(tx, project, &subjects).await?;
        for (id, person) in persons {
            let opened = keys.get(&id).and_then(|key| Some((key, person.open_name(id, key)?)));
            let (Some((key, name)), Some(household)) = (opened, households.get(&person.household)) else {
                continue;
            };
            let reach = person.open_contact(id, key).unwrap_or_default();
            let digits: String = reach.phone.chars().filter(char::is_ascii_digit).collect();
            let words = [&name.name, &name.latin, &reach.phone, &digits, &reach.email].map(String::as_str);
            let left = person.left || !household.moved_out.is_empty();
            let latin = if name.latin.is_empty() { &name.name } else { &name.latin };
            let shown = TextView {
                zh: name.name.clone(),
                en: latin.clone(),
            };
            let state = if left { "left" } else { "" };
            self.put(
                kind::PERSON.to_owned(),
                id,
                shown,
                household.home.0,
                state,
                &words.join("\n"),
            );
        }
        Ok(())
    }

    fn put(&mut self, kind: String, id: Uuid, name: TextView, place: Uuid, state: &str, words: &str) {
        let hit = Hit {
            kind,
            id,
            name,
            place,
            state: state.to_owned(),
            changed_at: None,
        };
        self.all.push((hit, fold(words)));
    }

    fn find(&self, editions: &Every, pattern: &Pattern, documents: &[AnyRow]) -> Result<Vec<(Fit, Hit)>, Error> {
        let mut found = Vec::new();
        for (hit, words) in &self.all {
            // Only the number of a home is exact.
            if let Some(fit) = pattern.fit(words) {
                let fit = if hit.kind == kind::HOME {
                    fit
                } else {
                    fit.max(Fit::Begins)
                };
                found.push((fit, hit.clone()));
            }
        }
        let places: BTreeMap<Uuid, &str> = self
            .all
            .iter()
            .filter(|(hit, _)| [kind::HOME, kind::PLACE].contains(&hit.kind.as_str()))
            .map(|(hit, words)| (hit.id, words.as_str()))
            .collect();
        let terms = pattern.terms();
        for row in documents {
            let listed = item(row)?;
            let catalog = editions.catalog(listed.projection.edition);
            let words = fold(&titles::words(catalog, &listed.projection));
            let there = places.get(&listed.place).copied().unwrap_or_default();
            if let Some(fit) = fit(&terms, &words, there) {
                found.push((fit, record(catalog, listed)));
            }
        }
        Ok(found)
    }
}

/// A record fits when each word stands in it or names its place, and at least one stands in it.
fn fit(terms: &[Pattern], words: &str, there: &str) -> Option<Fit> {
    let (mut worst, mut own) = (Fit::Begins, false);
    for term in terms {
        match (term.fit(words), term.fit(there)) {
            (Some(fit), _) => (worst, own) = (worst.max(fit), true),
            (None, Some(fit)) if fit <= Fit::Begins => {}
            (None, _) => return None,
        }
    }
    own.then_some(worst)
}

fn record(catalog: &Catalog, listed: Listed) -> Hit {
    let title = titles::title(catalog, &listed.projection).map(TextView::from);
    Hit {
        kind: listed.projection.kind,
        id: listed.id,
        name: title.unwrap_or_default(),
        place: listed.place,
        state: listed.projection.state,
        changed_at: Some(listed.changed_at),
    }
}

fn named(name: TextView, code: &str) -> (TextView, String) {
    let words = format!("{}\n{}\n{code}", name.zh, name.en);
    (name, words)
}
