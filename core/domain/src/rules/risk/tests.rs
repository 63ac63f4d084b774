//! Scores, bands and the gate.

use super::*;
use crate::catalog::{Catalog, DeliveryRisk};

fn rules() -> &'static DeliveryRisk {
    &Catalog::built_in().unwrap().delivery_risk
}

fn of(found: &[(&str, u32)]) -> Assessment {
    assess(
        rules(),
        &found.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect(),
    )
}

fn opened(snapshot: Assessment) -> Decision {
    Decision {
        open: true,
        reason: "the owner knows".into(),
        snapshot,
    }
}

#[test]
fn some_factors_count_each_and_some_once_and_unknown_ones_not_at_all() {
    let home = of(&[
        ("not_rehearsed", 3),
        ("promise_open", 2),
        ("moon", 9),
        ("papers_missing", 0),
    ]);
    assert_eq!((home.score, home.band.as_str(), home.factors.len()), (60, "stop", 2));
    assert!(home.stopped_by.is_empty());
    assert_eq!(of(&[]).band, "ready");
    assert_eq!(of(&[("rehearsal_c_open", u32::MAX)]).score, u32::MAX);
}

#[test]
fn a_building_is_as_risky_as_its_worst_home() {
    let homes = [
        of(&[("papers_missing", 1)]),
        of(&[("rehearsal_c_open", 9), ("promise_open", 2)]),
    ];
    let building = assess_building(rules(), homes.iter());
    assert_eq!(
        (building.score, building.band.as_str(), building.factors.len()),
        (48, "watch", 3)
    );
    let decision = opened(building);
    assert!(
        homes
            .iter()
            .all(|home| gate(rules(), home, Some(&decision)) == Gate::Open)
    );
}

#[test]
fn a_decision_covers_what_it_was_made_upon_and_nothing_stopped() {
    let (watch, worse) = (
        of(&[("papers_missing", 1)]),
        of(&[("papers_missing", 1), ("promise_open", 1)]),
    );
    assert_eq!(gate(rules(), &watch, None), Gate::Waiting);
    let decision = opened(watch.clone());
    assert_eq!(decide(rules(), &decision, "manager"), Ok(()));
    assert_eq!(gate(rules(), &watch, Some(&decision)), Gate::Open);
    assert_eq!(gate(rules(), &of(&[]), Some(&decision)), Gate::Open);
    assert_eq!(gate(rules(), &worse, Some(&decision)), Gate::Outdated);
    let stopped = opened(of(&[("acceptance_missing", 1)]));
    assert_eq!(decide(rules(), &stopped, "manager"), Err(Refused::Stop));
    assert_eq!(gate(rules(), &stopped.snapshot, Some(&stopped)), Gate::Shut);
    let kept = Decision {
        open: false,
        ..decision.clone()
    };
    assert_eq!(
        (decide(rules(), &kept, "manager"), gate(rules(), &of(&[]), Some(&kept))),
        (Ok(()), Gate::Shut)
    );
    assert_eq!(decide(rules(), &decision, "engineer"), Err(Refused::Role));
    let silent = Decision {
        reason: "  ".into(),
        ..decision
    };
    assert_eq!(decide(rules(), &silent, "manager"), Err(Refused::Reason));
}

mod gathered {
    use super::*;
    use crate::ids::{DocumentId, PlaceId, ScopeId, UserId};
    use crate::record::{Projection, Step};
    use crate::rows::{
        self, Audience, BuildingRow, HomeRow, NoticeCopyRow, NoticeRow, RiskDecisionRow, RowEvent, SalesPromiseRow,
        kind,
    };
    use crate::rules::Gathered;
    use crate::rules::kpi::Recorded;
    use uuid::Uuid;

    fn id(n: u8) -> Uuid {
        Uuid::from_bytes([n; 16])
    }

    fn text() -> crate::catalog::Text {
        crate::catalog::Text {
            zh: "三号楼".into(),
            en: "Building 3".into(),
        }
    }

    fn put<T: serde::Serialize>(all: &mut Gathered, of: &str, n: u8, row: &T) {
        all.row(of, id(n), &rows::body(row).unwrap());
    }

    fn record(all: &mut Gathered, n: u8, home: u8, kind: &str, change: impl FnOnce(&mut Projection)) {
        let mut projection = Projection {
            kind: kind.into(),
            ..Projection::default()
        };
        change(&mut projection);
        all.record(Recorded {
            id: DocumentId::from_bytes([n; 16]),
            place: PlaceId(id(home)),
            projection,
        });
    }

    fn inspected(all: &mut Gathered, n: u8, home: u8, inspection_kind: &str) {
        record(all, n, home, "inspection", |p| {
            p.inspection_kind = inspection_kind.into();
            p.history.push(Step {
                event: "sign".into(),
                ..Step::default()
            });
        });
    }

    fn event(event: &str, role: &str, facts: &[(&str, &str)]) -> RowEvent {
        RowEvent {
            event: event.into(),
            by: UserId::from_bytes([1; 16]),
            role: role.into(),
            at_ms: 5,
            received_ms: 5,
            facts: facts.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect(),
        }
    }

