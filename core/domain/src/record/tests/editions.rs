//! The edition that a record pins, and what a screen shows of an edition that it does not have.

use super::*;
use crate::catalog::edition::BUILT_IN;

#[test]
fn a_record_without_a_word_was_begun_with_what_is_built_in() {
    let mut doc = begun(1);
    assert_eq!(
        (edition_of(&doc), Projection::of(&doc, &Marks::default()).edition),
        (BUILT_IN, 0)
    );
    let later = TaskRow {
        template_version: 4,
        ..task()
    };
    let mut other = phone(2, "inspection");
    let who = who(2, "engineer");
    let writes = inspection::start(&other, &other.heads(), &later, "l3a", "handover", &who, &stamp("t")).unwrap();
    make(&mut other, &writes);
    assert_eq!(
        (edition_of(&other), Projection::of(&other, &Marks::default()).edition),
        (4, 4)
    );
    // Two who hold different tasks of one record disagree like on anything else; the later edition counts meanwhile.
    bring(&other, &mut doc);
    assert_eq!(edition_of(&doc), 4);
    assert!(
        Projection::of(&doc, &Marks::default())
            .contested
            .contains(&"fields/template_version".to_owned())
    );
    assert_eq!(pinned(Vec::new(), 4), []);
    assert_eq!(pinned(writes.clone(), BUILT_IN), writes);
    assert_eq!(pinned(writes.clone(), 4).len(), writes.len() + 1);
    let mut defect = phone(3, "defect");
    let mut first = vec![crate::record::defect::describe("x")];
    first = pinned(first, 3);
    make(&mut defect, &first);
    assert_eq!(edition_of(&defect), 3);
}

#[test]
fn answers_to_questions_that_nobody_asks_here_are_kept_and_shown_by_their_codes() {
    let flat = Flat::l3a();
    let mut doc = begun(1);
    let key = flat.questions.asked[0].key.clone();
    answer(&mut doc, &flat, &key, ResultCode::Defect);
    assert_eq!(view(&doc, &flat).others, []);
    // Another edition asks nothing of it.
    let other = Flat {
        questions: Questions::default(),
        ..Flat::l3a()
    };
    let shown = view(&doc, &other);
    assert_eq!(shown.rooms, []);
    let [only] = &shown.others[..] else {
        panic!("{:?}", shown.others)
    };
    assert_eq!(
        (only.key.as_str(), only.name.as_str(), only.field.value.as_str()),
        (key.to_string().as_str(), "result", "defect")
    );
    // Lists count it all the same: they need no edition.
    let listed = Projection::of(&doc, &Marks::default());
    assert_eq!((listed.answered, listed.defects), (1, 1));
}
