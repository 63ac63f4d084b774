use super::*;
use crate::document::*;
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
