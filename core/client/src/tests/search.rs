//! What is found by a few characters, and the life of a home.

use super::bench::{PROJECT, Phone, pages};
use crate::facade::{NewDefect, SearchHit};
use keyturn_domain::catalog::{Lang, Text};
use keyturn_domain::rows::{
    self, AppointmentRow, BuildingRow, ContactRow, HomeRow, HouseholdRow, PersonName, PersonRow, PlaceRow, Reach,
    SubjectKeyRow, kind,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{DocumentId, PlaceId, ScopeId, UserId};
use keyturn_protocol::Entry;
use serde::Serialize;
use serde_bytes::ByteBuf;
use uuid::Uuid;

const KEY: SubjectKey = SubjectKey::from_bytes([7; 32]);
const BUILDING: Uuid = Uuid::from_bytes([90; 16]);

fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.into(),
        en: en.into(),
    }
}

fn id(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn row<T: Serialize>(of: &str, n: u8, scope: ScopeId, body: &T) -> Entry {
    Entry::Row {
        seq: u64::from(n),
        kind: of.into(),
        id: id(n),
        scope,
        body: Some(ByteBuf::from(rows::body(body).unwrap())),
    }
}

fn home(n: u8, no: &str) -> [Entry; 2] {
    let home = HomeRow {
        no: no.into(),
        building: ScopeId(BUILDING),
        entrance: 2,
        floor: 12,
        layout: "l3a".into(),
        rest: Default::default(),
    };
    let grant = Entry::Grant {
        seq: u64::from(n),
        scope: ScopeId(id(n)),
        role: "engineer".into(),
        write: true,
    };
    [grant, row(kind::HOME, n, ScopeId(BUILDING), &home)]
}

/// A person in a household of a home; the three rows have numbers from `n` on.
fn person(n: u8, at: u8, name: &str, latin: &str, phone: &str) -> [Entry; 3] {
    let scope = ScopeId(id(at));
    let household = HouseholdRow {
        home: PlaceId(id(at)),
        code: format!("hh{n:04}"),
        language: Lang::Zh,
        ambassador: None,
        quiet: vec![],
        moved_out: String::new(),
        rest: Default::default(),
    };
    let (name, reach) = (
        PersonName {
            name: name.into(),
            latin: latin.into(),
        },
        Reach {
            phone: phone.into(),
            email: String::new(),
        },
    );
    let person = PersonRow {
        household: id(n),
        relation: "owner".into(),
        way: "phone".into(),
        quiet: vec![],
        name: Some(KEY.seal(PersonRow::name_label(id(n + 1)), &name).unwrap()),
        contact: Some(KEY.seal(PersonRow::contact_label(id(n + 1)), &reach).unwrap()),
        left: false,
        rest: Default::default(),
    };
    let key = SubjectKeyRow {
        subject: id(n + 1),
        key: KEY,
        rest: Default::default(),
    };
    [
        row(kind::HOUSEHOLD, n, scope, &household),
        row(kind::PERSON, n + 1, scope, &person),
        row(kind::SUBJECT_KEY, n + 2, scope, &key),
    ]
}

/// Four homes, a lobby, two people; no records yet.
fn estate(phone: &Phone) {
    let building = BuildingRow {
        code: "b3".into(),
        name: text("3栋", "Building 3"),
        floors: 26,
        entrances: 2,
        rest: Default::default(),
    };
    let lobby = PlaceRow {
        code: "b3-e2-lobby".into(),
        name: text("3栋2单元大堂", "Building 3, entrance 2: lobby"),
        kind: "pub_lobby".into(),
        building: Some(ScopeId(BUILDING)),
        rest: Default::default(),
    };
    let public = ScopeId::public_places(PROJECT);
    let mut entries = vec![
        row(kind::BUILDING, 90, public, &building),
        row(kind::PLACE, 91, public, &lobby),
    ];
    for (n, no) in [(1, "3-2-1201"), (2, "3-2-1202"), (3, "13-2-1201"), (4, "3-1-0101")] {
        entries.extend(home(n, no));
    }
    entries.extend(person(20, 1, "重行知", "Chong Xingzhi", "+86 000 0000 4321"));
    entries.extend(person(30, 2, "O'Neil_😀", "", ""));
    phone.step(pages(entries));
}

fn defect(phone: &Phone, at: u8, code: &str, description: &str) -> String {
    let new = NewDefect {
        place: id(at).to_string(),
        code: code.into(),
        room: "r02".into(),
        description: description.into(),
        ..NewDefect::default()
    };
    phone.client.defects().record(&new).unwrap().record
}

/// What was found: unit number or name of a place or person, description of a record.
fn found(phone: &Phone, query: &str) -> Vec<String> {
    let hits = phone.client.search().find(query, 50).unwrap().hits;
    let name = |hit: SearchHit| match hit.kind.as_str() {
        "defect" => hit.id,
        _ => hit.name.zh,
    };
    hits.into_iter().map(name).collect()
}

#[test]
fn a_home_a_person_or_a_record_is_found_by_a_few_characters_of_any_kind() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    estate(&phone);
    let hollow = defect(&phone, 1, "wl-01", "主卧窗边敲着发空，约 100% 一张A4纸大小");
    let crack = defect(&phone, 2, "wl-02", "门角 'crack' a_b \"重\"😀");
    let public = defect(
        &phone,
        1,
        "wl-03",
        "飘窗台下一条很长很长的裂缝，从墙角一直延伸到窗框下沿，业主说上个月还没有",
    );
    let (hollow, crack, public) = (hollow.as_str(), crack.as_str(), public.as_str());
    let cases: &[(&str, &[&str])] = &[
        // The exact number first, then what begins so, then what has it anywhere.
        ("3-2-1201", &["3-2-1201", "13-2-1201"]),
        ("３－２－１２０１", &["3-2-1201", "13-2-1201"]),
        ("3栋2单元1201", &["3-2-1201", "13-2-1201"]),
        ("3d2dy1201", &["3-2-1201", "13-2-1201"]),
        ("1201", &["3-2-1201", "13-2-1201"]),
        ("101", &["3-1-0101"]),
        (
            "3栋",
            &["3栋", "3-1-0101", "3-2-1201", "3-2-1202", "3栋2单元大堂", "13-2-1201"],
        ),
        ("大堂", &["3栋2单元大堂"]),
        ("dt", &["3栋2单元大堂"]),
        ("LOBBY", &["3栋2单元大堂"]),
        // Records by what people wrote, by names of the catalogue in both languages, by code.
        ("空鼓", &[hollow]),
        ("敲", &[hollow]),
        ("qmmhkg", &[hollow]),
        ("ｈｏｌｌｏｗ　Plaster", &[hollow]),
        ("wl-02", &[crack]),
        ("%", &[hollow]),
        ("0%", &[hollow]),
        ("a4纸", &[hollow]),
        ("'crack'", &[crack]),
        ("\"", &[crack]),
        ("b \"", &[crack]),
        ("飘窗台下一条很长很长的裂缝，从墙角一直延伸到窗框下沿", &[public]),
        // People by name, by every reading, by number.
        ("行", &["重行知"]),
        // 长很长, read as zhǎng and cháng.
        ("chz", &["重行知", public]),
        ("zxz", &["重行知"]),
        ("xingzhi", &["重行知"]),
        ("4321", &["重行知"]),
        ("o'n", &["O'Neil_😀"]),
        // Both a person and a record.
        ("_", &["O'Neil_😀", crack]),
        ("😀", &["O'Neil_😀", crack]),
        ("重", &["重行知", crack]),
        // One word names the place, the other the matter.
        ("3-2-1201 墙面", &[public, hollow]),
        ("1202 qm", &[crack]),
        ("3-1-0101 墙面", &[]),
        ("空鼓 没有的", &[]),
        ("*", &[]),
        ("\\", &[]),
        (" ", &[]),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(query, expected)| (query, found(&phone, query), expected))
        .filter(|(_, found, expected)| found != *expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let hit = &phone.client.search().find("100%", 1).unwrap().hits[0];
    assert_eq!(hit.line, "主卧窗边敲着发空，约 100% 一张A4纸大小");
    assert_eq!(
        (hit.place_name.en.as_str(), hit.name.en.as_str()),
        ("3-2-1201", "hollow plaster")
    );
}

#[test]
fn a_public_place_has_its_name_in_both_languages_wherever_a_record_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    estate(&phone);
    let lobby = ("3栋2单元大堂", "Building 3, entrance 2: lobby");
    let place = id(91).to_string();
    let names = |view: &keyturn_domain::record::view::TextView| (view.zh.clone(), view.en.clone());
    let expected = (lobby.0.to_owned(), lobby.1.to_owned());
    let hit = &phone.client.search().find("大堂", 1).unwrap().hits[0];
    assert_eq!(names(&hit.place_name), expected);
    assert_eq!(names(&phone.client.places().name(&place).unwrap()), expected);
    let rooms = phone.client.places().rooms(&place).unwrap();
    assert_eq!((rooms.len(), rooms[0].name.en.as_str()), (1, lobby.1));
    assert_eq!(
        names(&phone.client.places().timeline(&place).unwrap().place_name),
        expected
    );
    let unknown = phone.client.places().name(&id(77).to_string()).unwrap();
    assert_eq!(unknown, Default::default());
}

