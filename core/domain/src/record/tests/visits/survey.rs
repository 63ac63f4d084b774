//! The survey of a visit.

use super::*;

#[test]
fn the_survey_chooses_what_is_said_and_a_skip_is_no_middle_score() {
    let mut phone = Phone::on_site(1, "revisit_v1", "repair");
    let said = |phone: &Phone| -> Vec<String> {
        let lines = phone.view().parts.into_iter().flat_map(|p| p.lines);
        lines
            .filter(|l| l.applies && l.when != "always")
            .map(|l| format!("{}/{}", l.part, l.when))
            .collect()
    };
    assert_eq!(said(&phone), Vec::<String>::new());
    let shown = phone.view();
    let codes = |list: &[super::super::visit::view::SurveyQuestionView]| -> Vec<String> {
        list.iter().map(|q| q.question.clone()).collect()
    };
    assert_eq!(
        codes(&shown.survey.first),
        ["repair-1", "repair-2", "repair-4", "repair-5", "repair-6"]
    );
    assert_eq!(codes(&shown.survey.more), ["repair-3"]);
    for skipped in ["repair-2", "repair-4"] {
        phone.act(3_000, "s", |scene| answers::skip(scene, skipped)).unwrap();
    }
    assert_eq!(phone.view().survey.mood, "", "what was skipped tells nothing");
    assert!(Projection::of(&phone.doc, &Marks::default()).survey.is_empty());
    phone
        .act(3_100, "s", |scene| answers::answer(scene, "repair-1", "yes"))
        .unwrap();
    assert_eq!(said(&phone), ["agree/satisfied"]);
    phone
        .act(3_200, "s", |scene| answers::answer(scene, "repair-4", "2"))
        .unwrap();
    assert_eq!(said(&phone), ["agree/not_satisfied", "act/not_satisfied"]);
    let question = phone.view().survey.first[2].clone();
    assert_eq!((question.answer.value.as_str(), question.skipped), ("2", false));
    phone.act(3_300, "s", |scene| answers::skip(scene, "repair-4")).unwrap();
    let question = phone.view().survey.first[2].clone();
    assert_eq!((question.answer.value.as_str(), question.skipped), ("", true));
    assert_eq!(said(&phone), ["agree/satisfied"]);
}

#[test]
fn answers_are_of_their_scale() {
    let mut phone = Phone::on_site(1, "move_in_v1", "handover");
    let mut code = |question: &str, value: &str| {
        let done = phone.act(3_000, "a", |scene| answers::answer(scene, question, value));
        done.map_or_else(|e| e.code().to_owned(), |()| "ok".to_owned())
    };
    for (question, value, expected) in [
        ("handover-1", "5", "ok"),
        ("handover-1", "6", "unknown_code"),
        ("handover-4", "maybe", "unknown_code"),
        ("handover-5", "10", "ok"),
        ("handover-5", "11", "bad_value"),
        ("handover-5", "07", "bad_value"),
        ("handover-6", " ", "bad_value"),
        ("handover-6", "门口太挤 🚪", "ok"),
        ("repair-1", "yes", "unknown_question"),
    ] {
        assert_eq!(code(question, value), expected, "{question} {value}");
    }
    let mut phone = Phone::on_site(1, "first_contact_v1", "sign");
    let mut choose = |value: &str| {
        phone
            .act(3_000, "a", |scene| answers::answer(scene, "sign-4", value))
            .is_ok()
    };
    assert!(!choose("sign.bank|sign.loan") && !choose("sign.bank|sign.bank"));
    assert!(choose("sign.bank|sign.title|sign.deposit"));
    assert!(
        !choose("sign.bank|sign.title|sign.deposit|sign.refund")
            && !choose("sign.bank|sign.title|sign.deposit|sign.insurance")
    );
    let unasked = phone.act(3_000, "a", |scene| answers::follow_up(scene, "sign-1", "x"));
    assert_eq!(unasked.unwrap_err().code(), "unknown_question");
    // Another answer takes the second question away with it.
    let mut phone = Phone::on_site(1, "move_in_v1", "move_in");
    phone
        .act(3_000, "a", |scene| answers::answer(scene, "move_in-2", "no"))
        .unwrap();
    phone
        .act(3_000, "a", |scene| answers::follow_up(scene, "move_in-2", "gas"))
        .unwrap();
    phone
        .act(3_000, "a", |scene| answers::answer(scene, "move_in-2", "yes"))
        .unwrap();
    let follow_up = phone.view().survey.first[1].follow_up.clone().unwrap();
    assert_eq!((follow_up.asked, follow_up.answer.value.as_str()), (false, ""));
}
