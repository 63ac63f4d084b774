//! Cases: reported by anybody, then dispatched, answered and closed; complaints go their own way.

use super::case_views::{CaseCard, NewCase, TellingView};
use super::context::place_named;
use super::defects::{NewDefect, begin_defect};
use super::inspections::{NewPhoto, photo, remark, settle};
use super::lists::{place_name, projection, promise};
use super::people::{NewPerson, person_put};
use super::promises::hand_over;
use super::record::{asker, command, genesis_of, lineage, on_scene, parse, recorded, recording, seen};
use super::times::{Office, clock_of};
use super::views::{LineageView, Recorded};
use crate::{Client, ClientError};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::document::Genesis;
use keyturn_domain::intents::Command;
use keyturn_domain::record::case::desk::{self, Told};
use keyturn_domain::record::case::{self, CaseView, Report, case_view};
use keyturn_domain::record::common::BECAME_DEFECT;
use keyturn_domain::record::promises;
use keyturn_domain::record::terms::answer_by;
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::{CommandError, Scene, pinned};
use keyturn_domain::rules::ClockView;
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Document, DocumentId, PlaceId};
use keyturn_store::documents::ListedDocument;
use keyturn_store::{Connection, documents, progress};

/// States in which nothing more is to be done about a case.
pub(super) const DONE: [&str; 4] = ["closed", "linked", "merged", "withdrawn"];

/// Commands and screens of cases.
#[derive(Clone)]
pub struct Cases(pub(crate) Client);

impl Cases {
    /// Reports a matter for an owner: anybody may, offline too, at any place.
    ///
    /// # Errors
    /// `unknown_place`, `unknown_code`, `missing` without kind or words.
    pub fn report(&self, new: &NewCase) -> Result<Recorded, ClientError> {
        let (project, place) = self.0.look(|conn| place_named(conn, &new.place))?;
        let genesis = Genesis {
            document: DocumentId(self.0.new_id()),
            project,
            place,
            kind: "case".to_owned(),
        };
        let (told, edition) = (Report::from(new), self.0.in_force(project)?);
        command(&self.0, &genesis, true, &[], |ask| {
            let writes = case::report(&ask.scene(&edition.catalog), &told)?;
            Ok(pinned(writes, edition.number))
        })
    }

    /// Reports a matter for somebody whom nobody knows yet: what is known of them is sealed and travels as an intent;
    /// both are saved at once, or neither.
    ///
    /// # Errors
    /// As [`Cases::report`], and `unknown_code` for a relation or way that is none.
    pub fn report_from(&self, new: &NewCase, caller: &NewPerson) -> Result<Recorded, ClientError> {
        let (project, place) = self.0.look(|conn| place_named(conn, &new.place))?;
        let put = person_put(&self.0, place, caller)?;
        let told = Report {
            person: put.id.to_string(),
            relation: caller.relation.clone(),
            ..Report::from(new)
        };
        let command = Command::PersonPut(put);
        self.0.try_command(project, &command)?;
        let intent = self.0.sync().prepare(project, &command)?;
        let genesis = Genesis {
            document: DocumentId(self.0.new_id()),
            project,
            place,
            kind: "case".to_owned(),
        };
        let (target, who) = asker(&self.0, &genesis, true)?;
        let (stamp, edition) = (self.0.stamp(), self.0.in_force(project)?);
        let make = |document: &Document| {
            let scene = Scene {
                document,
                seen: &[],
                catalog: &edition.catalog,
                who: &who,
                stamp: &stamp,
            };
            Ok((Vec::new(), pinned(case::report(&scene, &told)?, edition.number)))
        };
        let saved = self.0.records().record_beside(target, make, &[intent])?;
        self.0.inner.names.forget();
        Ok(recorded(&saved, &[]))
    }

