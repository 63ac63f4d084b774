//! Visits and promises through the facade, on one phone.

use super::bench::{PROJECT, Phone, SCOPE, pages};
use crate::facade::{NewAppointment, NewArrival, NewPromise, NewProof, NewRequest, Visits};
use crate::{ClientError, Recording, Target};
use keyturn_domain::catalog::{Catalog, Text};
use keyturn_domain::document::Genesis;
use keyturn_domain::rows::{self, HomeRow, HouseholdRow, MilestoneRow, ProjectRow, ProjectSettings, TaskRow, kind};
use keyturn_domain::{Container, DocumentId, PlaceId, ScopeId, TaskId, UserId, Write};
use keyturn_protocol::Entry;
use serde_bytes::ByteBuf;
use uuid::Uuid;

const HOUR: i64 = 3_600_000;
const HOUSEHOLD: Uuid = Uuid::from_bytes([60; 16]);
pub(super) const TASK: Uuid = Uuid::from_bytes([61; 16]);
pub(super) const VISIT: DocumentId = DocumentId::from_bytes([62; 16]);
/// Who is enrolled on the bench.
const ME: UserId = UserId::from_bytes([2; 16]);

fn row<T: serde::Serialize>(kind: &str, id: Uuid, scope: ScopeId, row: &T) -> Entry {
    Entry::Row {
        seq: 2,
        kind: kind.to_owned(),
        id,
        scope,
        body: Some(ByteBuf::from(rows::body(row).unwrap())),
    }
}

fn task(rule: &str, about: &str) -> TaskRow {
    let rule = &Catalog::built_in().unwrap().task_rules[rule];
    TaskRow {
        id: TaskId(TASK),
        kind: rule.kind.to_string(),
        rule: rule.code.to_string(),
        place: PlaceId(SCOPE.0),
        record_kind: "visit".into(),
        record: VISIT,
        template: String::new(),
        template_version: 0,
        assignees: vec![ME],
        day: "1970-01-01".into(),
        slot: String::new(),
        due: "1970-01-08".into(),
        role: rule.role.to_string(),
        script: rule.script.as_ref().map(ToString::to_string).unwrap_or_default(),
        survey: rule.survey.as_ref().map(ToString::to_string).unwrap_or_default(),
        subject: SCOPE.0,
        occurrence: about.to_owned(),
        anchor: String::new(),
        closed: None,
        rest: Default::default(),
    }
}

/// A phone whose person may write in one home, where a household lives and a task waits. It is eight in the morning.
pub(super) fn phone(folder: &std::path::Path, role: &str, rule: &str, about: &str) -> Phone {
    let phone = Phone::open(folder, 1);
    let demo = &Catalog::built_in().unwrap().demo;
    let name = Text {
        zh: "纸鸢里".into(),
        en: "Paperkite Lane".into(),
    };
    let (public, building) = (ScopeId::public_places(PROJECT), ScopeId::from_bytes([149; 16]));
    let project = ProjectRow {
        code: "p".into(),
        name,
        time_zone: "Asia/Shanghai".into(),
        tolerance_ruleset: demo.project.tolerance_ruleset.to_string(),
        tolerance_grade: demo.project.tolerance_grade,
        template: "handover_fitout_v1".into(),
        settings: ProjectSettings::of(demo),
        rest: Default::default(),
    };
    let home = HomeRow {
        no: "3-2-1201".into(),
        building,
        entrance: 2,
        floor: 12,
        layout: "l3a".into(),
        rest: Default::default(),
    };
    let household = HouseholdRow {
        home: PlaceId(SCOPE.0),
        code: "hh0001".into(),
        language: keyturn_domain::catalog::Lang::Zh,
        ambassador: None,
        quiet: Vec::new(),
        moved_out: String::new(),
        rest: Default::default(),
    };
    let assigned = MilestoneRow {
        event: "household_assigned".into(),
        subject: HOUSEHOLD,
        occurrence: String::new(),
        day: "1969-12-30".parse().unwrap(),
        until: None,
        rest: Default::default(),
    };
    let grant = Entry::Grant {
        seq: 1,
        scope: SCOPE,
        role: role.into(),
        write: true,
    };
    phone.step(pages(vec![
        grant,
        row(kind::PROJECT, PROJECT.0, public, &project),
        row(kind::HOME, SCOPE.0, building, &home),
        row(kind::HOUSEHOLD, HOUSEHOLD, SCOPE, &household),
        row(kind::MILESTONE, assigned.id(PROJECT), SCOPE, &assigned),
        row(kind::TASK, TASK, SCOPE, &task(rule, about)),
    ]));
    phone
}

