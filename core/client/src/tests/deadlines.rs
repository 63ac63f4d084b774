//! What waits for nobody, and until when the rest is looked after: on one phone, at eight in the morning.

use super::bench::{Phone, SCOPE};
use super::visits::{TASK, VISIT, phone, refused, seen};
use crate::facade::{NewArrival, NewContact, NewDefect};

const MINUTE: i64 = 60_000;

fn found(phone: &Phone, severity: &str) -> String {
    let new = NewDefect {
        place: SCOPE.to_string(),
        code: "wl-01".into(),
        severity: severity.into(),
        room: "r03".into(),
        ..NewDefect::default()
    };
    phone.client.defects().record(&new).unwrap().record
}

#[test]
fn a_danger_calls_at_any_hour_and_the_visit_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let phone = phone(folder.path(), "ambassador", "tr-move-in", "");
    let (visits, record) = (phone.client.visits(), VISIT.to_string());
    visits.begin(&TASK.to_string()).unwrap();
    let (mild, bad) = (found(&phone, "C"), found(&phone, "A"));
    let quiet = visits.open(&record).unwrap().quiet;
    assert_eq!((quiet.may_call, quiet.dangers), (false, vec![bad.clone()]));
    let arrive = |danger: &str| {
        let there = NewArrival {
            way: "phone".into(),
            danger: danger.into(),
            ..NewArrival::default()
        };
        visits.arrive(&record, &seen(&visits), &there)
    };
    assert_eq!(refused(arrive("")).1, ["outside_quiet_hours"], "an ordinary call waits");
    let nobody = uuid::Uuid::from_bytes([9; 16]).to_string();
    for (said, code) in [
        (mild.as_str(), "no_danger"),
        (nobody.as_str(), "unknown_record"),
        ("normal", "unknown_code"),
    ] {
        assert_eq!(refused(arrive(said)).0, code, "{said}");
    }
    arrive(&bad).unwrap();
    let life = visits.open(&record).unwrap().visit.life;
    let facts: Vec<_> = life.events[0]
        .facts
        .iter()
        .filter(|f| f.name.starts_with("danger"))
        .map(|f| f.value.as_str())
        .collect();
    assert_eq!(
        (life.state.as_str(), facts),
        ("on_site", vec!["severity/A", bad.as_str()])
    );

    // A call that is logged says so, too.
    let people = phone.client.people();
    let call = NewContact {
        place: SCOPE.to_string(),
        way: "phone".into(),
        reached: true,
        danger: "safety".into(),
        ..NewContact::default()
    };
    people.log(&call).unwrap();
    let home = people.household(&SCOPE.to_string()).unwrap();
    assert_eq!(home.contacts[0].danger, "urgency/safety");
    assert!(!home.may_call && home.next_call_ms.is_some());
}

#[test]
fn a_defect_has_one_deadline_on_every_screen() {
    let folder = tempfile::tempdir().unwrap();
    let phone = phone(folder.path(), "ambassador", "tr-move-in", "");
    let defects = phone.client.defects();
    let record = found(&phone, "B");
    let seen = || defects.open(&record).unwrap().seen;
    let before = defects.due(&record).unwrap();
    defects.submit(&record, &seen(), "too dark").unwrap();
    let card = || defects.to_assign().unwrap().remove(0);
    let recorded = card().recorded_ms;
    assert_eq!(
        before.contact_by_ms,
        Some(recorded + 240 * MINUTE),
        "from when it was recorded"
    );
    let after = defects.due(&record).unwrap();
    assert_eq!(
        (
            after.contact_by_ms,
            after.visit_by_ms,
            after.plan_by_ms,
            after.fix_by_ms
        ),
        (
            before.contact_by_ms,
            before.visit_by_ms,
            before.plan_by_ms,
            before.fix_by_ms
        )
    );
    let repair = || defects.open(&record).unwrap().repair;
    assert_eq!(
        (card().due_ms, repair().contact_by_ms),
        (after.contact_by_ms, after.contact_by_ms)
    );

    // It is worse than it looked: its targets begin when somebody says so.
    defects.severity(&record, &seen(), "A").unwrap();
    let worse = defects.due(&record).unwrap();
    let by = worse.contact_by_ms.unwrap();
    assert!(by > recorded + 30 * MINUTE && by < recorded + 31 * MINUTE, "{by}");
    assert_eq!((card().due_ms, repair().contact_by_ms), (Some(by), Some(by)));
    assert_eq!(
        (worse.plan_by_ms, repair().fix_by_ms),
        (None, None),
        "made safe the same day"
    );
    assert_eq!(defects.open(&record).unwrap().life.state, "to_assign");
}
