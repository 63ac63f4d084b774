//! Each attack to the gate: alone, beside its neighbours, all at once; fast and with save and load.

use keyturn_domain::Document;
use keyturn_domain::document::Author;
use keyturn_domain::gate::{Batch, ChangeVerdict, Gate, MergeEngine, Outcome, RefusalCode};
use keyturn_domain::ids::{DeviceId, DocumentId, Hash, PlaceId, ProjectId, UserId};
use keyturn_tests::hostile::{Expect, Item, World, corpus};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Names a folder of snapshots: then the test that loads them is a new process that another test started.
const SNAPSHOTS: &str = "KEYTURN_TEST_SNAPSHOTS";

pub(super) fn world() -> World {
    World::new(
        DocumentId::from_bytes([1; 16]),
        ProjectId::from_bytes([2; 16]),
        PlaceId::from_bytes([3; 16]),
        author(),
    )
}

pub(super) fn author() -> Author {
    Author {
        user: UserId::from_bytes([4; 16]),
        device: DeviceId::from_bytes([4; 16]),
    }
}

pub(super) fn admit(gate: Gate, world: &World, current: Option<&Document>, changes: &[Vec<u8>]) -> Outcome {
    let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    gate.admit(Batch {
        genesis: &world.genesis,
        current,
        changes: &changes,
    })
}

/// Every attack with a document of its own.
pub(super) fn attacks(project: ProjectId, place: PlaceId, author: Author) -> Vec<(World, Item)> {
    let id = |n: usize| DocumentId::from_bytes(Hash::of(&n.to_be_bytes()).0[..16].try_into().expect("16 bytes"));
    let world = |n: usize| World::new(id(n), project, place, author);
    (0..corpus(&world(0)).len())
        .map(|n| {
            let world = world(n);
            let item = corpus(&world).swap_remove(n);
            (world, item)
        })
        .collect()
}

fn as_expected(item: &Item, verdict: &ChangeVerdict) -> bool {
    match (item.expect, verdict) {
        (Expect::Refused(step, code), ChangeVerdict::Refused { refusal, .. }) => {
            (step, code) == (refusal.step, refusal.code)
        }
        (Expect::MissingDeps, ChangeVerdict::MissingDeps { .. })
        | (Expect::ForkedActor, ChangeVerdict::ForkedActor { .. })
        | (Expect::BlockedBy, ChangeVerdict::BlockedBy { .. })
        | (Expect::Passes(_), ChangeVerdict::Admitted(_)) => true,
        _ => false,
    }
}

