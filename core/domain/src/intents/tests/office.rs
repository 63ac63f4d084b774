//! Sales promises, notices, appointments, milestones.

use super::*;

#[test]
fn a_sales_promise_falls_due_by_itself_and_moves_only_with_consent() {
    let mut present = Present::default();
    let id = Uuid::from_bytes([4; 16]);
    let row = SalesPromiseRow {
        home: HOME,
        text: text("玄关柜", "hall cabinet"),
        first_due_ms: DAY,
        events: Vec::new(),
        rest: Rest::new(),
    };
    put(&mut present, kind::SALES_PROMISE, id, SCOPE, &row);
    let event = |name: &str, at_ms: i64, facts: &[(&str, crate::Value)]| {
        let facts: Facts = facts.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        Command::PromiseEvent(PromiseEvent {
            promise: id,
            home: HOME,
            event: name.into(),
            facts,
            at_ms,
        })
    };
    let late = ("due", crate::Value::from(9 * DAY));
    let why = ("reason", crate::Value::from("no wood"));
    assert_eq!(
        ask(&present, "engineer", 5, &event("move", 5, &[late.clone(), why.clone()])),
        Err(Refusal::Illegal),
        "nobody asked the owner"
    );
    done(
        &mut present,
        "engineer",
        5,
        &event("move", 5, &[late, why, ("owner_agreed", true.into())]),
    );
    let machine = Catalog::built_in().unwrap().machines.get("promise").unwrap();
    let stand = |present: &Present, now| {
        let (row, _) = present.get::<SalesPromiseRow>(kind::SALES_PROMISE, id).unwrap();
        (row.stand(machine, now).state, row.stand(machine, now).due_ms)
    };
    assert_eq!(stand(&present, 2 * DAY), ("moved".into(), 9 * DAY));
    assert_eq!(stand(&present, 10 * DAY), ("overdue".into(), 9 * DAY));
    let kept = event("keep", 10 * DAY, &[("proof_record", "r1".into())]);
    assert_eq!(
        ask(&present, "engineer", 10 * DAY, &kept),
        Err(Refusal::Illegal),
        "it is overdue by then"
    );
    done(
        &mut present,
        "engineer",
        10 * DAY,
        &event("keep_late", 10 * DAY, &[("proof_record", "r1".into())]),
    );
    assert_eq!(stand(&present, 20 * DAY).0, "kept_late");
}

#[test]
fn a_notice_reaches_home_by_home_and_a_new_version_supersedes_it() {
    let mut present = Present::default();
    let (notice, second) = (Uuid::from_bytes([4; 16]), Uuid::from_bytes([5; 16]));
    let building = ScopeId::from_bytes([6; 16]);
    let row = HomeRow {
        no: "1-1-0101".into(),
        building,
        entrance: 1,
        floor: 1,
        layout: "a".into(),
        rest: Rest::new(),
    };
    put(&mut present, kind::HOME, HOME.0, building, &row);
    let put_notice = |id: Uuid, supersedes: Option<Uuid>| {
        Command::NoticePut(NoticePut {
            id,
            code: "handover".into(),
            kind: "handover".into(),
            title: text("交付通知", "handover notice"),
            points: Vec::new(),
            audience: Audience::default(),
            supersedes,
            reason: "another hall".into(),
            at_ms: 1,
        })
    };
    let event = |name: &str, home: Option<PlaceId>, proof: &str| {
        let facts = Facts::from([("proof".to_owned(), proof.into())]);
        let facts = if proof.is_empty() { Facts::new() } else { facts };
        Command::NoticeEvent(NoticeEvent {
            notice,
            home,
            event: name.into(),
            facts,
            at_ms: 1,
        })
    };
    done(&mut present, "reviewer", 1, &put_notice(notice, None));
    assert_eq!(
        ask(&present, "ambassador", 2, &event("deliver", Some(HOME), "signed")),
        Err(Refusal::Illegal)
    );
    assert_eq!(
        ask(&present, "engineer", 2, &event("send", None, "")),
        Err(Refusal::Role)
    );
    done(&mut present, "reviewer", 2, &event("send", None, ""));
    assert_eq!(
        ask(&present, "reviewer", 2, &event("deliver", None, "signed")),
        Err(Refusal::Illegal)
    );
    for (proof, why) in [
        ("", Refusal::Illegal),
        ("returned", Refusal::Illegal),
        ("whistled", Refusal::UnknownCode),
    ] {
        assert_eq!(
            ask(&present, "ambassador", 3, &event("deliver", Some(HOME), proof)),
            Err(why),
            "{proof}"
        );
    }
    let state = |present: &Present| {
        let (row, _) = present.get::<NoticeRow>(kind::NOTICE, notice).unwrap();
        let copy = present.get::<NoticeCopyRow>(kind::NOTICE_COPY, NoticeCopyRow::id_of(notice, HOME));
        let machine = Catalog::built_in().unwrap().machines.get("notice").unwrap();
        notice_life(machine, &row, copy.map(|(row, _)| row).as_ref()).state
    };
    assert_eq!(state(&present), "sent");
    done(&mut present, "ambassador", 3, &event("deliver", Some(HOME), "signed"));
    assert_eq!(state(&present), "delivered");
    done(&mut present, "manager", 4, &put_notice(second, Some(notice)));
    assert_eq!(state(&present), "superseded");
    let (row, _) = present.get::<NoticeRow>(kind::NOTICE, notice).unwrap();
    let copy = present.get::<NoticeCopyRow>(kind::NOTICE_COPY, NoticeCopyRow::id_of(notice, HOME));
    let machine = Catalog::built_in().unwrap().machines.get("notice").unwrap();
    let reached = |copy: Option<&NoticeCopyRow>| rows::is_reached(machine, &row, copy);
    assert!(
        reached(copy.map(|(row, _)| row).as_ref()) && !reached(None),
        "what was proven stays proven"
    );
    assert_eq!(present.get::<NoticeRow>(kind::NOTICE, second).unwrap().0.version, 2);
    assert_eq!(
        ask(
            &present,
            "manager",
            5,
            &put_notice(Uuid::from_bytes([7; 16]), Some(notice))
        ),
        Err(Refusal::Collides)
    );
}

