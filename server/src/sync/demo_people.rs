//! Who lives in the demo project, sealed; what they were promised and told.

use keyturn_domain::catalog::{Household, Text};
use keyturn_domain::rows::{
    Audience, HouseholdRow, NoticeRow, PersonName, PersonRow, Reach, Rest, RowEvent, SalesPromiseRow, SubjectKeyRow,
    kind, row_id,
};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{Ids, PlaceId, ScopeId, UserId};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::demo::Plan;
use crate::users::{Access, Role};

/// How many days before the event the notice of it was sent.
const NOTICED_DAYS: i64 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Plan<'_> {
    /// The households of the homes that are loaded. Keys are random, so that all this is loaded once only.
    pub(super) fn households(&mut self, ids: &dyn Ids) -> Result<(), String> {
        let homes: BTreeMap<String, PlaceId> = self.homes.iter().map(|h| (h.no.clone(), h.place)).collect();
        for household in &self.demo.households {
            let Some(home) = homes.get(household.unit.as_str()) else {
                continue;
            };
            self.household(household, *home, ids)?;
        }
        Ok(())
    }

    fn household(&mut self, household: &Household, home: PlaceId, ids: &dyn Ids) -> Result<(), String> {
        let scope = ScopeId::home(home);
        let ambassador = self.person(household.ambassador.as_str())?;
        self.wanted.insert((ambassador, Role::Ambassador, scope, Access::Write));
        let unit = self.demo.units.iter().find(|u| u.no == household.unit);
        if let Some(building) = unit.map(|u| self.building(u.building.as_str())) {
            self.wanted
                .insert((ambassador, Role::Ambassador, building, Access::Read));
        }
        let id = row_id(self.project, kind::HOUSEHOLD, household.code.as_str());
        let row = HouseholdRow {
            home,
            code: household.code.to_string(),
            language: household.language,
            ambassador: Some(ambassador),
            quiet: household.quiet_hours.clone().unwrap_or_default(),
            moved_out: String::new(),
            rest: Rest::new(),
        };
        self.put_once(kind::HOUSEHOLD, id, scope, &row)?;
        for (n, person) in household.people.iter().enumerate() {
            let code = format!("{}:{}", household.code, n + 1);
            let person_id = row_id(self.project, kind::PERSON, &code);
            let mut row = PersonRow {
                household: id,
                relation: person.relation.to_string(),
                way: String::new(),
                quiet: Vec::new(),
                name: None,
                contact: None,
                left: false,
                rest: Rest::new(),
            };
            // Name and number are those of the first person; of the others only the relation is known.
            if n == 0 {
                let key = SubjectKey::generate(ids);
                seal(&mut row, person_id, household, &key).map_err(|e| e.to_string())?;
                let subject = person_id;
                let key = SubjectKeyRow {
                    subject,
                    key,
                    rest: Rest::new(),
                };
                self.put_once(kind::SUBJECT_KEY, SubjectKeyRow::id_of(subject), scope, &key)?;
            }
            self.put_once(kind::PERSON, person_id, scope, &row)?;
        }
        Ok(())
    }

    /// What sales promised, what buyers were told beforehand, and the notice of the handover, which was sent to all.
    pub(super) fn promises_and_notices(&mut self) -> Result<(), String> {
        let (demo, project) = (self.demo, self.project_row());
        let homes: BTreeMap<String, PlaceId> = self.homes.iter().map(|h| (h.no.clone(), h.place)).collect();
        for (n, promise) in demo.sales_promises.iter().enumerate() {
            let Some(home) = homes.get(promise.unit.as_str()).copied() else {
                continue;
            };
            let row = SalesPromiseRow {
                home,
                text: promise.text.clone(),
                first_due_ms: project.end_of(promise.by),
                events: Vec::new(),
                rest: Rest::new(),
            };
            let id = row_id(
                self.project,
                kind::SALES_PROMISE,
                &format!("{}:{}", promise.unit, n + 1),
            );
            self.put_once(kind::SALES_PROMISE, id, ScopeId::home(home), &row)?;
        }
        let first = demo.handover_plan.iter().map(|day| day.date).min();
        let sent_ms = first
            .map(|day| project.end_of(day) - NOTICED_DAYS * DAY_MS)
            .unwrap_or_default();
        let manager = demo.staff.iter().find(|staff| staff.role == "manager");
        let manager = self.person(manager.map(|staff| staff.code.as_str()).unwrap_or_default())?;
        let told = demo.disclosures.iter().map(|d| d.text.clone()).collect();
        self.notice(
            "disclosure",
            words("不利因素告知", "risk disclosure"),
            told,
            manager,
            sent_ms,
        )?;
        let points = demo.event.stations.iter().map(|s| s.text.clone()).collect();
        self.notice(
            "handover",
            words("交付通知", "handover notice"),
            points,
            manager,
            sent_ms,
        )
    }

    fn notice(&mut self, code: &str, title: Text, points: Vec<Text>, by: UserId, at_ms: i64) -> Result<(), String> {
        let sent = RowEvent {
            event: "send".into(),
            by,
            role: Role::Manager.as_str().to_owned(),
            at_ms,
            received_ms: at_ms,
            facts: BTreeMap::new(),
        };
        let row = NoticeRow {
            code: code.into(),
            kind: code.into(),
            version: 1,
            title,
            points,
            audience: Audience::default(),
            events: vec![sent],
            rest: Rest::new(),
        };
        let id = row_id(self.project, kind::NOTICE, &format!("{code}:1"));
        self.put_once(kind::NOTICE, id, ScopeId::public_places(self.project), &row)
    }
}

fn seal(
    row: &mut PersonRow,
    person: Uuid,
    household: &Household,
    key: &SubjectKey,
) -> Result<(), keyturn_domain::sealed::NotSealed> {
    let name = PersonName {
        name: household.owner.name_zh.clone(),
        latin: household.owner.name_en.clone(),
    };
    let reach = Reach {
        phone: household.owner.phone.clone(),
        email: String::new(),
    };
    row.name = Some(key.seal(PersonRow::name_label(person), &name)?);
    row.contact = Some(key.seal(PersonRow::contact_label(person), &reach)?);
    Ok(())
}

fn words(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}
