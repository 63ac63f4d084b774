//! Search among 10,000 records and 799 homes, and the life of a home with 40 records: one phone, no server.

use super::meter::{median, ms};
use super::{Folders, row};
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, SystemClock, SystemIds};
use keyturn_domain::catalog::{Catalog, Lang};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::{PROJECTION_FORM, Projection};
use keyturn_domain::rows::{
    self, ContactRow, HomeRow, HouseholdRow, PersonName, PersonRow, SubjectKeyRow, kind, row_id,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{DocumentId, PlaceId, ProjectId, ScopeId, UserId};
use keyturn_store::documents::{self, Listing};
use keyturn_store::rows::Row;
use keyturn_store::{Store, StoreError, StoreOptions, Transaction, progress};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;

const PROJECT: ProjectId = ProjectId::from_bytes([3; 16]);
const RECORDS: usize = 10_000;
/// Records and contacts of the one home whose life is shown.
const IN_ONE_HOME: usize = 20;
const KEY: SubjectKey = SubjectKey::from_bytes([5; 32]);
/// Common and rare, in every kind of writing; the last one stands nowhere.
const QUERIES: [&str; 16] = [
    "空鼓",
    "墙",
    "kg",
    "k",
    "e",
    "hollow",
    "3-2-1201",
    "1201",
    "1201 空鼓",
    "重行",
    "漏水😀",
    "没有的词",
    "konggu",
    "qiangmian",
    "qmkonggu",
    "fangshuicengloushui",
];

/// Search and timeline.
pub fn search_and_timeline() {
    let folders = Folders::new();
    let path = folders.memory.path().join("phone.db");
    let start = Instant::now();
    let (home, records) = fill(&path);
    let filled = start.elapsed();
    let phone = open(&path);
    let start = Instant::now();
    let found = phone.search().find("3-2-1201", 50).expect("a search");
    let first = ms(start.elapsed());
    assert_eq!(found.hits[0].name.zh, "3-2-1201");
    let mut slowest = (0.0, "");
    let mut all = Vec::new();
    for query in QUERIES {
        let times: Vec<f64> = (0..25)
            .map(|_| timed(|| drop(phone.search().find(query, 50))))
            .collect();
        all.extend(&times);
        let time = median(&times);
        if time > slowest.0 {
            slowest = (time, query);
        }
    }
    row(
        &format!("search {RECORDS} records, 799 homes, 799 people; first 50"),
        all.len(),
        &format!(
            "{:.2} ms; the slowest query ({}): {:.2} ms",
            median(&all),
            slowest.1,
            slowest.0
        ),
        &format!(
            "the first one after the start: {first:.2} ms; to fill the phone: {:.0} ms",
            ms(filled)
        ),
    );
    let entries = phone.places().timeline(&home).expect("a life").entries.len();
    assert_eq!(entries, records + IN_ONE_HOME);
    let times: Vec<f64> = (0..50)
        .map(|_| timed(|| drop(phone.places().timeline(&home))))
        .collect();
    row(
        &format!("the life of a home: {records} records, {IN_ONE_HOME} contacts"),
        times.len(),
        &format!("{:.2} ms", median(&times)),
        "words of the contacts opened",
    );
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    ms(start.elapsed())
}

fn open(path: &Path) -> Client {
    let options = ClientOptions {
        path: path.to_owned(),
        server: "http://localhost".into(),
        api: Arc::new(HttpApi::new("http://localhost").expect("a client")),
        signer: Arc::new(FileKey::in_memory(&SystemIds)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        ballast: 0,
    };
    Client::open(options).expect("a phone").0
}

/// Fills a phone with the homes of the demo, a person in each, and defects; returns one home and how many it has.
fn fill(path: &Path) -> (String, usize) {
    let catalog = Catalog::built_in().expect("the data are sound");
    let mut options = StoreOptions::new(path, 0);
    options.ballast = 0;
    let (store, _) = Store::open(&options).expect("a database");
    let homes: Vec<Uuid> = catalog
        .demo
        .units
        .iter()
        .map(|unit| row_id(PROJECT, kind::HOME, unit.no.as_str()))
        .collect();
    store
        .write(|tx| {
            progress::add_project(tx, PROJECT)?;
            for (unit, id) in catalog.demo.units.iter().zip(&homes) {
                let home = HomeRow {
                    no: unit.no.to_string(),
                    building: ScopeId(row_id(PROJECT, kind::BUILDING, unit.building.as_str())),
                    entrance: unit.entrance,
                    floor: unit.floor,
                    layout: unit.layout.to_string(),
                    rest: rows::Rest::default(),
                };
                put(tx, kind::HOME, *id, *id, &home)?;
                household(tx, *id)?;
            }
            (0..IN_ONE_HOME).try_for_each(|n| contact(tx, homes[0], n))?;
            (0..RECORDS).try_for_each(|n| defect(tx, catalog, n, homes[place_of(n, homes.len())]))
        })
        .expect("filled");
    let here = (0..RECORDS).filter(|n| place_of(*n, homes.len()) == 0).count();
    (homes[0].to_string(), here)
}

/// Forty in the first home, the others spread over all.
fn place_of(n: usize, homes: usize) -> usize {
    if n < 27 { 0 } else { n % homes }
}

fn put<T: Serialize>(tx: &Transaction<'_>, of: &str, id: Uuid, home: Uuid, row: &T) -> Result<(), StoreError> {
    let row = Row {
        project: PROJECT,
        kind: of.into(),
        id,
        scope: ScopeId(home),
        seq: 1,
        body: rows::body(row).expect("a row"),
    };
    keyturn_store::rows::put(tx, &row)
}

fn household(tx: &Transaction<'_>, home: Uuid) -> Result<(), StoreError> {
    let (id, person) = (Uuid::new_v5(&home, b"household"), Uuid::new_v5(&home, b"person"));
    let household = HouseholdRow {
        home: PlaceId(home),
        code: "hh".into(),
        language: Lang::Zh,
        ambassador: None,
        quiet: Vec::new(),
        moved_out: String::new(),
        rest: rows::Rest::default(),
    };
    let name = PersonName {
        name: "竹望舒".into(),
        latin: "Zhu Wangshu".into(),
    };
    let row = PersonRow {
        household: id,
        relation: "owner".into(),
        way: "phone".into(),
        quiet: Vec::new(),
        name: KEY.seal(PersonRow::name_label(person), &name).ok(),
        contact: None,
        left: false,
        rest: rows::Rest::default(),
    };
    put(tx, kind::HOUSEHOLD, id, home, &household)?;
    put(tx, kind::PERSON, person, home, &row)?;
    for subject in [id, person] {
        let key = SubjectKeyRow {
            subject,
            key: KEY,
            rest: rows::Rest::default(),
        };
        put(tx, kind::SUBJECT_KEY, SubjectKeyRow::id_of(subject), home, &key)?;
    }
    Ok(())
}

fn contact(tx: &Transaction<'_>, home: Uuid, n: usize) -> Result<(), StoreError> {
    let id = Uuid::new_v5(&home, &n.to_be_bytes());
    let contact = ContactRow {
        household: Uuid::new_v5(&home, b"household"),
        person: None,
        way: "phone".into(),
        incoming: false,
        reached: true,
        at_ms: i64::try_from(n).expect("small"),
        again_ms: None,
        by: UserId::from_bytes([1; 16]),
        record: None,
        danger: String::new(),
        words: ContactRow::seal_words(id, &KEY, "约好周六上午再来看窗户").ok(),
        rest: rows::Rest::default(),
    };
    put(tx, kind::CONTACT, id, home, &contact)
}

fn defect(tx: &Transaction<'_>, catalog: &Catalog, n: usize, home: Uuid) -> Result<(), StoreError> {
    let known = catalog
        .defects
        .values()
        .nth(n % catalog.defects.len())
        .expect("a defect");
    let phrase = &known.phrases[n % known.phrases.len()];
    let genesis = Genesis {
        document: DocumentId(Uuid::new_v5(&PROJECT.0, &n.to_be_bytes())),
        project: PROJECT,
        place: PlaceId(home),
        kind: "defect".into(),
    };
    let shown = Projection {
        form: PROJECTION_FORM,
        kind: "defect".into(),
        state: "to_assign".into(),
        what: known.code.to_string(),
        search: format!("{}\n{}，第{n}处，业主在场", known.code, phrase.zh),
        updated_ms: 1_700_000_000_000 + 20_000 * i64::try_from(n).expect("small"),
        ..Projection::default()
    };
    documents::insert(tx, &genesis, ScopeId(home))?;
    let names = [
        &known.text.zh,
        &known.text.en,
        &known.part_text.zh,
        &known.part_text.en,
        &shown.search,
    ];
    let listing = Listing {
        projection: shown.to_bytes(),
        state: shown.state.clone(),
        updated_ms: shown.updated_ms,
        search: names.map(String::as_str).join("\n"),
        ..Listing::default()
    };
    documents::set_listing(tx, genesis.document, &listing)
}
