use super::*;
use crate::ids::*;

fn genesis(kind: &str) -> Genesis {
    Genesis {
        document: DocumentId::from_bytes([1; 16]),
        project: ProjectId::from_bytes([2; 16]),
        place: PlaceId::from_bytes([3; 16]),
        kind: kind.into(),
    }
}

fn phone(n: u8, genesis: &Genesis) -> Document {
    let mut doc = Document::begin(genesis).unwrap();
    doc.write_as([n; 16], UserId::from_bytes([n; 16]), DeviceId::from_bytes([n; 16]));
    doc
}

fn put(key: &str, value: &str) -> Write {
    Write::Put {
        container: Container::Answers,
        key: key.into(),
        value: value.into(),
    }
}

fn bring(from: &Document, to: &mut Document) {
    to.doc.apply_changes(from.doc.get_changes(&[])).unwrap();
}

fn values(doc: &Document, key: &str) -> Vec<String> {
    doc.candidates(Container::Answers, key)
        .iter()
        .map(|c| c.value.to_string())
        .collect()
}

const KEY: &str = "win-03/r03/2/result";

#[test]
fn two_phones_begin_the_same_bytes() {
    let (a, b) = (
        genesis("inspection").change().unwrap(),
        genesis("inspection").change().unwrap(),
    );
    assert_eq!(a, b);
    // Frozen: a document that was begun years ago must still merge with one begun today.
    assert_eq!(
        a.0.to_string(),
        "a8faffd78501090d1f58468ffdb7dd8c1f5f600ae0372232b7437b79944a8c1b"
    );
    assert_eq!(
        genesis("defect").change().unwrap().0.to_string(),
        "46735b4d1ac43ec171dab92e24e6b209f3a193751db863d045c22b3548b336a5"
    );
}

#[test]
fn what_others_sent_after_the_draw_stays_concurrent() {
    let g = genesis("inspection");
    let (mut a, mut b) = (phone(1, &g), phone(2, &g));
    let drawn = a.heads();
    b.write(&b.heads(), 5, &[put(KEY, "defect")]).unwrap().unwrap();
    bring(&b, &mut a);
    a.write(&drawn, 6, &[put(KEY, "ok")]).unwrap().unwrap();
    assert_eq!(values(&a, KEY), ["defect", "ok"]);
    // A second quick tap from the same old screen does not contest the first.
    a.write(&drawn, 7, &[put(KEY, "not_applicable")]).unwrap().unwrap();
    assert_eq!(values(&a, KEY), ["defect", "not_applicable"]);
    let authors: Vec<_> = a
        .candidates(Container::Answers, KEY)
        .iter()
        .map(|c| c.by[0].author.unwrap().user)
        .collect();
    assert_eq!(authors, [UserId::from_bytes([2; 16]), UserId::from_bytes([1; 16])]);
}

#[test]
fn a_write_that_saw_both_settles() {
    let g = genesis("inspection");
    for choice in ["ok", "defect", "not_applicable"] {
        let (mut a, mut b) = (phone(1, &g), phone(2, &g));
        a.write(&a.heads(), 5, &[put(KEY, "ok")]).unwrap();
        b.write(&b.heads(), 5, &[put(KEY, "defect")]).unwrap();
        bring(&b, &mut a);
        assert_eq!(values(&a, KEY).len(), 2);
        a.write(&a.heads(), 9, &[put(KEY, choice)]).unwrap().unwrap();
        assert_eq!(values(&a, KEY), [choice]);
        bring(&a, &mut b);
        assert_eq!(values(&b, KEY), [choice]);
        assert_eq!(a.heads(), b.heads());
        let no_delete = a.doc.get_changes(&[]).iter().all(|c| {
            c.decode()
                .operations
                .iter()
                .all(|o| !matches!(o.action, automerge::legacy::OpType::Delete))
        });
        assert!(no_delete, "nothing is deleted in a document");
        let lineage = a.lineage(Container::Answers, KEY);
        assert_eq!(lineage.len(), 3);
        assert_eq!(lineage[2].replaced.len(), 2);
        assert_eq!(lineage.iter().filter(|s| s.current).count(), 1);
    }
}

#[test]
fn equal_values_are_one_candidate_with_two_authors() {
    let g = genesis("inspection");
    let (mut a, mut b) = (phone(1, &g), phone(2, &g));
    a.write(&a.heads(), 5, &[put(KEY, "ok")]).unwrap();
    b.write(&b.heads(), 5, &[put(KEY, "ok")]).unwrap();
    bring(&b, &mut a);
    let found = a.candidates(Container::Answers, KEY);
    assert_eq!((found.len(), found[0].by.len()), (1, 2));
    assert_eq!(a.scalars(Container::Answers)[KEY], found);
}

