use super::*;

#[test]
fn a_defect_from_finding_to_submission() {
    let flat = Flat::l3a();
    let mut doc = phone(1, "defect");
    let by = who(1, "engineer");
    let finding = defect::Finding {
        code: "wl-01".into(),
        room: "r03".into(),
        description: "墙面空鼓 👍".into(),
        pin: Some((100, 9_000)),
        question: "gen-01/r03/1".into(),
        inspection: Some(DocumentId::from_bytes([4; 16])),
        ..Default::default()
    };
    let writes = defect::record(&doc, &doc.heads(), flat.catalog, &finding).unwrap();
    make(&mut doc, &writes);
    let early = defect::submit(&doc, &doc.heads(), "", &Default::default(), &by, &stamp("e1")).unwrap_err();
    assert!(matches!(&early, CommandError::Illegal { missing, .. } if missing == &["photo_or_reason"]));
    let event = defect::submit(&doc, &doc.heads(), "太暗", &Default::default(), &by, &stamp("e1")).unwrap();
    make(&mut doc, &[event]);
    let remark = common::entry(
        "remark",
        common::facts([("text", "业主在场".into())]),
        &by,
        &stamp("r1"),
    )
    .unwrap();
    make(&mut doc, &[remark]);
    let gone = common::remove(&doc, &doc.heads(), "r1", "写错", &by, &stamp("x1")).unwrap();
    make(&mut doc, &[gone]);
    let higher = defect::severity(&doc, &doc.heads(), flat.catalog, "A").unwrap();
    make(&mut doc, &[higher]);
    let checked = common::checked(&doc, &doc.heads(), Container::Fields, "severity", &by, &stamp("c1")).unwrap();
    make(&mut doc, &[checked]);
    let shown = defect_view(&doc, flat.catalog, &Marks::default()).unwrap();
    assert_eq!(
        (shown.severity.value.as_str(), shown.life.state.as_str()),
        ("A", "to_assign")
    );
    assert!(shown.entries[0].removed);
    assert_eq!(shown.life.events.len(), 3);
    let bytes = Projection::of(&doc, &Marks::default()).to_bytes();
    let p = Projection::from_bytes(&bytes).unwrap();
    assert_eq!(
        (p.what.as_str(), p.room.as_str(), p.state.as_str()),
        ("wl-01", "r03", "to_assign")
    );
    assert!(p.search.contains("空鼓") && p.search.contains("业主在场"));
    let bad = defect::Finding {
        code: "zz-99".into(),
        ..Default::default()
    };
    assert_eq!(
        defect::record(&doc, &doc.heads(), flat.catalog, &bad)
            .unwrap_err()
            .code(),
        "unknown_code"
    );
    assert_eq!(
        defect::pin(&doc, &doc.heads(), (1, 10_001)).unwrap_err().code(),
        "bad_value"
    );
}

#[test]
fn entries_of_every_kind_have_a_policy() {
    let flat = Flat::l3a();
    let mut doc = begun(1);
    let by = who(1, "engineer");
    let writes = [
        inspection::present(flat.catalog, "p1", "owner", &by, &stamp("p")).unwrap(),
        inspection::demonstrated(flat.catalog, "dem-water", &by, &stamp("q")).unwrap(),
        inspection::count("key", "door", 3.0, &by, &stamp("k")).unwrap(),
        inspection::count("meter", "water", 12.5, &by, &stamp("m")).unwrap(),
        inspection::link_defect(DocumentId::from_bytes([8; 16]), "gen-01/r03/1", &by, &stamp("l")).unwrap(),
        common::photo(&Hash([9; 32]), "finding", "gen-01/r03/1", 5, &by, &stamp("f")).unwrap(),
    ];
    make(&mut doc, &writes);
    make(
        &mut doc,
        &[Write::PutIn {
            container: Container::Items,
            key: "f".into(),
            field: "caption".into(),
            value: "墙".into(),
        }],
    );
    let shown = view(&doc, &flat);
    assert_eq!(shown.entries.len(), 6);
    assert_eq!(
        shown
            .entries
            .iter()
            .find(|e| e.kind == "photo")
            .unwrap()
            .facts
            .iter()
            .find(|f| f.name == "caption")
            .unwrap()
            .value,
        "墙"
    );
    let question = shown
        .rooms
        .iter()
        .flat_map(|r| &r.questions)
        .find(|q| q.key == "gen-01/r03/1")
        .unwrap();
    assert_eq!(question.entries, 2);
    assert!(inspection::present(flat.catalog, "p1", "ghost", &by, &stamp("p")).is_err());
    assert!(common::entry("remark", common::facts([("text", " ".into())]), &by, &stamp("z")).is_err());
}
