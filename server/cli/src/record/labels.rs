//! Words for codes: from the built-in data where they have some.

use super::own_words::OWN;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::when;
use keyturn_server::domain::catalog::{Catalog, Grade, Named, PlainCode, RulesetCode, Text};
use keyturn_server::domain::record::view::{AuthorView, EventView, TextView};
use keyturn_server::domain::schema;
use keyturn_server::protocol::Code;
use std::collections::BTreeMap;

/// Fields whose values are codes of a closed list.
const LISTS: &[(&str, &str)] = &[
    ("result", "result"),
    ("severity", "severity"),
    ("relation", "relation"),
    ("category", "complaint_category"),
    ("urgency", "urgency"),
    ("scale", "scale"),
    ("department", "department"),
    ("root_cause", "root_cause"),
    ("reason_code", "reopen_reason"),
    ("case_kind", "case_kind"),
    ("way", "contact_way"),
    ("told_way", "contact_way"),
    ("survey_mode", "survey_mode"),
    ("inspection_kind", "inspection_kind"),
];
/// Fields whose values are times.
const TIMES: [&str; 3] = ["received_at", "started_at", "ended_at"];
/// Fields whose values are people of the staff, with spaces between.
const STAFF: [&str; 3] = ["interviewer", "rated", "commander"];

/// A case that became a complaint, or the other way round, has events of both machines.
fn kinds(kind: &str) -> [&str; 2] {
    match kind {
        "case" => ["case", "complaint"],
        "complaint" => ["complaint", "case"],
        kind => [kind, ""],
    }
}

/// Words in one language.
pub struct Labels<'a> {
    /// The language.
    pub lang: Lang,
    catalog: &'static Catalog,
    people: &'a BTreeMap<String, TextView>,
    rooms: Option<&'a BTreeMap<String, TextView>>,
}

impl<'a> Labels<'a> {
    /// Reads the built-in data.
    ///
    /// # Errors
    /// `data_broken`.
    pub fn new(lang: Lang, people: &'a BTreeMap<String, TextView>) -> Result<Self, Failure> {
        let catalog = Catalog::built_in().map_err(|error| Failure::new(Code::DataBroken, error.to_string()))?;
        Ok(Self {
            lang,
            catalog,
            people,
            rooms: None,
        })
    }

    /// The same, and what the rooms of the place are called.
    #[must_use]
    pub const fn with_rooms(mut self, rooms: &'a BTreeMap<String, TextView>) -> Self {
        self.rooms = Some(rooms);
        self
    }

