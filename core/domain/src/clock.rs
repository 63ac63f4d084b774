//! The seams through which time and randomness enter.

/// Tells the time. Device time is shown, never used to order or decide.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// Gives random bytes; every id and actor is made from them.
pub trait Ids: Send + Sync {
    /// Fills `buffer` with random bytes that nobody can guess.
    fn fill(&self, buffer: &mut [u8]);
}

/// What can be made out of random bytes and a time.
impl dyn Ids + '_ {
    /// Returns sixteen random bytes.
    #[must_use]
    pub fn bytes16(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        bytes
    }

    /// Returns a UUIDv7 for `now_ms`.
    #[must_use]
    pub fn uuid_v7(&self, now_ms: i64) -> uuid::Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(now_ms.unsigned_abs(), &random).into_uuid()
    }

    /// Returns a key for an entry of a document: 16 hexadecimal digits.
    #[must_use]
    pub fn key(&self) -> String {
        let mut random = [0; 8];
        self.fill(&mut random);
        hex::encode(random)
    }
}
