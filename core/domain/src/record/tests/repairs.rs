//! A defect from dispatch to its end; dates that a reassignment moves; two reports of one defect.

use super::*;
use crate::record::repair::{self, Promised};
use crate::record::{defect, duplicates, promises};

type Made = Result<Vec<Write>, CommandError>;

fn act(doc: &mut Document, who: &Who, key: &str, make_it: impl FnOnce(&Scene<'_>) -> Made) -> Result<(), CommandError> {
    let (seen, stamp) = (doc.heads(), stamp(key));
    let scene = Scene {
        document: doc,
        seen: &seen,
        catalog: Catalog::built_in().unwrap(),
        who,
        stamp: &stamp,
    };
    let writes = make_it(&scene)?;
    make(doc, &writes);
    Ok(())
}

fn missing(done: Result<(), CommandError>) -> Vec<String> {
    match done.unwrap_err() {
        CommandError::Illegal { missing, .. } => missing,
        other => panic!("{other}"),
    }
}

fn photo(doc: &mut Document, kind: &str, n: u8) {
    let taken = common::photo(
        &Hash([n; 32]),
        kind,
        "",
        1,
        &who(3, "engineer"),
        &stamp(&format!("f{n:02}")),
    );
    make(doc, &[taken.unwrap()]);
}

fn office() -> Who {
    who(2, "reviewer")
}

fn engineer(n: u8) -> Who {
    who(n, "engineer")
}

fn id(who: &Who) -> String {
    who.user.to_string()
}

fn by(ms: i64) -> Promised {
    Promised {
        at_ms: ms,
        owner_told: true,
        to: "household-1".into(),
        ..Promised::default()
    }
}

/// A defect that was handed in.
fn handed_in() -> Document {
    let mut doc = phone(1, "defect");
    let catalog = Catalog::built_in().unwrap();
    let code = catalog.defects.keys().next().unwrap().as_str().to_owned();
    let finding = defect::Finding {
        code,
        room: "r03".into(),
        description: "窗框渗水 💧".into(),
        ..defect::Finding::default()
    };
    let writes = defect::record(&doc, &[], catalog, &finding).unwrap();
    make(&mut doc, &writes);
    let terms = defect::Terms {
        contact_by: Some(2_000),
        fix_by: Some(90_000),
        covered: Some(true),
        warranty_rule: "waterproofing".into(),
        ..defect::Terms::default()
    };
    let event = defect::submit(&doc, &doc.heads(), "太暗", &terms, &engineer(3), &stamp("e0")).unwrap();
    make(&mut doc, &[event]);
    doc
}

fn state(doc: &Document) -> String {
    life(doc, &Marks::default()).unwrap().state
}

fn person(doc: &Document) -> String {
    life(doc, &Marks::default()).unwrap().person
}

fn due(doc: &Document) -> Option<i64> {
    Projection::of(doc, &Marks::default()).due_ms
}

#[test]
fn every_step_copies_the_photos_that_its_guard_asks_for() {
    let mut doc = handed_in();
    let (named, other) = (engineer(3), engineer(4));
    assert_eq!(due(&doc), Some(2_000));
    act(&mut doc, &office(), "e1", |s| repair::assign(s, &id(&named))).unwrap();
    assert_eq!(
        act(&mut doc, &other, "e2", |s| repair::accept(s, &by(50_000)))
            .unwrap_err()
            .code(),
        "not_named"
    );
    let untold = Promised {
        owner_told: false,
        ..by(50_000)
    };
    assert_eq!(
        missing(act(&mut doc, &named, "e2", |s| repair::accept(s, &untold))),
        ["promise_time_set"]
    );
    act(&mut doc, &named, "e2", |s| repair::accept(s, &by(50_000))).unwrap();
    assert_eq!(due(&doc), Some(50_000));
    assert_eq!(
        missing(act(&mut doc, &named, "e3", repair::start)),
        ["protection_photo"]
    );
    assert_eq!(
        act(&mut doc, &named, "n1", |s| repair::waive(s, "bare shell"))
            .unwrap_err()
            .code(),
        "role"
    );
    act(&mut doc, &office(), "n1", |s| repair::waive(s, "bare shell")).unwrap();
    act(&mut doc, &named, "e3", repair::start).unwrap();
    assert_eq!(
        missing(act(&mut doc, &named, "e4", |s| repair::finish(s, false))),
        ["after_photo", "clean_tick"]
    );
    photo(&mut doc, "after", 1);
    photo(&mut doc, "clean", 2);
    act(&mut doc, &named, "e4", |s| repair::finish(s, false)).unwrap();
    assert_eq!(
        missing(act(&mut doc, &named, "e5", |s| repair::verify(s, false))),
        ["verifier_not_repairer"]
    );
    act(&mut doc, &other, "e5", |s| repair::reject(s, "still drips")).unwrap();
    photo(&mut doc, "protection", 3);
    act(&mut doc, &named, "e6", repair::start).unwrap();
    // The picture of the work that was rejected does not serve again.
    assert_eq!(
        missing(act(&mut doc, &named, "e7", |s| repair::finish(s, true))),
        ["after_photo"]
    );
    photo(&mut doc, "after", 4);
    act(&mut doc, &named, "e7", |s| repair::finish(s, true)).unwrap();
    act(&mut doc, &named, "e8", |s| repair::verify(s, true)).unwrap();
    assert_eq!((state(&doc).as_str(), due(&doc)), ("closed", None));
    let kept = promises::all(&doc, &Marks::default()).unwrap();
    assert_eq!(
        (kept.len(), kept[0].life.state.as_str(), kept[0].to.as_str()),
        (1, "kept", "household-1")
    );
    act(&mut doc, &office(), "e9", |s| repair::reopen(s, "came_back", "")).unwrap();
    assert_eq!(state(&doc), "reopened");
}

#[test]
fn the_date_that_a_reassignment_moves_is_shown_and_the_first_one_stays() {
    let mut doc = handed_in();
    let (first, second, manager) = (engineer(3), engineer(4), who(5, "manager"));
    act(&mut doc, &office(), "e1", |s| repair::assign(s, &id(&first))).unwrap();
    act(&mut doc, &first, "e2", |s| repair::accept(s, &by(50_000))).unwrap();
    assert_eq!(
        missing(act(&mut doc, &manager, "e3", |s| repair::reassign(
            s,
            &id(&second),
            "",
            true
        ))),
        ["reason_given"]
    );
    assert!(
        act(&mut doc, &manager, "e3", |s| repair::reassign(
            s,
            &id(&first),
            "why",
            true
        ))
        .is_err()
    );
    act(&mut doc, &manager, "e3", |s| {
        repair::reassign(s, &id(&second), "生病 on leave", true)
    })
    .unwrap();
    act(&mut doc, &second, "e4", |s| repair::accept(s, &by(80_000))).unwrap();
    let given: Vec<_> = repair::promised(&life(&doc, &Marks::default()).unwrap()).collect();
    let told: Vec<_> = given
        .iter()
        .map(|g| (g.at_ms, g.counts, g.displaced_by.as_str()))
        .collect();
    assert_eq!(told, [(50_000, true, "e3"), (80_000, false, "")]);
    assert_eq!((due(&doc), person(&doc)), (Some(50_000), id(&second)));
    let projected = Projection::of(&doc, &Marks::default()).promises;
    assert_eq!(
        (projected[0].person.clone(), projected[0].due_ms),
        (id(&second), 50_000)
    );
    act(&mut doc, &manager, "e5", |s| {
        repair::mark_hard(s, "no spare part", true)
    })
    .unwrap();
    let agreed = Promised {
        owner_agreed: true,
        ..by(99_000)
    };
    act(&mut doc, &manager, "e6", |s| {
        repair::plan_hard(s, "order it", "2026-12-20", &agreed)
    })
    .unwrap();
    assert_eq!(
        (state(&doc).as_str(), person(&doc), due(&doc)),
        ("in_repair", id(&second), Some(99_000))
    );
    let promise = &promises::all(&doc, &Marks::default()).unwrap()[0];
    assert_eq!((promise.first_due_ms, promise.due_ms), (50_000, 99_000));
    act(&mut doc, &manager, "e7", |s| {
        repair::accept_as_is(s, "owner likes it", true)
    })
    .unwrap();
    let promise = &promises::all(&doc, &Marks::default()).unwrap()[0];
    assert_eq!(
        (state(&doc).as_str(), promise.life.state.as_str()),
        ("accept_as_is", "withdrawn")
    );
}

#[test]
fn fixed_on_the_spot_returned_and_cancelled() {
    let mut doc = phone(1, "defect");
    let catalog = Catalog::built_in().unwrap();
    let code = catalog.defects.keys().next().unwrap().as_str().to_owned();
    let finding = defect::Finding {
        code,
        room: "home".into(),
        ..Default::default()
    };
    let writes = defect::record(&doc, &[], catalog, &finding).unwrap();
    make(&mut doc, &writes);
    photo(&mut doc, "finding", 1);
    assert_eq!(
        missing(act(&mut doc, &engineer(3), "e1", repair::fix_on_spot)),
        ["before_and_after_photo"]
    );
    photo(&mut doc, "after", 2);
    act(&mut doc, &engineer(3), "e1", repair::fix_on_spot).unwrap();
    assert_eq!(state(&doc), "fixed_on_spot");
    let mut doc = handed_in();
    act(&mut doc, &office(), "e1", |s| repair::assign(s, &id(&engineer(3)))).unwrap();
    act(&mut doc, &engineer(3), "e2", |s| {
        repair::return_to_dispatch(s, "not mine")
    })
    .unwrap();
    assert_eq!(state(&doc), "to_assign");
    assert_eq!(
        missing(act(&mut doc, &office(), "e3", |s| repair::cancel(s, "twice", false))),
        ["owner_told"]
    );
    act(&mut doc, &office(), "e3", |s| repair::cancel(s, "twice", true)).unwrap();
    assert_eq!(state(&doc), "cancelled");
}

#[test]
fn a_late_event_is_kept_and_shown_and_what_still_needs_somebody_counts() {
    let mut a = handed_in();
    act(&mut a, &office(), "e1", |s| repair::assign(s, &id(&engineer(3)))).unwrap();
    let mut b = phone(2, "defect");
    bring(&a, &mut b);
    // The manager reassigns while the engineer, in a cellar, accepts.
    act(&mut a, &who(5, "manager"), "e2", |s| {
        repair::reassign(s, &id(&engineer(4)), "nearer", true)
    })
    .unwrap();
    act(&mut b, &engineer(3), "e3", |s| repair::accept(s, &by(50_000))).unwrap();
    act(&mut b, &office(), "n9", |s| repair::waive(s, "shell")).unwrap();
    bring(&a, &mut b);
    bring(&b, &mut a);
    let life_a = life(&a, &Marks::default()).unwrap();
    assert_eq!((life_a.state.as_str(), life_a.contested.len()), ("assigned", 2));
    assert_eq!(person(&a), id(&engineer(4)));
    // Who saw both goes on; who did not is late, and what they did is kept.
    act(&mut a, &engineer(4), "e4", |s| repair::accept(s, &by(70_000))).unwrap();
    let late = facts_of("finish_repair", "e3");
    make(&mut b, &[late]);
    bring(&b, &mut a);
    let shown = defect_view(&a, Catalog::built_in().unwrap(), &Marks::default()).unwrap();
    assert_eq!((shown.life.state.as_str(), shown.life.contested.len()), ("accepted", 0));
    let event = shown.life.events.iter().find(|e| e.id == "late").unwrap();
    assert_eq!(event.standing, "illegal");
    assert_eq!(Projection::of(&a, &Marks::default()).irregular, 1);
    bring(&a, &mut b);
    assert_eq!(
        Projection::of(&a, &Marks::default()).to_bytes(),
        Projection::of(&b, &Marks::default()).to_bytes()
    );
}

fn facts_of(event: &str, after: &str) -> Write {
    let by = id(&engineer(3));
    let carries = [("type", event), ("after", after), ("by", &by), ("role", "engineer")];
    Write::Entry {
        container: Container::Events,
        key: "late".into(),
        fields: carries.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect(),
    }
}

#[test]
fn two_reports_of_one_defect_end_as_one_by_a_person_only_and_both_histories_stay() {
    let mut doc = handed_in();
    let own = doc.id().to_string();
    assert!(act(&mut doc, &engineer(3), "p1", |s| duplicates::propose(s, &own)).is_err());
    act(&mut doc, &engineer(3), "p1", |s| duplicates::propose(s, "defect-2")).unwrap();
    assert_eq!(state(&doc), "to_assign");
    assert_eq!(
        act(&mut doc, &office(), "p2", |s| duplicates::confirm(s, "p0", true))
            .unwrap_err()
            .code(),
        "unknown_entry"
    );
    assert!(act(&mut doc, &engineer(3), "p2", |s| duplicates::confirm(s, "p1", true)).is_err());
    assert_eq!(
        missing(act(&mut doc, &office(), "p2", |s| duplicates::reject(s, "p1", ""))),
        ["reason_given"]
    );
    act(&mut doc, &office(), "p2", |s| duplicates::confirm(s, "p1", true)).unwrap();
    let projection = Projection::of(&doc, &Marks::default());
    assert_eq!(
        (projection.state.as_str(), projection.matter.duplicate_of.as_str()),
        ("duplicate", "defect-2")
    );
    assert!(projection.history.iter().any(|step| step.event == "submit"));
    act(&mut doc, &office(), "p3", |s| repair::reopen(s, "not_the_same", "")).unwrap();
    assert_eq!(state(&doc), "reopened");
}
