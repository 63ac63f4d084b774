//! Households and their persons. Names and numbers are sealed here; nothing behind this point holds them in clear.

use keyturn_domain::catalog::Lang;
use keyturn_domain::rows::{ContactRow, HouseholdRow, PersonName, PersonRow, Reach, SubjectKeyRow, kind, row_id};
use keyturn_domain::sealed::SubjectKey;
use keyturn_domain::{PlaceId, ScopeId};
use uuid::Uuid;

use super::super::problem::words;
use super::super::row::In;
use super::{Build, no_rest};

impl Build<'_> {
    pub(super) fn households(&mut self) {
        for given in self.input.rows("households") {
            let code = given.str("code");
            let id = self.id("households", code);
            let home = PlaceId(self.id("homes", given.str("home")));
            let old = self.present.get::<HouseholdRow>(kind::HOUSEHOLD, id);
            if old.as_ref().is_some_and(|old| old.home != home) {
                let expected = words(
                    "原来的住宅：住户搬走填 moved_out，新住户用新代码",
                    "the home as before: who leaves has moved_out, who comes has a new code",
                );
                given.wrong(&mut self.problems, "home", expected);
            }
            let is_old = old.is_some();
            let mut row = old.unwrap_or_else(|| HouseholdRow {
                home,
                code: code.to_owned(),
                language: Lang::Zh,
                ambassador: None,
                quiet: Vec::new(),
                moved_out: String::new(),
                rest: no_rest(),
            });
            if given.given("language") {
                row.language = if given.str("language") == "en" {
                    Lang::En
                } else {
                    Lang::Zh
                };
            }
            if given.given("ambassador") {
                row.ambassador = self.person_of_staff(given.str("ambassador")).map(|(user, _)| user);
            }
            if given.given("quiet_hours") {
                row.quiet = given.periods("quiet_hours").unwrap_or_default().to_vec();
            }
            if given.given("moved_out") {
                let day = given.date("moved_out").map(|day| day.to_string()).unwrap_or_default();
                if !row.moved_out.is_empty() && day.is_empty() {
                    let expected = words("搬走的日期：已登记搬走", "the day: that it moved out is recorded");
                    given.wrong(&mut self.problems, "moved_out", expected);
                }
                row.moved_out = day;
            }
            let scope = self.scope_of(&row);
            self.put("households", kind::HOUSEHOLD, id, scope, code, &row);
            if is_old && self.present.rows.get(&id).is_some_and(|stored| stored.scope != scope) {
                self.file_follows(id, scope);
            }
        }
    }

    /// A household that has moved out is looked after by the office only.
    fn scope_of(&self, row: &HouseholdRow) -> ScopeId {
        if row.moved_out.is_empty() {
            ScopeId::home(row.home)
        } else {
            ScopeId::project(self.project_id())
        }
    }

    /// Persons, contacts and keys go where their household goes.
    fn file_follows(&mut self, household: Uuid, scope: ScopeId) {
        let present = self.present;
        let persons = present
            .of_kind::<PersonRow>(kind::PERSON)
            .filter(|(_, row)| row.household == household);
        let mut ids: Vec<Uuid> = persons.map(|(id, _)| id).collect();
        let keys: Vec<Uuid> = ids
            .iter()
            .chain([&household])
            .map(|id| SubjectKeyRow::id_of(*id))
            .collect();
        let contacts = present.of_kind::<ContactRow>(kind::CONTACT);
        ids.extend(contacts.filter(|(_, row)| row.household == household).map(|(id, _)| id));
        for id in ids.into_iter().chain(keys) {
            if let Some(stored) = present.rows.get(&id).filter(|stored| stored.body.is_some()) {
                let (kind, body) = (stored.kind.clone(), stored.body.clone());
                self.put_body("persons", &kind, id, scope, String::new(), body);
            }
        }
    }

    pub(super) fn persons(&mut self) {
        for given in self.input.rows("persons") {
            let code = given.str("household");
            let household = self.id("households", code);
            let Some(owner) = self.current::<HouseholdRow>(kind::HOUSEHOLD, household) else {
                continue;
            };
            let name = format!("{code}:{}", given.str("person"));
            let derived = row_id(self.project_id(), kind::PERSON, &name);
            let id = given.str("person").parse().unwrap_or(derived);
            let stands = self.present.rows.get(&id);
            let old = self.current::<PersonRow>(kind::PERSON, id);
            let elsewhere = old.as_ref().is_some_and(|old| old.household != household);
            if elsewhere || stands.is_some_and(|stored| stored.kind != kind::PERSON) {
                let expected = words("此住户的成员", "a person of this household");
                given.wrong(&mut self.problems, "person", expected);
                continue;
            }
            let mut row = old.unwrap_or_else(|| PersonRow {
                household,
                relation: String::new(),
                way: String::new(),
                quiet: Vec::new(),
                name: None,
                contact: None,
                left: false,
                rest: no_rest(),
            });
            given.put("relation", &mut row.relation);
            given.put("way", &mut row.way);
            if given.given("quiet_hours") {
                row.quiet = given.periods("quiet_hours").unwrap_or_default().to_vec();
            }
            if given.given("left") {
                row.left = given.flag("left");
            }
            let scope = self.scope_of(&owner);
            self.seal(given, id, scope, &mut row);
            self.put("persons", kind::PERSON, id, scope, name, &row);
        }
    }

    /// Seals name and contact with the person's own key, which is made when there is something to seal.
    fn seal(&mut self, given: In<'_>, person: Uuid, scope: ScopeId, row: &mut PersonRow) {
        let key_id = SubjectKeyRow::id_of(person);
        let stored = self.present.rows.get(&key_id);
        let erased = stored.is_some_and(|stored| stored.body.is_none());
        let sealed = ["name", "latin", "phone", "email"];
        if let Some(column) = sealed
            .into_iter()
            .find(|c| (erased || given.flag("erased")) && given.has(c))
        {
            let expected = words("空：此人的信息已被删除", "nothing: this person's data were erased");
            given.wrong(&mut self.problems, column, expected);
            return;
        }
        if given.flag("erased") {
            if stored.is_some_and(|stored| stored.body.is_some()) {
                let expected = words("空：删除个人信息不能靠导入", "nothing: an import does not erase");
                given.wrong(&mut self.problems, "erased", expected);
            } else if !erased {
                self.put_body("persons", kind::SUBJECT_KEY, key_id, scope, String::new(), None);
            }
            return;
        }
        let known = stored.and_then(|stored| keyturn_domain::rows::read::<SubjectKeyRow>(stored.body.as_deref()?));
        let (mut name, mut reach) = (PersonName::default(), Reach::default());
        if let Some(known) = &known {
            name = row.open_name(person, &known.key).unwrap_or_default();
            reach = row.open_contact(person, &known.key).unwrap_or_default();
        }
        let (old_name, old_reach) = (name.clone(), reach.clone());
        given.put("name", &mut name.name);
        given.put("latin", &mut name.latin);
        given.put("phone", &mut reach.phone);
        given.put("email", &mut reach.email);
        if name == old_name && reach == old_reach {
            return;
        }
        let key = match known {
            Some(known) => known.key,
            None => {
                let key = SubjectKey::generate(self.ids);
                let row = SubjectKeyRow {
                    subject: person,
                    key: key.clone(),
                    rest: no_rest(),
                };
                self.put("persons", kind::SUBJECT_KEY, key_id, scope, "", &row);
                key
            }
        };
        let boxes = [
            (
                name == PersonName::default(),
                "name",
                key.seal(PersonRow::name_label(person), &name),
                &mut row.name,
            ),
            (
                reach == Reach::default(),
                "phone",
                key.seal(PersonRow::contact_label(person), &reach),
                &mut row.contact,
            ),
        ];
        for (empty, column, sealed, to) in boxes {
            match sealed {
                Ok(sealed) => *to = (!empty).then_some(sealed),
                Err(_) => given.wrong(&mut self.problems, column, words("更短的文字", "a shorter text")),
            }
        }
    }
}
