//! The lives of records.

use super::walk::{Reached, take, take_promises};
use crate::cases::world::{HOUR, World, by_phone, heads, now, photo, report, shown, told};
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{NewAppointment, NewArrival, NewDefect, NewPromise, PlanView, TriageView};
use keyturn_domain::record::view::InspectionView;
use uuid::Uuid;

/// What one says the other hears.
async fn pass(from: &Client, to: &Client) {
    sync(from).await;
    sync(to).await;
}

fn found(client: &Client, place: &str, words: &str) -> String {
    let new = NewDefect {
        place: place.into(),
        code: "wl-01".into(),
        room: "r02".into(),
        description: words.into(),
        ..NewDefect::default()
    };
    client.defects().record(&new).expect("recorded").record
}

fn submit(client: &Client, record: &str) {
    client
        .defects()
        .submit(record, &shown(client, record), "dark")
        .expect("handed in");
}

fn promise(client: &Client, record: &str) {
    let new = NewPromise {
        what: "call back".into(),
        due_ms: now() + HOUR,
        to: "a-person".into(),
        ..NewPromise::default()
    };
    client
        .promises()
        .make(record, &shown(client, record), &new)
        .expect("promised");
}

pub(super) async fn defects(world: &World, reached: &mut Reached) {
    let home = &world.demo.homes[0];
    let (place, engineer) = (home.place.to_string(), home.assignees[0].to_string());
    let other = ["eng01", "eng02"].map(|code| world.user(code).to_string());
    let other = other
        .into_iter()
        .find(|user| *user != engineer)
        .expect("another engineer");
    let e = world.person(home.assignees[0], "engineer").await;
    let o = world.person(world.user("rev01"), "office").await;
    let m = world.person(world.user("mgr01"), "manager").await;

    let d = found(&e, &place, "the long way");
    submit(&e, &d);
    pass(&e, &o).await;
    o.defects().assign(&d, &shown(&o, &d), &engineer).expect("assigned");
    pass(&o, &e).await;
    e.defects()
        .return_to_dispatch(&d, &shown(&e, &d), "on leave")
        .expect("back");
    pass(&e, &o).await;
    o.defects().assign(&d, &shown(&o, &d), &engineer).expect("assigned");
    pass(&o, &e).await;
    e.defects().accept(&d, &shown(&e, &d), &told(24)).expect("taken over");
    photo(&e, &d, "protection", 1);
    e.defects().start(&d, &shown(&e, &d)).expect("begun");
    photo(&e, &d, "after", 2);
    e.defects().finish(&d, &shown(&e, &d), true).expect("done");
    pass(&e, &o).await;
    o.defects().reject(&d, &shown(&o, &d), "colour").expect("not in order");
    pass(&o, &e).await;
    photo(&e, &d, "protection", 3);
    e.defects().start(&d, &shown(&e, &d)).expect("resumed");
    photo(&e, &d, "after", 4);
    e.defects().finish(&d, &shown(&e, &d), true).expect("done");
    pass(&e, &o).await;
    o.defects().reject(&d, &shown(&o, &d), "still").expect("not in order");
    pass(&o, &m).await;
    m.defects()
        .mark_hard(&d, &shown(&m, &d), "no such colour", true)
        .expect("hard");
    m.defects()
        .plan_hard(&d, &shown(&m, &d), "order it", "2027-01-20", &told(200))
        .expect("planned");
    pass(&m, &e).await;
    photo(&e, &d, "after", 5);
    e.defects().finish(&d, &shown(&e, &d), true).expect("done");
    pass(&e, &o).await;
    o.defects().verify(&d, &shown(&o, &d), false).expect("in order");
    o.defects().reopen(&d, &shown(&o, &d), "came_back", "").expect("again");
    o.defects().assign(&d, &shown(&o, &d), &engineer).expect("assigned");
    pass(&o, &m).await;
    m.defects()
        .reassign(&d, &shown(&m, &d), &other, "ill", true)
        .expect("to another");
    take(reached, "defect", &m.defects().open(&d).expect("open").life);
    take_promises(reached, &m, &d);

    let spot = found(&e, &place, "at once");
    photo(&e, &spot, "finding", 6);
    photo(&e, &spot, "after", 7);
    e.defects().fix_on_spot(&spot, &shown(&e, &spot)).expect("fixed");
    take(reached, "defect", &e.defects().open(&spot).expect("open").life);

    let (liked, twice) = (found(&e, &place, "liked"), found(&e, &place, "seen twice"));
    submit(&e, &liked);
    promise(&e, &twice);
    pass(&e, &m).await;
    m.defects()
        .accept_as_is(&liked, &shown(&m, &liked), "they like it", true)
        .expect("left");
    m.defects()
        .cancel(&twice, &shown(&m, &twice), "seen twice", true)
        .expect("cancelled");
    for record in [&liked, &twice] {
        take(reached, "defect", &m.defects().open(record).expect("open").life);
        take_promises(reached, &m, record);
    }

    let (kept, twin) = (found(&e, &place, "one"), found(&e, &place, "the same"));
    let propose = || {
        e.defects()
            .propose_duplicate(&twin, &shown(&e, &twin), &kept)
            .expect("proposed");
        let all = e.defects().open(&twin).expect("open").repair.proposals;
        all.into_iter()
            .find(|p| p.state == "open")
            .expect("an open one")
            .proposal
    };
    let first = propose();
    e.defects()
        .reject_duplicate(&twin, &shown(&e, &twin), &first, "another wall")
        .expect("no");
    let second = propose();
    promise(&e, &twin);
    pass(&e, &o).await;
    o.defects()
        .confirm_duplicate(&twin, &shown(&o, &twin), &second)
        .expect("the same");
    take(reached, "defect", &o.defects().open(&twin).expect("open").life);
    // What was promised ends with its record, or goes on in the other one; both tell.
    let ended = &o.promises().of_record(&twin).expect("promises")[0];
    let taken = &o.promises().of_record(&kept).expect("promises")[0];
    assert_eq!(
        (ended.life.state.as_str(), ended.goes_on.as_str()),
        ("released", kept.as_str())
    );
    assert_eq!(
        (taken.from.clone(), taken.due_ms),
        (format!("{twin}/{}", ended.key), ended.due_ms)
    );
    let over = &m.promises().of_record(&twice).expect("promises")[0];
    assert_eq!((over.life.state.as_str(), over.goes_on.as_str()), ("released", ""));
    sync(&o).await;
    sync(&m).await;
    let open = m.promises().of_person(&engineer).expect("promises");
    assert!(open.iter().all(|p| p.record != twin && p.record != twice), "{open:?}");
    assert!(open.iter().any(|p| p.record == kept));
}

