//! Words for codes: from the built-in data where they have some.

use crate::failure::Failure;
use crate::lang::Lang;
use crate::when;
use keyturn_server::domain::catalog::{Catalog, Text};
use keyturn_server::domain::record::view::{AuthorView, TextView};
use keyturn_server::protocol::Code;
use std::collections::BTreeMap;

/// Events and entries that the state machines do not name.
const OWN: &[(&str, &str, &str)] = &[
    ("settled", "裁定", "settled"),
    ("checked", "复看确认", "checked"),
    ("removed", "移出", "taken out of sight"),
    ("photo", "照片", "photo"),
    ("remark", "备注", "remark"),
    ("present", "在场", "present"),
    ("demonstration", "演示", "shown to the owner"),
    ("key", "钥匙", "keys"),
    ("meter", "表具", "meter"),
    ("defect", "缺陷", "defect"),
    ("promise", "承诺", "promise"),
    ("contact_try", "联系未果", "not reached"),
    ("option", "方案", "way out"),
    ("update", "进展告知", "told meanwhile"),
    ("linked", "关联", "linked"),
    ("request", "诉求", "asked for"),
    ("tag", "关注点", "cares about"),
    ("read_back", "念回承诺", "promises read back"),
    ("note", "记事", "note"),
    ("choose_option", "选定方案", "way out chosen"),
    ("waive", "免拍照片", "photo waived"),
    ("confirm_cluster", "确认为同类问题", "cluster confirmed"),
    ("reject_cluster", "不是同类问题", "no cluster"),
    ("read", "主管已阅", "read by a manager"),
    ("late", "迟交", "late"),
    ("role", "越权，暂不计", "role: does not count yet"),
    ("lifted", "越权，已放行", "role: lifted"),
];

/// Words in one language.
pub struct Labels<'a> {
    /// The language.
    pub lang: Lang,
    catalog: &'static Catalog,
    people: &'a BTreeMap<String, TextView>,
}

impl<'a> Labels<'a> {
    /// Reads the built-in data.
    ///
    /// # Errors
    /// `data_broken`.
    pub fn new(lang: Lang, people: &'a BTreeMap<String, TextView>) -> Result<Self, Failure> {
        let catalog = Catalog::built_in().map_err(|error| Failure::new(Code::DataBroken, error.to_string()))?;
        Ok(Self { lang, catalog, people })
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
        let machine = self.catalog.machines.get(kind);
        let transition = machine.and_then(|m| m.transitions.iter().find(|t| t.event == *event));
        self.own(transition.map(|t| &t.text), event)
    }

    /// Returns the value of a field as people say it.
    pub fn value(&self, field: &str, value: &str) -> String {
        let name = field.rsplit('/').next().unwrap_or_default();
        match name {
            _ if value.is_empty() => self.pick("（空）", "(nothing)").to_owned(),
            "result" => self.code("result", value),
            "reason" => self.code("not_inspected_reason", value),
            "severity" => self.code("severity", value),
            "code" => self.defect(value),
            _ => value.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use super::OWN;
    use keyturn_server::domain::{Container, schema};

    #[test]
    fn whatever_stands_in_a_record_has_a_word() {
        let entries = schema::FIELDS
            .iter()
            .filter(|row| row.container == Container::Items && !row.field.contains(['.', '*']))
            .map(|row| row.field);
        let events = keyturn_server::domain::events::NEUTRAL.iter().copied();
        for code in entries.chain(events).chain(["read_back"]) {
            assert!(OWN.iter().any(|(own, ..)| *own == code), "{code} has no word");
        }
    }
}