pub(super) fn seen(visits: &Visits) -> Vec<String> {
    visits.open(&VISIT.to_string()).unwrap().visit.seen
}

pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, ClientError>) -> (String, Vec<String>) {
    let error = result.unwrap_err();
    (error.code().to_owned(), error.missing())
}

#[test]
fn a_move_in_visit_from_the_task_to_the_kept_promise() {
    let folder = tempfile::tempdir().unwrap();
    let phone = phone(folder.path(), "ambassador", "tr-move-in", "");
    let (visits, promises, record) = (phone.client.visits(), phone.client.promises(), VISIT.to_string());
    let shown = visits.begin(&TASK.to_string()).unwrap();
    assert_eq!(shown.visit.script.value, "move_in_v1");
    assert_eq!(
        (shown.visit.step.value.as_str(), shown.visit.household.value.clone()),
        ("handover", HOUSEHOLD.to_string())
    );
    assert_eq!(
        (shown.place_name.en.as_str(), shown.due.as_str(), shown.may_ask),
        ("3-2-1201", "1970-01-08", true)
    );
    assert_eq!(
        visits.begin(&TASK.to_string()).unwrap(),
        shown,
        "beginning twice is beginning once"
    );
    // Eight in the morning: nobody rings before nine.
    assert_eq!((shown.quiet.may_call, shown.quiet.next_ms), (false, Some(HOUR)));
    let first = shown.first_contact.unwrap();
    assert_eq!(
        (first.by_day.as_str(), first.on_day.as_str(), first.in_time),
        ("1970-01-06", "", true)
    );
    let now = NewArrival {
        way: "visit".into(),
        ..NewArrival::default()
    };
    let quiet = refused(visits.arrive(&record, &seen(&visits), &now));
    assert_eq!(quiet, ("illegal".into(), vec!["outside_quiet_hours".into()]));
    let noon = NewAppointment {
        time_ms: 5 * HOUR,
        owner_consented: true,
        owner_asked: false,
        ..NewAppointment::default()
    };
    let quiet = refused(visits.book(&record, &seen(&visits), &noon));
    assert_eq!(quiet.1, ["outside_quiet_hours"], "one in the afternoon");
    visits.call_later(&record, &seen(&visits), 10 * HOUR).unwrap();
    let asked = NewArrival {
        met: Uuid::from_bytes([70; 16]).to_string(),
        ..now
    };
    visits.arrive(&record, &seen(&visits), &asked).unwrap();
    let shown = visits.open(&record).unwrap();
    assert_eq!((shown.visit.life.state.as_str(), shown.visit.tries), ("on_site", 0));
    assert_eq!(shown.first_contact.unwrap().on_day, "1970-01-01");
    visits.say(&record, &seen(&visits), "tone", "always", true).unwrap();
    visits.answer(&record, &seen(&visits), "move_in-1", "2").unwrap();
    visits.skip(&record, &seen(&visits), "move_in-2").unwrap();
    visits.tag(&record, &seen(&visits), "handover.fix_time").unwrap();
    // What they ask for becomes records of their own, with the link, in one step.
    let leak = NewRequest {
        kind: "defect".into(),
        code: "wl-01".into(),
        words: "主卧墙面渗水 💧".into(),
        room: "r03".into(),
        ..NewRequest::default()
    };
    let defect = visits.request(&record, &seen(&visits), &leak).unwrap();
    let fees = NewRequest {
        kind: "enquiry".into(),
        words: "物业费怎么算？".into(),
        relation: "owner".into(),
        ..NewRequest::default()
    };
    let case = visits.request(&record, &seen(&visits), &fees).unwrap();
    let shown = visits.open(&record).unwrap();
    let linked: Vec<_> = shown
        .visit
        .requests
        .iter()
        .map(|r| (r.record.as_str(), r.kind.as_str()))
        .collect();
    assert!(
        linked.contains(&(defect.record.as_str(), "defect")) && linked.contains(&(case.record.as_str(), "enquiry"))
    );
    assert_eq!((shown.open.defects.len(), shown.open.cases.len()), (1, 1));
    assert_eq!(phone.client.defects().open(&defect.record).unwrap().inspection, record);
    // A promise that is due today, and one of next week.
    for (what, due_ms) in [("今天送来说明书", 9 * HOUR), ("换好密封条", 200 * HOUR)] {
        let new = NewPromise {
            what: what.into(),
            due_ms,
            ..NewPromise::default()
        };
        visits.promise(&record, &seen(&visits), &new).unwrap();
    }
    let today = promises.today().unwrap();
    assert_eq!(today.len(), 1);
    assert_eq!(
        (today[0].what.as_str(), today[0].to.clone()),
        ("今天送来说明书", HOUSEHOLD.to_string())
    );
    assert_eq!(promises.of_home(&SCOPE.to_string()).unwrap().len(), 2);
    assert_eq!(promises.of_person(&ME.to_string()).unwrap().len(), 2);
    assert!(promises.of_person(&HOUSEHOLD.to_string()).unwrap().is_empty());
    let early = refused(visits.finish(&record, &seen(&visits), "基本满意", "下周换密封条"));
    assert_eq!(early.0, "missing");
    visits.read_back(&record, &seen(&visits)).unwrap();
    visits
        .finish(&record, &seen(&visits), "基本满意", "下周换密封条")
        .unwrap();
    assert_eq!(visits.open(&record).unwrap().visit.life.state, "done");
    let key = today[0].key.as_str();
    let moved = refused(promises.postpone(&record, &seen(&visits), key, 20 * HOUR, false, "缺货"));
    assert_eq!(moved.1, ["owner_agreed"]);
    let unproved = refused(promises.keep(&record, &seen(&visits), key, &NewProof::default()));
    assert_eq!(unproved.1, ["proof_given"]);
    let proof = NewProof {
        owner_confirmed: true,
        ..NewProof::default()
    };
    promises.keep(&record, &seen(&visits), key, &proof).unwrap();
    assert!(promises.today().unwrap().is_empty());
    let states: Vec<_> = promises
        .of_home(&SCOPE.to_string())
        .unwrap()
        .into_iter()
        .map(|p| p.state)
        .collect();
    assert_eq!(states, ["made", "kept"], "what is open stands first");
}

