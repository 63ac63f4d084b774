//! Whatever stands in a record is told in words of the chosen language.

use super::{Shown, lines};
use crate::lang::Lang;
use crate::out::Out;
use keyturn_server::domain::catalog::Catalog;
use keyturn_server::domain::record::case::CaseView;
use keyturn_server::domain::record::common::{BECAME_DEFECT, OWNER_AGREED, PHOTO_KINDS};
use keyturn_server::domain::record::view::{
    CandidateView, ContestedView, DefectView, EntryShown, EventView, FactView, FieldView, InspectionView, LifeView,
    TextView,
};
use keyturn_server::domain::record::visit::view::{
    ChoiceView, FollowUpView, SurveyQuestionView, SurveyView, VisitView,
};
use keyturn_server::domain::schema;

fn text(zh: &str, en: &str) -> TextView {
    TextView {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

fn field(value: &str) -> FieldView {
    FieldView {
        value: value.to_owned(),
        ..FieldView::default()
    }
}

fn facts(all: &[(&str, &str)]) -> Vec<FactView> {
    let fact = |(name, value): &(&str, &str)| FactView {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    all.iter().map(fact).collect()
}

fn event(name: &str, standing: &str, missing: &[&str], carries: &[(&str, &str)]) -> EventView {
    EventView {
        event: name.to_owned(),
        standing: standing.to_owned(),
        missing: missing.iter().map(|code| (*code).to_owned()).collect(),
        facts: facts(carries),
        ..EventView::default()
    }
}

fn entry(kind: &str, carries: &[(&str, &str)]) -> EntryShown {
    EntryShown {
        kind: kind.to_owned(),
        facts: facts(carries),
        ..EntryShown::default()
    }
}

fn disputed(kind: &str, name: &str, sides: &[&str]) -> ContestedView {
    let candidate = |value: &&str| CandidateView {
        value: (*value).to_owned(),
        by: vec![Default::default()],
    };
    ContestedView {
        field: format!("fields/{name}"),
        text: schema::words(kind, name).unwrap(),
        candidates: sides.iter().map(candidate).collect(),
        ..ContestedView::default()
    }
}

fn shown() -> Shown {
    Shown {
        place_name: text("大堂", "Lobby"),
        rooms: [("r02".to_owned(), text("主卧", "Main bedroom"))].into(),
        ..Shown::default()
    }
}

fn told(shown: &Shown, lang: Lang) -> String {
    let out = Out {
        lang,
        json: false,
        styled: false,
    };
    lines(shown, true, &out).unwrap().join("\n")
}

/// Chinese pages have no Latin words: none of what is put in here is a name.
fn in_chinese(shown: &Shown) -> String {
    let page = told(shown, Lang::Zh);
    let latin = page
        .split(|c: char| !c.is_ascii_alphabetic() && c != '_')
        .find(|word| word.len() > 1);
    assert_eq!(latin, None, "{page}");
    page
}

#[test]
fn a_case_is_told_in_words() {
    let complaints = &Catalog::built_in().unwrap().complaints;
    for (n, outcome) in complaints.wanted_outcomes.iter().enumerate() {
        let verdict = &complaints.verdicts[n % complaints.verdicts.len()];
        let view = CaseView {
            machine: "complaint".to_owned(),
            text: text("投诉", "complaint"),
            room: field("r02"),
            wanted_outcome: field(outcome.code.as_str()),
            verdict: field(verdict.code.as_str()),
            contested: vec![
                disputed("case", "verdict", &["founded", "partly"]),
                disputed("case", "channel", &[complaints.channels[0].code.as_str()]),
                disputed("case", "received_at", &["86400000"]),
            ],
            life: LifeView {
                events: vec![
                    event("link", "legal", &[], &[("reason", BECAME_DEFECT)]),
                    event("close", "illegal", &["reason_given", "root_cause_set"], &[]),
                    event(
                        "settled",
                        "neutral",
                        &[],
                        &[("field", "fields/urgency"), ("value", "safety")],
                    ),
                ],
                ..LifeView::default()
            },
            ..CaseView::default()
        };
        let page = in_chinese(&Shown {
            case: Some(view.clone()),
            ..shown()
        });
        for words in [
            &outcome.text.zh,
            &verdict.text.zh,
            "大堂",
            "房间：主卧",
            "原因：已转为缺陷",
            "紧急程度 = ",
        ] {
            assert!(page.contains(words), "{words}\n{page}");
        }
        assert!(page.contains("[不计，缺："), "{page}");
        let page = told(
            &Shown {
                case: Some(view),
                ..shown()
            },
            Lang::En,
        );
        assert!(page.contains("Lobby") && page.contains("room: Main bedroom"), "{page}");
        assert!(page.contains("[does not count, lacks: "), "{page}");
    }
}

#[test]
fn a_defect_and_an_inspection_are_told_in_words() {
    let photos = PHOTO_KINDS.map(|kind| entry("photo", &[("kind", kind), ("hash", "0123")]));
    let defect = DefectView {
        severity: field("B"),
        room: field("r02"),
        entries: photos.to_vec(),
        contested: vec![
            disputed("defect", "room", &["r02"]),
            disputed("defect", "severity", &["A", "B"]),
        ],
        life: LifeView {
            events: vec![
                event("promise_move", "legal", &[], &[("reason", OWNER_AGREED)]),
                event(
                    "promise_withdraw",
                    "legal",
                    &[],
                    &[("ended", "cancelled"), ("reason", "cancelled")],
                ),
                event("close", "illegal", &["state"], &[]),
                event("accept", "held_back", &[], &[]),
                event("verify", "unknown", &[], &[]),
            ],
            ..LifeView::default()
        },
        ..DefectView::default()
    };
    let page = told(
        &Shown {
            defect: Some(defect),
            ..shown()
        },
        Lang::Zh,
    );
    for words in [
        "房间：主卧",
        "成品保护",
        "当时的状态下不能这样做",
        "[暂不计]",
        "[本版本不认识]",
        "业主同意改期",
        "原因：取消",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let inspection = InspectionView {
        life: LifeView {
            events: vec![event("sign", "illegal", &["reason_given"], &[])],
            ..LifeView::default()
        },
        ..InspectionView::default()
    };
    in_chinese(&Shown {
        inspection: Some(inspection),
        ..shown()
    });
}

#[test]
fn a_visit_is_told_in_words() {
    let view = VisitView {
        way: field("phone"),
        survey: SurveyView {
            text: text("调查", "survey"),
            first: vec![SurveyQuestionView {
                question: "first".to_owned(),
                text: text("问", "asked"),
                choices: vec![choice("yes", "是")],
                answer: field("yes"),
                follow_up: Some(FollowUpView {
                    choices: vec![choice("too_late", "太晚"), choice("too_loud", "太吵")],
                    asked: true,
                    answer: field("too_late|too_loud"),
                    ..FollowUpView::default()
                }),
                ..SurveyQuestionView::default()
            }],
            ..SurveyView::default()
        },
        entries: vec![entry("contact_try", &[("reason", "没人应"), ("way", "phone")])],
        contested: vec![
            disputed("visit", "way", &["phone", "letter"]),
            disputed("visit", "step", &["handover"]),
        ],
        life: LifeView {
            events: vec![event(
                "settled",
                "neutral",
                &[],
                &[("field", "answers/survey/first"), ("value", "9")],
            )],
            ..LifeView::default()
        },
        ..VisitView::default()
    };
    let page = in_chinese(&Shown {
        visit: Some(view),
        ..shown()
    });
    let phone = &Catalog::built_in()
        .unwrap()
        .codes
        .get("contact_way", "phone")
        .unwrap()
        .text
        .zh;
    for words in ["→ 太晚、太吵", "裁定：问 = 9", &format!("联系未果：{phone}，没人应")] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

fn choice(code: &str, zh: &str) -> ChoiceView {
    ChoiceView {
        code: code.to_owned(),
        text: text(zh, code),
    }
}

#[test]
fn whatever_commands_write_as_a_code_has_its_words_in_the_data() {
    let codes = &Catalog::built_in().unwrap().codes;
    let photos: Vec<&str> = codes.group("photo_kind").iter().map(|c| c.code.as_str()).collect();
    assert_eq!(photos, PHOTO_KINDS);
    let reasons: Vec<&str> = codes.group("stated_reason").iter().map(|c| c.code.as_str()).collect();
    assert_eq!(reasons, [OWNER_AGREED, BECAME_DEFECT]);
}
