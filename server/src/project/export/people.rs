//! The tables of people: staff, teams, who hands over what, households, what was promised and told.

use keyturn_domain::catalog::Lang;
use keyturn_domain::rows::{
    HouseholdRow, NoticeRow, PersonName, PersonRow, Reach, SalesPromiseRow, StaffRow, SubjectKeyRow, TaskRow, TeamRow,
    kind, row_id,
};
use keyturn_domain::{PlaceId, TaskId};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::super::build::HANDOVER;
use super::super::form::{moment_text, periods_text};
use super::estate::sorted;
use super::read::Reader;
use crate::Error;
use crate::db::{bytes, fetch_in, id, opt_bytes};

type Rows = Vec<Vec<String>>;

/// Up to which number codes that were counted are looked for.
const COUNTED: usize = 99;

/// What is known about the key of a person.
pub(super) enum Key {
    /// There never was one.
    None,
    /// It has ended: the person's data were erased.
    Erased,
    /// This one.
    Held(keyturn_domain::sealed::SubjectKey),
}

impl Reader<'_> {
    pub(super) async fn staff_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<StaffRow>(kind::STAFF).await?;
        let row = |row: StaffRow| {
            let login = self.logins.get(&row.user).cloned().unwrap_or_default();
            vec![row.code, row.role, row.name.zh, row.name.en, login]
        };
        Ok(sorted(all.into_iter().map(|(_, s)| row(s)).collect()))
    }

    pub(super) async fn staff_contacts_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<StaffRow>(kind::STAFF).await?;
        let row = |row: StaffRow| Some(vec![row.code, row.phone?]);
        Ok(sorted(all.into_iter().filter_map(|(_, s)| row(s)).collect()))
    }

    pub(super) async fn teams_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<TeamRow>(kind::TEAM).await?;
        let row = |row: TeamRow| {
            let members: Vec<String> = row.members.iter().map(|user| self.staff_code(*user)).collect();
            vec![row.code, row.name.zh, row.name.en, members.join("|")]
        };
        Ok(sorted(all.into_iter().map(|(_, t)| row(t)).collect()))
    }

    pub(super) async fn handover_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<TaskRow>(kind::TASK).await?;
        let planned = all
            .into_iter()
            .filter(|(id, row)| TaskId::of_rule(HANDOVER, row.place.0, "1").0 == *id);
        let row = |row: TaskRow| {
            let team = self
                .teams
                .iter()
                .find(|(_, members)| !members.is_empty() && *members == row.assignees);
            let alone: Vec<String> = match team {
                Some(_) => Vec::new(),
                None => row.assignees.iter().map(|user| self.staff_code(*user)).collect(),
            };
            let team = team.map(|(code, _)| code.clone()).unwrap_or_default();
            vec![self.home_no(row.place), row.day, row.slot, team, alone.join("|")]
        };
        Ok(sorted(planned.map(|(_, t)| row(t)).collect()))
    }

    pub(super) async fn households_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<HouseholdRow>(kind::HOUSEHOLD).await?;
        let row = |row: HouseholdRow| {
            vec![
                row.code,
                self.home_no(row.home),
                match row.language {
                    Lang::Zh => "zh",
                    Lang::En => "en",
                }
                .to_owned(),
                row.ambassador.map(|user| self.staff_code(user)).unwrap_or_default(),
                periods_text(&row.quiet),
                row.moved_out,
            ]
        };
        Ok(sorted(all.into_iter().map(|(_, h)| row(h)).collect()))
    }

    pub(super) async fn persons_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<PersonRow>(kind::PERSON).await?;
        let ids: Vec<Uuid> = all.iter().map(|(id, _)| *id).collect();
        let keys = self.keys(&ids).await?;
        let mut rows = Vec::new();
        for (id, row) in all {
            let household = self.households.get(&row.household).cloned().unwrap_or_default();
            let (mut name, mut reach, mut erased) = (PersonName::default(), Reach::default(), "0");
            match keys.get(&id) {
                Some(Key::Held(key)) => {
                    name = row.open_name(id, key).unwrap_or_default();
                    reach = row.open_contact(id, key).unwrap_or_default();
                }
                Some(Key::Erased) => erased = "1",
                Some(Key::None) | None => {}
            }
            let code = |n: usize| row_id(self.project, kind::PERSON, &format!("{household}:{n}")) == id;
            let number = (1..=COUNTED).find(|n| code(*n));
            let sort = (household.clone(), number.unwrap_or(usize::MAX), id);
            let cells = vec![
                household,
                number.map_or_else(|| id.to_string(), |n| n.to_string()),
                row.relation,
                name.name,
                name.latin,
                reach.phone,
                reach.email,
                row.way,
                periods_text(&row.quiet),
                u8::from(row.left).to_string(),
                erased.to_owned(),
            ];
            rows.push((sort, cells));
        }
        rows.sort();
        Ok(rows.into_iter().map(|(_, cells)| cells).collect())
    }

    /// Reads the keys of subjects.
    pub(super) async fn keys(&mut self, subjects: &[Uuid]) -> Result<BTreeMap<Uuid, Key>, Error> {
        let by_row: BTreeMap<Uuid, Uuid> = subjects.iter().map(|s| (SubjectKeyRow::id_of(*s), *s)).collect();
        let ids: Vec<_> = by_row.keys().map(|id| (*id.as_bytes()).into()).collect();
        let sql = "SELECT id, body FROM facts WHERE project = $1 AND id";
        let mut keys: BTreeMap<Uuid, Key> = subjects.iter().map(|s| (*s, Key::None)).collect();
        for row in fetch_in(self.conn, sql, &[(*self.project.as_bytes()).into()], &ids, "").await? {
            let Some(subject) = by_row.get(&id(&row, "id", Uuid::from_bytes)?) else {
                continue;
            };
            let key = match opt_bytes(&row, "body")? {
                None => Key::Erased,
                Some(_) => match keyturn_domain::rows::read::<SubjectKeyRow>(&bytes(&row, "body")?) {
                    Some(row) => Key::Held(row.key),
                    None => Key::None,
                },
            };
            keys.insert(*subject, key);
        }
        Ok(keys)
    }

    pub(super) async fn promises_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<SalesPromiseRow>(kind::SALES_PROMISE).await?;
        let most = all.len().min(COUNTED);
        let row = |id: Uuid, row: SalesPromiseRow| {
            let home = self.home_no(row.home);
            let code = |n: usize| format!("{home}:{n}");
            let number = (1..=most).find(|n| row_id(self.project, kind::SALES_PROMISE, &code(*n)) == id);
            vec![
                number.map_or_else(|| id.to_string(), code),
                home.clone(),
                row.text.zh,
                row.text.en,
                self.row.day_at(row.first_due_ms).to_string(),
            ]
        };
        Ok(sorted(all.into_iter().map(|(id, p)| row(id, p)).collect()))
    }

    pub(super) async fn notices_table(&mut self) -> Result<Rows, Error> {
        let mut all = self.all::<NoticeRow>(kind::NOTICE).await?;
        all.sort_by(|(_, a), (_, b)| (&a.code, a.version).cmp(&(&b.code, b.version)));
        let row = |row: NoticeRow| {
            let buildings: Vec<String> = row
                .audience
                .buildings
                .iter()
                .map(|b| self.building_code(Some(*b)))
                .collect();
            let homes: Vec<String> = row
                .audience
                .homes
                .iter()
                .map(|home| self.home_no(PlaceId(home.0)))
                .collect();
            let sent = row.events.iter().find(|event| event.event == "send");
            vec![
                row.code,
                row.version.to_string(),
                row.kind,
                row.title.zh,
                row.title.en,
                buildings.join("|"),
                homes.join("|"),
                sent.map(|event| moment_text(event.received_ms)).unwrap_or_default(),
                sent.map(|event| self.staff_code(event.by)).unwrap_or_default(),
            ]
        };
        Ok(all.into_iter().map(|(_, n)| row(n)).collect())
    }

    pub(super) async fn disclosures_table(&mut self) -> Result<Rows, Error> {
        let mut all = self.all::<NoticeRow>(kind::NOTICE).await?;
        all.sort_by(|(_, a), (_, b)| (&a.code, a.version).cmp(&(&b.code, b.version)));
        let points = all.into_iter().flat_map(|(_, notice)| {
            let key = (notice.code, notice.version.to_string());
            let row =
                move |point: keyturn_domain::catalog::Text| vec![key.0.clone(), key.1.clone(), point.zh, point.en];
            notice.points.into_iter().map(row)
        });
        Ok(points.collect())
    }
}
