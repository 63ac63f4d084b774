//! Changes with bytes altered at random and the hash made right again: whatever the gate takes must load, and it must
//! say the same whether it loads or not.

use super::gate::{admit, world};
use keyturn_domain::Document;
use keyturn_domain::gate::{ChangeVerdict, Gate};
use keyturn_tests::hostile::{corpus, frame};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// How many mutants are tried; more by the environment.
const MUTANTS: u64 = 3_000;

#[test]
fn whatever_the_gate_takes_loads() {
    let world = world();
    let honest = world.base.iter().chain(&world.next).cloned();
    let sources: Vec<Vec<u8>> = honest
        .chain(corpus(&world).into_iter().flat_map(|item| item.changes))
        .filter(|bytes| (60..2_000).contains(&bytes.len()) && bytes[8] == 1)
        .collect();
    let variable = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let count = variable("KEYTURN_TEST_MUTANTS").unwrap_or(MUTANTS);
    let from = variable("KEYTURN_TEST_SEED").unwrap_or(0);
    let mut wrong = Vec::new();
    let mut taken = 0;
    for seed in from..from + count {
        let mut rng = StdRng::seed_from_u64(seed);
        let change = mutant(sources.choose(&mut rng).expect("a source"), &mut rng);
        let fast = admit(
            Gate::server(),
            &world,
            Some(&world.document),
            std::slice::from_ref(&change),
        );
        let slow = admit(Gate::server().reloading(), &world, Some(&world.document), &[change]);
        if fast.verdicts != slow.verdicts {
            wrong.push(format!("{seed}: fast {:?}, slow {:?}", fast.verdicts, slow.verdicts));
        }
        if !matches!(fast.verdicts[..], [ChangeVerdict::Admitted(_)]) {
            continue;
        }
        taken += 1;
        let after = admit(Gate::server(), &world, fast.document.as_ref(), &world.next);
        // A mutant may be sound work of another author: then only its number can be in the way.
        let beside = |v: &ChangeVerdict| v.is_in() || matches!(v.code(), "forked_actor" | "blocked_by");
        let loads = after
            .snapshot
            .as_ref()
            .is_none_or(|bytes| Document::load(bytes).is_ok());
        if !loads || !after.verdicts.iter().all(beside) {
            wrong.push(format!("{seed}: afterwards {:?}", after.verdicts));
        }
    }
    println!("{taken} of {count} mutants were sound");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(taken > 0, "no mutant got past the header");
}

/// A change with some bytes of its content altered, taken out or doubled.
fn mutant(source: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut content = source[9..].to_vec();
    while content.first().is_some_and(|byte| byte & 0x80 != 0) {
        content.remove(0);
    }
    content.remove(0);
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..content.len());
        match rng.random_range(0..6) {
            0 => content[at] = rng.random(),
            1 => content[at] = content[at].wrapping_add(1),
            2 => content[at] ^= 1 << rng.random_range(0..8),
            3 => content[at] = *[0, 1, 0x7f, 0x80, 0xff].choose(rng).expect("one"),
            4 => drop(content.remove(at)),
            _ => content.insert(at, rng.random()),
        }
        if content.is_empty() {
            content.push(0);
        }
    }
    let mut length = Vec::new();
    let mut rest = content.len();
    while rest > 0x7f {
        length.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    length.push(u8::try_from(rest).expect("seven bits"));
    frame(1, &content, &length)
}
