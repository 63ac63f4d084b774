//! Cases: reported, dispatched, answered; complaints from triage to their end; two phones at once.

use super::*;
use crate::document::Value;
use crate::record::case::cluster::{self, Decision};
use crate::record::case::complaint::{self, Plan, Triage};
use crate::record::case::desk::{self, Told};
use crate::record::case::{CaseView, Report, case_view, change, rekind, report};

type Made = Result<Vec<Write>, CommandError>;

/// Does it as that person, on everything that is there.
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

fn told() -> Told {
    Told {
        way: "phone".into(),
        at_ms: 500,
    }
}

fn new_case(kind: &str) -> Document {
    let mut doc = phone(1, "case");
    let new = Report {
        kind: kind.into(),
        words: "楼上漏水到我家客厅 💧, since Friday".into(),
        person: "p-1".into(),
        relation: "owner".into(),
        category: "quality".into(),
        ..Report::default()
    };
    act(&mut doc, &who(9, "staff"), "w0", |s| report(s, &new)).unwrap();
    doc
}

fn shown(doc: &Document) -> CaseView {
    case_view(doc, Catalog::built_in().unwrap(), &Marks::default()).unwrap()
}

fn state(doc: &Document) -> String {
    shown(doc).life.state
}

fn missing(done: Result<(), CommandError>) -> Vec<String> {
    match done.unwrap_err() {
        CommandError::Illegal { missing, .. } => missing,
        other => panic!("{other}"),
    }
}

#[test]
fn anybody_reports_and_the_words_stay_as_they_were_said() {
    let doc = new_case("repair");
    let view = shown(&doc);
    assert_eq!(view.words, "楼上漏水到我家客厅 💧, since Friday");
    assert_eq!(
        (view.person.value.as_str(), view.relation.value.as_str()),
        ("p-1", "owner")
    );
    assert_eq!(
        (view.text.zh.as_str(), view.machine.as_str(), view.life.state.as_str()),
        ("报修", "case", "received")
    );
    assert_eq!(view.received_ms, Some(1_000));
    let mut empty = phone(1, "case");
    let staff = who(9, "staff");
    for new in [
        Report {
            kind: "enquiry".into(),
            ..Report::default()
        },
        Report {
            words: "x".into(),
            ..Report::default()
        },
        Report {
            kind: "gossip".into(),
            words: "x".into(),
            ..Report::default()
        },
        Report {
            kind: "enquiry".into(),
            words: "x".into(),
            relation: "cousin".into(),
            ..Report::default()
        },
    ] {
        assert!(act(&mut empty, &staff, "w1", |s| report(s, &new)).is_err(), "{new:?}");
    }
}

#[test]
fn a_dispatch_counts_when_the_person_named_answers_with_a_time() {
    let mut doc = new_case("repair");
    let (office, named, other) = (who(2, "reviewer"), who(3, "engineer"), who(4, "engineer"));
    let person = named.user.to_string();
    assert_eq!(
        missing(act(&mut doc, &office, "e0", |s| desk::dispatch(s, "", None))),
        ["person_named"]
    );
    act(&mut doc, &office, "e1", |s| desk::dispatch(s, &person, Some(99))).unwrap();
    let early = act(&mut doc, &other, "e2", |s| desk::acknowledge(s, 5_000, true));
    assert_eq!(early.unwrap_err().code(), "not_named");
    assert_eq!(
        missing(act(&mut doc, &named, "e2", |s| desk::acknowledge(s, 5_000, false))),
        ["promise_time_set"]
    );
    act(&mut doc, &named, "e2", |s| desk::return_to_dispatch(s, "not my trade")).unwrap();
    assert_eq!(state(&doc), "received");
    act(&mut doc, &office, "e3", |s| desk::dispatch(s, &person, None)).unwrap();
    act(&mut doc, &named, "e4", |s| desk::acknowledge(s, 5_000, true)).unwrap();
    let view = shown(&doc);
    assert_eq!((view.dispatched.len(), view.promised_ms), (2, Some(5_000)));
    act(&mut doc, &named, "e5", |s| desk::answer(s, "已安排 🔧", &told())).unwrap();
    act(&mut doc, &office, "e6", desk::close).unwrap();
    assert_eq!(
        (state(&doc).as_str(), shown(&doc).answer.as_str()),
        ("closed", "已安排 🔧")
    );
    assert_eq!(
        missing(act(&mut doc, &office, "e7", |s| desk::reopen(s, "other", ""))),
        ["reopen_reason_code"]
    );
    act(&mut doc, &office, "e7", |s| desk::reopen(s, "other", "drips again")).unwrap();
    assert_eq!(state(&doc), "received");
}

