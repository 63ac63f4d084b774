//! One search: names in memory, records by their index, in the order of how well they fit.

use super::SearchHit;
use super::names::{Name, Names};
use crate::ClientError;
use crate::facade::lists::projection;
use crate::records::{edition, room_mark, title};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::view::TextView;
use keyturn_domain::search::{Fit, Pattern, fold};
use keyturn_domain::{DocumentId, PlaceId};
use keyturn_store::search::Words;
use keyturn_store::{Connection, documents, search};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A word that names more places than this narrows nothing.
const PLACES: usize = 100;

/// Finds up to `limit` things.
pub(super) fn find(conn: &Connection, names: &Names, query: &str, limit: usize) -> Result<Vec<SearchHit>, ClientError> {
    let Some(pattern) = Pattern::new(query) else {
        return Ok(Vec::new());
    };
    let known = named(names, &pattern);
    let mut records = Records {
        limit,
        ..Records::default()
    };
    records.at_named_places(conn, names, &pattern)?;
    records.walk(conn, &pattern, Fit::Begins)?;
    let before = known.iter().filter(|(fit, _)| *fit <= Fit::Begins).count() + records.begins.len();
    if before < limit {
        records.walk(conn, &pattern, Fit::Within)?;
        records.in_named_rooms(conn, names, &pattern)?;
    }
    let of = |wanted: Fit| {
        known
            .iter()
            .filter(move |(fit, _)| *fit == wanted)
            .map(|(_, name)| hit(names, name))
    };
    let mut hits: Vec<SearchHit> = of(Fit::Whole).chain(of(Fit::Begins)).take(limit).collect();
    hits.extend(shown(
        conn,
        names,
        &pattern,
        &records.begins,
        limit.saturating_sub(hits.len()),
    )?);
    hits.extend(of(Fit::Within).take(limit.saturating_sub(hits.len())));
    hits.extend(shown(
        conn,
        names,
        &pattern,
        &records.within,
        limit.saturating_sub(hits.len()),
    )?);
    Ok(hits)
}

/// Places and people that fit; only the number of a home is exact.
fn named<'a>(names: &'a Names, pattern: &Pattern) -> Vec<(Fit, &'a Name)> {
    let fit = |name: &'a Name| {
        let fit = pattern.fit(&name.words)?;
        Some((if name.kind == "home" { fit } else { fit.max(Fit::Begins) }, name))
    };
    names.iter().filter_map(fit).collect()
}

/// Records that fit, the newest first.
#[derive(Default)]
struct Records {
    limit: usize,
    seen: BTreeSet<DocumentId>,
    begins: Vec<DocumentId>,
    within: Vec<DocumentId>,
}

impl Records {
    /// Walks the index until there are enough that fit so.
    fn walk(&mut self, conn: &Connection, pattern: &Pattern, wanted: Fit) -> Result<(), ClientError> {
        let begins = wanted == Fit::Begins;
        search::walk(conn, &pattern.expression(begins), |words| {
            if let Some(fit) = pattern.fit(&words.words) {
                self.put(&words, fit);
            }
            let enough = if begins { &self.begins } else { &self.within };
            enough.len() < self.limit
        })?;
        Ok(())
    }

    /// Some words of the query name a place, the others what was recorded there.
    fn at_named_places(&mut self, conn: &Connection, names: &Names, pattern: &Pattern) -> Result<(), ClientError> {
        let terms = pattern.terms();
        if terms.len() < 2 {
            return Ok(());
        }
        let places_of = |term: &Pattern| -> Vec<PlaceId> {
            let places = names.iter().filter(|n| matches!(n.kind, "home" | "place"));
            let fits = places.filter(|n| term.fit(&n.words).is_some_and(|fit| fit <= Fit::Begins));
            fits.map(|n| n.place).collect()
        };
        let (mut named, mut others): (Option<BTreeSet<PlaceId>>, Vec<Pattern>) = (None, Vec::new());
        for term in terms {
            match places_of(&term) {
                places if places.is_empty() => others.push(term),
                places => {
                    let places: BTreeSet<PlaceId> = places.into_iter().collect();
                    named = Some(named.map_or_else(|| places.clone(), |all| &all & &places));
                }
            }
        }
        let (Some(places), Some(rest)) = (named, Pattern::all(others)) else {
            return Ok(());
        };
        if places.len() > PLACES {
            return Ok(());
        }
        for place in places {
            for words in search::at_place(conn, place)? {
                if let Some(fit) = rest.fit(&words.words) {
                    self.put(&words, fit);
                }
            }
        }
        Ok(())
    }

