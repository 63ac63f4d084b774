//! What was promised in sales, and what buyers were told.

use keyturn_domain::catalog::Text;
use keyturn_domain::rows::{Audience, NoticeRow, RowEvent, SalesPromiseRow, kind, row_id};
use keyturn_domain::{PlaceId, ScopeId};
use std::collections::{BTreeMap, BTreeSet};

use super::super::present::notice_code;
use super::super::problem::words;
use super::super::row::In;
use super::{Build, no_rest, no_text};

/// The notice that disclosures are points of, unless they name another.
pub(crate) const DISCLOSURE: &str = "disclosure";

impl Build<'_> {
    pub(super) fn promises(&mut self) {
        let Some(project) = self.project_row() else { return };
        for given in self.input.rows("sales_promises") {
            let code = given.str("promise");
            let derived = row_id(self.project_id(), kind::SALES_PROMISE, code);
            let id = code.parse().unwrap_or(derived);
            let home = PlaceId(self.id("homes", given.str("home")));
            let due = given.date("by").map(|day| project.end_of(day)).unwrap_or_default();
            let old = self.present.get::<SalesPromiseRow>(kind::SALES_PROMISE, id);
            if old.is_none() && self.present.rows.contains_key(&id) {
                given.wrong(&mut self.problems, "promise", words("别的编号", "another id"));
                continue;
            }
            let mut row = old.clone().unwrap_or_else(|| SalesPromiseRow {
                home,
                text: no_text(),
                first_due_ms: due,
                events: Vec::new(),
                rest: no_rest(),
            });
            given.text("text_zh", "text_en", &mut row.text);
            (row.home, row.first_due_ms) = (home, due);
            let begun = old.filter(|old| !old.events.is_empty());
            if let Some(old) = begun.filter(|old| *old != row) {
                let column = if old.home != home {
                    "home"
                } else if old.first_due_ms != due {
                    "by"
                } else {
                    "text_zh"
                };
                let expected = words(
                    "原来的内容：承诺已在办理，改期要业主同意",
                    "what stood there: the promise has begun, and is changed with the owner's consent only",
                );
                given.wrong(&mut self.problems, column, expected);
            }
            self.put(
                "sales_promises",
                kind::SALES_PROMISE,
                id,
                ScopeId::home(home),
                code,
                &row,
            );
        }
    }

    pub(super) fn notices(&mut self) {
        let mut points: BTreeMap<(String, u32), Vec<In<'_>>> = BTreeMap::new();
        for point in self.input.rows("disclosures") {
            let code = if point.has("notice") {
                point.str("notice")
            } else {
                DISCLOSURE
            };
            let version = point.small("version").max(1);
            points.entry((code.to_owned(), version)).or_default().push(point);
        }
        let mut given: BTreeMap<(String, u32), In<'_>> = BTreeMap::new();
        for notice in self.input.rows("notices") {
            given.insert((notice.str("code").to_owned(), notice.small("version")), notice);
        }
        let all: BTreeSet<(String, u32)> = given.keys().chain(points.keys()).cloned().collect();
        for key in all {
            let (code, version) = &key;
            let name = notice_code(code, *version);
            let id = self.present.id(kind::NOTICE, &name);
            let old = self.present.get::<NoticeRow>(kind::NOTICE, id);
            let mut row = old.clone().unwrap_or_else(|| new_notice(code, *version));
            let notice = given.get(&key).copied();
            if let Some(notice) = notice {
                self.notice(notice, &mut row);
            } else if old.is_none() && code != DISCLOSURE {
                for point in points.get(&key).into_iter().flatten() {
                    let expected = words(
                        "notices 表里（或服务器上）已有的告知书",
                        "a notice that is in notices, or on the server",
                    );
                    point.wrong(&mut self.problems, "notice", expected);
                }
                continue;
            }
            if let Some(points) = points.get(&key) {
                let before = std::mem::take(&mut row.points);
                row.points = points
                    .iter()
                    .zip(0..)
                    .map(|(point, n)| point_text(*point, before.get(n)))
                    .collect();
            }
            let sent = old.filter(|old| !old.events.is_empty());
            if let Some(old) = sent.filter(|old| *old != row) {
                let wrong = notice.or_else(|| points.get(&key).and_then(|all| all.first()).copied());
                let column = if old.events != row.events {
                    "sent"
                } else if old.points == row.points {
                    "code"
                } else {
                    "version"
                };
                let expected = words(
                    "新版本号：已发出的告知书不再改动",
                    "a new version: a notice that was sent is not changed",
                );
                if let Some(wrong) = wrong {
                    wrong.wrong(&mut self.problems, column, expected);
                }
            }
            let public = self.public();
            self.put("notices", kind::NOTICE, id, public, name, &row);
        }
    }

    fn notice(&mut self, given: In<'_>, row: &mut NoticeRow) {
        given.put("kind", &mut row.kind);
        given.text("title_zh", "title_en", &mut row.title);
        if given.given("buildings") {
            let codes = given.list("buildings").iter();
            row.audience.buildings = codes.map(|code| ScopeId(self.id("buildings", code))).collect();
        }
        if given.given("homes") {
            let codes = given.list("homes").iter();
            row.audience.homes = codes.map(|no| PlaceId(self.id("homes", no))).collect();
        }
        let Some(at_ms) = given.moment("sent") else {
            return;
        };
        let Some((by, role)) = self.person_of_staff(given.str("sent_by")) else {
            if !given.has("sent_by") {
                let expected = words("谁发的（填了发送时间就必填）", "who sent it, because there is a time");
                given.wrong(&mut self.problems, "sent_by", expected);
            }
            return;
        };
        let same = row
            .events
            .first()
            .is_some_and(|e| e.event == "send" && e.received_ms == at_ms && e.by == by);
        if !same {
            row.events.push(RowEvent {
                event: "send".into(),
                by,
                role,
                at_ms,
                received_ms: at_ms,
                facts: BTreeMap::new(),
            });
        }
    }
}

fn new_notice(code: &str, version: u32) -> NoticeRow {
    NoticeRow {
        code: code.to_owned(),
        kind: DISCLOSURE.to_owned(),
        version,
        title: words("不利因素告知", "risk disclosure"),
        points: Vec::new(),
        audience: Audience::default(),
        events: Vec::new(),
        rest: no_rest(),
    }
}

fn point_text(given: In<'_>, before: Option<&Text>) -> Text {
    let mut text = before
        .filter(|before| before.zh == given.str("text_zh"))
        .cloned()
        .unwrap_or_else(no_text);
    given.text("text_zh", "text_en", &mut text);
    text
}
