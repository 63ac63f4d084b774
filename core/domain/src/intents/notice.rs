//! Notices: made by the office, told and proven home by home.

use super::{Asked, Present, Refusal, RowChange};
use crate::catalog::Text;
use crate::ids::{PlaceId, ScopeId};
use crate::rows::{Audience, Facts, HomeRow, NoticeCopyRow, NoticeRow, Rest, RowEvent, RowLife, kind, notice_life};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A notice, or its next version, which supersedes the one before in every home that has not acknowledged it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticePut {
    /// UUIDv7, made by whoever writes it.
    pub id: Uuid,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is (group `notice_kind`).
    pub kind: String,
    /// Its title.
    pub title: Text,
    /// What it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Text>,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
    /// The version that it replaces, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Uuid>,
    /// Why there is a new version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When, by this device.
    pub at_ms: i64,
}

impl NoticePut {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        asked.known("notice_kind", &self.kind)?;
        if self.code.trim().is_empty() {
            return Err(Refusal::Missing("code"));
        }
        if present.0.contains_key(&self.id) {
            return Ok(Vec::new());
        }
        let mut changes = Vec::new();
        let mut version = 1;
        if let Some(old) = self.supersedes {
            let (mut before, scope) = present.get::<NoticeRow>(kind::NOTICE, old).ok_or(Refusal::Unknown)?;
            version = before.version + 1;
            let facts = Facts::from([("reason".to_owned(), self.reason.as_str().into())]);
            let event = RowEvent::new("supersede", facts, asked.who, self.at_ms, asked.now_ms);
            let machine = asked.machine("notice")?;
            let mut life = notice_life(machine, &before, None);
            if life.state == "superseded" {
                return Err(Refusal::Collides);
            }
            life.take(machine, &event)?;
            before.events.push(event);
            changes.push(RowChange::put(kind::NOTICE, old, scope, &before)?);
        }
        let row = NoticeRow {
            code: self.code.clone(),
            kind: self.kind.clone(),
            version,
            title: self.title.clone(),
            points: self.points.clone(),
            audience: self.audience.clone(),
            events: Vec::new(),
            rest: Rest::new(),
        };
        changes.push(RowChange::put(
            kind::NOTICE,
            self.id,
            ScopeId::public_places(asked.project),
            &row,
        )?);
        Ok(changes)
    }
}

/// Something happened to a notice, in one home or in all of its audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeEvent {
    /// The notice.
    pub notice: Uuid,
    /// The home; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<PlaceId>,
    /// The event of machine `notice`.
    pub event: String,
    /// What it carries for its guards; `proof` is a code of group `notice_proof`.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// When, by this device.
    pub at_ms: i64,
}

impl NoticeEvent {
    pub(super) fn apply(&self, asked: &Asked<'_>, present: &Present) -> Result<Vec<RowChange>, Refusal> {
        if let Some(proof) = self.facts.get("proof") {
            asked.known("notice_proof", proof.as_text().unwrap_or_default())?;
        }
        let (notice, scope) = present
            .get::<NoticeRow>(kind::NOTICE, self.notice)
            .ok_or(Refusal::Unknown)?;
        let event = RowEvent::new(&self.event, self.facts.clone(), asked.who, self.at_ms, asked.now_ms);
        let machine = asked.machine("notice")?;
        let Some(home) = self.home else {
            return self.everywhere(notice, scope, event, RowLife::begin(machine), asked);
        };
        // A home whose building is not on this phone is looked at by the server.
        let meant = present
            .get::<HomeRow>(kind::HOME, home.0)
            .is_none_or(|(row, _)| notice.audience.has(home, row.building));
        if !meant {
            return Err(Refusal::Unknown);
        }
        let id = NoticeCopyRow::id_of(self.notice, home);
        let copy = present.get::<NoticeCopyRow>(kind::NOTICE_COPY, id).map(|(row, _)| row);
        let mut life = notice_life(machine, &notice, copy.as_ref());
        let mut copy = copy.unwrap_or(NoticeCopyRow {
            notice: self.notice,
            home,
            events: Vec::new(),
            rest: Rest::new(),
        });
        if copy.events.iter().any(|known| known.says_the_same(&event)) {
            return Ok(Vec::new());
        }
        life.take(machine, &event)?;
        copy.events.push(event);
        Ok(vec![RowChange::put(kind::NOTICE_COPY, id, asked.scope, &copy)?])
    }

    fn everywhere(
        &self,
        mut notice: NoticeRow,
        scope: ScopeId,
        event: RowEvent,
        mut life: RowLife,
        asked: &Asked<'_>,
    ) -> Result<Vec<RowChange>, Refusal> {
        // What only one home can prove is not said of all at once.
        if !["send", "supersede"].contains(&self.event.as_str()) {
            return Err(Refusal::Illegal);
        }
        if notice.events.iter().any(|known| known.says_the_same(&event)) {
            return Ok(Vec::new());
        }
        let machine = asked.machine("notice")?;
        for before in &notice.events {
            let _ = life.take(machine, before);
        }
        life.take(machine, &event)?;
        notice.events.push(event);
        Ok(vec![RowChange::put(kind::NOTICE, self.notice, scope, &notice)?])
    }
}