#[test]
fn an_equal_put_is_no_change_and_an_entry_is_made_once() {
    let mut a = phone(1, &genesis("inspection"));
    assert!(a.write(&a.heads(), 5, &[put(KEY, "ok")]).unwrap().is_some());
    assert!(a.write(&a.heads(), 6, &[put(KEY, "ok")]).unwrap().is_none());
    let entry = Write::Entry {
        container: Container::Items,
        key: "k1".into(),
        fields: [
            ("type".to_owned(), Value::from("remark")),
            ("text".to_owned(), Value::from("门缝偏大🚪")),
        ]
        .into(),
    };
    assert!(a.write(&a.heads(), 7, std::slice::from_ref(&entry)).unwrap().is_some());
    assert!(a.write(&a.heads(), 8, &[entry]).unwrap().is_none());
    assert_eq!(a.entries(Container::Items)[0].text("text"), "门缝偏大🚪");
}

#[test]
fn prose_of_two_authors_merges() {
    let g = genesis("defect");
    let (mut a, mut b) = (phone(1, &g), phone(2, &g));
    let write = |text: &str| Write::Prose {
        name: "description".into(),
        text: text.into(),
    };
    a.write(&a.heads(), 5, &[write("墙面空鼓")]).unwrap();
    bring(&a, &mut b);
    b.write(&b.heads(), 6, &[write("墙面空鼓，约一张A4纸")]).unwrap();
    a.write(&a.heads(), 6, &[write("主卧墙面空鼓")]).unwrap();
    bring(&b, &mut a);
    bring(&a, &mut b);
    assert_eq!(a.prose("description"), "主卧墙面空鼓，约一张A4纸");
    assert_eq!(a.prose("description"), b.prose("description"));
}

#[test]
fn a_document_at_earlier_heads_and_after_save() {
    let mut a = phone(1, &genesis("inspection"));
    a.write(&a.heads(), 5, &[put(KEY, "ok")]).unwrap();
    let early = a.heads();
    a.write(&a.heads(), 6, &[put(KEY, "defect")]).unwrap();
    assert_eq!(values(&a.at(&early).unwrap(), KEY), ["ok"]);
    let again = Document::load(&a.save()).unwrap();
    assert_eq!(
        (values(&again, KEY), again.heads()),
        (vec!["defect".to_owned()], a.heads())
    );
    assert!(matches!(
        a.write(&[Hash::default()], 6, &[]),
        Err(DocumentError::UnknownSeen(_))
    ));
}

#[test]
fn writes_go_only_where_such_writes_go() {
    let mut a = phone(1, &genesis("inspection"));
    let heads = a.heads();
    for write in [
        Write::Put {
            container: Container::Meta,
            key: "kind".into(),
            value: "case".into(),
        },
        Write::Put {
            container: Container::Events,
            key: "e".into(),
            value: "x".into(),
        },
        Write::Entry {
            container: Container::Answers,
            key: "e".into(),
            fields: BTreeMap::new(),
        },
        Write::PutIn {
            container: Container::Events,
            key: "e".into(),
            field: "f".into(),
            value: "x".into(),
        },
        Write::Prose {
            name: "description".into(),
            text: "x".into(),
        },
    ] {
        assert!(matches!(a.write(&heads, 5, &[write]), Err(DocumentError::Form(_))));
    }
    assert_eq!(a.heads(), heads);
}

#[test]
fn changes_are_made_under_the_actor_that_was_given() {
    let mut a = phone(1, &genesis("inspection"));
    let heads = a.heads();
    let change = a.write(&heads, 1, &[put(KEY, "ok")]).unwrap().unwrap();
    let mut b = phone(2, &genesis("inspection"));
    bring(&a, &mut b);
    a.replace(b.doc);
    let next = a.write(&[change.hash], 2, &[put(KEY, "defect")]).unwrap().unwrap();
    for bytes in [change.bytes, next.bytes] {
        let change = automerge::Change::from_bytes(bytes).unwrap();
        assert_eq!(change.actor_id().to_bytes(), [1; 16]);
    }
}

#[test]
fn what_the_gate_of_others_would_refuse_is_not_written() {
    let mut a = phone(1, &genesis("inspection"));
    let heads = a.heads();
    let put = |key: &str, value: Value| Write::Put {
        container: Container::Answers,
        key: key.into(),
        value,
    };
    for write in [
        put("", "ok".into()),
        put(&"k".repeat(257), "ok".into()),
        put("k", "x".repeat((16 << 10) + 1).into()),
        put("k", f64::NAN.into()),
        put("k", "a\0b".into()),
        put("k\0", "ok".into()),
        Write::Prose {
            name: "description".into(),
            text: "\0".into(),
        },
    ] {
        let said = a.write(&heads, 1, &[write]);
        assert!(matches!(said, Err(DocumentError::Form(_))), "{said:?}");
    }
    assert_eq!(a.heads(), heads);
}
