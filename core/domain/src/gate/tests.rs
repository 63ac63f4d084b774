use super::*;
use crate::document::*;
use crate::ids::*;
use proptest::prelude::*;

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

fn admit(gate: Gate, genesis: &Genesis, current: Option<&Document>, changes: &[Vec<u8>]) -> Outcome {
    let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    gate.admit(Batch {
        genesis,
        current,
        changes: &changes,
    })
}

fn codes(outcome: &Outcome) -> Vec<&'static str> {
    outcome.verdicts.iter().map(ChangeVerdict::code).collect()
}

#[test]
fn honest_work_of_two_passes_in_one_batch_and_in_two() {
    let genesis = genesis("defect");
    let (mut a, mut b) = (phone(0xa, &genesis), phone(0xb, &genesis));
    let mut first = vec![genesis.change().unwrap().1];
    let mut second = Vec::new();
    for (phone, out) in [(&mut a, &mut first), (&mut b, &mut second)] {
        let event = Write::Entry {
            container: Container::Events,
            key: format!("e-{:?}", phone.automerge().get_actor()),
            fields: [("kind".to_owned(), Value::from("recorded"))].into(),
        };
        let photo = Write::Entry {
            container: Container::Items,
            key: "photo".into(),
            fields: [("hash".to_owned(), Value::Bytes(vec![1; 32]))].into(),
        };
        let caption = Write::PutIn {
            container: Container::Items,
            key: "photo".into(),
            field: "caption".into(),
            value: "墙角".into(),
        };
        let prose = |text: &str| Write::Prose {
            name: "description".into(),
            text: text.into(),
        };
        for writes in [
            vec![put("win-03/r03/2/result", "defect"), event],
            vec![photo],
            vec![caption, prose("窗台渗水")],
            vec![prose("窗渗水 since May"), put("win-03/r03/2/result", "ok")],
        ] {
            let heads = phone.heads();
            out.push(phone.write(&heads, 1_700_000_000_000, &writes).unwrap().unwrap().bytes);
        }
    }
    let outcome = admit(Gate::server(), &genesis, None, &first);
    assert_eq!(codes(&outcome), ["accepted"; 5]);
    let held = outcome.document.unwrap();
    assert_eq!(held.heads(), a.heads());
    let outcome = admit(Gate::server(), &genesis, Some(&held), &second);
    assert_eq!(codes(&outcome), ["accepted"; 4]);
    let held = outcome.document.unwrap();
    assert_eq!(
        Document::load(&outcome.snapshot.unwrap()).unwrap().heads(),
        held.heads()
    );

    let all = [first, second].concat();
    let outcome = admit(Gate::server(), &genesis, Some(&held), &all);
    assert_eq!(codes(&outcome), ["duplicate"; 9]);
    assert!(outcome.document.is_none() && outcome.snapshot.is_none());
    let outcome = admit(Gate::phone(), &genesis, None, &all);
    assert_eq!(codes(&outcome), ["accepted"; 9]);
    assert_eq!(outcome.document.unwrap().heads(), held.heads());
    let outcome = admit(Gate::server().reloading(), &genesis, None, &all);
    assert_eq!(codes(&outcome), ["accepted"; 9]);
}

#[test]
fn what_comes_before_the_genesis_has_nothing_to_stand_on() {
    let genesis = genesis("inspection");
    let mut a = phone(0xa, &genesis);
    let heads = a.heads();
    let change = a.write(&heads, 0, &[put("k", "ok")]).unwrap().unwrap();
    let first = genesis.change().unwrap().1;
    let outcome = admit(
        Gate::server(),
        &genesis,
        None,
        &[change.bytes.clone(), first, change.bytes],
    );
    assert_eq!(codes(&outcome), ["missing_deps", "accepted", "accepted"]);
}

/// Admits each change of `changes` alone, with these caps.
fn each(limits: Limits, genesis: &Genesis, changes: &[Vec<u8>]) -> Vec<&'static str> {
    let mut held: Option<Document> = None;
    let mut said = Vec::new();
    for change in changes {
        let outcome = admit(
            Gate::with_limits(limits),
            genesis,
            held.as_ref(),
            std::slice::from_ref(change),
        );
        said.extend(codes(&outcome));
        held = outcome.document.or(held);
    }
    said
}

