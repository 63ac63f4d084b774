//! What happens before a golden database is taken: all kinds of records, rows and intents, and work not sent yet.

use crate::harness::{SimClock, SimIds, SimPhone, SimServer, catalog};
use keyturn_client::facade::{
    NewArrival, NewCase, NewContact, NewDefect, NewNotice, NewPerson, NewPhoto, NewPromise, TriageView,
};
use keyturn_client::{Client, FileKey, StepBudget};
use keyturn_domain::record::view::TextView;
use keyturn_domain::{Hash, Ids};
use keyturn_server::sync::{DemoHome, DemoLoaded, DemoOptions};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// How many homes the project has.
const HOMES: usize = 6;
/// When it begins: 4 December 2026, nine in the morning in Shanghai.
const START: i64 = 1_796_346_000_000;
const DAY_MS: i64 = 86_400_000;

/// The server on the database `server.db` of a folder.
#[must_use]
pub fn server(folder: &Path) -> SimServer {
    let clock = Arc::new(SimClock::new(START));
    SimServer::new(folder.join("server.db"), clock, Arc::new(SimIds::new(1, 0)))
}

/// The engineer's phone on the database `phone.db` of a folder, switched off.
#[must_use]
pub fn engineer(folder: &Path) -> SimPhone {
    phone(folder, "phone", 1)
}

fn phone(folder: &Path, name: &str, n: u64) -> SimPhone {
    let ids = Arc::new(SimIds::new(1, n));
    // The key is the first thing that the phone draws.
    let key = Arc::new(FileKey::in_memory(&SimIds::new(1, 100 + n) as &dyn Ids));
    SimPhone::new(name, folder.join(format!("{name}.db")), ids, key, START)
}

struct Stage {
    server: SimServer,
    demo: DemoLoaded,
}

impl Stage {
    async fn enter(&self, folder: &Path, name: &str, n: u64, user: keyturn_domain::UserId) -> SimPhone {
        let mut phone = phone(folder, name, n);
        phone.net.lead_to(self.server.api());
        phone.start();
        let code = self
            .server
            .get()
            .devices()
            .create_enrolment(user)
            .await
            .expect("a code");
        let enrolled = phone.client().session().enrol(&code.text, name).await;
        enrolled.expect("an enrolment");
        sync(phone.client()).await;
        phone
    }

    fn home(&self) -> &DemoHome {
        &self.demo.homes[0]
    }
}

async fn sync(client: &Client) {
    client.sync().run(StepBudget::default(), 50).await.expect("a sync");
}

/// Plays it in a folder, closes everything, and returns what the engineer's phone shows: `server.db` and `phone.db` stay.
pub async fn play(folder: &Path) -> Value {
    let mut server = server(folder);
    server.open().await;
    let sync_service = server.get().sync();
    let demo = sync_service
        .load_demo(catalog(), DemoOptions { homes: Some(HOMES) })
        .await
        .expect("the demo");
    let stage = Stage { server, demo };
    let home = stage.home().clone();
    let place = home.place.to_string();
    let mut engineer = stage.enter(folder, "phone", 1, home.assignees[0]).await;
    let ambassador = stage.enter(folder, "ambassador", 2, home.assignees[1]).await;
    let manager = stage.enter(folder, "manager", 3, stage.demo.people["mgr01"]).await;
    let (a, b) = (engineer.client(), ambassador.client());
    inspect(a, b, &home).await;
    visit(b, &place);
    sync(b).await;
    complain(b, &place);
    people(b, &place, &stage.demo.project.to_string());
    sync(b).await;
    let notice = NewNotice {
        project: stage.demo.project.to_string(),
        code: "water-off".into(),
        kind: "bulletin".into(),
        title: text("周四停水", "No water on Thursday"),
        points: vec![text("上午九点至十一点", "From nine to eleven")],
        ..NewNotice::default()
    };
    manager.client().notices().make(&notice).expect("a notice");
    sync(manager.client()).await;
    sync(a).await;
    // What this phone has not sent yet.
    leave(a, &home, &place);
    let seen = shown(a, &home.record.to_string(), &place);
    for phone in [&mut engineer, &mut { ambassador }, &mut { manager }] {
        phone.stop();
        phone.net.lead_to(None);
    }
    let mut server = stage.server;
    server.close().await;
    for name in ["server.db", "phone.db"] {
        let file = rusqlite::Connection::open(folder.join(name)).expect("a database");
        file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM;")
            .expect("one file");
    }
    seen
}

