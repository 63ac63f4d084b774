//! Staff with their logins, teams, and who hands over which home on which day.

use keyturn_domain::rows::{ProjectRow, StaffRow, TaskRow, TeamRow, kind};
use keyturn_domain::{DocumentId, PlaceId, ScopeId, TaskId, UserId};
use std::collections::{BTreeMap, BTreeSet};

use super::super::problem::words;
use super::super::row::In;
use super::{Build, NewLogin, no_rest, no_text};

/// The rule whose task the handover plan is.
pub(crate) const HANDOVER: &str = "tr-handover";

impl Build<'_> {
    pub(super) fn staff(&mut self) {
        let mut taken: BTreeMap<UserId, &str> = BTreeMap::new();
        for given in self.input.rows("staff") {
            let code = given.str("code");
            let id = self.id("staff", code);
            let old = self.present.get::<StaffRow>(kind::STAFF, id);
            let Some(user) = self.login(given, old.as_ref()) else {
                continue;
            };
            if let Some(other) = taken.insert(user, code) {
                let expected = words(
                    format!("自己的登录名（{other} 已用）"),
                    format!("a login of their own ({other} has it)"),
                );
                given.wrong(&mut self.problems, "login", expected);
            }
            let mut row = old.unwrap_or_else(|| StaffRow {
                user,
                code: code.to_owned(),
                name: no_text(),
                role: String::new(),
                phone: None,
                rest: no_rest(),
            });
            given.text("name_zh", "name_en", &mut row.name);
            given.put("role", &mut row.role);
            if let Some(login) = self.logins.iter_mut().find(|login| login.id == user) {
                login.display.clone_from(&row.name.zh);
            }
            let public = self.public();
            self.put("staff", kind::STAFF, id, public, code, &row);
        }
        for given in self.input.rows("staff_contacts") {
            let code = given.str("code");
            let id = self.id("staff", code);
            let Some(mut row) = self.current::<StaffRow>(kind::STAFF, id) else {
                continue;
            };
            if given.given("phone") {
                row.phone = Some(given.str("phone").to_owned()).filter(|phone| !phone.is_empty());
            }
            let public = self.public();
            self.put("staff", kind::STAFF, id, public, code, &row);
        }
    }

    /// Finds or makes the login of somebody. One that others use is taken only when its name is written out.
    fn login(&mut self, given: In<'_>, old: Option<&StaffRow>) -> Option<UserId> {
        let name = if given.has("login") {
            given.str("login")
        } else {
            given.str("code")
        };
        let there = self.present.logins.get(name).copied();
        if let Some(old) = old {
            if given.has("login") && there != Some(old.user) {
                let expected = words("此人现有的登录名", "the login that this person has");
                given.wrong(&mut self.problems, "login", expected);
            }
            return Some(old.user);
        }
        match there {
            Some(user) if given.has("login") => Some(user),
            Some(_) => {
                let expected = words(
                    format!("login 列：登录名 {name} 已存在，同一个人请写明，否则换一个"),
                    format!("the column login: {name} exists; write it out for the same person, else another"),
                );
                given.wrong(&mut self.problems, "login", expected);
                None
            }
            None if name.is_empty() => None,
            None => {
                let id = UserId(keyturn_domain::rows::row_id(self.project_id(), "user", name));
                self.logins.push(NewLogin {
                    id,
                    name: name.to_owned(),
                    display: String::new(),
                });
                Some(id)
            }
        }
    }

    fn user(&self, code: &str) -> Option<UserId> {
        let staff = self.current::<StaffRow>(kind::STAFF, self.id("staff", code));
        staff.map(|staff| staff.user)
    }

    pub(super) fn person_of_staff(&self, code: &str) -> Option<(UserId, String)> {
        let staff = self.current::<StaffRow>(kind::STAFF, self.id("staff", code));
        staff.map(|staff| (staff.user, staff.role))
    }

    pub(super) fn teams(&mut self) {
        for given in self.input.rows("teams") {
            let code = given.str("code");
            let id = self.id("teams", code);
            let mut row = self.present.get(kind::TEAM, id).unwrap_or_else(|| TeamRow {
                code: code.to_owned(),
                name: no_text(),
                members: Vec::new(),
                rest: no_rest(),
            });
            given.text("name_zh", "name_en", &mut row.name);
            row.members = given
                .list("members")
                .iter()
                .filter_map(|code| self.user(code))
                .collect();
            let public = self.public();
            self.put("teams", kind::TEAM, id, public, code, &row);
        }
    }

    pub(super) fn handover(&mut self) {
        let Some(project) = self.project_row() else { return };
        let mut busy = BTreeSet::new();
        for given in self.input.rows("handover") {
            let home = given.str("home");
            let place = PlaceId(self.id("homes", home));
            let id = TaskId::of_rule(HANDOVER, place.0, "1");
            let old = self.present.get::<TaskRow>(kind::TASK, id.0);
            let mut row = old.unwrap_or_else(|| handover_task(&project, self.edition(), place));
            row.day = given.date("date").map(|day| day.to_string()).unwrap_or_default();
            if given.given("slot") {
                row.slot = given
                    .time("slot")
                    .map(|t| t.format("%H:%M").to_string())
                    .unwrap_or_default();
            }
            if given.has("team") && given.has("assignees") {
                let expected = words("空：已填验房组", "nothing, because there is a team");
                given.wrong(&mut self.problems, "assignees", expected);
            }
            if given.has("team") {
                let team = self.current::<TeamRow>(kind::TEAM, self.id("teams", given.str("team")));
                row.assignees = team.map(|team| team.members).unwrap_or_default();
                let slot = (given.str("team"), row.day.clone(), row.slot.clone());
                if !row.slot.is_empty() && !busy.insert(slot) {
                    let (team, day, slot) = (given.str("team"), &row.day, &row.slot);
                    self.notes.push(words(
                        format!("{team} 在 {day} {slot} 有两套住宅"),
                        format!("{team} has two homes on {day} at {slot}"),
                    ));
                }
            } else if given.given("team") || given.given("assignees") {
                let codes = given.list("assignees").iter();
                row.assignees = codes.filter_map(|code| self.user(code)).collect();
            }
            self.put("handover", kind::TASK, id.0, ScopeId::home(place), home, &row);
        }
    }
}

/// The handover inspection of a home, before anybody said when and by whom; it pins the edition in force.
pub(crate) fn handover_task(project: &ProjectRow, edition: u32, place: PlaceId) -> TaskRow {
    let id = TaskId::of_rule(HANDOVER, place.0, "1");
    TaskRow {
        id,
        kind: "handover_inspection".into(),
        rule: HANDOVER.into(),
        place,
        record_kind: "inspection".into(),
        record: DocumentId::derive(id.0, "record"),
        template_version: edition,
        template: project.template.clone(),
        role: "engineer".into(),
        subject: place.0,
        occurrence: "1".into(),
        ..TaskRow::default()
    }
}
