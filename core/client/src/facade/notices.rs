//! Notices: what we told owners, in which version, and whom it did not reach.

use super::intents::{Held, home_of};
use super::lists::rows_of;
use super::people_read::facts;
use super::record::parse;
use crate::{Client, ClientError};
use keyturn_domain::catalog::{Catalog, Machine, Text};
use keyturn_domain::intents::{Command, NoticeEvent, NoticePut};
use keyturn_domain::record::view::{FactView, TextView};
use keyturn_domain::rows::{Audience, HomeRow, NoticeCopyRow, NoticeRow, is_reached, kind, notice_life};
use keyturn_domain::{PlaceId, ProjectId};
use keyturn_store::progress;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Notices to owners.
#[derive(Clone)]
pub struct Notices(pub(crate) Client);

/// A notice in one home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeCard {
    /// The notice.
    pub notice: String,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// The state in this home.
    pub state: String,
    /// Whether it has reached the home.
    pub reached: bool,
    /// The last event here.
    pub event: String,
    /// When that was, by the device that said so.
    pub at_ms: i64,
    /// Waits for the server.
    pub pending: bool,
}

/// A notice with its audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeView {
    /// The notice.
    pub notice: String,
    /// Its project.
    pub project: String,
    /// Its code; all versions have the same.
    pub code: String,
    /// What it is.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// Homes of the audience that this phone knows of.
    pub homes: u32,
    /// Of them reached.
    pub reached: u32,
    /// Of them reached by a proof that waits for the server.
    pub waiting: u32,
    /// The others, by unit number.
    pub not_reached: Vec<MissedHome>,
}

/// A home that a notice has not reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissedHome {
    /// The home.
    pub place: String,
    /// Its unit number.
    pub no: String,
    /// The state there.
    pub state: String,
}

/// A notice to be made, or the next version of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewNotice {
    /// The project.
    pub project: String,
    /// Its code.
    pub code: String,
    /// What it is (group `notice_kind`).
    pub kind: String,
    /// Its title.
    pub title: TextView,
    /// What it says.
    pub points: Vec<TextView>,
    /// Buildings that it is for; with `homes` empty: all of the project.
    pub buildings: Vec<String>,
    /// Single homes that it is for.
    pub homes: Vec<String>,
    /// The version that it replaces; empty: it is the first.
    pub supersedes: String,
    /// Why there is a new version.
    pub reason: String,
}

impl Notices {
    /// Lists the notices of a home, the newest version of each first.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn of_home(&self, place: &str) -> Result<Vec<NoticeCard>, ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let machine = machine()?;
        self.0.look(|conn| {
            let project = home_of(conn, home)?;
            let held = self.0.held(conn, project, home)?;
            let building = held
                .present
                .get::<HomeRow>(kind::HOME, home.0)
                .map(|(row, _)| row.building);
            let all = held.present.of_kind::<NoticeRow>(kind::NOTICE);
            let mut cards: Vec<NoticeCard> = all
                .filter(|(_, row, _)| building.is_some_and(|building| row.audience.has(home, building)))
                .map(|(id, row, _)| card(machine, &held, home, id, &row))
                .collect();
            cards.sort_by(|a, b| (&a.code, b.version, &a.notice).cmp(&(&b.code, a.version, &b.notice)));
            Ok(cards)
        })
    }

    /// Lists all notices with who was not reached, as far as this phone holds the homes.
    ///
    /// # Errors
    /// A storage error.
    pub fn all(&self) -> Result<Vec<NoticeView>, ClientError> {
        let machine = machine()?;
        self.0.look(|conn| {
            let mut views = Vec::new();
            for (project, _) in progress::projects(conn)? {
                let homes = rows_of::<HomeRow>(conn, project, kind::HOME)?;
                let copies = rows_of::<NoticeCopyRow>(conn, project, kind::NOTICE_COPY)?;
                let held = self.0.held_in_public(conn, project)?;
                let waiting = self.0.waiting::<NoticeCopyRow>(conn, project, kind::NOTICE_COPY)?;
                for (id, row, _) in held.present.of_kind::<NoticeRow>(kind::NOTICE) {
                    views.push(view(machine, project, id, &row, &homes, [&copies, &waiting]));
                }
            }
            views.sort_by(|a, b| (&a.code, b.version, &a.notice).cmp(&(&b.code, a.version, &b.notice)));
            Ok(views)
        })
    }

    /// Gives the proof that a notice was delivered in a home: a code of group `notice_proof`.
    ///
    /// # Errors
    /// `illegal` when it was not sent or the proof says that it came back, `unknown_code`, `role`, `no_grant`.
    pub fn give_proof(&self, place: &str, notice: &str, proof: &str) -> Result<(), ClientError> {
        let facts = [FactView {
            name: "proof".to_owned(),
            value: proof.to_owned(),
        }];
        self.event(place, notice, "deliver", &facts)
    }

    /// Records what happened to a notice in a home: delivered, acknowledged, come back.
    ///
    /// # Errors
    /// `illegal`, `role`, `unknown_code`, `no_grant`.
    pub fn event(&self, place: &str, notice: &str, event: &str, carries: &[FactView]) -> Result<(), ClientError> {
        let home: PlaceId = parse(place, "place")?;
        let project = self.0.look(|conn| home_of(conn, home))?;
        self.command(project, notice, Some(home), event, carries)
    }

    /// Records what happened to a notice in all homes of its audience: sent.
    ///
    /// # Errors
    /// `illegal`, `role`, `no_grant`.
    pub fn event_everywhere(
        &self,
        project: &str,
        notice: &str,
        event: &str,
        carries: &[FactView],
    ) -> Result<(), ClientError> {
        self.command(parse(project, "project")?, notice, None, event, carries)
    }

    /// Makes a notice, or the next version of one; returns it.
    ///
    /// # Errors
    /// `unknown_code`, `missing`, `collides` when the version was replaced before, `no_grant`.
    pub fn make(&self, new: &NewNotice) -> Result<String, ClientError> {
        let id = self.0.new_id();
        let text = |view: &TextView| Text {
            zh: view.zh.clone(),
            en: view.en.clone(),
        };
        let put = NoticePut {
            id,
            code: new.code.clone(),
            kind: new.kind.clone(),
            title: text(&new.title),
            points: new.points.iter().map(text).collect(),
            audience: Audience {
                buildings: new
                    .buildings
                    .iter()
                    .map(|b| parse(b, "building"))
                    .collect::<Result<_, _>>()?,
                homes: new.homes.iter().map(|h| parse(h, "place")).collect::<Result<_, _>>()?,
            },
            supersedes: match new.supersedes.as_str() {
                "" => None,
                old => Some(parse(old, "notice")?),
            },
            reason: new.reason.clone(),
            at_ms: self.0.inner.now_ms(),
        };
        self.0
            .command(parse(&new.project, "project")?, &Command::NoticePut(put))?;
        Ok(id.to_string())
    }

    fn command(
        &self,
        project: ProjectId,
        notice: &str,
        home: Option<PlaceId>,
        event: &str,
        carries: &[FactView],
    ) -> Result<(), ClientError> {
        let command = NoticeEvent {
            notice: parse(notice, "notice")?,
            home,
            event: event.to_owned(),
            facts: facts(carries),
            at_ms: self.0.inner.now_ms(),
        };
        self.0.command(project, &Command::NoticeEvent(command)).map(drop)
    }
}

