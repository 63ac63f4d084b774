//! Visits: the script, the survey, requests, promises, quiet hours, and two phones.

mod survey;

use super::*;
use crate::document::Value;
use crate::record::promises::{self, NewPromise};
use crate::record::visit::finish::{Ending, finish};
use crate::record::visit::life::*;
use crate::record::visit::view::VisitView;
use crate::record::visit::{answers, talk, visit_view};

const SIX: i64 = 5_000_000;

struct Phone {
    doc: Document,
    by: Who,
}

type Made = Result<Vec<Write>, CommandError>;

impl Phone {
    fn begun(n: u8, script: &str, survey: &str) -> Self {
        let mut phone = Self {
            doc: phone(n, "visit"),
            by: who(n, "ambassador"),
        };
        let plan = Plan {
            task: TaskId::from_bytes([7; 16]).to_string(),
            rule: "tr-move-in".into(),
            script: script.into(),
            survey: survey.into(),
            survey_mode: "own".into(),
            step: "handover".into(),
            household: "hh".into(),
        };
        phone.act(1_000, "b", |scene| begin(scene, &plan)).unwrap();
        phone
    }

    fn on_site(n: u8, script: &str, survey: &str) -> Self {
        let mut phone = Self::begun(n, script, survey);
        phone
            .act(2_000, &format!("go{n}"), |scene| arrive(scene, &arrival()))
            .unwrap();
        phone
    }