#[test]
fn each_attack_is_refused_where_it_must_be() {
    let world = world();
    let mut wrong = Vec::new();
    for item in corpus(&world) {
        for gate in [Gate::server(), Gate::server().reloading()] {
            let outcome = admit(gate, &world, Some(&world.document), &item.changes);
            let verdict = outcome.verdicts.last().expect("a verdict");
            if !as_expected(&item, verdict) {
                wrong.push(format!("{}: {verdict:?} instead of {:?}", item.name, item.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refusal_has_an_attack_and_every_attack_a_name() {
    let corpus = corpus(&world());
    let names: BTreeSet<&str> = corpus.iter().map(|item| item.name).collect();
    assert_eq!(names.len(), corpus.len());
    let attacked: BTreeSet<RefusalCode> = corpus
        .iter()
        .filter_map(|item| match item.expect {
            Expect::Refused(_, code) => Some(code),
            _ => None,
        })
        .collect();
    let left: Vec<&str> = RefusalCode::ALL
        .iter()
        .filter(|code| !attacked.contains(code))
        .map(|code| code.code())
        .collect();
    // The caps of a whole document are tested with small ones beside the gate; for the last no attack is known that the
    // step before it lets through.
    assert_eq!(
        left,
        [
            "too_many_actors",
            "too_many_operations",
            "document_too_large",
            "not_loadable"
        ]
    );
}

#[test]
fn neighbours_are_admitted_and_the_document_loads_in_a_new_process() {
    let world = world();
    let stored = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    let items = corpus(&world);
    for item in &items {
        let after = admit(Gate::server(), &world, Some(&world.document), &item.changes);
        let held = after.document.as_ref().unwrap_or(&world.document);
        let alone = admit(Gate::server(), &world, Some(held), &world.next);

        let together = [item.changes.clone(), world.next.clone()].concat();
        let together = admit(Gate::server(), &world, Some(&world.document), &together);
        let judged = &together.verdicts[item.changes.len() - 1];
        if !as_expected(item, judged) {
            wrong.push(format!("{}: beside its neighbours {judged:?}", item.name));
        }
        let beside = &together.verdicts[item.changes.len()..];
        for (verdicts, when) in [(&alone.verdicts[..], "later"), (beside, "beside")] {
            // Who has stolen A's number has forked A; the cure writes it again under a new actor.
            let first = usize::from(item.name == "another_actor_continued");
            if !verdicts[first..].iter().all(ChangeVerdict::is_in) {
                wrong.push(format!("{}: neighbours {when}: {verdicts:?}", item.name));
            }
        }
        for (outcome, when) in [(&alone, "later"), (&together, "beside")] {
            let (snapshot, document) = (outcome.snapshot.as_ref(), outcome.document.as_ref());
            let heads = document.expect("a document").heads();
            let path = stored.path().join(format!("{}-{when}", item.name));
            store(&path, snapshot.expect("a snapshot"), &heads);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    load_in_a_new_process(stored.path(), items.len() * 2);
}

/// Writes a document for another process to load, beside it a file with its heads.
pub(super) fn store(path: &Path, snapshot: &[u8], heads: &[Hash]) {
    let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
    std::fs::write(path.with_extension("heads"), heads.join(" ")).expect("written");
    std::fs::write(path, snapshot).expect("written");
}

/// Starts a process that loads the documents in a folder, each beside a file with its heads.
pub(super) fn load_in_a_new_process(folder: &Path, count: usize) {
    let child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "hostile::gate::stored_documents_load", "--nocapture"])
        .env(SNAPSHOTS, folder)
        .output()
        .expect("a process");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
    assert!(said.contains(&format!("{count} documents load")), "{said}");
}

/// Loads what another test has stored; on its own, the untouched document.
#[test]
fn stored_documents_load() {
    let Some(folder) = std::env::var_os(SNAPSHOTS) else {
        let document = world().document;
        assert_eq!(
            Document::load(&document.save()).expect("loads").heads(),
            document.heads()
        );
        return;
    };
    let mut count = 0;
    for file in std::fs::read_dir(Path::new(&folder)).expect("a folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some() {
            continue;
        }
        let document = Document::load(&std::fs::read(&path).expect("bytes")).expect("loads");
        let heads: Vec<String> = document.heads().iter().map(ToString::to_string).collect();
        let stored = std::fs::read_to_string(path.with_extension("heads")).expect("heads");
        assert_eq!(heads.join(" "), stored, "{}", path.display());
        count += 1;
    }
    println!("{count} documents load");
}

/// What the presence of the others changes.
const IN_COMPANY: [(&str, &str); 4] = [
    // A has written on meanwhile.
    ("seq_gap_of_a_known_actor", "own_previous_unseen"),
    ("own_previous_unseen", "forked_actor"),
    // So has C, and numbers may now be higher.
    ("start_op_jump", "accepted"),
    // What it depends on was sent too, and refused.
    ("a_change_of_another_document", "blocked_by"),
];

#[test]
fn all_attacks_at_once_are_judged_alike_fast_and_slowly() {
    let world = world();
    let mut items = corpus(&world);
    // It takes the number of a neighbour, and one of the two must lose it.
    items.retain(|item| item.name != "another_actor_continued");
    let mut changes = Vec::new();
    let mut judged = Vec::new();
    let mut neighbours = Vec::new();
    let apart = items.len() / world.next.len();
    let mut next = world.next.iter();
    for (n, item) in items.iter().enumerate() {
        if n % apart == 0
            && let Some(change) = next.next()
        {
            neighbours.push(changes.len());
            changes.push(change.clone());
        }
        changes.extend(item.changes.clone());
        judged.push(changes.len() - 1);
    }
    assert_eq!(neighbours.len(), world.next.len());

    let fast = admit(Gate::server(), &world, Some(&world.document), &changes);
    let slow = admit(Gate::server().reloading(), &world, Some(&world.document), &changes);
    let each = admit_one_by_one(&world, &changes);
    assert_eq!(fast.verdicts, slow.verdicts);
    assert_eq!(fast.verdicts, each);
    assert_eq!(fast.snapshot, slow.snapshot);
    let mut wrong = Vec::new();
    for (item, at) in items.iter().zip(judged) {
        let company = IN_COMPANY.iter().find(|(name, _)| *name == item.name);
        let right = match company {
            Some((_, code)) => fast.verdicts[at].code() == *code,
            None => as_expected(item, &fast.verdicts[at]),
        };
        if !right {
            wrong.push(format!("{}: {:?}", item.name, fast.verdicts[at]));
        }
    }
    for at in neighbours {
        if !fast.verdicts[at].is_in() {
            wrong.push(format!("neighbour {at}: {:?}", fast.verdicts[at]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The slowest way, with save and load after every single change. What depends on a refused change only misses it then.
fn admit_one_by_one(world: &World, changes: &[Vec<u8>]) -> Vec<ChangeVerdict> {
    let mut held = world.document.clone();
    let mut verdicts = Vec::new();
    let mut refused = std::collections::BTreeSet::new();
    for change in changes {
        let mut outcome = admit(
            Gate::server().reloading(),
            world,
            Some(&held),
            std::slice::from_ref(change),
        );
        if let Some(document) = outcome.document {
            held = document;
        }
        let mut verdict = outcome.verdicts.remove(0);
        match &verdict {
            ChangeVerdict::Refused { hash: Some(hash), .. } | ChangeVerdict::ForkedActor { hash } => {
                refused.insert(*hash);
            }
            ChangeVerdict::MissingDeps { hash, missing } => {
                if let Some(by) = missing.iter().find(|dep| refused.contains(dep)) {
                    verdict = ChangeVerdict::BlockedBy { hash: *hash, by: *by };
                }
            }
            _ => {}
        }
        verdicts.push(verdict);
    }
    verdicts
}