fn machine() -> Result<&'static Machine, ClientError> {
    let catalog = Catalog::built_in().map_err(|e| ClientError::Data(e.to_string()))?;
    catalog
        .machines
        .get("notice")
        .ok_or_else(|| ClientError::Data("notice".into()))
}

fn card(machine: &Machine, held: &Held, home: PlaceId, id: Uuid, row: &NoticeRow) -> NoticeCard {
    let copy_id = NoticeCopyRow::id_of(id, home);
    let copy = held
        .present
        .get::<NoticeCopyRow>(kind::NOTICE_COPY, copy_id)
        .map(|(copy, _)| copy);
    let life = notice_life(machine, row, copy.as_ref());
    let (event, at_ms) = life.last.unwrap_or_default();
    NoticeCard {
        notice: id.to_string(),
        code: row.code.clone(),
        kind: row.kind.clone(),
        version: row.version,
        title: TextView::from(&row.title),
        points: row.points.iter().map(TextView::from).collect(),
        reached: is_reached(machine, row, copy.as_ref()),
        state: life.state,
        event,
        at_ms,
        pending: held.pending.contains(&copy_id) || held.pending.contains(&id),
    }
}

fn view(
    machine: &Machine,
    project: ProjectId,
    id: Uuid,
    row: &NoticeRow,
    homes: &BTreeMap<Uuid, HomeRow>,
    [copies, waiting]: [&BTreeMap<Uuid, NoticeCopyRow>; 2],
) -> NoticeView {
    let mut view = NoticeView {
        notice: id.to_string(),
        project: project.to_string(),
        code: row.code.clone(),
        kind: row.kind.clone(),
        version: row.version,
        title: TextView::from(&row.title),
        points: row.points.iter().map(TextView::from).collect(),
        ..NoticeView::default()
    };
    for (home, of) in homes
        .iter()
        .filter(|(home, of)| row.audience.has(PlaceId(**home), of.building))
    {
        view.homes += 1;
        let copy = NoticeCopyRow::id_of(id, PlaceId(*home));
        let (stands, will) = (copies.get(&copy), waiting.get(&copy));
        let state = notice_life(machine, row, stands).state;
        if is_reached(machine, row, stands) {
            view.reached += 1;
        } else if will.is_some() && is_reached(machine, row, will) {
            view.waiting += 1;
        } else {
            view.not_reached.push(MissedHome {
                place: home.to_string(),
                no: of.no.clone(),
                state,
            });
        }
    }
    view.not_reached.sort_by(|a, b| a.no.cmp(&b.no));
    view
}
