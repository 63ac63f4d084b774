//! Any bytes, with the frame and the hash made right: the gate does not panic, and what it takes loads.

#![no_main]

use keyturn_domain::document::Genesis;
use keyturn_domain::gate::{Batch, Gate, MergeEngine};
use keyturn_domain::ids::{DeviceId, DocumentId, PlaceId, ProjectId, UserId};
use keyturn_domain::{Container, Document, Hash, Write};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static HELD: LazyLock<Document> = LazyLock::new(|| {
    let genesis = Genesis {
        document: DocumentId::from_bytes([1; 16]),
        project: ProjectId::from_bytes([2; 16]),
        place: PlaceId::from_bytes([3; 16]),
        kind: "defect".into(),
    };
    let mut document = Document::begin(&genesis).expect("a genesis");
    document.write_as([7; 16], UserId::from_bytes([7; 16]), DeviceId::from_bytes([7; 16]));
    let entry = |container, key: &str| Write::Entry {
        container,
        key: key.into(),
        fields: [("kind".to_owned(), "one".into())].into(),
    };
    let put = Write::Put {
        container: Container::Answers,
        key: "win-03/r03/2/result".into(),
        value: "ok".into(),
    };
    let prose = Write::Prose {
        name: "description".into(),
        text: "damp".into(),
    };
    let writes = [put, entry(Container::Events, "e"), entry(Container::Items, "p"), prose];
    let heads = document.heads();
    document.write(&heads, 0, &writes).expect("a write");
    document
});

fuzz_target!(init: quiet(), |content: &[u8]| {
    let change = framed(content);
    let outcome = Gate::server().admit(Batch {
        genesis: HELD.genesis(),
        current: Some(&HELD),
        changes: &[&change],
    });
    assert_eq!(outcome.verdicts.len(), 1);
    if let Some(snapshot) = outcome.snapshot {
        let loaded = Document::load(&snapshot).expect("what is taken loads");
        assert_eq!(loaded.heads(), outcome.document.expect("a document").heads());
    }
});

/// A panic inside the library is what the gate is for; the fuzzer's own hook would end the process there. A panic that
/// leaves the gate still does.
fn quiet() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// A change chunk of this content, standing on the document that is held: its hash, or no input would get far.
fn framed(content: &[u8]) -> Vec<u8> {
    let heads = HELD.heads();
    let mut body = vec![u8::try_from(heads.len()).expect("few")];
    heads.iter().for_each(|head| body.extend(head.0));
    body.extend(content);
    let mut length = vec![1_u8];
    let mut rest = body.len();
    while rest > 0x7f {
        length.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    length.push(u8::try_from(rest).expect("seven bits"));
    let framed = [length, body].concat();
    let hash = Hash::of(&framed).0;
    [&[0x85, 0x6f, 0x4a, 0x83][..], &hash[..4], &framed].concat()
}