    /// Shows a case with its life, its clock, and when its owner hears next.
    ///
    /// # Errors
    /// `unknown_record` when this phone does not hold it.
    pub fn open(&self, record: &str) -> Result<CaseView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let edition = self.0.edition_of(&genesis)?;
        let shown = self.0.opened(genesis.document, |document, marks| {
            case_view(document, &edition.catalog, marks)
        })?;
        let mut view = shown.ok_or_else(|| ClientError::refused("unknown_record"))??;
        view.edition_waiting = edition.waiting;
        view.clock = self.0.look(|conn| clock_of(&self.0, conn, &genesis))?;
        Ok(view)
    }

    /// Lists the cases that are not at their end: danger first, then by what is due, then the oldest.
    ///
    /// # Errors
    /// A storage error.
    pub fn unsettled(&self) -> Result<Vec<CaseCard>, ClientError> {
        self.list(|card| !DONE.contains(&card.state.as_str()))
    }

    /// Lists what the person takes care of and is not at its end.
    ///
    /// # Errors
    /// A storage error.
    pub fn mine(&self) -> Result<Vec<CaseCard>, ClientError> {
        let me = self.0.session().me()?.user.to_string();
        self.list(|card| card.person == me && !DONE.contains(&card.state.as_str()))
    }

    /// Lists the cases of a place, the newest first.
    ///
    /// # Errors
    /// A storage error.
    pub fn at(&self, place: &str) -> Result<Vec<CaseCard>, ClientError> {
        let place: PlaceId = parse(place, "place")?;
        let now = self.0.inner.now_ms();
        self.0.look(|conn| {
            let mut listed = documents::at_place(conn, place)?;
            listed.retain(|d| d.genesis.kind == "case");
            listed.sort_by_key(|d| std::cmp::Reverse(d.updated_ms));
            let office = match listed.first() {
                Some(one) => Office::read(conn, one.genesis.project)?,
                None => None,
            };
            listed.iter().map(|d| card(conn, d, office.as_ref(), now)).collect()
        })
    }

    /// Corrects a field: who called, relation, household, channel, category, urgency, severity, department, room,
    /// phrase, what is wanted, root cause.
    ///
    /// # Errors
    /// `contested`, `unknown_code`, `bad_value` for a field with a command of its own.
    pub fn change(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            case::change(s, name, value).map(|w| vec![w])
        })
    }

    /// Says that it is of another kind, before anything was done about it.
    ///
    /// # Errors
    /// `illegal` afterwards: then another case is reported and linked.
    pub fn rekind(&self, record: &str, heads: &[String], kind: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| case::rekind(s, kind).map(|w| vec![w]))
    }

    /// Names the person who takes care of it. `answer_by_ms`: until when they answer; none: as its severity asks.
    ///
    /// # Errors
    /// `illegal` with what is missing.
    pub fn dispatch(
        &self,
        record: &str,
        heads: &[String],
        person: &str,
        answer_by_ms: Option<i64>,
    ) -> Result<Recorded, ClientError> {
        let now = self.0.inner.now_ms();
        on_scene(&self.0, record, heads, |s| {
            let text = |key: &str| Field::read(s.document, Container::Fields, key).text().to_owned();
            // Danger is treated like the worst defect.
            let severity = if text("urgency") == "safety" {
                "A".to_owned()
            } else {
                text("severity")
            };
            desk::dispatch(s, person, answer_by_ms.or_else(|| answer_by(s.catalog, &severity, now)))
        })
    }

    /// Takes it over with a time that the owner was told; only then the dispatch counts.
    ///
    /// # Errors
    /// `not_named` for anybody else, `illegal` when the owner was not told.
    pub fn acknowledge(
        &self,
        record: &str,
        heads: &[String],
        promise_at_ms: i64,
        owner_told: bool,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| {
            desk::acknowledge(s, promise_at_ms, owner_told)
        })
    }

    /// Gives it back, with the reason.
    ///
    /// # Errors
    /// `not_named`, `illegal` without a reason.
    pub fn return_to_dispatch(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| desk::return_to_dispatch(s, reason))
    }

    /// Answers: what the owner was told, how and when. A complaint's answer carries its verdict.
    ///
    /// # Errors
    /// `illegal` with what is missing, `missing` without words, `contested` while the verdict is.
    pub fn answer(
        &self,
        record: &str,
        heads: &[String],
        text: &str,
        telling: &TellingView,
    ) -> Result<Recorded, ClientError> {
        let told = self.told(telling);
        on_scene(&self.0, record, heads, |s| desk::answer(s, text, &told))
    }

    /// Closes a case that was answered; a complaint is closed with [`Cases::close_complaint`].
    ///
    /// # Errors
    /// `illegal` before the owner was told the result.
    pub fn close(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, desk::close)
    }

    /// Says which record goes on with the matter, also with what was promised.
    ///
    /// # Errors
    /// `illegal` with what is missing: after an answer it takes a reason.
    pub fn link(&self, record: &str, heads: &[String], to: &str, reason: &str) -> Result<Recorded, ClientError> {
        hand_over(&self.0, record, heads, to, |s, taken| desk::link(s, to, reason, taken))
    }

    /// Mentions another record; the matter stays here.
    ///
    /// # Errors
    /// `missing` when none is named.
    pub fn mention(&self, record: &str, heads: &[String], other: &str) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| desk::mention(s, other))
    }

    /// Merges it into another case about the same issue, which takes over what was promised; both histories stay.
    ///
    /// # Errors
    /// `illegal` with what is missing, `bad_value` for itself.
    pub fn merge(&self, record: &str, heads: &[String], target: &str, reason: &str) -> Result<Recorded, ClientError> {
        hand_over(&self.0, record, heads, target, |s, taken| {
            desk::merge(s, target, reason, taken)
        })
    }

    /// Opens it again: a code, and words where the code says `other`.
    ///
    /// # Errors
    /// `illegal`, `unknown_code`.
    pub fn reopen(
        &self,
        record: &str,
        heads: &[String],
        reason_code: &str,
        reason: &str,
    ) -> Result<Recorded, ClientError> {
        on_scene(&self.0, record, heads, |s| desk::reopen(s, reason_code, reason))
    }

    /// Makes a defect out of it: the defect goes on with the matter, where the role may say so; otherwise the case
    /// stays and mentions it. Both are saved, or neither.
    ///
    /// # Errors
    /// As [`super::Defects::record`].
    pub fn to_defect(&self, record: &str, heads: &[String], new: &NewDefect) -> Result<Recorded, ClientError> {
        let (genesis, mut recordings) = begin_defect(&self.0, new)?;
        let (defect, id) = (genesis.document.to_string(), parse(record, "record")?);
        let mut taken = Vec::new();
        let link = recording(&self.0, id, Some(seen(heads)?), |s| {
            match desk::link(s, &defect, BECAME_DEFECT, true) {
                Err(CommandError::Illegal { .. }) => desk::mention(s, &defect),
                made => {
                    let open = promises::open(s.document, s.seen)?;
                    taken = promises::take_over("defect", id, &open, s.who, s.stamp)?;
                    made
                }
            }
        })?;
        if let Some(new) = recordings.first_mut() {
            new.writes.extend(taken);
        }
        recordings.push(link);
        let saved = self.0.records().record_all(recordings)?;
        let first = saved.first().ok_or_else(|| ClientError::refused("unknown_record"))?;
        Ok(recorded(first, &[]))
    }

    /// Decides a contested field.
    ///
    /// # Errors
    /// `not_contested`.
    pub fn settle(&self, record: &str, heads: &[String], name: &str, value: &str) -> Result<Recorded, ClientError> {
        settle(&self.0, record, heads, name, value)
    }

    /// Adds a remark.
    ///
    /// # Errors
    /// `missing` when it has no words.
    pub fn remark(&self, record: &str, heads: &[String], text: &str) -> Result<Recorded, ClientError> {
        remark(&self.0, record, heads, "", text)
    }

    /// Mentions a photo.
    ///
    /// # Errors
    /// `bad_value` for another kind of photo.
    pub fn photo(&self, record: &str, heads: &[String], new: &NewPhoto) -> Result<Recorded, ClientError> {
        photo(&self.0, record, heads, new)
    }

    /// Returns every value that a field ever had.
    ///
    /// # Errors
    /// A storage error.
    pub fn lineage(&self, record: &str, name: &str) -> Result<Vec<LineageView>, ClientError> {
        lineage(&self.0, record, name)
    }

    pub(super) fn told(&self, telling: &TellingView) -> Told {
        Told {
            way: telling.way.clone(),
            at_ms: telling.at_ms.unwrap_or_else(|| self.0.inner.now_ms()),
        }
    }

    fn list(&self, wanted: impl Fn(&CaseCard) -> bool) -> Result<Vec<CaseCard>, ClientError> {
        let now = self.0.inner.now_ms();
        let mut cards = self.0.look(|conn| {
            let mut cards = Vec::new();
            for (project, _) in progress::projects(conn)? {
                let office = Office::read(conn, project)?;
                for listed in documents::of_project(conn, project, "case")? {
                    cards.push(card(conn, &listed, office.as_ref(), now)?);
                }
            }
            Ok(cards)
        })?;
        cards.retain(wanted);
        let first = |card: &CaseCard| {
            ["safety", "urgent"]
                .iter()
                .position(|u| card.urgency == *u)
                .unwrap_or(2)
        };
        let key = |card: &CaseCard| {
            let due = card.due_ms.unwrap_or(i64::MAX);
            (first(card), due, card.received_ms, card.record.clone())
        };
        cards.sort_by_key(key);
        Ok(cards)
    }
}