pub(super) async fn complaints(world: &World, reached: &mut Reached) {
    let place = world.demo.homes[1].place.to_string();
    let m = world.person(world.user("mgr01"), "complaints").await;
    let o = world.person(world.user("rev01"), "revisits").await;
    let sorted = TriageView {
        category: "quality".into(),
        urgency: "normal".into(),
        department: "works".into(),
        ..TriageView::default()
    };
    let plan = PlanView {
        plan: "replaster".into(),
        person: "eng01".into(),
        date: "2027-01-20".into(),
        basis: "contract 7.2".into(),
    };
    let (mine, office) = (m.cases(), o.cases());
    let k = report(&m, &place, "complaint", "a crack");
    mine.triage(&k, &heads(&m, &k), &sorted).expect("sorted");
    mine.investigate(&k, &heads(&m, &k), "eng01", now() + 48 * HOUR, true)
        .expect("looked into");
    mine.judge(&k, &heads(&m, &k), "founded", "It is hollow.")
        .expect("judged");
    mine.add_option(&k, &heads(&m, &k), "replaster", "2000")
        .expect("an option");
    let option = mine.open(&k).expect("open").options[0].key.clone();
    mine.choose_option(&k, &heads(&m, &k), &option).expect("chosen");
    mine.plan(&k, &heads(&m, &k), &plan).expect("planned");
    mine.act(&k, &heads(&m, &k), now() + 99 * HOUR, true).expect("acting");
    mine.escalate(&k, &heads(&m, &k), "customer_director", "", "slow")
        .expect("up");
    mine.return_with_plan(&k, &heads(&m, &k), &plan).expect("back");
    mine.act(&k, &heads(&m, &k), now() + 99 * HOUR, true).expect("acting");
    mine.answer(&k, &heads(&m, &k), "It is done.", &by_phone())
        .expect("answered");
    pass(&m, &o).await;
    office
        .revisit(&k, &heads(&o, &k), "not_satisfied", "colour", &by_phone())
        .expect("asked");
    pass(&o, &m).await;
    mine.act_again(&k, &heads(&m, &k), "the colour").expect("again");
    mine.answer(&k, &heads(&m, &k), "Painted.", &by_phone())
        .expect("answered");
    pass(&m, &o).await;
    office
        .revisit(&k, &heads(&o, &k), "satisfied", "", &by_phone())
        .expect("asked");
    pass(&o, &m).await;
    mine.close_complaint(&k, &heads(&m, &k), "workmanship", "")
        .expect("closed");
    mine.reopen(&k, &heads(&m, &k), "came_back", "").expect("again");

    let wrong = report(&m, &place, "complaint", "not ours");
    mine.triage(&wrong, &heads(&m, &wrong), &sorted).expect("sorted");
    mine.judge(&wrong, &heads(&m, &wrong), "not_founded", "As agreed.")
        .expect("judged");
    let heads_now = heads(&m, &wrong);
    mine.answer_without_plan(&wrong, &heads_now, "As agreed.", "contract 3", "", &by_phone())
        .expect("answered");
    let same = report(&m, &place, "complaint", "a crack again");
    mine.merge(&same, &heads(&m, &same), &k, "the same crack")
        .expect("merged");
    let back = report(&o, &place, "complaint", "forget it");
    office
        .withdraw(&back, &heads(&o, &back), "taken back")
        .expect("withdrawn");
    for (client, record) in [(&m, &k), (&m, &wrong), (&m, &same), (&o, &back)] {
        take(reached, "complaint", &client.cases().open(record).expect("open").life);
    }
}