    fn act(&mut self, at_ms: i64, key: &str, make_it: impl FnOnce(&Scene<'_>) -> Made) -> Result<(), CommandError> {
        let seen = self.doc.heads();
        let stamp = Stamp { at_ms, key: key.into() };
        let catalog = Catalog::built_in().unwrap();
        let scene = Scene {
            document: &self.doc,
            seen: &seen,
            catalog,
            who: &self.by,
            stamp: &stamp,
        };
        let writes = make_it(&scene)?;
        make(&mut self.doc, &writes);
        Ok(())
    }

    fn view(&self) -> VisitView {
        visit_view(&self.doc, Catalog::built_in().unwrap(), &Marks::default(), 10_000).unwrap()
    }

    fn promise(&mut self, at_ms: i64, key: &str) {
        let new = NewPromise {
            what: "🔧 周五前修好门锁".into(),
            due_ms: SIX,
            to: "hh".into(),
            ..NewPromise::default()
        };
        self.act(at_ms, key, |s| {
            promises::make(s.document, &new, s.who, s.stamp).map(|w| vec![w])
        })
        .unwrap();
    }
}

fn arrival() -> Arrival {
    Arrival {
        way: "visit".into(),
        met: "p1".into(),
        outside_quiet_hours: true,
        ..Arrival::default()
    }
}

fn ending() -> Ending {
    Ending {
        result: "都会用了".into(),
        next_step: "三个月后再来".into(),
        ..Ending::default()
    }
}

fn missing(result: Result<(), CommandError>) -> Vec<String> {
    match result {
        Err(CommandError::Illegal { missing, .. }) => missing,
        other => panic!("{other:?}"),
    }
}

fn swap(a: &mut Phone, b: &mut Phone) {
    bring(&a.doc, &mut b.doc);
    bring(&b.doc, &mut a.doc);
    assert_eq!(a.view(), b.view());
    let bytes = |p: &Phone| Projection::of(&p.doc, &Marks::default()).to_bytes();
    assert_eq!(bytes(a), bytes(b));
}

#[test]
fn a_whole_visit_from_the_first_word_to_the_last() {
    let mut phone = Phone::begun(1, "move_in_v1", "move_in");
    let shown = phone.view();
    let parts: Vec<_> = shown.parts.iter().map(|p| p.part.as_str()).collect();
    assert_eq!(parts, ["tone", "explore", "agree", "act", "confirm"]);
    assert_eq!((shown.survey.first.len(), shown.survey.more.len()), (3, 0));
    assert_eq!(shown.tags.len(), 10);
    assert_eq!(
        shown.required,
        ["way", "met", "started_at", "ended_at", "result", "next_step"]
    );
    phone.act(2_000, "go", |scene| arrive(scene, &arrival())).unwrap();
    for part in parts {
        phone
            .act(3_000, "x", |scene| talk::say(scene, part, "always", part != "act"))
            .unwrap();
    }
    phone
        .act(3_100, "a", |scene| answers::answer(scene, "move_in-1", "4"))
        .unwrap();
    phone
        .act(3_200, "a", |scene| answers::answer(scene, "move_in-2", "no"))
        .unwrap();
    phone
        .act(3_300, "a", |scene| answers::follow_up(scene, "move_in-2", "gas|smart"))
        .unwrap();
    phone
        .act(3_400, "a", |scene| answers::answer(scene, "move_in-3", "none"))
        .unwrap();
    phone
        .act(3_500, "a", |scene| {
            answers::remark(scene, "move_in-3", "老人在家，声音小点 🙏")
        })
        .unwrap();
    phone
        .act(3_600, "t1", |scene| talk::tag(scene, "handover.how_to_use"))
        .unwrap();
    phone
        .act(3_700, "t2", |scene| talk::tag(scene, "handover.how_to_use"))
        .unwrap();
    let case = DocumentId::from_bytes([9; 16]);
    phone
        .act(3_800, "r", |scene| talk::request(scene, case, "help").map(|w| vec![w]))
        .unwrap();
    phone.promise(4_000, "p1");
    let early = phone.act(5_000, "f", |scene| finish(scene, &ending()));
    assert_eq!(
        early.unwrap_err().code(),
        "missing",
        "promises are read back before the end"
    );
    phone.act(5_100, "rb", talk::read_back).unwrap();
    phone.promise(5_200, "p2");
    assert_eq!(phone.view().unread, ["p2"]);
    phone.act(5_300, "rb2", talk::read_back).unwrap();
    phone.act(6_000, "f", |scene| finish(scene, &ending())).unwrap();
    let shown = phone.view();
    assert_eq!((shown.life.state.as_str(), shown.required.len()), ("done", 0));
    assert_eq!(
        (shown.started_at.value.as_str(), shown.ended_at.value.as_str()),
        ("2000", "6000")
    );
    assert_eq!(shown.parts[3].lines[0].said.value, "skipped");
    assert_eq!(
        shown.survey.first[1].follow_up.as_ref().unwrap().answer.value,
        "gas|smart"
    );
    assert_eq!(shown.survey.mood, "not_satisfied");
    assert_eq!(shown.tags.iter().filter(|t| !t.entry.is_empty()).count(), 1);
    assert_eq!(shown.requests[0].record, case.to_string());
    let listed = Projection::of(&phone.doc, &Marks::default());
    assert_eq!(
        (listed.state.as_str(), listed.household.as_str(), listed.promises.len()),
        ("done", "hh", 2)
    );
    assert_eq!(listed.survey["move_in-1"], "4");
    assert_eq!(listed.survey.len(), 3);
    assert!(listed.tags.contains("handover.how_to_use") && listed.links.contains(&case.to_string()));
}

#[test]
fn call_me_at_six_is_a_booking_and_no_failed_try() {
    let mut phone = Phone::on_site(1, "first_contact_v1", "sign");
    phone.act(3_000, "l", |scene| call_later(scene, SIX, false)).unwrap();
    let shown = phone.view();
    assert_eq!((shown.life.state.as_str(), shown.tries), ("booked", 0));
    assert_eq!(
        shown.appointment.as_ref().map(|a| (a.time_ms, a.owner_asked)),
        Some((SIX, true))
    );
    // At six it is dinner time, but the owner asked for it.
    let dinner = Arrival {
        outside_quiet_hours: false,
        ..arrival()
    };
    phone.act(SIX, "c", |scene| arrive(scene, &dinner)).unwrap();
    assert_eq!(phone.view().life.state, "on_site");
    // Nobody else rings then.
    let mut other = Phone::begun(2, "first_contact_v1", "sign");
    let rude = other.act(SIX, "c", |scene| arrive(scene, &dinner));
    assert_eq!(missing(rude), ["outside_quiet_hours"]);
    let unasked = Appointment {
        time_ms: SIX,
        owner_consented: false,
        owner_asked: false,
        outside_quiet_hours: false,
        ..Appointment::default()
    };
    let both = other.act(3_000, "k", |scene| book(scene, &unasked));
    assert_eq!(missing(both), ["owner_consented_time", "outside_quiet_hours"]);
    let past = other.act(SIX + 1, "k", |scene| call_later(scene, SIX, true));
    assert_eq!(past.unwrap_err().code(), "bad_value");
}

#[test]
fn unreachable_after_three_tries_on_two_days() {
    let mut phone = Phone::begun(1, "move_in_v1", "move_in");
    let day = |at: i64| (at / 86_400_000).to_string();
    let hour = 3_600_000;
    assert_eq!(
        missing(phone.act(hour, "m0", |scene| miss(scene, "phone", ""))),
        ["reason_given"]
    );
    phone.act(hour, "m1", |scene| miss(scene, "phone", "无人接听")).unwrap();
    phone
        .act(2 * hour, "m2", |scene| try_again(scene, "visit", "敲门无应答"))
        .unwrap();
    phone
        .act(3 * hour, "m3", |scene| try_again(scene, "phone", "关机 📵"))
        .unwrap();
    let too_early = phone.act(4 * hour, "g", |scene| give_up(scene, &day));
    assert_eq!(
        missing(too_early),
        ["three_tries_two_days"],
        "three tries, but on one day"
    );
    phone.act(5 * hour, "n", plan_again).unwrap();
    phone
        .act(25 * hour, "m4", |scene| miss(scene, "visit", "无人"))
        .unwrap();
    assert_eq!(phone.view().tries, 4);
    phone.act(26 * hour, "g", |scene| give_up(scene, &day)).unwrap();
    assert_eq!(phone.view().life.state, "unreachable");
}

#[test]
fn who_is_rated_never_asks() {
    let me = who(1, "ambassador").user.to_string();
    let mut phone = Phone::begun(1, "revisit_v1", "repair");
    let rated = Arrival {
        rated: [me.clone()].into(),
        ..arrival()
    };
    phone.act(2_000, "go", |scene| arrive(scene, &rated)).unwrap();
    assert_eq!(
        missing(phone.act(3_000, "a", |s| answers::answer(s, "repair-1", "yes"))),
        ["interviewer_not_rated"]
    );
    assert_eq!(
        missing(phone.act(4_000, "f", |scene| finish(scene, &ending()))),
        ["interviewer_not_rated"]
    );
    // Somebody else may ask; the first one stays named, and the visit is not finished with that name in it.
    let mut other = Phone {
        doc: super::phone(2, "visit"),
        by: who(2, "reviewer"),
    };
    bring(&phone.doc, &mut other.doc);
    other
        .act(5_000, "a", |s| answers::answer(s, "repair-1", "yes"))
        .unwrap();
    assert_eq!(
        missing(other.act(6_000, "f", |scene| finish(scene, &ending()))),
        ["interviewer_not_rated"]
    );
    other.act(6_100, "l", |scene| call_later(scene, SIX, true)).unwrap();
    other.act(SIX, "go2", |scene| arrive(scene, &arrival())).unwrap();
    other.act(SIX + 1, "f", |scene| finish(scene, &ending())).unwrap();
    let shown = other.view();
    assert_eq!(
        (shown.life.state.as_str(), shown.rated.value.as_str()),
        ("done", me.as_str())
    );
    // Nobody is rated is also an answer, but it must be given.
    let open = common::facts([("required_open", Value::Int(0)), ("interviewer", me.as_str().into())]);
    let mut phone = Phone::on_site(1, "move_in_v1", "move_in");
    assert_eq!(
        missing(phone.act(9_000, "f", |s| s.event("finish", open).map(|w| vec![w]))),
        ["interviewer_not_rated"]
    );
}

#[test]
fn two_phones_hold_one_visit_without_a_signal() {
    let (mut a, mut b) = (
        Phone::begun(1, "move_in_v1", "move_in"),
        Phone::begun(2, "move_in_v1", "move_in"),
    );
    assert!(a.view().contested.is_empty());
    a.act(2_000, "ga", |scene| arrive(scene, &arrival())).unwrap();
    b.act(2_000, "gb", |scene| arrive(scene, &arrival())).unwrap();
    a.act(3_000, "x", |scene| answers::answer(scene, "move_in-1", "5"))
        .unwrap();
    b.act(3_000, "x", |scene| answers::answer(scene, "move_in-1", "2"))
        .unwrap();
    a.act(3_100, "x", |scene| answers::skip(scene, "move_in-2")).unwrap();
    b.act(3_100, "x", |scene| answers::answer(scene, "move_in-2", "yes"))
        .unwrap();
    a.act(3_200, "x", |scene| talk::say(scene, "tone", "always", true))
        .unwrap();
    b.act(3_200, "x", |scene| talk::say(scene, "tone", "always", true))
        .unwrap();
    a.act(3_300, "ta", |scene| talk::tag(scene, "handover.joy")).unwrap();
    b.act(3_300, "tb", |scene| talk::tag(scene, "handover.charges"))
        .unwrap();
    a.promise(3_400, "pa");
    b.promise(3_400, "pb");
    swap(&mut a, &mut b);
    let shown = a.view();
    let fields: Vec<_> = shown.contested.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(fields, ["fields/interviewer", "answers/survey/move_in-1"]);
    assert_eq!(shown.contested[1].text.zh, "搬进来还顺利吗？");
    // Somebody answered what the other skipped: that is an answer.
    assert_eq!(
        (
            shown.survey.first[1].answer.value.as_str(),
            shown.survey.first[1].skipped
        ),
        ("yes", false)
    );
    assert_eq!(
        (
            shown.tags.iter().filter(|t| !t.entry.is_empty()).count(),
            shown.promises.len()
        ),
        (2, 2)
    );
    // Both arrived: one visit, and no disagreement about its state.
    assert_eq!((shown.life.state.as_str(), shown.life.contested.len()), ("on_site", 0));
    a.act(4_000, "rb", talk::read_back).unwrap();
    a.act(5_000, "fa", |scene| finish(scene, &ending())).unwrap();
    // The other one hears a refusal at the door meanwhile.
    b.act(5_000, "rf", |scene| refuse(scene, "现在不方便")).unwrap();
    swap(&mut a, &mut b);
    assert_eq!(a.view().life.contested.len(), 2);
    // Whoever saw both may book again only where the machine says so; a late event is kept and shown.
    let carries = common::facts([("reason", "late".into())]);
    let late = a.act(9_000, "late", |scene| {
        scene.event("miss", carries.clone()).map(|w| vec![w])
    });
    assert!(late.is_err());
    let raw = Write::Entry {
        container: Container::Events,
        key: "late".into(),
        fields: common::facts([
            ("type", "miss".into()),
            ("by", "u".into()),
            ("role", "ambassador".into()),
            ("at", 9_000.into()),
            ("after", "fa rf".into()),
            ("reason", "👻".into()),
        ]),
    };
    make(&mut b.doc, &[raw]);
    swap(&mut a, &mut b);
    let event = a.view().life.events.into_iter().find(|e| e.id == "late").unwrap();
    assert_eq!(
        (event.standing.as_str(), event.missing),
        ("illegal", vec!["state".to_owned()])
    );
    assert_eq!(Projection::of(&a.doc, &Marks::default()).irregular, 1);
}