#[test]
fn linking_and_merging_after_an_answer_takes_a_reason() {
    let office = who(2, "reviewer");
    let mut doc = new_case("repair");
    act(&mut doc, &office, "e1", |s| {
        desk::dispatch(s, &office.user.to_string(), None)
    })
    .unwrap();
    act(&mut doc, &office, "e2", |s| desk::acknowledge(s, 5_000, true)).unwrap();
    assert_eq!(
        missing(act(&mut doc, &office, "e3", |s| desk::link(s, "defect-1", "", true))),
        ["reason_given"]
    );
    act(&mut doc, &office, "e3", |s| {
        desk::link(s, "defect-1", "a defect after all", true)
    })
    .unwrap();
    assert_eq!(
        (state(&doc).as_str(), shown(&doc).links),
        ("linked", vec!["defect-1".to_owned()])
    );
    act(&mut doc, &office, "e4", |s| desk::reopen(s, "not_the_same", "")).unwrap();
    let itself = doc.id().to_string();
    assert!(act(&mut doc, &office, "e5", |s| desk::merge(s, &itself, "", true)).is_err());
    act(&mut doc, &office, "e5", |s| desk::merge(s, "case-2", "", true)).unwrap();
    assert_eq!(state(&doc), "merged");
}

#[test]
fn the_kind_changes_only_before_anything_was_done() {
    let mut doc = new_case("repair");
    let office = who(2, "reviewer");
    act(&mut doc, &office, "e0", |s| rekind(s, "complaint").map(|w| vec![w])).unwrap();
    assert_eq!(shown(&doc).machine, "complaint");
    act(&mut doc, &office, "e1", |s| complaint::triage(s, &sorted())).unwrap();
    let late = act(&mut doc, &office, "e2", |s| rekind(s, "repair").map(|w| vec![w]));
    assert_eq!(late.unwrap_err().code(), "illegal");
    let wrong = act(&mut doc, &office, "e3", |s| {
        change(s, "verdict", "founded").map(|w| vec![w])
    });
    assert_eq!(wrong.unwrap_err().code(), "bad_value");
}

fn sorted() -> Triage {
    Triage {
        category: "quality".into(),
        urgency: "urgent".into(),
        department: "repair".into(),
        ..Triage::default()
    }
}

fn planned() -> Plan {
    Plan {
        plan: "重做防水 and repaint".into(),
        person: "eng02".into(),
        date: "2026-12-20".into(),
        basis: "GB 50327".into(),
    }
}

/// A complaint that was judged founded.
fn founded() -> Document {
    let mut doc = new_case("complaint");
    let office = who(2, "reviewer");
    act(&mut doc, &office, "e1", |s| complaint::triage(s, &sorted())).unwrap();
    act(&mut doc, &office, "e2", |s| {
        complaint::investigate(s, "eng02", 9_000, true)
    })
    .unwrap();
    act(&mut doc, &office, "e3", |s| {
        complaint::judge(s, "founded", "Our pipe leaks.")
    })
    .unwrap();
    doc
}

