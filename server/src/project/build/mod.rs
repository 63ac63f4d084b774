//! The rows that shall be, out of what was given and what is there. What a table does not say stays as it is.

mod editions;
mod estate;
mod homes;
mod notices;
mod people;
mod staff;

pub(super) use staff::HANDOVER;
pub(crate) use staff::handover_task;

use keyturn_domain::rows::{self, ProjectRow, Rest, kind};
use keyturn_domain::{Ids, PlaceId, ProjectId, ScopeId, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::form::Form;
use super::input::Input;
use super::present::{Present, Stored};
use super::problem::{Problems, words};
use super::row::In;
use crate::sync::NewPlace;

/// The kind of row that the codes of a table name.
pub(super) fn kind_of(table: &str) -> &'static str {
    match table {
        "buildings" => kind::BUILDING,
        "layouts" => kind::LAYOUT,
        "places" => kind::PLACE,
        "homes" => kind::HOME,
        "staff" => kind::STAFF,
        "teams" => kind::TEAM,
        "households" => kind::HOUSEHOLD,
        _ => "",
    }
}

/// A row that shall be.
#[derive(Debug)]
pub(super) struct Want {
    /// The table that it is counted under.
    pub(super) table: &'static str,
    pub(super) id: Uuid,
    pub(super) row: Stored,
    /// What people call it; empty: it follows another row and is not told.
    pub(super) name: String,
}

/// A login that shall be made.
#[derive(Debug)]
pub(super) struct NewLogin {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) display: String,
}

/// Everything that an import wants.
pub(super) struct Build<'a> {
    pub(super) input: &'a Input,
    pub(super) present: &'a Present,
    ids: &'a dyn Ids,
    pub(super) wants: Vec<Want>,
    at: BTreeMap<Uuid, usize>,
    pub(super) places: Vec<NewPlace>,
    pub(super) logins: Vec<NewLogin>,
    pub(super) problems: Problems,
    /// What is worth knowing and no mistake.
    pub(super) notes: Vec<keyturn_domain::catalog::Text>,
}

impl<'a> Build<'a> {
    pub(super) fn new(input: &'a Input, present: &'a Present, ids: &'a dyn Ids) -> Self {
        Self {
            input,
            present,
            ids,
            wants: Vec::new(),
            at: BTreeMap::new(),
            places: Vec::new(),
            logins: Vec::new(),
            problems: Problems::default(),
            notes: Vec::new(),
        }
    }

    /// Makes all rows. What is wrong stands in `problems`, and then nothing may be written.
    pub(super) fn run(&mut self) {
        self.references();
        self.editions();
        self.project();
        self.buildings();
        self.floors();
        self.layouts();
        self.public_places();
        self.homes();
        self.plans();
        self.staff();
        self.teams();
        self.handover();
        self.households();
        self.persons();
        self.promises();
        self.notices();
    }

    fn project_id(&self) -> ProjectId {
        self.present.project
    }

    fn public(&self) -> ScopeId {
        ScopeId::public_places(self.project_id())
    }

    fn id(&self, table: &str, code: &str) -> Uuid {
        self.present.id(kind_of(table), code)
    }

    /// A row as it shall be so far, else as it is.
    fn current<T: DeserializeOwned>(&self, kind: &str, id: Uuid) -> Option<T> {
        match self.at.get(&id).and_then(|n| self.wants.get(*n)) {
            Some(want) if want.row.kind == kind => rows::read(want.row.body.as_deref()?),
            _ => self.present.get(kind, id),
        }
    }

    fn project_row(&self) -> Option<ProjectRow> {
        self.current(kind::PROJECT, self.project_id().0)
    }

    fn put<T: Serialize>(
        &mut self,
        table: &'static str,
        kind: &str,
        id: Uuid,
        scope: ScopeId,
        name: impl Into<String>,
        row: &T,
    ) {
        // A row is a CBOR map; one that is none would be left out, and the round trip of the tests would show it.
        if let Ok(body) = rows::body(row) {
            self.put_body(table, kind, id, scope, name.into(), Some(body));
        }
    }

    fn put_body(
        &mut self,
        table: &'static str,
        kind: &str,
        id: Uuid,
        scope: ScopeId,
        name: String,
        body: Option<Vec<u8>>,
    ) {
        let row = Stored {
            kind: kind.to_owned(),
            scope,
            body,
        };
        if let Some(want) = self.at.get(&id).and_then(|n| self.wants.get_mut(*n)) {
            want.row = row;
            if want.name.is_empty() {
                want.name = name;
            }
            return;
        }
        self.at.insert(id, self.wants.len());
        self.wants.push(Want { table, id, row, name });
    }

    fn place(&mut self, id: Uuid, scope: ScopeId, building: Option<ScopeId>) {
        self.places.push(NewPlace {
            id: PlaceId(id),
            scope,
            building,
        });
    }

    /// Every code that a table names in another is there, in the files or on the server.
    fn references(&mut self) {
        let input = self.input;
        let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, table) in &input.tables {
            if let [key] = table.def.key {
                let codes = table.rows.iter().map(|row| In { table, row }.str(key));
                known.insert(name, codes.collect());
            }
        }
        for table in input.tables.values() {
            for column in table.def.columns {
                let (of, several) = match column.form {
                    Form::Ref(of) => (of, false),
                    Form::Refs(of) => (of, true),
                    _ => continue,
                };
                for row in table.rows().filter(|row| row.has(column.name)) {
                    let own = [row.str(column.name).to_owned()];
                    let codes = if several { row.list(column.name) } else { &own };
                    let missing = codes.iter().find(|code| {
                        let given = known.get(of).is_some_and(|codes| codes.contains(code.as_str()));
                        !given && self.present.known(kind_of(of), code).is_none()
                    });
                    if let Some(code) = missing {
                        let form = column.form.expected();
                        let expected = if several {
                            words(
                                format!("{}；没有 {code}", form.zh),
                                format!("{}; there is no {code}", form.en),
                            )
                        } else {
                            form
                        };
                        row.wrong(&mut self.problems, column.name, expected);
                    }
                }
            }
        }
    }
}

/// A row that nobody has written anything into yet.
fn no_rest() -> Rest {
    Rest::new()
}

/// A text that has no words yet.
fn no_text() -> keyturn_domain::catalog::Text {
    words("", "")
}