#[test]
fn a_document_grows_to_its_caps_and_no_further() {
    let genesis = genesis("inspection");
    let mut changes = vec![genesis.change().unwrap().1];
    let mut doc = Document::begin(&genesis).unwrap();
    for n in 1..=4_u8 {
        doc.write_as([n; 16], UserId::from_bytes([n; 16]), DeviceId::from_bytes([n; 16]));
        let heads = doc.heads();
        let words = "x".repeat(1_000);
        changes.push(
            doc.write(&heads, 0, &[put(&format!("k{n}"), &words)])
                .unwrap()
                .unwrap()
                .bytes,
        );
    }
    let limits = Limits::SERVER;
    let few_actors = Limits { actors: 3, ..limits };
    let few_operations = Limits {
        operations: 16,
        ..limits
    };
    let few_bytes = Limits {
        document_bytes: 3_500,
        ..limits
    };
    for (limits, code) in [
        (few_actors, "too_many_actors"),
        (few_operations, "too_many_operations"),
        (few_bytes, "document_too_large"),
    ] {
        let said = each(limits, &genesis, &changes);
        let admitted = said.iter().filter(|code| **code == "accepted").count();
        assert!((2..5).contains(&admitted), "{said:?}");
        assert_eq!(said[admitted], code);
        // One batch says the same, but for what depends on the refused one.
        let batch = admit(Gate::with_limits(limits), &genesis, None, &changes);
        assert_eq!(codes(&batch)[..=admitted], said[..=admitted]);
        assert!(codes(&batch)[admitted + 1..].iter().all(|code| *code == "blocked_by"));
    }
}

#[test]
fn a_document_of_another_identity_takes_nothing() {
    let (one, mut other) = (genesis("inspection"), genesis("inspection"));
    other.document = DocumentId::from_bytes([9; 16]);
    let held = Document::begin(&other).unwrap();
    let outcome = admit(Gate::server(), &one, Some(&held), &[one.change().unwrap().1]);
    assert_eq!(codes(&outcome), ["wrong_document"]);
    assert!(outcome.document.is_none());
}

/// One step of an honest history.
#[derive(Clone, Debug)]
enum Act {
    /// A phone records something, at what it sees now or saw at its last exchange.
    Write { phone: usize, what: u8, stale: bool },
    /// A phone takes over what another has.
    Bring { from: usize, to: usize },
    /// A phone's process begins anew.
    Restart { phone: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (0..3_usize, any::<u8>(), any::<bool>()).prop_map(|(phone, what, stale)| Act::Write { phone, what, stale }),
        2 => (0..3_usize, 0..3_usize).prop_map(|(from, to)| Act::Bring { from, to }),
        1 => (0..3_usize).prop_map(|phone| Act::Restart { phone }),
    ];
    proptest::collection::vec(act, 1..40)
}

fn writes(what: u8, n: usize) -> Vec<Write> {
    let entry = |container, key: String| Write::Entry {
        container,
        key,
        fields: [
            ("kind".to_owned(), Value::from(i64::from(what))),
            ("at".to_owned(), Value::Float(0.5)),
        ]
        .into(),
    };
    match what % 8 {
        0 => vec![put("a", "ok"), put("b", &n.to_string())],
        1 => vec![put(&format!("k{}", what % 3), &n.to_string())],
        2 => vec![entry(Container::Events, format!("e{n}"))],
        3 => vec![entry(Container::Items, format!("p{}", what / 64))],
        4 => vec![
            entry(Container::Items, "photo".into()),
            Write::PutIn {
                container: Container::Items,
                key: "photo".into(),
                field: "caption".into(),
                value: n.to_string().into(),
            },
        ],
        5 => vec![entry(Container::Signatures, format!("s{n}")), put("signed", "yes")],
        6 => vec![Write::Put {
            container: Container::Fields,
            key: "cleared".into(),
            value: if what > 100 {
                Value::Nothing(())
            } else {
                Value::Bool(true)
            },
        }],
        _ => vec![Write::Prose {
            name: "description".into(),
            text: "窗台渗水 since May, 请看照片"
                .chars()
                .cycle()
                .skip(n % 7)
                .take(usize::from(what) / 8)
                .collect(),
        }],
    }
}