#[test]
fn a_founded_complaint_is_answered_after_a_plan_that_a_manager_chose() {
    let (office, manager, caller) = (who(2, "reviewer"), who(3, "manager"), who(4, "ambassador"));
    let mut doc = founded();
    let at_once = act(&mut doc, &office, "x1", |s| {
        complaint::answer_without_plan(s, "Sorry.", "law", "", &told())
    });
    assert_eq!(missing(at_once), ["verdict_not_founded"]);
    assert!(act(&mut doc, &office, "x2", |s| desk::answer(s, "Sorry.", &told())).is_err());
    act(&mut doc, &office, "o1", |s| complaint::add_option(s, "repair", "400")).unwrap();
    act(&mut doc, &office, "o2", |s| complaint::add_option(s, "replace", "")).unwrap();
    assert_eq!(
        missing(act(&mut doc, &office, "e4", |s| complaint::plan(s, &planned()))),
        ["manager_chose_option"]
    );
    let by_office = act(&mut doc, &office, "n1", |s| complaint::choose_option(s, "o2"));
    assert_eq!(by_office.unwrap_err().code(), "role");
    act(&mut doc, &manager, "n1", |s| complaint::choose_option(s, "o2")).unwrap();
    assert_eq!(
        missing(act(&mut doc, &office, "e4", |s| complaint::plan(
            s,
            &Plan {
                basis: String::new(),
                ..planned()
            }
        ))),
        ["basis_given"]
    );
    act(&mut doc, &office, "e4", |s| complaint::plan(s, &planned())).unwrap();
    act(&mut doc, &office, "e5", |s| complaint::act(s, 20_000, true)).unwrap();
    act(&mut doc, &office, "u1", |s| {
        complaint::update(s, "材料已到 📦", &told())
    })
    .unwrap();
    act(&mut doc, &office, "e6", |s| desk::answer(s, "It is dry now.", &told())).unwrap();
    let own_work = act(&mut doc, &office, "e7", |s| {
        complaint::revisit(s, "satisfied", "", &told())
    });
    assert_eq!(missing(own_work), ["interviewer_not_rated"]);
    act(&mut doc, &caller, "e7", |s| {
        complaint::revisit(s, "not_satisfied", "墙面有色差", &told())
    })
    .unwrap();
    assert_eq!(
        missing(act(&mut doc, &office, "e8", |s| complaint::close(
            s,
            "workmanship",
            "enough"
        ))),
        ["satisfied_or_manager_closes"]
    );
    assert_eq!(
        missing(act(&mut doc, &manager, "e8", |s| complaint::close(s, "", ""))),
        ["satisfied_or_manager_closes", "root_cause_set"]
    );
    act(&mut doc, &office, "e8", |s| complaint::act_again(s, "another colour")).unwrap();
    act(&mut doc, &office, "e9", |s| desk::answer(s, "Painted again.", &told())).unwrap();
    act(&mut doc, &caller, "ea", |s| {
        complaint::revisit(s, "refused", "", &told())
    })
    .unwrap();
    act(&mut doc, &manager, "eb", |s| {
        complaint::close(s, "workmanship", "owner travels")
    })
    .unwrap();
    let view = shown(&doc);
    assert_eq!(
        (view.life.state.as_str(), view.root_cause.value.as_str()),
        ("closed", "workmanship")
    );
    assert_eq!(view.options.iter().map(|o| o.chosen).collect::<Vec<_>>(), [false, true]);
    assert_eq!(view.updates[0].text, "材料已到 📦");
    act(&mut doc, &office, "ec", |s| desk::reopen(s, "came_back", "")).unwrap();
    assert_eq!(state(&doc), "triaged");
}

#[test]
fn a_complaint_goes_up_to_a_named_receiver_and_comes_back_with_a_plan() {
    let (office, manager) = (who(2, "reviewer"), who(3, "manager"));
    let mut doc = founded();
    assert_eq!(
        missing(act(&mut doc, &office, "e4", |s| complaint::escalate(s, "", "", "late"))),
        ["next_level_named"]
    );
    act(&mut doc, &office, "e4", |s| {
        complaint::escalate(s, "customer_director", "dir01", "late")
    })
    .unwrap();
    act(&mut doc, &manager, "e5", |s| complaint::return_with_plan(s, &planned())).unwrap();
    act(&mut doc, &office, "e6", |s| {
        complaint::escalate(s, "quality", "", "later")
    })
    .unwrap();
    assert_eq!((state(&doc).as_str(), shown(&doc).level), ("escalated", 2));
    act(&mut doc, &office, "e7", |s| {
        complaint::withdraw(s, "the owner took it back")
    })
    .unwrap();
    assert_eq!(state(&doc), "withdrawn");
}