#[test]
fn two_appointments_at_one_hour_collide() {
    let mut present = home();
    let book = |n: u8, from: i64, was: Option<i64>| {
        Command::AppointmentPut(AppointmentPut {
            id: Uuid::from_bytes([n; 16]),
            home: HOME,
            household: HOUSEHOLD,
            person: None,
            purpose: "move_in_visit".into(),
            record: None,
            from_ms: from,
            to_ms: from + 60,
            by: UserId::default(),
            was_from_ms: was,
            cancelled: String::new(),
        })
    };
    done(&mut present, "ambassador", 1, &book(4, 100, None));
    assert_eq!(
        ask(&present, "engineer", 1, &book(5, 130, None)),
        Err(Refusal::Collides)
    );
    done(&mut present, "engineer", 1, &book(5, 160, None));
    done(&mut present, "ambassador", 1, &book(4, 300, Some(100)));
    assert_eq!(
        ask(&present, "ambassador", 1, &book(4, 400, Some(100))),
        Err(Refusal::Collides)
    );
    assert_eq!(present.of_kind::<AppointmentRow>(kind::APPOINTMENT).count(), 2);
}

#[test]
fn a_task_without_a_record_is_closed_by_its_role_or_the_office_and_opened_again_with_a_reason() {
    let mut present = Present::default();
    let id = crate::ids::TaskId::from_bytes([6; 16]);
    let task = TaskRow {
        id,
        kind: "change_notice".into(),
        rule: "tr-change".into(),
        place: HOME,
        role: "ambassador".into(),
        ..TaskRow::default()
    };
    put(&mut present, kind::TASK, id.0, SCOPE, &task);
    let say = |outcome: &str, reason: &str, was: &str| {
        Command::TaskClose(TaskClose {
            task: id.0,
            place: HOME,
            outcome: outcome.into(),
            reason: reason.into(),
            was: was.into(),
            at_ms: 5,
        })
    };
    let stands = |present: &Present| present.get::<TaskRow>(kind::TASK, id.0).unwrap().0.closed;
    assert_eq!(ask(&present, "engineer", 1, &say("done", "", "")), Err(Refusal::Role));
    assert_eq!(
        ask(&present, "ambassador", 1, &say("not_done", " ", "")),
        Err(Refusal::Missing("reason"))
    );
    assert_eq!(
        ask(&present, "ambassador", 1, &say("forgotten", "x", "")),
        Err(Refusal::UnknownCode)
    );
    done(
        &mut present,
        "ambassador",
        1,
        &say("not_done", "the change was dropped", ""),
    );
    let closed = stands(&present).unwrap();
    assert_eq!(
        (closed.outcome.as_str(), closed.reason.as_str(), closed.at_ms),
        ("not_done", "the change was dropped", 5)
    );
    // Whoever saw it open and says otherwise collides; who saw it closed may open it again.
    let blind = say("done", "", "");
    assert_eq!(ask(&present, "reviewer", 1, &blind), Err(Refusal::Collides));
    done(&mut present, "reviewer", 1, &say("", "it came back", "not_done"));
    assert_eq!(stands(&present), None);
    done(&mut present, "reviewer", 1, &blind);

    let recorded = TaskRow {
        record_kind: "visit".into(),
        ..task.clone()
    };
    put(&mut present, kind::TASK, id.0, SCOPE, &recorded);
    assert_eq!(ask(&present, "reviewer", 1, &blind), Err(Refusal::Illegal));
}

#[test]
fn a_milestone_is_set_once_and_moved_only_by_who_saw_its_day() {
    let mut present = Present::default();
    let set = |day: &str, was: Option<&str>, place: Option<PlaceId>| {
        Command::MilestoneSet(MilestoneSet {
            place,
            event: "moved_in".into(),
            subject: HOME.0,
            occurrence: String::new(),
            day: day.parse().unwrap(),
            until: None,
            was: was.map(|day| day.parse().unwrap()),
        })
    };
    done(&mut present, "ambassador", 1, &set("2026-12-10", None, Some(HOME)));
    let blind = set("2026-12-12", None, Some(HOME));
    assert_eq!(ask(&present, "engineer", 1, &blind), Err(Refusal::Collides));
    done(
        &mut present,
        "engineer",
        1,
        &set("2026-12-12", Some("2026-12-10"), Some(HOME)),
    );
    assert_eq!(
        ask(&present, "engineer", 1, &set("2026-12-13", None, None)),
        Err(Refusal::Role)
    );
}
