//! Randomness that repeats with the seed, different for every device, so that mixed-up ids fail loudly.

use keyturn_domain::Ids;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use std::sync::Mutex;

/// Two streams: one for what is sixteen bytes long (actors), one for everything else (keys, UUIDs).
///
/// A [`SimIds::twin`] draws its next actors from the same stream as the original, as a machine that was copied while
/// it ran would; keys are its own. That is how two phones come to use one (actor, seq).
#[derive(Debug)]
pub struct SimIds(Mutex<Streams>);

#[derive(Clone, Debug)]
struct Streams {
    actors: StdRng,
    /// How many actors are still drawn from the stream of the original, and what is drawn from afterwards.
    shared: Option<(u32, StdRng)>,
    others: StdRng,
}

impl SimIds {
    /// Ids of a device.
    #[must_use]
    pub fn new(seed: u64, device: u64) -> Self {
        Self(Mutex::new(Streams {
            actors: stream(seed, device, 1),
            shared: None,
            others: stream(seed, device, 2),
        }))
    }

    /// Ids of a copy of the machine: the next `shared` actors are those that the original draws, too.
    #[must_use]
    pub fn twin(&self, seed: u64, device: u64, shared: u32) -> Self {
        let mut streams = self.0.lock().expect("not poisoned").clone();
        streams.shared = Some((shared, stream(seed, device, 1)));
        streams.others = stream(seed, device, 2);
        Self(Mutex::new(streams))
    }
}

fn stream(seed: u64, device: u64, which: u64) -> StdRng {
    let mut bytes = [0; 32];
    for (part, number) in bytes.chunks_mut(8).zip([seed, device, which, 0x6b65_7974_7572_6e00]) {
        part.copy_from_slice(&number.to_le_bytes());
    }
    StdRng::from_seed(bytes)
}

impl Ids for SimIds {
    fn fill(&self, buffer: &mut [u8]) {
        let mut streams = self.0.lock().expect("not poisoned");
        if buffer.len() != 16 {
            streams.others.fill_bytes(buffer);
            return;
        }
        match streams.shared.take() {
            Some((0, own)) => streams.actors = own,
            Some((n, own)) => streams.shared = Some((n - 1, own)),
            None => {}
        }
        streams.actors.fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_shares_actors_for_a_while_and_never_keys() {
        let original = SimIds::new(7, 1);
        let twin = original.twin(7, 2, 2);
        let actor = |ids: &SimIds| (ids as &dyn Ids).bytes16();
        assert_eq!(actor(&original), actor(&twin));
        assert_ne!((&original as &dyn Ids).key(), (&twin as &dyn Ids).key());
        assert_eq!(actor(&original), actor(&twin));
        assert_ne!(actor(&original), actor(&twin));
        assert_eq!(actor(&SimIds::new(9, 3)), actor(&SimIds::new(9, 3)));
        assert_ne!(actor(&SimIds::new(9, 3)), actor(&SimIds::new(9, 4)));
    }
}