#[test]
fn two_verdicts_at_once_are_both_shown_and_nothing_is_answered_on_them() {
    let office = who(2, "reviewer");
    let mut a = new_case("complaint");
    act(&mut a, &office, "e1", |s| complaint::triage(s, &sorted())).unwrap();
    let mut b = phone(2, "case");
    bring(&a, &mut b);
    act(&mut a, &office, "e2", |s| {
        complaint::judge(s, "not_founded", "Within the limits.")
    })
    .unwrap();
    act(&mut b, &who(5, "reviewer"), "e3", |s| {
        complaint::judge(s, "founded", "Beyond them.")
    })
    .unwrap();
    bring(&a, &mut b);
    bring(&b, &mut a);
    assert_eq!(
        Projection::of(&a, &Marks::default()).to_bytes(),
        Projection::of(&b, &Marks::default()).to_bytes()
    );
    let view = shown(&a);
    assert_eq!(
        (view.verdict.value.as_str(), view.verdict.contested.len()),
        ("founded", 2)
    );
    let answer = |s: &Scene<'_>| complaint::answer_without_plan(s, "No.", "law", "", &told());
    assert_eq!(act(&mut a, &office, "e4", answer).unwrap_err().code(), "contested");
    let settled = common::settle(
        &a,
        &a.heads(),
        Container::Fields,
        "verdict",
        "not_founded".into(),
        &office,
        &stamp("s1"),
    )
    .unwrap();
    make(&mut a, &settled);
    act(&mut a, &office, "e4", answer).unwrap();
    assert_eq!(state(&a), "answered");
    let event = shown(&a).life.events.into_iter().find(|e| e.id == "e4").unwrap();
    assert!(
        event
            .facts
            .iter()
            .any(|f| f.name == "verdict_text" && f.value == "Within the limits.")
    );
}

#[test]
fn a_complaint_beats_a_repair_and_what_was_done_meanwhile_is_kept_and_shown() {
    let office = who(2, "reviewer");
    let mut a = new_case("repair");
    let mut b = phone(2, "case");
    bring(&a, &mut b);
    act(&mut a, &office, "e1", |s| desk::dispatch(s, "eng01", None)).unwrap();
    act(&mut b, &who(5, "reviewer"), "x", |s| {
        rekind(s, "complaint").map(|w| vec![w])
    })
    .unwrap();
    bring(&b, &mut a);
    let view = shown(&a);
    assert_eq!(
        (view.machine.as_str(), view.life.state.as_str()),
        ("complaint", "received")
    );
    assert_eq!(view.life.events[0].standing, "illegal");
    assert_eq!(Projection::of(&a, &Marks::default()).irregular, 1);
}

#[test]
fn a_major_matter_has_one_commander_and_two_are_a_disagreement() {
    let (office, manager) = (who(2, "reviewer"), who(3, "manager"));
    let mut a = new_case("complaint");
    let decision = Decision {
        cluster: a.id().to_string(),
        scale: "major".into(),
        commander: "head01".into(),
        agreed_text: "我们正在查明".into(),
        reason: "one riser".into(),
    };
    let nobody = Decision {
        commander: String::new(),
        ..decision.clone()
    };
    assert_eq!(
        act(&mut a, &office, "n0", |s| cluster::confirm(s, &nobody))
            .unwrap_err()
            .code(),
        "missing"
    );
    assert_eq!(
        act(&mut a, &who(4, "engineer"), "n0", |s| cluster::confirm(s, &decision))
            .unwrap_err()
            .code(),
        "role"
    );
    let mut b = phone(2, "case");
    bring(&a, &mut b);
    act(&mut a, &office, "n1", |s| cluster::confirm(s, &decision)).unwrap();
    let other = Decision {
        commander: "head02".into(),
        ..decision
    };
    act(&mut b, &manager, "n2", |s| cluster::confirm(s, &other)).unwrap();
    bring(&b, &mut a);
    let view = shown(&a);
    assert_eq!((view.scale.value.as_str(), view.cluster.contested.len()), ("major", 0));
    assert_eq!(view.commander.contested.len(), 2);
    let cut = common::event(
        &a,
        &a.heads(),
        "merge",
        [("target".to_owned(), Value::from("x"))].into(),
        &office,
        &stamp("m"),
    );
    assert!(cut.is_ok(), "a member of a cluster can still be merged");
}