fn text(zh: &str, en: &str) -> TextView {
    TextView {
        zh: zh.into(),
        en: en.into(),
    }
}

fn photo(n: u8, kind: &str, about: &str) -> NewPhoto {
    NewPhoto {
        hash: Hash([n; 32]).to_string(),
        kind: kind.into(),
        about: about.into(),
        taken_ms: START,
    }
}

/// Two people inspect one home offline, disagree, and one of them signs it with the owner.
async fn inspect(a: &Client, b: &Client, home: &DemoHome) {
    let task = home.task.to_string();
    let (mine, theirs) = (
        a.inspections().begin(&task).expect("begun"),
        b.inspections().begin(&task).expect("begun"),
    );
    let record = mine.record.clone();
    let first = &mine.rooms[0].questions[0].key;
    let second = &mine.rooms[0].questions[1].key;
    a.inspections()
        .answer(&record, &mine.seen, first, "ok", "", "")
        .expect("an answer");
    b.inspections()
        .answer(&record, &theirs.seen, first, "defect", "", "")
        .expect("an answer");
    let why = "钥匙不在";
    let on = |client: &Client| client.inspections().open(&record).expect("a screen").seen;
    a.inspections()
        .answer(&record, &on(a), second, "not_inspected", "other", why)
        .expect("an answer");
    let measured = mine
        .rooms
        .iter()
        .flat_map(|room| &room.questions)
        .find_map(|q| Some((q.key.clone(), q.readings.iter().find(|r| r.n == 1)?.code.clone())));
    let (question, reading) = measured.expect("something is measured");
    a.inspections()
        .reading(&record, &on(a), &question, &reading, 1, Some(4.5))
        .expect("a reading");
    let room = mine.rooms.last().expect("a room").room.clone();
    a.inspections().rest_is_fine(&record, &on(a), &room).expect("the rest");
    a.inspections()
        .remark(&record, &on(a), first, "门框底部有划痕 🙂")
        .expect("a remark");
    a.inspections()
        .photo(&record, &on(a), &photo(1, "finding", first))
        .expect("a photo");
    a.inspections().present(&record, &on(a), "", "owner").expect("present");
    let new = NewDefect {
        place: home.place.to_string(),
        code: "wl-01".into(),
        room: "r02".into(),
        description: "墙面空鼓，约一张A4纸大小".into(),
        inspection: record.clone(),
        question: first.clone(),
        ..NewDefect::default()
    };
    a.defects().record(&new).expect("a defect");
    for client in [a, b, a] {
        sync(client).await;
    }
}

fn visit(b: &Client, place: &str) {
    let visit = b
        .visits()
        .begin_at(place, "move_in_v1", "move_in")
        .expect("a visit")
        .visit;
    let on = || b.visits().open(&visit.record).expect("a screen").visit.seen;
    let met = b.people().household(place).expect("a household").persons[0]
        .person
        .clone();
    let arrival = NewArrival {
        way: "visit".into(),
        met,
        owner_asked: true,
        ..NewArrival::default()
    };
    b.visits().arrive(&visit.record, &on(), &arrival).expect("arrived");
    let line = &visit.parts[0].lines[0];
    b.visits()
        .say(&visit.record, &on(), &line.part, &line.when, true)
        .expect("said");
    let question = &visit.survey.first[0].question;
    b.visits().skip(&visit.record, &on(), question).expect("skipped");
    let promise = NewPromise {
        what: "三天内调好入户门".into(),
        due_ms: START + 3 * DAY_MS,
        ..NewPromise::default()
    };
    b.visits().promise(&visit.record, &on(), &promise).expect("promised");
}

