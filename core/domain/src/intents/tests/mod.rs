//! What each kind of intent does, once and twice, and what is refused.

mod office;

use super::*;
use crate::catalog::{Catalog, Lang, Text};
use crate::ids::{PlaceId, ProjectId, ScopeId, UserId};
use crate::record::Who;
use crate::rows::{
    self, AppointmentRow, Audience, ContactRow, Facts, HomeRow, HouseholdRow, NoticeCopyRow, NoticeRow, PersonName,
    PersonRow, Reach, Rest, SalesPromiseRow, SubjectKeyRow, TaskRow, kind, notice_life,
};
use crate::sealed::{Sealed, SubjectKey};
use uuid::Uuid;

const PROJECT: ProjectId = ProjectId::from_bytes([9; 16]);
const HOME: PlaceId = PlaceId::from_bytes([1; 16]);
const SCOPE: ScopeId = ScopeId::home(HOME);
const HOUSEHOLD: Uuid = Uuid::from_bytes([2; 16]);
const PERSON: Uuid = Uuid::from_bytes([3; 16]);
const DAY: i64 = 86_400_000;

fn key(n: u8) -> SubjectKey {
    SubjectKey::from_bytes([n; 32])
}

fn put<T: serde::Serialize>(present: &mut Present, kind: &str, id: Uuid, scope: ScopeId, row: &T) {
    present.take(vec![RowChange {
        id,
        kind: kind.into(),
        scope,
        body: Some(rows::body(row).unwrap()),
    }]);
}

fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.into(),
        en: en.into(),
    }
}

fn household(moved_out: &str) -> HouseholdRow {
    HouseholdRow {
        home: HOME,
        code: "hh1".into(),
        language: Lang::Zh,
        ambassador: None,
        quiet: Vec::new(),
        moved_out: moved_out.into(),
        rest: Rest::new(),
    }
}

/// A home with one household and its owner.
fn home() -> Present {
    let mut present = Present::default();
    put(&mut present, kind::HOUSEHOLD, HOUSEHOLD, SCOPE, &household(""));
    let owner = PersonRow {
        household: HOUSEHOLD,
        relation: "owner".into(),
        way: "phone".into(),
        quiet: Vec::new(),
        name: Some(key(1).seal(PersonRow::name_label(PERSON), &name("Wei")).unwrap()),
        contact: Some(phone("+86 000 1")),
        left: false,
        rest: Rest::new(),
    };
    put(&mut present, kind::PERSON, PERSON, SCOPE, &owner);
    let row = SubjectKeyRow {
        subject: PERSON,
        key: key(1),
        rest: Rest::new(),
    };
    put(
        &mut present,
        kind::SUBJECT_KEY,
        SubjectKeyRow::id_of(PERSON),
        SCOPE,
        &row,
    );
    present
}

fn name(name: &str) -> PersonName {
    PersonName {
        name: name.into(),
        latin: String::new(),
    }
}

fn phone(number: &str) -> Sealed {
    let reach = Reach {
        phone: number.into(),
        email: String::new(),
    };
    key(1).seal(PersonRow::contact_label(PERSON), &reach).unwrap()
}

fn ask(present: &Present, role: &str, now_ms: i64, command: &Command) -> Result<Vec<RowChange>, Refusal> {
    // As it arrives: what a phone writes is what the server reads.
    let command = &Command::read(command.kind(), &command.payload().unwrap()).unwrap();
    let who = Who {
        user: UserId::from_bytes([7; 16]),
        role: role.into(),
    };
    let asked = Asked {
        project: PROJECT,
        scope: SCOPE,
        who: &who,
        now_ms,
        catalog: Catalog::built_in().unwrap(),
    };
    apply(&asked, present, command)
}

/// Does it, and once more: the second time changes nothing.
fn done(present: &mut Present, role: &str, now_ms: i64, command: &Command) {
    let changes = ask(present, role, now_ms, command).unwrap();
    assert!(!changes.is_empty());
    present.take(changes);
    assert_eq!(ask(present, role, now_ms + 1, command), Ok(Vec::new()), "done twice");
}

fn person(present: &Present, id: Uuid) -> PersonRow {
    present.get::<PersonRow>(kind::PERSON, id).unwrap().0
}

#[test]
fn a_caller_met_offline_comes_with_a_key_of_its_own() {
    let mut present = home();
    let id = Uuid::from_bytes([4; 16]);
    let new = PersonPut {
        id,
        home: HOME,
        household: None,
        relation: "proxy".into(),
        way: String::new(),
        quiet: Vec::new(),
        key: key(4),
        name: Some(key(4).seal(PersonRow::name_label(id), &name("Zhao")).unwrap()),
        contact: None,
    };
    // Somebody of the staff who holds nothing here may report for an owner.
    done(&mut present, "staff", 5, &Command::PersonPut(new.clone()));
    assert_eq!(person(&present, id).open_name(id, &key(4)), Some(name("Zhao")));
    assert_eq!(person(&present, id).household, HOUSEHOLD);
    let unknown = PersonPut {
        relation: "cousin".into(),
        ..new.clone()
    };
    assert_eq!(
        ask(&present, "staff", 5, &Command::PersonPut(unknown)),
        Err(Refusal::UnknownCode)
    );
    present.0.get_mut(&SubjectKeyRow::id_of(id)).unwrap().body = None;
    assert_eq!(
        ask(&present, "staff", 5, &Command::PersonPut(new)),
        Err(Refusal::Erased)
    );
}

