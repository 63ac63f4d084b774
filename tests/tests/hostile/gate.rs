//! Each attack to the gate: alone, beside its neighbours, all at once; fast and with save and load.

use keyturn_domain::Document;
use keyturn_domain::gate::{Batch, ChangeVerdict, Gate, MergeEngine, Outcome};
use keyturn_domain::ids::{DocumentId, PlaceId, ProjectId};
use keyturn_tests::hostile::{Expect, Item, World, corpus};
use std::path::Path;
use std::process::Command;

/// Names a folder of snapshots: then the test that loads them is a new process that another test started.
const SNAPSHOTS: &str = "KEYTURN_TEST_SNAPSHOTS";

fn world() -> World {
    World::new(
        DocumentId::from_bytes([1; 16]),
        ProjectId::from_bytes([2; 16]),
        PlaceId::from_bytes([3; 16]),
    )
}

fn admit(gate: Gate, world: &World, current: Option<&Document>, changes: &[Vec<u8>]) -> Outcome {
    let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    gate.admit(Batch {
        genesis: &world.genesis,
        current,
        changes: &changes,
    })
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

/// Whether A's next change still can be admitted: not when somebody else has continued as A.
fn spares(item: &Item) -> usize {
    usize::from(item.name == "another_actor_continued")
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