/// Plays a history; returns all its changes in the order in which they were made, and a phone that has them all.
fn play(genesis: &Genesis, acts: &[Act]) -> (Vec<Vec<u8>>, Document) {
    let mut phones: Vec<Document> = (1..=3).map(|n| phone(n, genesis)).collect();
    let mut seen: Vec<Vec<Hash>> = phones.iter().map(Document::heads).collect();
    let mut changes = vec![genesis.change().unwrap().1];
    for (n, act) in acts.iter().enumerate() {
        match *act {
            Act::Write { phone, what, stale } => {
                let at = if stale {
                    seen[phone].clone()
                } else {
                    phones[phone].heads()
                };
                let change = phones[phone].write(&at, 1_000, &writes(what, n)).unwrap();
                changes.extend(change.map(|c| c.bytes));
            }
            Act::Bring { from, to } => {
                seen[to] = phones[to].heads();
                let other = phones[from].doc.get_changes(&[]);
                phones[to].doc.apply_changes(other).unwrap();
            }
            Act::Restart { phone } => {
                let mut actor = [u8::try_from(phone + 1).unwrap(); 16];
                actor[15] = u8::try_from(n + 10).unwrap();
                let user = UserId::from_bytes([u8::try_from(phone + 1).unwrap(); 16]);
                phones[phone].write_as(actor, user, DeviceId::from_bytes([1; 16]));
            }
        }
    }
    let mut all = phone(9, genesis);
    let load = |bytes: &Vec<u8>| automerge::Change::try_from(bytes.as_slice()).unwrap();
    all.doc
        .apply_changes(changes.iter().map(load).collect::<Vec<_>>())
        .unwrap();
    (changes, all)
}

/// Another causal order of the changes: of those that could come next, `choices` picks one.
fn reordered(changes: &[Vec<u8>], choices: &[usize]) -> Vec<Vec<u8>> {
    let mut left: Vec<(Header, &Vec<u8>)> = changes.iter().map(|c| (Header::peek(c).unwrap(), c)).collect();
    let mut known = std::collections::BTreeSet::new();
    let mut order = Vec::new();
    let mut choices = choices.iter().cycle();
    while !left.is_empty() {
        let ready = |(header, _): &(Header, _)| header.deps.iter().all(|dep| known.contains(dep));
        let ready: Vec<usize> = (0..left.len()).filter(|n| ready(&left[*n])).collect();
        let (header, change) = left.remove(ready[choices.next().unwrap() % ready.len()]);
        known.insert(header.hash);
        order.push(change.clone());
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn honest_histories_pass_in_any_causal_order_and_any_cuts(
        acts in acts(),
        choices in proptest::collection::vec(0..100_usize, 1..20),
        cuts in proptest::collection::vec(1..9_usize, 1..8),
    ) {
        let genesis = genesis("defect");
        let (changes, all) = play(&genesis, &acts);
        let order = reordered(&changes, &choices);
        let mut held: Option<Document> = None;
        let (mut at, mut cuts) = (0, cuts.iter().cycle());
        while at < order.len() {
            let end = order.len().min(at + cuts.next().unwrap());
            let outcome = admit(Gate::server(), &genesis, held.as_ref(), &order[at..end]);
            prop_assert!(codes(&outcome).iter().all(|code| *code == "accepted"), "{:?}", outcome.verdicts);
            let document = outcome.document.unwrap();
            let loaded = Document::load(&outcome.snapshot.unwrap()).unwrap();
            prop_assert_eq!(document.tips.operations, loaded.tips.caught_up(&loaded.doc).operations);
            prop_assert_eq!(&document.tips.actors, &loaded.tips.caught_up(&loaded.doc).actors);
            held = Some(document);
            at = end;
        }
        let held = held.unwrap();
        prop_assert_eq!(held.heads(), all.heads());
        for container in Container::ALL {
            prop_assert_eq!(held.scalars(container), all.scalars(container));
            prop_assert_eq!(held.entries(container), all.entries(container));
        }
        prop_assert_eq!(held.prose("description"), all.prose("description"));
    }
}