    /// Building 3 with the homes 1, where everything is in order, and 2, where nothing is.
    fn project() -> Gathered {
        let mut all = Gathered::default();
        let rest = rows::Rest::new();
        let building = BuildingRow {
            code: "b3".into(),
            name: text(),
            floors: 30,
            entrances: 2,
            rest: rest.clone(),
        };
        put(&mut all, kind::BUILDING, 9, &building);
        for n in [1, 2] {
            let home = HomeRow {
                no: format!("3-2-120{n}"),
                building: ScopeId(id(9)),
                entrance: 2,
                floor: 12,
                layout: "l3a".into(),
                rest: rest.clone(),
            };
            put(&mut all, kind::HOME, n, &home);
        }
        for (n, of) in [(20, "disclosure"), (21, "change")] {
            let notice = NoticeRow {
                code: of.into(),
                kind: of.into(),
                version: 1,
                title: text(),
                points: vec![],
                audience: Audience::default(),
                events: vec![event("send", "reviewer", &[])],
                rest: rest.clone(),
            };
            put(&mut all, kind::NOTICE, n, &notice);
            let copy = NoticeCopyRow {
                notice: id(n),
                home: PlaceId(id(1)),
                events: vec![event("acknowledge", "owner", &[("proof", "signed_receipt")])],
                rest: rest.clone(),
            };
            put(&mut all, kind::NOTICE_COPY, n + 10, &copy);
        }
        inspected(&mut all, 40, 1, "rehearsal");
        inspected(&mut all, 41, 1, "unit_acceptance");
        inspected(&mut all, 42, 2, "unit_acceptance");
        for (n, code, severity, state) in [
            (50, "wl-01", "C", "in_repair"),
            (51, "dc-01", "C", "to_assign"),
            (52, "wl-01", "A", "duplicate"),
        ] {
            record(&mut all, n, 2, "defect", |p| {
                (p.what, p.severity, p.state) = (code.into(), severity.into(), state.into());
            });
        }
        record(&mut all, 53, 2, "case", |p| {
            (p.case_kind, p.state) = ("complaint".into(), "acting".into());
        });
        let promise = SalesPromiseRow {
            home: PlaceId(id(2)),
            text: text(),
            first_due_ms: 1,
            events: vec![],
            rest,
        };
        put(&mut all, kind::SALES_PROMISE, 60, &promise);
        all
    }

    #[test]
    fn every_factor_is_counted_from_what_lies_there() {
        let all = project();
        let catalog = Catalog::built_in().unwrap();
        let (_, fine) = all.risk(catalog, id(1), 9, false).unwrap();
        assert_eq!(
            (fine.score, fine.band.as_str(), fine.gate.as_str()),
            (0, "ready", "open"),
            "{fine:?}"
        );
        let (_, poor) = all.risk(catalog, id(2), 9, true).unwrap();
        let found: Vec<(&str, u32, u32)> = poor.factors.iter().map(|f| (f.code.as_str(), f.n, f.points)).collect();
        let expected = [
            ("rehearsal_c_open", 2, 4),
            ("not_rehearsed", 1, 30),
            ("papers_missing", 1, 30),
            ("promise_open", 1, 15),
            ("change_not_acknowledged", 1, 10),
            ("disclosure_not_acknowledged", 1, 10),
            ("complaint_open", 1, 15),
            ("unsynced", 1, 20),
        ];
        assert_eq!(found, expected);
        assert_eq!(
            (poor.score, poor.band.as_str(), poor.gate.as_str()),
            (134, "stop", "shut")
        );
        let (_, building) = all.risk(catalog, id(9), 9, false).unwrap();
        let homes: Vec<_> = building
            .homes
            .iter()
            .map(|h| (h.no.as_str(), h.score, h.gate.as_str()))
            .collect();
        assert_eq!(homes, [("3-2-1202", 114, "shut"), ("3-2-1201", 0, "open")]);
        assert_eq!(
            (building.level.as_str(), building.score, building.gate.as_str()),
            ("building", 114, "shut")
        );
        assert!(all.risk(catalog, id(77), 9, false).is_none());
    }

    #[test]
    fn the_newest_decision_on_home_or_building_holds() {
        let mut all = project();
        let catalog = Catalog::built_in().unwrap();
        let decided = |subject: u8, open: bool, at_ms: i64| RiskDecisionRow {
            subject: id(subject),
            open,
            reason: "lift".into(),
            score: 0,
            band: "ready".into(),
            factors: Default::default(),
            by: UserId::from_bytes([1; 16]),
            at_ms,
            rest: rows::Rest::new(),
        };
        put(&mut all, kind::RISK_DECISION, 70, &decided(9, false, 5));
        let (_, shut) = all.risk(catalog, id(1), 9, false).unwrap();
        assert_eq!((shut.gate.as_str(), shut.decision.unwrap().open), ("shut", false));
        all.decision(id(71), Some(decided(1, true, 6)), true);
        let (_, open) = all.risk(catalog, id(1), 9, false).unwrap();
        assert_eq!((open.gate.as_str(), open.decision.unwrap().pending), ("open", true));
    }
}
