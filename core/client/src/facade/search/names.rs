//! Places and people by name: read out of rows once, kept in memory until rows change, never written anywhere.

use crate::facade::lists::rows_of;
use crate::{Client, ClientError};
use keyturn_domain::catalog::Text;
use keyturn_domain::record::view::TextView;
use keyturn_domain::rows::{
    BuildingRow, HomeRow, HouseholdRow, LayoutRow, PersonRow, PlaceRow, SubjectKeyRow, kind, row_id,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::search::{Fit, Pattern, fold, home_words, natural};
use keyturn_domain::{PlaceId, ProjectId};
use keyturn_store::{Connection, progress};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A building, a public place, a home or a person.
pub(super) struct Name {
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    pub(super) name: TextView,
    /// Where a person lives, where a place is; a place is its own.
    pub(super) place: PlaceId,
    /// `left`: a person who does not live there any longer.
    pub(super) state: &'static str,
    /// What it is found by, folded.
    pub(super) words: String,
    /// Waits for the server.
    pub(super) pending: bool,
}

/// All of them, in the order in which equals are shown.
#[derive(Default)]
pub(crate) struct Names {
    all: Vec<Name>,
    places: BTreeMap<PlaceId, TextView>,
    /// The layout of each home.
    layouts: BTreeMap<PlaceId, Uuid>,
    /// The rooms of each layout: code, and the folded words that name it.
    rooms: BTreeMap<Uuid, Vec<(String, String)>>,
}

impl Names {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Name> {
        self.all.iter()
    }

    /// The number of a home, or the name of a public place.
    pub(super) fn place(&self, place: PlaceId) -> TextView {
        self.places.get(&place).cloned().unwrap_or_default()
    }

    /// The codes of the rooms, in any home, that these words name.
    pub(super) fn rooms(&self, pattern: &Pattern) -> BTreeSet<&str> {
        let rooms = self.rooms.values().flatten();
        let named = rooms.filter(|(_, words)| pattern.fit(words).is_some());
        named.map(|(code, _)| code.as_str()).collect()
    }

    /// How well words name the room with this code at a place.
    pub(super) fn room_fit(&self, pattern: &Pattern, place: PlaceId, code: &str) -> Option<Fit> {
        let rooms = self.rooms.get(self.layouts.get(&place)?)?;
        let (_, words) = rooms.iter().find(|(room, _)| room == code)?;
        pattern.fit(words)
    }

    fn read(client: &Client, conn: &Connection) -> Result<Self, ClientError> {
        let mut names = Self::default();
        for (project, _) in progress::projects(conn)? {
            names.read_places(conn, project)?;
            names.read_rooms(conn, project)?;
            names.read_people(client, conn, project)?;
        }
        Ok(names)
    }

    fn read_rooms(&mut self, conn: &Connection, project: ProjectId) -> Result<(), ClientError> {
        for (id, layout) in rows_of::<LayoutRow>(conn, project, kind::LAYOUT)? {
            let words = |text: &Text| fold(&format!("{}\n{}", text.zh, text.en));
            let rooms = layout
                .rooms
                .iter()
                .map(|room| (room.code.to_string(), words(&room.text)));
            self.rooms.insert(id, rooms.collect());
        }
        Ok(())
    }

    fn read_places(&mut self, conn: &Connection, project: ProjectId) -> Result<(), ClientError> {
        let mut buildings: Vec<_> = rows_of::<BuildingRow>(conn, project, kind::BUILDING)?
            .into_iter()
            .collect();
        buildings.sort_by(|a, b| natural(&a.1.code).cmp(&natural(&b.1.code)));
        for (id, building) in buildings {
            self.put("building", id, TextView::from(&building.name), &building.code);
        }
        let mut homes: Vec<_> = rows_of::<HomeRow>(conn, project, kind::HOME)?.into_iter().collect();
        homes.sort_by(|a, b| natural(&a.1.no).cmp(&natural(&b.1.no)));
        for (id, home) in homes {
            self.places.insert(PlaceId(id), TextView::alike(&home.no));
            let layout = row_id(project, kind::LAYOUT, &home.layout);
            self.layouts.insert(PlaceId(id), layout);
            self.all.push(Name {
                pending: false,
                kind: "home",
                id,
                place: PlaceId(id),
                words: fold(&home_words(&home.no)),
                state: "",
                name: TextView::alike(&home.no),
            });
        }
        self.places
            .insert(PlaceId::public_places(project), PlaceRow::all_of_them());
        let mut places: Vec<_> = rows_of::<PlaceRow>(conn, project, kind::PLACE)?.into_iter().collect();
        places.sort_by(|a, b| natural(&a.1.code).cmp(&natural(&b.1.code)));
        for (id, place) in places {
            self.places.insert(PlaceId(id), TextView::from(&place.name));
            self.put("place", id, TextView::from(&place.name), &place.code);
        }
        Ok(())
    }

    /// People whom this phone may see: those whose key it holds, and those whom it has entered.
    fn read_people(&mut self, client: &Client, conn: &Connection, project: ProjectId) -> Result<(), ClientError> {
        let mut keys = rows_of::<SubjectKeyRow>(conn, project, kind::SUBJECT_KEY)?;
        keys.extend(client.waiting::<SubjectKeyRow>(conn, project, kind::SUBJECT_KEY)?);
        let keys: BTreeMap<Uuid, SubjectKey> = keys.into_values().map(|row| (row.subject, row.key)).collect();
        let mut households = rows_of::<HouseholdRow>(conn, project, kind::HOUSEHOLD)?;
        households.extend(client.waiting::<HouseholdRow>(conn, project, kind::HOUSEHOLD)?);
        let waiting = client.waiting::<PersonRow>(conn, project, kind::PERSON)?;
        let pending: BTreeSet<Uuid> = waiting.keys().copied().collect();
        let mut persons = rows_of::<PersonRow>(conn, project, kind::PERSON)?;
        persons.extend(waiting);
        let mut people = Vec::new();
        for (id, person) in persons {
            let opened = keys.get(&id).and_then(|key| Some((key, person.open_name(id, key)?)));
            let (Some((key, name)), Some(household)) = (opened, households.get(&person.household)) else {
                continue;
            };
            let reach = person.open_contact(id, key).unwrap_or_default();
            let digits: String = reach.phone.chars().filter(char::is_ascii_digit).collect();
            let lines = [&name.name, &name.latin, &reach.phone, &digits, &reach.email].map(String::as_str);
            let latin = if name.latin.is_empty() { &name.name } else { &name.latin };
            people.push(Name {
                pending: pending.contains(&id),
                kind: "person",
                id,
                place: household.home,
                words: fold(&lines.join("\n")),
                state: if person.left || !household.moved_out.is_empty() {
                    "left"
                } else {
                    ""
                },
                name: TextView {
                    zh: name.name.clone(),
                    en: latin.clone(),
                },
            });
        }
        people.sort_by(|a, b| (a.state, &a.name.zh, a.id).cmp(&(b.state, &b.name.zh, b.id)));
        self.all.extend(people);
        Ok(())
    }

    fn put(&mut self, kind: &'static str, id: Uuid, name: TextView, code: &str) {
        self.all.push(Name {
            kind,
            id,
            place: PlaceId(id),
            state: "",
            pending: false,
            words: fold(&format!("{}\n{}\n{code}", name.zh, name.en)),
            name,
        });
    }
}

/// The names that are kept.
#[derive(Default)]
pub(crate) struct KeptNames(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Counts how often they were forgotten.
    age: u64,
    names: Option<Arc<Names>>,
}

impl KeptNames {
    /// Returns what is kept, else reads it. What was read while rows changed is used, but not kept.
    pub(super) fn get(&self, client: &Client, conn: &Connection) -> Result<Arc<Names>, ClientError> {
        let age = {
            let kept = self.kept();
            if let Some(names) = &kept.names {
                return Ok(Arc::clone(names));
            }
            kept.age
        };
        let names = Arc::new(Names::read(client, conn)?);
        let mut kept = self.kept();
        if kept.age == age {
            kept.names = Some(Arc::clone(&names));
        }
        Ok(names)
    }

    /// Forgets everything: rows have changed, and with them perhaps what may be read.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept();
        kept.age += 1;
        kept.names = None;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
