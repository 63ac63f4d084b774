//! A seed becomes what two people record in one flat. They share the rooms, meet in two of them, and see some things
//! differently there.

use crate::phone::Work;
use keyturn_server::domain::record::view::{InspectionView, QuestionView, ReadingView, RoomView};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

/// Rooms in which both look.
const SHARED: usize = 2;

/// What the two record, in order.
#[derive(Debug, Default)]
pub struct Script {
    /// The first phone.
    pub a: Vec<Work>,
    /// The second phone.
    pub b: Vec<Work>,
}

/// Writes the script for a record as both phones show it before anybody answered.
pub fn write(view: &InspectionView, rng: &mut StdRng) -> Script {
    let mut script = Script::default();
    let mut order: Vec<&RoomView> = view.rooms.iter().filter(|room| !room.questions.is_empty()).collect();
    // The home as a whole is asked once; the rooms where they meet are chosen among the others.
    order.sort_by_key(|room| room.room == "home");
    let rooms = order.iter().filter(|room| room.room != "home").count();
    order.get_mut(..rooms).unwrap_or_default().shuffle(rng);
    for (n, room) in order.iter().enumerate() {
        if n < SHARED {
            shared(room, view, rng, &mut script);
        } else {
            let whose = if n % 2 == 0 { &mut script.a } else { &mut script.b };
            alone(room, rng, whose);
        }
    }
    readings(&order, rng, &mut script);
    script
}

/// One person walks a room: what must be tested one by one, then "the rest of this room is fine".
fn alone(room: &RoomView, rng: &mut StdRng, works: &mut Vec<Work>) {
    for question in room.questions.iter().filter(|q| q.must_test) {
        let result = match rng.random_range(0..40) {
            0 => "defect",
            1 => "not_inspected",
            _ => "ok",
        };
        works.push(answer(question, result));
    }
    works.push(Work::Rest {
        room: room.room.clone(),
    });
}

/// Both walk a room: one answers everything, the other what must be tested and the rest at once; two or three things
/// they see differently.
fn shared(room: &RoomView, view: &InspectionView, rng: &mut StdRng, script: &mut Script) {
    let mut disputed: Vec<&str> = room.questions.iter().map(|q| q.key.as_str()).collect();
    disputed.shuffle(rng);
    disputed.truncate(rng.random_range(1..=2));
    for question in &room.questions {
        let differs = disputed.contains(&question.key.as_str());
        let a_sees = if differs && rng.random_bool(0.5) {
            "defect"
        } else {
            "ok"
        };
        let b_sees = if differs && a_sees == "ok" { "defect" } else { "ok" };
        script.a.push(answer(question, a_sees));
        if differs || question.must_test {
            script.b.push(answer(question, b_sees));
        }
        if differs {
            let whose = if a_sees == "defect" {
                &mut script.a
            } else {
                &mut script.b
            };
            evidence(question, room, view, rng, whose);
        }
    }
    script.b.push(Work::Rest {
        room: room.room.clone(),
    });
}

/// Who sees a defect says which, photographs it, and writes a word.
fn evidence(question: &QuestionView, room: &RoomView, view: &InspectionView, rng: &mut StdRng, works: &mut Vec<Work>) {
    let mut image = [0_u8; 32];
    rng.fill(&mut image);
    works.push(Work::Photo {
        hash: image.iter().map(|byte| format!("{byte:02x}")).collect(),
        kind: "finding".to_owned(),
        about: question.key.clone(),
        taken_ms: 0,
    });
    works.push(Work::Remark {
        about: question.key.clone(),
        text: format!("{}：{}", room.text.zh, question.text.zh),
    });
    if let Some(code) = question.default_defects.first() {
        works.push(Work::Defect {
            place: view.place.clone(),
            question: question.key.clone(),
            code: code.clone(),
            room: room.room.clone(),
            description: format!("{}：{}", room.text.zh, question.text.zh),
        });
    }
}

/// Both take the same reading somewhere, and read another number; elsewhere one of them does.
fn readings(order: &[&RoomView], rng: &mut StdRng, script: &mut Script) {
    let all = order
        .iter()
        .flat_map(|room| &room.questions)
        .flat_map(|q| q.readings.iter().map(move |r| (q, r)));
    let mut entered: Vec<(&QuestionView, &ReadingView)> = all.filter(|(_, r)| takes(r)).collect();
    entered.shuffle(rng);
    for (n, (question, reading)) in entered.into_iter().take(5).enumerate() {
        let value = f64::from(rng.random_range(10..60_u32)) / 10.0;
        let take = |value: f64| Work::Reading {
            question: question.key.clone(),
            reading: reading.code.clone(),
            n: reading.n,
            value,
        };
        if n < 3 {
            script.a.push(take(value));
        }
        if n == 0 || n >= 3 {
            script.b.push(take(value + 0.5));
        }
    }
}

/// Readings whose usual size is that of the numbers here: some millimetres.
fn takes(reading: &ReadingView) -> bool {
    reading.n > 0 && ["flatness", "plumb", "square", "gap", "step"].contains(&reading.code.as_str())
}

fn answer(question: &QuestionView, result: &str) -> Work {
    let reason = if result == "not_inspected" { "locked" } else { "" };
    Work::Answer {
        question: question.key.clone(),
        result: result.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    fn flat() -> InspectionView {
        let question = |room: &str, n: u32| QuestionView {
            key: format!("x-{n:02}/{room}/1"),
            must_test: n.is_multiple_of(2),
            default_defects: vec!["wl-01".into()],
            readings: vec![ReadingView {
                code: "gap".into(),
                n: 1,
                ..ReadingView::default()
            }],
            ..QuestionView::default()
        };
        let room = |code: &str| RoomView {
            room: code.into(),
            questions: (0..6).map(|n| question(code, n)).collect(),
            ..RoomView::default()
        };
        InspectionView {
            rooms: ["home", "r01", "r02", "r03"].map(room).into(),
            ..InspectionView::default()
        }
    }

    #[test]
    fn every_must_test_is_answered_and_the_two_differ_whatever_the_seed() {
        for seed in 0..200 {
            let view = flat();
            let script = write(&view, &mut StdRng::seed_from_u64(seed));
            let result = |works: &[Work], key: &str| {
                works.iter().find_map(|work| match work {
                    Work::Answer { question, result, .. } if question == key => Some(result.clone()),
                    _ => None,
                })
            };
            let mut differ = 0;
            for question in view.rooms.iter().flat_map(|room| &room.questions) {
                let (a, b) = (result(&script.a, &question.key), result(&script.b, &question.key));
                assert!(
                    !question.must_test || a.is_some() || b.is_some(),
                    "{seed} {}",
                    question.key
                );
                differ += usize::from(a.is_some() && b.is_some() && a != b);
            }
            assert!(differ >= 2, "{seed}");
        }
    }
}