    /// Some words of the query name a room, the others what was recorded in it. Which room it is says the layout of its
    /// home; the index knows only its code, so that a layout may come, or change, after the record.
    fn in_named_rooms(&mut self, conn: &Connection, names: &Names, pattern: &Pattern) -> Result<(), ClientError> {
        let (room, others): (Vec<Pattern>, Vec<Pattern>) = pattern
            .terms()
            .into_iter()
            .partition(|term| !names.rooms(term).is_empty());
        let (Some(room), rest) = (Pattern::all(room), Pattern::all(others)) else {
            return Ok(());
        };
        let marks: Vec<(&str, String)> = names.rooms(&room).into_iter().map(|c| (c, room_mark(c))).collect();
        let expressions = marks
            .iter()
            .filter_map(|(_, mark)| Some(Pattern::new(mark)?.expression(true)));
        let any = expressions.collect::<Vec<_>>().join(" OR ");
        if any.is_empty() {
            return Ok(());
        }
        let also = rest.as_ref().map(|rest| format!(" AND {}", rest.expression(false)));
        let expression = format!("({any}){}", also.unwrap_or_default());
        search::walk(conn, &expression, |words| {
            let mut lines = words.words.lines();
            let code = lines.find_map(|line| marks.iter().find(|(_, mark)| mark == line).map(|(code, _)| *code));
            let named = code.and_then(|code| names.room_fit(&room, words.place, code));
            let matter = rest.as_ref().map_or(Some(Fit::Begins), |rest| rest.fit(&words.words));
            if let Some(fit) = named.zip(matter).map(|(room, matter)| room.max(matter)) {
                self.put(&words, fit);
            }
            self.begins.len() + self.within.len() < self.limit.saturating_mul(2)
        })?;
        Ok(())
    }

    fn put(&mut self, words: &Words, fit: Fit) {
        if self.seen.insert(words.document) {
            let list = if fit <= Fit::Begins {
                &mut self.begins
            } else {
                &mut self.within
            };
            list.push(words.document);
        }
    }
}

fn hit(names: &Names, name: &Name) -> SearchHit {
    SearchHit {
        kind: name.kind.to_owned(),
        id: name.id.to_string(),
        name: name.name.clone(),
        place: name.place.to_string(),
        place_name: names.place(name.place),
        state: name.state.to_owned(),
        pending: name.pending,
        ..SearchHit::default()
    }
}

/// Reads the first of some records as lists show them; the index knows their time only about.
fn shown(
    conn: &Connection,
    names: &Names,
    pattern: &Pattern,
    records: &[DocumentId],
    most: usize,
) -> Result<Vec<SearchHit>, ClientError> {
    let mut hits = Vec::new();
    for record in records.iter().take(most) {
        let Some(listed) = documents::listed(conn, *record)? else {
            continue;
        };
        let shown = projection(&listed);
        let edition = edition(conn, listed.genesis.project, Some(shown.edition))?;
        let catalog = &*edition.catalog;
        let place = listed.genesis.place;
        hits.push(SearchHit {
            id: record.to_string(),
            name: title(catalog, &shown).map(TextView::from).unwrap_or_default(),
            place: place.to_string(),
            place_name: names.place(place),
            line: line(catalog, pattern, &shown.search),
            kind: listed.genesis.kind,
            state: listed.state,
            updated_ms: listed.updated_ms,
            pending: false,
        });
    }
    hits.sort_by_key(|hit| Reverse(hit.updated_ms));
    Ok(hits)
}

/// The first line in which a word of the query stands; not a code, which the name says better.
fn line(catalog: &Catalog, pattern: &Pattern, words: &str) -> String {
    let terms = pattern.terms();
    let has = |line: &&str| {
        let folded = fold(line);
        terms.iter().any(|term| term.fit(&folded).is_some())
    };
    let mut lines = words.lines().filter(|line| !catalog.defects.contains_key(*line));
    lines.find(has).unwrap_or_default().to_owned()
}