pub(super) async fn cases(world: &World, reached: &mut Reached) {
    let place = world.demo.homes[2].place.to_string();
    let m = world.person(world.user("mgr01"), "cases").await;
    let (cases, me) = (m.cases(), world.user("mgr01").to_string());
    let c = report(&m, &place, "enquiry", "how much?");
    cases.dispatch(&c, &heads(&m, &c), &me, None).expect("dispatched");
    cases.return_to_dispatch(&c, &heads(&m, &c), "not mine").expect("back");
    cases.dispatch(&c, &heads(&m, &c), &me, None).expect("dispatched");
    cases
        .acknowledge(&c, &heads(&m, &c), now() + HOUR, true)
        .expect("taken over");
    cases
        .answer(&c, &heads(&m, &c), "Two yuan.", &by_phone())
        .expect("answered");
    cases.close(&c, &heads(&m, &c)).expect("closed");
    cases.reopen(&c, &heads(&m, &c), "new_facts", "").expect("again");
    let goes_on = report(&m, &place, "repair", "it drips");
    cases.link(&c, &heads(&m, &c), &goes_on, "").expect("linked");

    // What the owner was promised goes on where the matter does.
    let same = report(&m, &place, "repair", "it drips too");
    cases.dispatch(&same, &heads(&m, &same), &me, None).expect("dispatched");
    cases
        .acknowledge(&same, &heads(&m, &same), now() + HOUR, true)
        .expect("taken over");
    cases
        .merge(&same, &heads(&m, &same), &goes_on, "one tap")
        .expect("merged");
    for record in [&c, &same] {
        take(reached, "case", &cases.open(record).expect("open").life);
        take_promises(reached, &m, record);
    }
    let all = m.promises().of_home(&place).expect("promises");
    let ended = all.iter().find(|p| p.record == same).expect("its promise");
    let taken = all.iter().find(|p| p.record == goes_on).expect("taken over");
    assert_eq!(
        (ended.state.as_str(), ended.goes_on.as_str()),
        ("released", goes_on.as_str())
    );
    assert_eq!(
        (taken.state.as_str(), taken.due_ms, &taken.to),
        ("made", ended.due_ms, &ended.to)
    );
}

