//! What sales promised becomes a question of the handover checklist of that home: answered like any other.

use super::SalesPromiseRow;
use crate::catalog::{AnswerKey, HOME, Input, Item, Question, Questions, RoomScope, Text};
use std::sync::Arc;
use uuid::Uuid;

/// The section in which these questions stand.
pub const SALES_SECTION: &str = "sales";

/// Adds a question for each promise to the questions of a handover; to those of other templates none. The key of a
/// question is made from the id of its promise, so that phones which learn of it at different times agree.
pub fn ask_sales(
    questions: &mut Questions,
    template: &str,
    promises: impl IntoIterator<Item = (Uuid, SalesPromiseRow)>,
) {
    if !template.starts_with("handover_") {
        return;
    }
    let mut promises: Vec<_> = promises.into_iter().collect();
    promises.sort_by_key(|(id, row)| (row.first_due_ms, *id));
    for (id, row) in promises {
        let Some(question) = question(id, &row) else { continue };
        // What was answered about a promise that was withdrawn since stays readable.
        let withdrawn = row.events.iter().any(|event| event.event == "withdraw");
        if withdrawn {
            questions.absent.push(question);
        } else {
            questions.asked.push(question);
        }
    }
}

fn question(id: Uuid, row: &SalesPromiseRow) -> Option<Question> {
    let code = format!("{SALES_SECTION}-{}", id.simple());
    let item = Item {
        code: code.parse().ok()?,
        section: SALES_SECTION.parse().ok()?,
        text: row.text.clone(),
        scope: RoomScope::Once,
        method: words("对照销售时的承诺", "compare with what was promised in sales"),
        tool: "eye".parse().ok()?,
        input: Input::Result,
        unit: None,
        rules: Vec::new(),
        // A promise is looked at by itself, never waved through with the rest of a room.
        must_test: true,
        default_defect: None,
        more_defects: Vec::new(),
        ok_when: words("与承诺一致", "as promised"),
        photo_required: false,
        only_if: None,
    };
    Some(Question {
        key: AnswerKey {
            item: code.parse().ok()?,
            room: HOME.parse().ok()?,
            n: 1,
        },
        item: Arc::new(item),
        room: None,
    })
}

fn words(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::record::Who;
    use crate::rows::{Facts, Rest, RowEvent};

    #[test]
    fn a_promise_is_asked_at_handover_until_it_is_withdrawn() {
        let id = Uuid::from_bytes([1; 16]);
        let mut row = SalesPromiseRow {
            home: crate::PlaceId::default(),
            text: words("玄关柜", "hall cabinet"),
            first_due_ms: 5,
            events: Vec::new(),
            rest: Rest::new(),
        };
        let ask = |template: &str, row: &SalesPromiseRow| {
            let mut questions = Questions::default();
            ask_sales(&mut questions, template, [(id, row.clone())]);
            questions
        };
        let asked = ask("handover_fitout_v1", &row);
        let key = format!("sales-{}/home/1", id.simple());
        assert_eq!(asked.asked[0].key.to_string(), key);
        assert_eq!(key.parse::<AnswerKey>().unwrap(), asked.asked[0].key);
        assert_eq!(asked.must_test(), 1);
        assert!(
            Catalog::built_in()
                .unwrap()
                .tools
                .contains_key(asked.asked[0].item.tool.as_str())
        );
        assert_eq!(ask("one_year_check_v1", &row), Questions::default());
        let who = Who {
            user: crate::UserId::default(),
            role: "manager".into(),
        };
        row.events.push(RowEvent::new("withdraw", Facts::new(), &who, 6, 6));
        let absent = ask("handover_fitout_v1", &row);
        assert_eq!((absent.asked.len(), absent.absent.len()), (0, 1));
    }
}