    /// Returns one of two words.
    pub const fn pick<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        self.lang.pick(zh, en)
    }

    /// Returns a text of the data in this language.
    pub fn text<'b>(&self, text: &'b TextView) -> &'b str {
        self.lang.pick(&text.zh, &text.en)
    }

    /// Returns the name of a person, or the beginning of the id.
    pub fn person(&self, user: &str) -> String {
        match self.people.get(user) {
            Some(name) => self.text(name).to_owned(),
            None => user.get(..8).unwrap_or(user).to_owned(),
        }
    }

    /// Returns the word of a code of a closed list.
    pub fn code(&self, group: &str, code: &str) -> String {
        self.own(self.catalog.codes.get(group, code).map(|c| &c.text), code)
    }

    /// Returns the name of a defect of the catalogue.
    pub fn defect(&self, code: &str) -> String {
        self.own(self.catalog.defects.get(code).map(|d| &d.text), code)
    }

    /// Returns the word of an event, an entry or a mark.
    pub fn event(&self, kind: &str, event: &str) -> String {
        // What becomes of a promise stands in the record in which it was made.
        let (kind, event) = event
            .strip_prefix("promise_")
            .map_or((kind, event), |event| ("promise", event));
        let mut machines = kinds(kind)
            .into_iter()
            .filter_map(|kind| self.catalog.machines.get(kind));
        let transition = machines.find_map(|m| m.transitions.iter().find(|t| t.event == *event));
        self.own(transition.map(|t| &t.text), event)
    }

    /// Returns the word of a state.
    pub fn state(&self, kind: &str, state: &str) -> String {
        let mut machines = kinds(kind)
            .into_iter()
            .filter_map(|kind| self.catalog.machines.get(kind));
        let found = machines.find_map(|m| m.state(state));
        self.own(found.map(|state| &state.text), state)
    }

    /// Returns what a limit is about.
    pub fn limit(&self, rule: &str) -> String {
        let all = &self.catalog.tolerances;
        let found = |set: &RulesetCode| all.choose(set.as_str(), Grade::Ordinary)?.rule(rule);
        self.own(all.rulesets().find_map(found).map(|limit| &limit.text), rule)
    }

    /// Returns the name of a room.
    pub fn room(&self, code: &str) -> String {
        let named = self.rooms.and_then(|rooms| rooms.get(code));
        named.map_or(code, |text| self.text(text)).to_owned()
    }

    /// Returns what a field such as `fields/severity` is called.
    pub fn field(&self, kind: &str, field: &str) -> String {
        let name = field.split_once('/').map_or(field, |(_, name)| name);
        let kind = if kind == "complaint" { "case" } else { kind };
        let words = schema::words(kind, name);
        words.map_or_else(|| field.to_owned(), |text| self.text(&text).to_owned())
    }

    /// Returns why an event does not count; nothing where it does.
    pub fn standing(&self, event: &EventView) -> String {
        if ["legal", "neutral"].contains(&event.standing.as_str()) {
            return String::new();
        }
        let guards = &self.catalog.machines.guards;
        let why = |code: &String| self.own(guards.iter().find(|g| g.code == **code).map(|g| &g.text), code);
        let missing: Vec<String> = event.missing.iter().map(why).collect();
        let standing = self.own(None, &event.standing);
        if missing.is_empty() {
            return format!(" [{standing}]");
        }
        let (colon, comma) = (self.pick("：", ": "), self.pick("；", "; "));
        let lacks = if event.missing.iter().any(|code| guards.iter().any(|g| g.code == **code)) {
            self.pick("，缺", ", lacks")
        } else {
            ""
        };
        format!(" [{standing}{lacks}{colon}{}]", missing.join(comma))
    }

    /// Returns the reason of an event: a code of the reasons that commands state, else a person's own words.
    pub fn reason(&self, reason: &str) -> String {
        self.code("stated_reason", reason)
    }

    /// Returns the value of a field as people say it.
    pub fn value(&self, field: &str, value: &str) -> String {
        let name = field.rsplit('/').next().unwrap_or_default();
        let complaints = &self.catalog.complaints;
        if value.is_empty() {
            return self.pick("（空）", "(nothing)").to_owned();
        }
        if let Some((_, question)) = field.split_once("/survey/") {
            return self.survey_answer(question, value);
        }
        if let Some((_, group)) = LISTS.iter().find(|(listed, _)| *listed == name) {
            return self.code(group, value);
        }
        match name {
            "reason" => self.code("not_inspected_reason", value),
            "code" | "phrase" => self.defect(value),
            "room" => self.room(value),
            "verdict" => self.named(&complaints.verdicts, value),
            "wanted_outcome" => self.named(&complaints.wanted_outcomes, value),
            "channel" => self.named(&complaints.channels, value),
            "step" => {
                let step = self.catalog.steps.iter().find(|step| step.code == *value);
                self.own(step.map(|step| &step.text), value)
            }
            "survey" => {
                let survey = self.catalog.surveys.values().find(|survey| survey.code == *value);
                self.own(survey.map(|survey| &survey.text), value)
            }
            _ if field.contains("/script/") => self.own(None, value),
            _ if STAFF.contains(&name) => {
                let people: Vec<String> = value.split_whitespace().map(|user| self.person(user)).collect();
                people.join(self.pick("、", ", "))
            }
            _ if TIMES.contains(&name) => value.parse().map_or_else(|_| value.to_owned(), when::minute),
            _ => value.to_owned(),
        }
    }

    /// The answer of a survey, codes with `|` between: those of the question, or of its second question.
    fn survey_answer(&self, question: &str, value: &str) -> String {
        let (question, part) = question.split_once('/').unwrap_or((question, ""));
        let asked = self
            .catalog
            .surveys
            .values()
            .find_map(|survey| survey.question(question));
        let second = asked
            .and_then(|asked| asked.follow_up.as_ref())
            .map(|second| &second.options);
        let options = if part.is_empty() {
            asked.map(|asked| &asked.options)
        } else {
            second
        };
        let said = |code: &str| {
            let option = options.and_then(|options| options.iter().find(|option| option.code == code));
            self.own(option.map(|option| &option.text), code)
        };
        let said: Vec<String> = value.split('|').map(said).collect();
        said.join(self.pick("、", ", "))
    }

    fn named(&self, list: &[Named<PlainCode>], code: &str) -> String {
        self.own(
            list.iter().find(|named| named.code == *code).map(|named| &named.text),
            code,
        )
    }

    /// Returns who and when, and what the server says of it.
    pub fn author(&self, by: &AuthorView) -> String {
        let mut said = format!("{} {}", self.person(&by.user), when::minute(by.at_ms));
        match by.received_ms {
            Some(received) => {
                let (day, full) = (when::minute(by.at_ms), when::minute(received));
                // On the same day the time says enough.
                let same = day.get(..10) == full.get(..10);
                let at = if same { when::clock(received) } else { full };
                said.push_str(&format!("{}{at}", self.pick("，收到 ", ", received ")));
            }
            None => said.push_str(self.pick("，尚未上传", ", not sent yet")),
        }
        if !by.mark.is_empty() {
            said.push_str(&format!(" [{}]", self.own(None, &by.mark)));
        }
        if !by.relayed_by.is_empty() {
            let who = self.person(&by.relayed_by);
            said.push_str(&format!("{}{who}", self.pick("，代交 ", ", handed in by ")));
        }
        said
    }

    fn own(&self, text: Option<&Text>, code: &str) -> String {
        let known = || {
            OWN.iter()
                .find(|(own, ..)| *own == code)
                .map(|(_, zh, en)| self.lang.pick(zh, en))
        };
        let said = text.map(|text| self.lang.pick(&text.zh, &text.en)).or_else(known);
        said.unwrap_or(code).to_owned()
    }
}
