//! Rounds as they are recorded, and the figure that is counted from them.

use super::*;
use crate::catalog::Round;
use crate::record::signature::manifest;
use crate::rules::ProjectCalendar;
use crate::rules::kpi::{Facts, Figure, Health, Recorded, figures};
use chrono::NaiveDate;

/// How a round ends.
enum End {
    /// As a round.
    Walked(&'static str),
    /// Signed like any other inspection.
    Signed,
    /// The same, without a signature.
    Unsigned(&'static str),
}

struct Walk {
    flat: Flat,
    calendar: ProjectCalendar,
    day: NaiveDate,
    round: &'static Round,
}

impl Walk {
    fn new() -> Self {
        let catalog = Catalog::built_in().unwrap();
        let template = &catalog.templates["public_patrol_v1"];
        let questions = instantiate(
            template,
            &catalog.demo.public_rooms(),
            &Default::default(),
            FeatureMode::Stated,
        );
        Self {
            flat: Flat { catalog, questions },
            calendar: ProjectCalendar::new(chrono_tz::Asia::Shanghai, &Default::default()),
            day: "2026-12-05".parse().unwrap(),
            round: &catalog.patrols.rounds[1],
        }
    }

    fn task(&self, n: u8) -> TaskRow {
        TaskRow {
            kind: "patrol".into(),
            record: DocumentId::from_bytes([n; 16]),
            template: "public_patrol_v1".into(),
            day: self.day.to_string(),
            slot: self.round.start.format("%H:%M").to_string(),
            ..task()
        }
    }

    /// Walks the round of a task: leaves in time, looks at all points but some, and is back in time.
    fn walk(&self, n: u8, left_out: usize, end: &End) -> Recorded {
        let (mut doc, who) = (phone(n, "inspection"), who(n, "ambassador"));
        let at = |time| Stamp {
            at_ms: self.calendar.moment(self.day.and_time(time)),
            key: format!("{time}"),
        };
        let (leaves, back) = (at(self.round.start), at(self.round.end));
        let write = |doc: &mut Document, at_ms: i64, writes: &[Write]| {
            let seen = doc.heads();
            doc.write(&seen, at_ms, writes).unwrap();
        };
        let begun = inspection::start(&doc, &doc.heads(), &self.task(n), "", "patrol", &who, &leaves).unwrap();
        write(&mut doc, leaves.at_ms, &begun);
        let place = self.flat.place();
        let mut open = left_out;
        for question in &self.flat.questions.asked {
            if open > 0 && !question.item.must_test {
                open -= 1;
                continue;
            }
            let answer = inspection::answer(&doc, &doc.heads(), &place, &question.key, &ResultCode::Ok, None);
            write(&mut doc, leaves.at_ms, &answer.unwrap());
        }
        let seen = doc.heads();
        let signing = match end {
            End::Walked(reason) => {
                let ended = round::end(&doc, &seen, &place, reason, &who, &back).unwrap();
                write(&mut doc, back.at_ms, &[ended]);
                return self.recorded(n, &doc);
            }
            End::Signed => Signing::Signed {
                image: Hash([n; 32]),
                person: "me".into(),
            },
            End::Unsigned(reason) => Signing::Refused {
                reason: (*reason).into(),
            },
        };
        let list = manifest(&doc, &seen, vec![]).unwrap();
        let signed = inspection::sign(&doc, &seen, &place, &signing, &list, &who, &back).unwrap();
        write(&mut doc, back.at_ms, &signed);
        self.recorded(n, &doc)
    }

    fn recorded(&self, n: u8, doc: &Document) -> Recorded {
        Recorded {
            id: DocumentId::from_bytes([n; 16]),
            place: doc.place(),
            projection: Projection::of(doc, &Marks::default()),
        }
    }

    fn figure(&self, records: &[Recorded]) -> Figure {
        let tasks: Vec<TaskRow> = records.iter().map(|r| self.task(r.id.as_bytes()[0])).collect();
        let next = self.calendar.end_of(self.day);
        let all = figures(&Facts {
            catalog: self.flat.catalog,
            calendar: &self.calendar,
            from_ms: next - 24 * 3_600_000,
            to_ms: next,
            now_ms: next,
            records,
            tasks: &tasks,
            milestones: &[],
            contacts: &[],
            sales_promises: &[],
            health: Health::default(),
        });
        all.into_iter().find(|f| f.code == "patrol_on_time").unwrap()
    }
}

#[test]
fn a_recorded_round_counts_by_what_its_end_says_however_it_was_signed() {
    let walk = Walk::new();
    let records = [
        walk.walk(1, 0, &End::Walked("")),
        walk.walk(2, 3, &End::Walked("")),
        walk.walk(3, 3, &End::Walked("storm")),
        walk.walk(4, 0, &End::Signed),
        walk.walk(5, 2, &End::Signed),
        walk.walk(6, 1, &End::Unsigned("nobody at the gate")),
    ];
    let missing = |n: usize| {
        let signed = records[n].projection.history.iter().find(|s| s.event == "sign");
        signed.unwrap().time("points_missing")
    };
    assert_eq!([0, 1, 2, 3, 4, 5].map(missing), [0, 3, 3, 0, 2, 1].map(Some));
    let figure = walk.figure(&records);
    assert_eq!((figure.numerator, figure.denominator), (2, 6), "the whole ones");
    let apart: Vec<_> = figure.apart.iter().map(|p| (p.code.as_str(), p.value)).collect();
    assert_eq!(apart, [("exceptions", 2.0)], "those with a reason");
}