#[test]
fn a_person_is_found_only_as_long_as_the_key_is_here_and_never_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    estate(&phone);
    assert_eq!(found(&phone, "知"), ["重行知"]);
    let erased = Entry::Row {
        seq: 99,
        kind: kind::SUBJECT_KEY.into(),
        id: id(22),
        scope: ScopeId(id(1)),
        body: None,
    };
    phone.step(pages(vec![erased]));
    assert_eq!(found(&phone, "知"), [] as [&str; 0]);
    assert_eq!(found(&phone, "Neil"), ["O'Neil_😀"]);
    let revoke = Entry::Revoke {
        seq: 100,
        scope: ScopeId(id(2)),
        role: "engineer".into(),
    };
    phone.step(pages(vec![revoke]));
    assert_eq!(found(&phone, "Neil"), [] as [&str; 0]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for canary in ["行知", "Xingzhi", "xingzhi", "4321", "Neil", "neil"] {
            let there = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
            assert!(!there, "{canary}");
        }
    }
}

#[test]
fn words_that_are_used_here_rise_and_end_with_their_record() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    estate(&phone);
    let first = |query: &str, part: &str| {
        let found = phone.client.search().phrases(query, part).unwrap();
        found.into_iter().next().map(|p| (p.text.zh, p.uses))
    };
    let cracked = "空鼓处已经开裂";
    assert_eq!(first("", "wall"), Some(("敲着发空，约一张A4纸大小".into(), 0)));
    assert_eq!(first("hollow area", "wl-01"), Some((cracked.into(), 0)));
    assert_eq!(first("kgcy", ""), Some((cracked.into(), 0)));
    assert_eq!(first("xkyj", "handover"), None);
    assert_eq!(first("zxxx", "handover").unwrap().0, "装修信息");
    let one = defect(&phone, 1, "wl-01", "空鼓处已经开裂；靠窗一侧手感发潮");
    assert_eq!(first("", "wall"), Some((cracked.into(), 1)));
    assert_eq!(first("靠窗一侧", ""), None, "one's own words, once");
    let two = defect(&phone, 2, "wl-01", "空鼓处已经开裂。\n靠窗一侧手感发潮");
    assert_eq!(first("", "wall"), Some((cracked.into(), 2)));
    assert_eq!(first("kcyc", "wall"), Some(("靠窗一侧手感发潮".into(), 2)));
    assert_eq!(first("靠窗一侧", "floor"), None);
    let both = phone.client.search().find("空鼓处", 50).unwrap();
    assert_eq!((both.hits.len(), both.phrases[0].uses), (2, 2));
    let purge = |record: &str| Entry::Purge {
        seq: 9,
        document: record.parse::<DocumentId>().unwrap(),
    };
    phone.step(pages(vec![purge(&one), purge(&two)]));
    assert_eq!(first("靠窗一侧", ""), None);
    assert_eq!(first("kgcy", ""), Some((cracked.into(), 0)));
    assert_eq!(found(&phone, "空鼓处"), [] as [&str; 0]);
}

