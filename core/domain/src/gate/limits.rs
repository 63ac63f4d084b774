//! How large foreign things may be.

/// Caps on what one change and one document may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one change, and of all changes and the snapshot of one document.
    pub document_bytes: usize,
    /// Operations of one document.
    pub operations: u64,
    /// Actors of one document.
    pub actors: usize,
}

impl Limits {
    /// What a server takes.
    pub const SERVER: Self = Self {
        document_bytes: 1 << 20,
        operations: 50_000,
        actors: 2_000,
    };

    /// What a phone takes: twice as much. Both count what they hold, and a phone holds its own unsent work besides;
    /// with equal caps it would refuse what its server has accepted, and never be equal to it again.
    pub const PHONE: Self = Self {
        document_bytes: 2 << 20,
        operations: 100_000,
        actors: 4_000,
    };
}

/// How far a change may jump ahead of the highest operation known: honest jumps are the work of those not heard yet.
pub const START_OP_JUMP: u64 = 65_536;
/// Operation numbers stay below this; the library ends at 2^32.
pub const OP_END: u64 = 1 << 31;
/// Bytes of an actor, at least and at most.
pub const ACTOR_BYTES: std::ops::RangeInclusive<usize> = 16..=32;
/// Bytes that an author may claim.
pub const AUTHOR_BYTES: std::ops::RangeInclusive<usize> = 1..=64;
/// Times in milliseconds that a calendar knows, years 1 to 9999: what reads them later need not fear them.
pub const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
