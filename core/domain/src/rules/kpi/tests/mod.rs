//! Each figure against events whose number was counted by hand.

mod service;

use super::index::DAY;
use super::*;
use crate::catalog::Catalog;
use crate::ids::{DocumentId, PlaceId, TaskId, UserId};
use crate::record::promises::ProjectedPromise;
use crate::record::{Projection, Step};
use crate::rows::{MilestoneRow, TaskRow};
use crate::rules::ProjectCalendar;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// 2026-12-01T00:00+08:00.
const START: i64 = 1_796_054_400_000;
const HOUR: i64 = 3_600_000;

/// A moment on the `n`-th of December.
fn on(n: i64, hours: i64) -> i64 {
    START + (n - 1) * DAY + hours * HOUR
}

fn doc(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

/// A record in the making.
struct Made(Recorded);

impl Made {
    fn of(kind: &str, n: u8, home: u8, state: &str) -> Self {
        Self(Recorded {
            id: doc(n),
            place: PlaceId::from_bytes([home; 16]),
            projection: Projection {
                kind: kind.into(),
                state: state.into(),
                begun_ms: on(1, 8),
                ..Projection::default()
            },
        })
    }

    fn with(mut self, change: impl FnOnce(&mut Projection)) -> Self {
        change(&mut self.0.projection);
        self
    }

    fn step(self, event: &str, at_ms: i64, facts: &[(&str, &str)]) -> Self {
        self.named(event, at_ms, "", None, facts)
    }

    fn named(self, event: &str, at_ms: i64, person: &str, by: Option<UserId>, facts: &[(&str, &str)]) -> Self {
        let step = Step {
            event: event.into(),
            at_ms,
            by,
            person: person.into(),
            facts: facts.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        };
        self.with(|p| p.history.push(step))
    }
}

fn inspection(n: u8, home: u8, kind: &str, signed: i64) -> Made {
    Made::of("inspection", n, home, "signed")
        .with(|p| p.inspection_kind = kind.into())
        .step("start", signed - HOUR, &[])
        .step("sign", signed, &[])
}

fn defect(n: u8, home: u8, severity: &str, found_in: u8, state: &str) -> Made {
    Made::of("defect", n, home, state).with(|p| {
        p.severity = severity.into();
        p.what = "wl-01".into();
        if found_in > 0 {
            p.inspection = doc(found_in).to_string();
        }
    })
}

fn visit(n: u8, home: u8, rule: &str, state: &str, ended: i64, answers: &[(&str, &str)]) -> Made {
    let event = match state {
        "refused" => "refuse",
        "unreachable" => "give_up",
        _ => "finish",
    };
    Made::of("visit", n, home, state)
        .with(|p| {
            p.what = rule.into();
            p.survey = answers.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        })
        .step(event, ended, &[])
}

fn complaint(n: u8, state: &str, begun_ms: i64) -> Made {
    Made::of("case", n, 1, state).with(|p| {
        p.case_kind = "complaint".into();
        p.begun_ms = begun_ms;
    })
}

#[derive(Default)]
struct World {
    tasks: Vec<TaskRow>,
    milestones: Vec<MilestoneRow>,
    contacts: Vec<(Uuid, i64)>,
    sales_promises: Vec<ProjectedPromise>,
    health: Health,
    now_ms: i64,
}

impl World {
    /// Counts December.
    fn count(&self, records: Vec<Made>) -> BTreeMap<String, Figure> {
        let records: Vec<Recorded> = records.into_iter().map(|made| made.0).collect();
        let found = figures(&Facts {
            catalog: Catalog::built_in().unwrap(),
            calendar: &ProjectCalendar::new(chrono_tz::Asia::Shanghai, &Default::default()),
            from_ms: START,
            to_ms: on(32, 0),
            now_ms: if self.now_ms == 0 { on(32, 0) } else { self.now_ms },
            records: &records,
            tasks: &self.tasks,
            milestones: &self.milestones,
            contacts: &self.contacts,
            sales_promises: &self.sales_promises,
            health: self.health,
        });
        found.into_iter().map(|figure| (figure.code.clone(), figure)).collect()
    }
}

fn count(records: Vec<Made>) -> BTreeMap<String, Figure> {
    World::default().count(records)
}

/// Value, numerator and denominator.
fn sides(figures: &BTreeMap<String, Figure>, code: &str) -> (Option<f64>, i64, i64) {
    let figure = &figures[code];
    (figure.value, figure.numerator, figure.denominator)
}

fn parts(of: &[Part]) -> Vec<(&str, &str, f64)> {
    of.iter().map(|p| (p.of.as_str(), p.code.as_str(), p.value)).collect()
}

#[test]
fn every_figure_of_the_data_is_counted_and_nothing_else() {
    let kpis: Vec<&str> = Catalog::built_in()
        .unwrap()
        .kpis
        .iter()
        .map(|k| k.code.as_str())
        .collect();
    let known: Vec<&str> = COUNTED.iter().map(|(code, _)| *code).collect();
    assert_eq!(kpis, known);
    let nothing = count(vec![]);
    assert_eq!(nothing.len(), kpis.len());
    for figure in nothing.values().filter(|f| f.code != "open_over_30_days") {
        assert_eq!((figure.value, figure.n), (None, 0), "{figure:?}");
    }
}

#[test]
fn a_home_passes_by_its_first_inspection_and_rehearsals_stand_apart() {
    let figures = count(vec![
        inspection(1, 1, "handover", on(4, 10)),
        defect(11, 1, "D", 1, "to_assign"),
        inspection(2, 2, "handover", on(5, 10)),
        defect(12, 2, "C", 2, "fixed_on_spot"),
        inspection(3, 3, "handover", on(6, 10)),
        defect(13, 3, "A", 3, "cancelled"),
        defect(14, 3, "B", 3, "duplicate"),
        // The second inspection of home 1 is not its first one; that of home 4 was in November.
        inspection(5, 1, "handover", on(9, 10)),
        defect(15, 1, "A", 5, "to_assign"),
        inspection(6, 4, "handover", on(-3, 10)),
        inspection(7, 4, "handover", on(8, 10)),
        inspection(8, 5, "rehearsal", on(2, 10)),
        defect(16, 5, "B", 8, "to_assign"),
    ]);
    assert_eq!(sides(&figures, "first_pass_rate"), (Some(66.7), 2, 3));
    assert_eq!(parts(&figures["first_pass_rate"].apart), [("", "rehearsal", 0.0)]);
    // Four homes inspected; three valid defects, all of one part and trade.
    assert_eq!(sides(&figures, "defects_per_unit"), (Some(0.75), 3, 4));
    let split = parts(&figures["defects_per_unit"].split);
    assert_eq!(split, [("part", "wall", 0.75), ("trade", "plaster", 0.75)]);
}

#[test]
fn repairs_count_when_closed_and_hold_thirty_days() {
    let repaired = |n: u8, state: &str| {
        defect(n, n, "C", 0, state)
            .step("start_repair", on(2, 9), &[("protection_photo", "true")])
            .step("finish_repair", on(2, 12), &[("clean", "true")])
    };
    let records = vec![
        repaired(1, "closed").step("verify", on(2, 15), &[]),
        repaired(2, "closed")
            .step("reassign", on(2, 8), &[])
            .step("verify", on(3, 15), &[]),
        defect(3, 3, "C", 0, "closed")
            .step("start_repair", on(2, 9), &[("waived_by", "true")])
            .step("reject", on(2, 13), &[])
            .step("resume", on(2, 14), &[])
            .step("finish_repair", on(2, 16), &[("clean", "false")])
            .step("verify", on(4, 15), &[]),
        repaired(4, "reopened")
            .step("verify", on(4, 15), &[])
            .step("reopen", on(20, 9), &[]),
        // Closed only yesterday: nobody can know yet whether it holds.
        repaired(5, "closed").step("verify", on(33, 15), &[]),
    ];
    let world = World {
        now_ms: on(36, 0),
        ..World::default()
    };
    let figures = world.count(records);
    assert_eq!(sides(&figures, "assigned_once_rate"), (Some(66.7), 2, 3));
    assert_eq!(sides(&figures, "protection_cleaning_rate"), (Some(66.7), 2, 3));
    assert_eq!(parts(&figures["protection_cleaning_rate"].apart), [("", "waived", 1.0)]);
    assert_eq!(sides(&figures, "first_time_fix_rate"), (Some(50.0), 2, 4));
}

#[test]
fn old_open_defects_are_listed_by_severity() {
    let figures = count(vec![
        defect(1, 1, "A", 0, "in_repair"),
        defect(2, 1, "C", 0, "hard"),
        defect(3, 1, "C", 0, "closed"),
        defect(4, 1, "C", 0, "to_assign").with(|p| p.begun_ms = on(20, 0)),
    ]);
    assert_eq!(sides(&figures, "open_over_30_days"), (Some(2.0), 2, 0));
    let split = parts(&figures["open_over_30_days"].split);
    assert_eq!(split, [("severity", "A", 1.0), ("severity", "C", 1.0)]);
}

#[test]
fn promises_to_owners_count_by_the_date_that_holds() {
    let promise = |state: &str, due_ms: i64, to: &str| ProjectedPromise {
        state: state.into(),
        due_ms,
        to: to.into(),
        ..ProjectedPromise::default()
    };
    let made = vec![
        promise("kept", on(10, 0), "h1"),
        promise("kept_late", on(10, 0), "h1"),
        promise("made", on(11, 0), "h1"),
        promise("withdrawn", on(11, 0), "h1"),
        promise("released", on(11, 0), "h1"),
        promise("kept", on(10, 0), ""),
        promise("kept", on(40, 0), "h1"),
    ];
    let world = World {
        sales_promises: vec![promise("kept", on(4, 0), "h2")],
        ..World::default()
    };
    let figures = world.count(vec![Made::of("visit", 1, 1, "done").with(|p| p.promises = made)]);
    assert_eq!(sides(&figures, "promise_kept_rate"), (Some(50.0), 2, 4));
    let apart = parts(&figures["promise_kept_rate"].apart);
    assert_eq!(apart, [("", "withdrawn", 1.0), ("", "released", 1.0)]);
}

#[test]
fn a_revisit_is_due_by_the_end_of_the_third_day() {
    let figures = count(vec![
        inspection(1, 1, "handover", on(4, 10)),
        visit(2, 1, "tr-revisit-handover", "done", on(7, 23), &[]),
        inspection(3, 2, "handover", on(4, 10)),
        visit(4, 2, "tr-revisit-handover", "done", on(8, 0), &[]),
        inspection(5, 3, "handover", on(4, 10)),
        visit(6, 3, "tr-revisit-handover", "refused", on(5, 10), &[]),
        // Another rule's visit, a visit before the event, and a signature that was refused.
        defect(7, 4, "C", 0, "closed").step("verify", on(4, 10), &[]),
        visit(8, 4, "tr-revisit-handover", "done", on(5, 10), &[]),
        visit(9, 4, "tr-revisit-repair", "done", on(3, 10), &[]),
        complaint(10, "revisited", on(2, 9)).step("answer", on(5, 9), &[]).step(
            "revisit",
            on(6, 9),
            &[("result", "not_satisfied")],
        ),
        Made::of("inspection", 11, 6, "signed")
            .with(|p| p.inspection_kind = "handover".into())
            .step("sign", on(4, 9), &[("refusal", "true")]),
    ]);
    assert_eq!(sides(&figures, "revisit_within_3_days"), (Some(40.0), 2, 5));
    assert_eq!(sides(&figures, "revisit_coverage"), (Some(80.0), 4, 5));
    let apart = parts(&figures["revisit_coverage"].apart);
    assert_eq!(apart, [("", "refused", 1.0), ("", "unreachable", 0.0)]);
}

#[test]
fn complaints_merged_count_once_and_withdrawn_ones_never() {
    let closed = |n, cause: &str, at| complaint(n, "closed", on(2, 0)).step("close", at, &[("root_cause", cause)]);
    let figures = count(vec![
        closed(1, "design", on(4, 0)),
        closed(2, "not_found", on(9, 0)),
        closed(3, "", on(20, 0)),
        complaint(4, "merged", on(2, 0)),
        complaint(5, "withdrawn", on(2, 0)),
        complaint(6, "acting", on(2, 0)),
        complaint(7, "acting", on(-2, 0)),
        Made::of("case", 8, 1, "closed").with(|p| p.case_kind = "enquiry".into()),
    ]);
    assert_eq!(sides(&figures, "complaint_handling_rate"), (Some(75.0), 3, 4));
    let ages = parts(&figures["complaint_handling_rate"].split);
    let bands = [("3d", 25.0), ("7d", 25.0), ("15d", 0.0), ("30d", 25.0), ("longer", 0.0)];
    assert_eq!(ages, bands.map(|(code, share)| ("age", code, share)));
    assert_eq!(sides(&figures, "cause_found_rate"), (Some(33.3), 1, 3));
}

#[test]
fn progress_is_told_within_every_interval_until_there_is_an_answer() {
    let figures = count(vec![
        // Told on day 4 (in time), silent until 7 (missed) and 10 (missed), told on 12 (in time), answered on 14.
        complaint(1, "answered", on(2, 0))
            .step("answer", on(14, 0), &[])
            .step("update", on(12, 0), &[])
            .step("update", on(4, 0), &[]),
        complaint(2, "withdrawn", on(2, 0)).step("withdraw", on(4, 0), &[]),
    ]);
    assert_eq!(sides(&figures, "progress_told_in_time"), (Some(50.0), 2, 4));
}

#[test]
fn surveys_are_scored_by_scale_and_a_skip_is_no_answer() {
    let figures = count(vec![
        visit(
            1,
            1,
            "tr-revisit-handover",
            "done",
            on(4, 0),
            &[
                ("handover-1", "5"),
                ("handover-2", "3"),
                ("handover-3", "2"),
                ("handover-4", "yes"),
                ("handover-5", "10"),
                ("handover-6", "ten"),
            ],
        ),
        visit(
            2,
            2,
            "tr-m3-visit",
            "done",
            on(5, 0),
            &[("m3-1", "4"), ("m3-2", ""), ("m3-5", "3"), ("unknown", "5")],
        ),
        visit(
            3,
            3,
            "tr-y1-survey",
            "done",
            on(6, 0),
            &[("y1-5", "no"), ("y1-6", "6"), ("y1-1", "9")],
        ),
        visit(4, 4, "tr-y1-survey", "done", on(40, 0), &[("y1-5", "yes")]),
        visit(5, 5, "tr-y1-survey", "on_site", on(6, 0), &[("y1-5", "yes")]),
        visit(6, 6, "tr-y1-survey", "refused", on(6, 0), &[]),
        visit(7, 7, "tr-y1-survey", "unreachable", on(6, 0), &[]),
    ]);
    assert_eq!(sides(&figures, "satisfaction"), (Some(66.7), 2, 3));
    let split = parts(&figures["satisfaction"].split);
    assert_eq!(
        split,
        [
            ("mean", "", 4.0),
            ("family", "handover", 50.0),
            ("family", "living", 100.0)
        ]
    );
    assert!(figures["satisfaction"].few_answers);
    assert_eq!(sides(&figures, "expectation_index"), (Some(2.0), 2, 1));
    assert_eq!(sides(&figures, "recommend_score"), (Some(0.0), 0, 2));
    assert_eq!(sides(&figures, "yes_share_stars"), (Some(1.0), 1, 2));
    assert_eq!(parts(&figures["yes_share_stars"].split), [("share", "", 50.0)]);
    assert_eq!(sides(&figures, "would_buy_again"), (Some(0.0), 0, 1));
    assert_eq!(parts(&figures["would_buy_again"].split), [("friends_told", "", 3.0)]);
    assert_eq!(sides(&figures, "response_rate"), (Some(60.0), 3, 5));
    let apart = parts(&figures["response_rate"].apart);
    assert_eq!(apart, [("", "refused", 1.0), ("", "unreachable", 1.0)]);
}

#[test]
fn thirty_answers_are_no_longer_few() {
    let visits = (1..=30).map(|n| visit(n, n, "tr-m3-visit", "done", on(5, 0), &[("m3-1", "5")]));
    let figures = count(visits.collect());
    assert_eq!(sides(&figures, "satisfaction"), (Some(100.0), 30, 30));
    assert!(!figures["satisfaction"].few_answers);
}