#[test]
fn two_new_numbers_collide_and_two_equal_ones_do_not() {
    let mut present = home();
    let change = |was: Option<Sealed>, to: &str| {
        Command::PersonChange(PersonChange {
            id: PERSON,
            home: HOME,
            household: HOUSEHOLD,
            contact: Some(Seen { was, to: phone(to) }),
            ..PersonChange::default()
        })
    };
    let first = change(Some(phone("+86 000 1")), "+86 000 2");
    done(&mut present, "ambassador", 5, &first);
    assert_eq!(
        person(&present, PERSON).open_contact(PERSON, &key(1)).unwrap().phone,
        "+86 000 2"
    );
    // Another phone that had not heard of it.
    let other = change(Some(phone("+86 000 1")), "+86 000 3");
    assert_eq!(ask(&present, "ambassador", 6, &other), Err(Refusal::Collides));
    let same = change(Some(phone("+86 000 1")), "+86 000 2");
    assert_eq!(ask(&present, "ambassador", 6, &same), Ok(Vec::new()));
    assert_eq!(ask(&present, "subcontractor", 6, &same), Err(Refusal::Role));
    // An engineer does not see the number; what he heard goes to the office.
    assert_eq!(
        ask(&present, "engineer", 6, &change(None, "+86 000 4")),
        Err(Refusal::Collides)
    );
    let task = collision_task(PROJECT, Uuid::from_bytes([5; 16]), &other, SCOPE, "2026-12-04").unwrap();
    let task: TaskRow = rows::read(&task.body.unwrap()).unwrap();
    assert_eq!(Collided::of(&task), Some(Collided { command: other }));
    let cut = rows::cut(kind::TASK, &rows::body(&task).unwrap(), &["engineer"]).unwrap();
    assert_eq!(Collided::of(&rows::read(&cut).unwrap()), None);
}

#[test]
fn a_key_is_made_once_and_not_after_the_subject_was_erased() {
    let mut present = home();
    let id = Uuid::from_bytes([6; 16]);
    let log = |n: u8, key: Option<SubjectKey>| {
        let id = Uuid::from_bytes([n; 16]);
        let sealer = key.clone().unwrap_or(self::key(8));
        Command::ContactLog(ContactLog {
            id,
            home: HOME,
            household: HOUSEHOLD,
            person: None,
            way: "phone".into(),
            incoming: true,
            reached: true,
            at_ms: 5,
            again_ms: None,
            record: None,
            danger: String::new(),
            key,
            words: Some(ContactRow::seal_words(id, &sealer, "rings back at six").unwrap()),
        })
    };
    assert_eq!(
        ask(&present, "engineer", 5, &log(6, None)),
        Err(Refusal::Missing("key"))
    );
    done(&mut present, "engineer", 5, &log(6, Some(key(8))));
    let (row, _) = present.get::<ContactRow>(kind::CONTACT, id).unwrap();
    assert_eq!(row.open_words(id, &key(8)).as_deref(), Some("rings back at six"));
    assert_eq!(
        ask(&present, "engineer", 5, &log(7, Some(key(9)))),
        Err(Refusal::Collides)
    );
    present.0.get_mut(&SubjectKeyRow::id_of(HOUSEHOLD)).unwrap().body = None;
    assert_eq!(
        ask(&present, "engineer", 5, &log(7, Some(key(9)))),
        Err(Refusal::Erased)
    );
}

#[test]
fn who_moves_out_takes_the_file_along_and_the_next_begins_empty() {
    let mut present = home();
    put(
        &mut present,
        kind::TASK,
        Uuid::from_bytes([8; 16]),
        SCOPE,
        &text("不动", "stays"),
    );
    let next = NextHousehold {
        id: Uuid::from_bytes([5; 16]),
        code: "hh2".into(),
        language: Lang::En,
    };
    let move_out = |day: &str| {
        Command::MoveOut(MoveOut {
            home: HOME,
            household: HOUSEHOLD,
            day: day.into(),
            next: Some(next.clone()),
        })
    };
    assert_eq!(
        ask(&present, "ambassador", 5, &move_out("2027-02-30")),
        Err(Refusal::Missing("day"))
    );
    done(&mut present, "ambassador", 5, &move_out("2027-03-01"));
    assert_eq!(
        ask(&present, "ambassador", 6, &move_out("2027-03-02")),
        Err(Refusal::Collides)
    );
    let office = ScopeId::project(PROJECT);
    for id in [HOUSEHOLD, PERSON, SubjectKeyRow::id_of(PERSON)] {
        assert_eq!(present.0[&id].scope, office, "{id}");
    }
    assert_eq!(present.0[&Uuid::from_bytes([8; 16])].scope, SCOPE);
    let living: Vec<Uuid> = present
        .of_kind::<HouseholdRow>(kind::HOUSEHOLD)
        .filter(|(_, row, _)| row.moved_out.is_empty())
        .map(|(id, ..)| id)
        .collect();
    assert_eq!(living, [next.id]);
    assert!(
        present
            .of_kind::<PersonRow>(kind::PERSON)
            .all(|(_, row, _)| row.household == HOUSEHOLD)
    );
}

#[test]
fn foreign_payloads_are_refused_by_a_code() {
    assert_eq!(Command::read("dance", &[]), Err(Refusal::UnknownKind));
    assert_eq!(Command::read("person_put", &[0xff, 0, 1]), Err(Refusal::Payload));
    assert_eq!(Command::read("person_put", &[0x81; 40]), Err(Refusal::Payload));
    assert_eq!(Command::read("person_put", &[0; 100_000]), Err(Refusal::TooLarge));
}