#[test]
fn a_request_that_is_refused_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let phone = phone(folder.path(), "ambassador", "tr-move-in", "");
    let visits = phone.client.visits();
    visits.begin(&TASK.to_string()).unwrap();
    let queued = || phone.client.sync().status().unwrap().queued;
    let before = queued();
    for kind in ["defect", "enquiry", "dance"] {
        let nonsense = NewRequest {
            kind: kind.into(),
            code: "zz-99".into(),
            urgency: "very".into(),
            ..NewRequest::default()
        };
        assert!(
            visits.request(&VISIT.to_string(), &seen(&visits), &nonsense).is_err(),
            "{kind}"
        );
    }
    assert_eq!(queued(), before);
    let home = phone.client.places().home(&SCOPE.to_string()).unwrap();
    assert_eq!(home.records.len(), 1);
    assert_eq!(
        visits.begin_at(&SCOPE.to_string(), "dance_v1", "").unwrap_err().code(),
        "unknown_code"
    );
    let talk = visits.begin_at(&SCOPE.to_string(), "complaint_talk_v1", "").unwrap();
    assert_eq!(talk.visit.parts.len(), 6);
}

#[test]
fn who_repaired_it_is_not_the_one_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    let defect = DocumentId::from_bytes([80; 16]);
    let phone = phone(folder.path(), "reviewer", "tr-revisit-repair", &defect.to_string());
    let event = |key: &str, event: &str, after: &str, role: &str| Write::Entry {
        container: Container::Events,
        key: key.into(),
        fields: [
            ("type", event.into()),
            ("by", ME.to_string().into()),
            ("role", role.into()),
            ("at", 5.into()),
            ("after", after.into()),
            ("room", "r03".into()),
            ("code", "wl-01".into()),
            ("photo", "h".into()),
            ("person", ME.to_string().into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
    };
    let genesis = Genesis {
        document: defect,
        project: PROJECT,
        place: PlaceId(SCOPE.0),
        kind: "defect".into(),
    };
    let assigned = Recording {
        target: Target::Begin { genesis, scope: SCOPE },
        seen: vec![],
        writes: vec![
            event("e1", "submit", "", "engineer"),
            event("e2", "assign", "e1", "reviewer"),
        ],
    };
    phone.client.records().record(assigned).unwrap();
    let visits = phone.client.visits();
    let shown = visits.begin(&TASK.to_string()).unwrap();
    assert_eq!(
        (shown.visit.script.value.as_str(), shown.may_ask),
        ("revisit_v1", false)
    );
    let now = NewArrival {
        way: "phone".into(),
        owner_asked: true,
        ..NewArrival::default()
    };
    visits.arrive(&VISIT.to_string(), &seen(&visits), &now).unwrap();
    let asked = refused(visits.answer(&VISIT.to_string(), &seen(&visits), "repair-1", "yes"));
    assert_eq!(asked, ("illegal".into(), vec!["interviewer_not_rated".into()]));
}
