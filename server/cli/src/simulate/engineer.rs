//! An engineer's day: a home after the other, room by room.

use super::done::{Kind, told};
use super::member::Member;
use crate::failure::Failure;
use keyturn_client::facade::{NewDefect, NewPhoto, Recorded, TaskCard};
use keyturn_client::{Client, ClientError};
use keyturn_server::domain::record::view::{InspectionView, QuestionView, RoomView};
use rand::Rng as _;

/// Readings whose usual size is some millimetres.
const MILLIMETRES: [&str; 5] = ["flatness", "plumb", "square", "gap", "step"];

/// A screen that stays open: each command is based on what the one before left.
struct Screen {
    client: Client,
    record: String,
    seen: Vec<String>,
}

impl Screen {
    fn take(&mut self, done: Result<Recorded, ClientError>) -> Result<(), Failure> {
        self.seen = done.map_err(|e| told(&e))?.seen;
        Ok(())
    }
}

impl Member {
    /// Inspects a home: every room with its odd ones and the rest at once, the counter, the signature.
    ///
    /// # Errors
    /// What the client says.
    pub(super) fn inspect(&mut self, task: &TaskCard) -> Result<(), Failure> {
        let inspections = self.client.inspections();
        let view = inspections.begin(&task.task).map_err(|e| told(&e))?;
        self.made.record(Kind::Inspection, &view.record);
        let mut screen = Screen {
            client: self.client.clone(),
            record: view.record.clone(),
            seen: view.seen.clone(),
        };
        let owner = self.owner(&task.place)?;
        screen.take(inspections.present(&screen.record, &screen.seen, &owner, "owner"))?;
        for room in &view.rooms {
            self.room(&mut screen, &view, room)?;
        }
        let water = f64::from(self.rng.random_range(0..100_u32));
        screen.take(inspections.count(&screen.record, &screen.seen, "meter", "water", water))?;
        let (image, refusal) = if self.rng.random_ratio(1, 8) {
            (String::new(), "业主要求复验后再签".to_owned())
        } else {
            (self.image(), String::new())
        };
        screen.take(inspections.sign(&screen.record, &screen.seen, &image, &owner, &refusal))?;
        self.made.done.add(Kind::Signature, 1);
        Ok(())
    }

    fn room(&mut self, screen: &mut Screen, view: &InspectionView, room: &RoomView) -> Result<(), Failure> {
        for question in room.questions.iter().filter(|q| q.open) {
            match self.rng.random_range(0..100) {
                0..4 => self.defect(screen, view, room, question)?,
                4 | 5 => self.answer(screen, question, "not_inspected")?,
                _ if question.must_test => self.answer(screen, question, "ok")?,
                _ => {}
            }
            self.readings(screen, question)?;
        }
        let inspections = screen.client.inspections();
        let rest = inspections.rest_is_fine(&screen.record, &screen.seen, &room.room);
        let rest = rest.map_err(|e| told(&e))?;
        self.made.done.add(Kind::Answer, rest.answered as usize);
        screen.seen = rest.recorded.seen;
        Ok(())
    }

    fn answer(&mut self, screen: &mut Screen, question: &QuestionView, result: &str) -> Result<(), Failure> {
        let reason = if result == "not_inspected" { "locked" } else { "" };
        let inspections = screen.client.inspections();
        screen.take(inspections.answer(&screen.record, &screen.seen, &question.key, result, reason, ""))?;
        self.made.done.add(Kind::Answer, 1);
        Ok(())
    }

    fn readings(&mut self, screen: &mut Screen, question: &QuestionView) -> Result<(), Failure> {
        let small = |code: &str| MILLIMETRES.contains(&code);
        for reading in question.readings.iter().filter(|r| r.n > 0 && small(&r.code)) {
            if !self.rng.random_ratio(1, 4) {
                continue;
            }
            let value = Some(f64::from(self.rng.random_range(5..40_u32)) / 10.0);
            let (inspections, key) = (screen.client.inspections(), &question.key);
            screen.take(inspections.reading(&screen.record, &screen.seen, key, &reading.code, reading.n, value))?;
            self.made.done.add(Kind::Reading, 1);
        }
        Ok(())
    }

    /// Answers with a defect, photographs it, describes it in a record of its own and submits it.
    fn defect(
        &mut self,
        screen: &mut Screen,
        view: &InspectionView,
        room: &RoomView,
        question: &QuestionView,
    ) -> Result<(), Failure> {
        self.answer(screen, question, "defect")?;
        let photo = NewPhoto {
            hash: self.image(),
            kind: "finding".to_owned(),
            about: question.key.clone(),
            taken_ms: 0,
        };
        let inspections = screen.client.inspections();
        screen.take(inspections.photo(&screen.record, &screen.seen, &photo))?;
        self.made.done.add(Kind::Photo, 1);
        let Some(code) = question.default_defects.first() else {
            return Ok(());
        };
        let new = NewDefect {
            place: view.place.clone(),
            code: code.clone(),
            room: room.room.clone(),
            description: format!("{}：{}", room.text.zh, question.text.zh),
            inspection: view.record.clone(),
            question: question.key.clone(),
            ..NewDefect::default()
        };
        let defects = screen.client.defects();
        let made = defects.record(&new).map_err(|e| told(&e))?;
        self.made.record(Kind::Defect, &made.record);
        let pinned = defects.pin(
            &made.record,
            &made.seen,
            self.rng.random_range(0..10_000),
            self.rng.random_range(0..10_000),
        );
        let seen = pinned.map_err(|e| told(&e))?.seen;
        let submitted = defects.submit(&made.record, &seen, "照片在验房记录里");
        submitted.map_err(|e| told(&e))?;
        Ok(())
    }
}
