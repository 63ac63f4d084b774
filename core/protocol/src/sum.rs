//! The closing check: a sum over documents and heads that both sides keep per scope.

use keyturn_domain::{DocumentId, Hash};
use serde::{Deserialize, Serialize};
use sha2::Digest;

/// A wrapping sum of 128-bit hashes of (document, heads): order does not matter, and replacing a summand is O(1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sum(#[serde(with = "serde_bytes")] [u8; 16]);

impl Sum {
    /// Returns the summand of one document with these heads; heads are sorted first.
    #[must_use]
    pub fn of(document: DocumentId, heads: &[Hash]) -> Self {
        let mut sorted = heads.to_vec();
        sorted.sort_unstable();
        let mut hash = sha2::Sha256::new();
        hash.update(document.as_bytes());
        for head in &sorted {
            hash.update(head.0);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut sum = [0; 16];
        sum.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(sum)
    }

    /// Adds a summand.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(
            u128::from_le_bytes(self.0)
                .wrapping_add(u128::from_le_bytes(other.0))
                .to_le_bytes(),
        )
    }

    /// Takes a summand away.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(
            u128::from_le_bytes(self.0)
                .wrapping_sub(u128::from_le_bytes(other.0))
                .to_le_bytes(),
        )
    }

    /// Returns the sixteen bytes, as stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads sixteen stored bytes; `None` when there are more or fewer.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_forgets_order_and_what_was_taken_away() {
        let one = Sum::of(DocumentId::from_bytes([1; 16]), &[Hash([1; 32]), Hash([2; 32])]);
        let same = Sum::of(DocumentId::from_bytes([1; 16]), &[Hash([2; 32]), Hash([1; 32])]);
        let other = Sum::of(DocumentId::from_bytes([2; 16]), &[Hash([1; 32])]);
        assert_eq!(one, same);
        assert_eq!(one.plus(other).minus(one), other);
        assert_eq!(one.plus(other), other.plus(one));
    }
}
