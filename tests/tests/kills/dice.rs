//! Chance that can be had again: `KEYTURN_SEED=N tests/run kills`.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// How often a process is killed.
pub const KILLS: u32 = 100;
/// Of them, so many at least must fall inside a write.
pub const INSIDE: u32 = 30;

/// Returns the seed and dice made of it.
pub fn dice() -> (u64, StdRng) {
    let seed = std::env::var("KEYTURN_SEED").map_or(1, |text| text.parse().expect("KEYTURN_SEED is a number"));
    (seed, StdRng::seed_from_u64(seed))
}
