//! Figures of how people are served: handovers, dispatches, first contacts, rounds, pace.

use super::*;

fn task(n: u8, kind: &str, day: &str, slot: &str) -> TaskRow {
    TaskRow {
        id: TaskId::from_bytes([n; 16]),
        kind: kind.into(),
        record: doc(n),
        day: day.into(),
        slot: slot.into(),
        ..TaskRow::default()
    }
}

#[test]
fn handovers_are_counted_among_the_homes_that_were_notified() {
    let handover = |n: u8, day: &str| task(n, "handover_inspection", day, "09:00");
    let world = World {
        tasks: vec![
            handover(1, "2026-12-04"),
            handover(2, "2026-12-04"),
            handover(3, "2026-12-04"),
            handover(4, "2026-12-04"),
            handover(5, "2026-12-31"),
            handover(6, "2027-01-04"),
        ],
        now_ms: on(30, 0),
        ..World::default()
    };
    let refused = Made::of("inspection", 3, 3, "signed")
        .step("start", on(4, 9), &[])
        .step("sign", on(4, 10), &[("refusal", "true")]);
    let figures = world.count(vec![
        inspection(1, 1, "handover", on(4, 10)),
        inspection(2, 2, "handover", on(5, 10)),
        refused,
    ]);
    assert_eq!(sides(&figures, "handover_rate"), (Some(40.0), 2, 5));
    let apart = parts(&figures["handover_rate"].apart);
    assert_eq!(apart, [("", "refused", 1.0), ("", "absent", 1.0)]);
    assert_eq!(sides(&figures, "arrived_on_noticed_day"), (Some(66.7), 2, 3));
}

#[test]
fn a_dispatch_counts_when_the_person_named_answers_with_a_time() {
    let named = user(7).to_string();
    let sent =
        |n: u8, severity: &str| defect(n, n, severity, 0, "accepted").named("assign", on(5, 10), &named, None, &[]);
    let promised = [("promise_at", "1")];
    let figures = count(vec![
        sent(1, "B").named("accept", on(5, 14), "", Some(user(7)), &promised),
        sent(2, "B").named("accept", on(5, 14) + 1, "", Some(user(7)), &promised),
        sent(3, "B").named("accept", on(5, 11), "", Some(user(8)), &promised),
        sent(4, "B").named("accept", on(5, 11), "", Some(user(7)), &[]),
        sent(5, ""),
    ]);
    assert_eq!(sides(&figures, "acknowledged_in_time"), (Some(25.0), 1, 4));
    assert_eq!(
        parts(&figures["acknowledged_in_time"].apart),
        [("", "without_severity", 1.0)]
    );
}

#[test]
fn a_household_is_spoken_to_within_seven_days() {
    let household = |n: u8| Uuid::from_bytes([n; 16]);
    let assigned = |n: u8| MilestoneRow {
        event: "household_assigned".into(),
        subject: household(n),
        occurrence: String::new(),
        day: NaiveDate::from_ymd_opt(2026, 12, 3).unwrap(),
        until: None,
        rest: BTreeMap::new(),
    };
    let world = World {
        milestones: vec![assigned(1), assigned(2), assigned(3)],
        contacts: vec![(household(1), on(10, 23)), (household(2), on(11, 0))],
        ..World::default()
    };
    let met = visit(1, 1, "tr-first-contact", "done", on(4, 0), &[]);
    let figures = world.count(vec![met.with(|p| p.household = household(3).to_string())]);
    assert_eq!(sides(&figures, "first_contact_7_days"), (Some(66.7), 2, 3));
}

#[test]
fn a_round_is_on_time_at_both_ends_and_whole() {
    let round = |n: u8| task(n, "patrol", "2026-12-05", "15:00");
    let walked = |n: u8, from: i64, to: i64, facts: &[(&str, &str)]| {
        let made = Made::of("inspection", n, 9, "signed").step("start", on(5, 0) + from * 60_000, &[]);
        made.step("sign", on(5, 0) + to * 60_000, facts)
    };
    let world = World {
        tasks: (1..=5).map(round).collect(),
        ..World::default()
    };
    let figures = world.count(vec![
        walked(1, 15 * 60 + 15, 17 * 60 + 15, &[]),
        walked(2, 15 * 60 + 16, 17 * 60, &[]),
        walked(3, 15 * 60, 17 * 60, &[("points_missing", "1")]),
        walked(4, 15 * 60, 18 * 60, &[("reason", "true")]),
    ]);
    assert_eq!(sides(&figures, "patrol_on_time"), (Some(20.0), 1, 5));
    assert_eq!(parts(&figures["patrol_on_time"].apart), [("", "exceptions", 1.0)]);
}

#[test]
fn the_pace_is_a_median_and_health_says_what_this_side_knows() {
    let pace = |n: u8, spans: &[(u32, u32)]| {
        inspection(n, n, "handover", on(4, 10)).with(|p| p.pace = spans.iter().copied().collect())
    };
    let contested = pace(2, &[(8, 1), (40, 1)]).with(|p| p.contested = vec!["state".into()]);
    let world = World {
        health: Health {
            records_waiting: Some(3),
            ..Health::default()
        },
        ..World::default()
    };
    let figures = world.count(vec![pace(1, &[(4, 2)]), contested]);
    let seconds = &figures["item_answer_seconds"];
    assert_eq!((seconds.value, seconds.n), (Some(6.0), 4));
    let health = parts(&figures["sync_health"].split);
    assert_eq!(health, [("count", "conflicts", 1.0), ("count", "records_waiting", 3.0)]);
}