#[test]
fn the_life_of_a_home_begins_with_the_last_contact() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), 1);
    estate(&phone);
    let record = defect(&phone, 1, "wl-01", "敲着发空");
    let contact = |n: u8, at_ms, reached| {
        let words = ContactRow::seal_words(id(n), &KEY, "六点后再打");
        let contact = ContactRow {
            household: id(20),
            person: Some(id(21)),
            way: "phone".into(),
            incoming: false,
            reached,
            at_ms,
            again_ms: Some(9_000_000),
            by: UserId::from_bytes([2; 16]),
            record: None,
            danger: String::new(),
            words: words.ok(),
            rest: Default::default(),
        };
        row(kind::CONTACT, n, ScopeId(id(1)), &contact)
    };
    let appointment = AppointmentRow {
        home: PlaceId(id(1)),
        household: id(20),
        person: None,
        purpose: "three_month_visit".into(),
        record: None,
        from_ms: 8_000_000,
        to_ms: 9_000_000,
        by: UserId::from_bytes([2; 16]),
        cancelled: String::new(),
        rest: Default::default(),
    };
    phone.step(pages(vec![
        contact(50, 100, true),
        contact(51, 200, false),
        row(kind::APPOINTMENT, 52, ScopeId(id(1)), &appointment),
    ]));
    let life = phone.client.places().timeline(&id(1).to_string()).unwrap();
    let last = life.last_contact.unwrap();
    assert_eq!(
        (last.at_ms, last.line.as_str(), last.title.zh.as_str()),
        (100, "六点后再打", "电话")
    );
    assert_eq!((last.state.as_str(), last.due_ms), ("reached", Some(9_000_000)));
    let order: Vec<(&str, &str)> = life
        .entries
        .iter()
        .map(|e| (e.kind.as_str(), e.state.as_str()))
        .collect();
    assert_eq!(
        order,
        [
            ("appointment", "agreed"),
            ("defect", "recorded"),
            ("contact", "not_reached"),
            ("contact", "reached")
        ]
    );
    assert_eq!(
        (life.entries[1].record.as_str(), life.entries[1].line.as_str()),
        (record.as_str(), "敲着发空")
    );
    assert_eq!(
        (life.place_name.en.as_str(), life.entries[0].title.zh.as_str()),
        ("3-2-1201", "三个月回访")
    );
    let unknown = phone.client.places().timeline(&id(77).to_string());
    assert_eq!(unknown.unwrap_err().code(), "unknown_place");
}