pub(super) async fn visits(world: &World, reached: &mut Reached) {
    let home = &world.demo.homes[3];
    let a = world.person(home.assignees[1], "ambassador").await;
    let (visits, place) = (a.visits(), home.place.to_string());
    let begin = || visits.begin_at(&place, "move_in_v1", "").expect("begun").visit.record;
    let seen = |record: &str| visits.open(record).expect("open").visit.seen;
    let at = |hours: i64| NewAppointment {
        time_ms: now() + hours * HOUR,
        owner_consented: true,
        owner_asked: true,
        ..NewAppointment::default()
    };
    let there = NewArrival {
        way: "visit".into(),
        met: Uuid::from_bytes([7; 16]).to_string(),
        owner_asked: true,
        ..NewArrival::default()
    };
    let v = begin();
    visits.book(&v, &seen(&v), &at(1)).expect("booked");
    visits.reschedule(&v, &seen(&v), "rain").expect("moved");
    visits.book(&v, &seen(&v), &at(2)).expect("booked");
    visits.arrive(&v, &seen(&v), &there).expect("there");
    visits.call_later(&v, &seen(&v), now() + 3 * HOUR).expect("later");
    visits.arrive(&v, &seen(&v), &there).expect("there");
    visits.finish(&v, &seen(&v), "content", "none").expect("over");
    let missed = begin();
    visits
        .miss(&missed, &seen(&missed), "phone", "nobody answers")
        .expect("missed");
    visits.plan_again(&missed, &seen(&missed)).expect("again");
    visits.arrive(&missed, &seen(&missed), &there).expect("unbooked");
    visits.refuse(&missed, &seen(&missed), "not wanted").expect("refused");
    for record in [&v, &missed] {
        take(reached, "visit", &visits.open(record).expect("open").visit.life);
    }
}

pub(super) async fn inspection(world: &World, reached: &mut Reached) {
    let home = &world.demo.homes[0];
    let e = world.person(home.assignees[0], "inspector").await;
    let (tasks, inspections) = (e.tasks().mine().expect("tasks"), e.inspections());
    let task = tasks
        .iter()
        .find(|t| t.place == home.place.to_string())
        .expect("the task");
    let view = inspections.begin(&task.task).expect("begun");
    sign(&e, &view);
    let record = view.record.as_str();
    let early = inspections.countersign(record, &screen(&e, record));
    assert_eq!(early.expect_err("the server has nothing yet").code(), "missing");
    let o = world.person(world.user("rev01"), "review").await;
    let m = world.person(world.user("mgr01"), "lock").await;
    pass(&e, &o).await;
    let unseen = o.inspections().review(record, &screen(&o, record), "");
    assert_eq!(unseen.expect_err("nobody countersigned").code(), "illegal");
    o.inspections()
        .countersign(record, &screen(&o, record))
        .expect("the server has it");
    pass(&o, &e).await;
    let own = inspections.review(record, &screen(&e, record), "");
    assert_eq!(own.expect_err("whoever inspected it").code(), "illegal");
    o.inspections()
        .review(record, &screen(&o, record), "well done")
        .expect("reviewed");
    pass(&o, &m).await;
    m.inspections().lock(record, &screen(&m, record)).expect("locked");
    pass(&m, &e).await;

    // Nothing of it amends what was signed; a new version does, once it is signed.
    let locked = inspections.open(record).expect("open");
    assert!(locked.signatures[0].sound && locked.signatures[0].not_covered.is_empty());
    let next = inspections.new_version(record).expect("a new version");
    assert_eq!(
        (next.supersedes.as_str(), next.progress.answered, next.task.as_str()),
        (record, 0, view.task.as_str())
    );
    let unsigned = inspections.supersede(record, &screen(&e, record), "a room was missing");
    assert_eq!(unsigned.expect_err("not signed").code(), "missing");
    sign(&e, &next);
    inspections
        .supersede(record, &screen(&e, record), "a room was missing")
        .expect("replaced");
    let over = inspections.open(record).expect("open");
    assert_eq!(
        (over.life.state.as_str(), over.superseded_by.as_str()),
        ("superseded", next.record.as_str())
    );
    for record in [record, &next.record] {
        take(reached, "inspection", &inspections.open(record).expect("open").life);
    }
}

/// Answers what must be tested, and signs without the owner.
fn sign(client: &Client, view: &InspectionView) {
    let (inspections, mut seen) = (client.inspections(), view.seen.clone());
    let questions = view.rooms.iter().flat_map(|room| &room.questions);
    for question in questions.filter(|q| q.must_test) {
        let done = inspections.answer(&view.record, &seen, &question.key, "ok", "", "");
        seen = done.expect("answered").seen;
    }
    inspections
        .sign(&view.record, &seen, "", "", "nobody at home")
        .expect("signed");
}

fn screen(client: &Client, record: &str) -> Vec<String> {
    client.inspections().open(record).expect("the inspection").seen
}