fn complain(b: &Client, place: &str) {
    let person = b.people().household(place).expect("a household").persons[0]
        .person
        .clone();
    let new = NewCase {
        place: place.into(),
        kind: "complaint".into(),
        words: "投诉：电梯噪声大，夜里睡不着".into(),
        person,
        category: "quality".into(),
        ..NewCase::default()
    };
    let case = b.cases().report(&new).expect("reported").record;
    let seen = b.cases().open(&case).expect("a screen").seen;
    let sorted = TriageView {
        category: "quality".into(),
        urgency: "urgent".into(),
        department: "works".into(),
        ..TriageView::default()
    };
    // Only the office sorts: a refused command leaves nothing.
    b.cases().triage(&case, &seen, &sorted).expect_err("the office does");
    b.cases().remark(&case, &seen, "业主希望周末回电").expect("a remark");
}

fn people(b: &Client, place: &str, project: &str) {
    let person = b
        .people()
        .add(
            project,
            &NewPerson {
                place: place.into(),
                relation: "family".into(),
                name: "欧阳建国".into(),
                latin: "Ouyang Jianguo".into(),
                phone: "+86 000 0000 1234".into(),
                way: "phone".into(),
                ..NewPerson::default()
            },
        )
        .expect("queued");
    let contact = NewContact {
        place: place.into(),
        person,
        way: "phone".into(),
        incoming: true,
        reached: true,
        words: "问什么时候可以装修".into(),
        ..NewContact::default()
    };
    b.people().log(&contact).expect("queued");
}

/// A tap, a defect and a command about rows that wait for the next signal.
fn leave(a: &Client, home: &DemoHome, place: &str) {
    let record = home.record.to_string();
    let view = a.inspections().open(&record).expect("a screen");
    let key = &view.rooms[0].questions[2].key;
    a.inspections()
        .answer(&record, &view.seen, key, "defect", "", "")
        .expect("an answer");
    let new = NewDefect {
        place: place.into(),
        code: "wl-02".into(),
        description: "还没有上传的一条".into(),
        ..NewDefect::default()
    };
    a.defects().record(&new).expect("a defect");
    let contact = NewContact {
        place: place.into(),
        way: "visit".into(),
        reached: true,
        words: "在门口谈了钥匙".into(),
        ..NewContact::default()
    };
    a.people().log(&contact).expect("queued");
}

/// Returns what a phone shows of everything at a home.
///
/// # Panics
/// When a record of it cannot be shown.
#[must_use]
pub fn shown(client: &Client, inspection: &str, place: &str) -> Value {
    let json = |view: Result<Value, serde_json::Error>| view.expect("JSON");
    let defects = client.defects().at(place).expect("a list");
    let cases = client.cases().at(place).expect("a list");
    let line = client.places().timeline(place).expect("a timeline");
    let visits = line.entries.iter().filter(|entry| entry.kind == "visit");
    let household = client.people().household(place).expect("a household");
    let persons: Vec<Value> = household
        .persons
        .iter()
        .map(|p| json!({ "person": p.person, "name": p.name, "phone": p.phone, "pending": p.pending }))
        .collect();
    json!({
        "inspection": json(serde_json::to_value(client.inspections().open(inspection).expect("shown"))),
        "defects": defects.iter().map(|card| {
            json(serde_json::to_value(client.defects().open(&card.record).expect("shown")))
        }).collect::<Vec<_>>(),
        "cases": cases.iter().map(|card| {
            json(serde_json::to_value(client.cases().open(&card.record).expect("shown")))
        }).collect::<Vec<_>>(),
        "visits": visits.map(|entry| {
            json(serde_json::to_value(client.visits().open(&entry.record).expect("shown").visit))
        }).collect::<Vec<_>>(),
        "persons": persons,
        "notices": client.notices().of_home(place).expect("a list").iter().map(|n| n.title.zh.clone()).collect::<Vec<_>>(),
        "promises": client.promises().of_home(place).expect("a list").iter().map(|p| p.what.clone()).collect::<Vec<_>>(),
        "tasks": client.tasks().mine().expect("a list").iter().map(|t| t.task.clone()).collect::<Vec<_>>(),
    })
}