impl From<&NewCase> for Report {
    fn from(new: &NewCase) -> Self {
        Self {
            kind: new.kind.clone(),
            words: new.words.clone(),
            person: new.person.clone(),
            relation: new.relation.clone(),
            household: new.household.clone(),
            channel: new.channel.clone(),
            received_ms: new.received_ms,
            category: new.category.clone(),
            urgency: new.urgency.clone(),
            severity: new.severity.clone(),
            room: new.room.clone(),
            phrase: new.phrase.clone(),
            wanted_outcome: new.wanted_outcome.clone(),
        }
    }
}

pub(super) fn card(
    conn: &Connection,
    listed: &ListedDocument,
    office: Option<&Office>,
    now_ms: i64,
) -> Result<CaseCard, ClientError> {
    let (shown, genesis) = (projection(listed), &listed.genesis);
    let clock = office
        .map(|office| office.clock(conn, &shown, now_ms))
        .transpose()?
        .flatten();
    let next = clock.as_ref().and_then(ClockView::waiting);
    // Codes are the program's own, alike in every edition.
    let text = Catalog::built_in()?.codes.get("case_kind", &shown.matter.case_kind);
    Ok(CaseCard {
        record: genesis.document.to_string(),
        place: genesis.place.to_string(),
        place_name: place_name(conn, genesis.project, genesis.place)?,
        text: text.map(|code| TextView::from(&code.text)).unwrap_or_default(),
        kind: shown.matter.case_kind,
        category: shown.matter.category,
        urgency: shown.matter.urgency,
        department: shown.matter.department,
        state: listed.state.clone(),
        person: shown.person,
        caller: shown.matter.caller,
        received_ms: shown.matter.received_ms.unwrap_or_default(),
        due_ms: shown.due_ms,
        overdue: shown.due_ms.is_some_and(|due| due < now_ms),
        next_step: next.map(|step| step.code.clone()).unwrap_or_default(),
        next_step_ms: next.map(|step| step.due_ms),
        next_update_ms: clock.as_ref().and_then(|clock| clock.next_update_ms),
        revisit_by_ms: clock.as_ref().and_then(|clock| clock.revisit_by_ms),
        cluster: shown.matter.cluster,
        scale: shown.matter.scale,
        contested: listed.contested,
        updated_ms: listed.updated_ms,
        promise: promise(conn, Some(genesis.document))?,
    })
}
