//! Personal data at rest and on its way: sealed with one key per subject, so that it ends when the key ends.
//!
//! A box is XChaCha20-Poly1305 over CBOR. Its [`Label`] (row kind, row id, field) is authenticated beside it: a box that
//! was moved to another row or field does not open. The nonce is computed from key, label and content, so that the same
//! text makes the same bytes: loading data twice changes nothing, and two phones that enter the same number agree.
//! Contents are filled up to blocks of 32 bytes; the length of a box tells little about a name.

use crate::clock::Ids;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const NONCE: usize = 24;
const BLOCK: usize = 32;

/// The most that a box may have: what is sealed is short.
pub const LARGEST: usize = 8 << 10;

/// Where a box belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// Kind of the row.
    pub kind: &'a str,
    /// The row.
    pub id: Uuid,
    /// The field.
    pub field: &'a str,
}

impl Label<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(self.kind.as_bytes());
        // No kind has a zero byte in it: one label, one spelling.
        bytes.push(0);
        bytes.extend_from_slice(self.field.as_bytes());
        bytes
    }
}

/// A box: nonce, then ciphertext with its tag.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(#[serde(with = "serde_bytes")] Vec<u8>);

impl Sealed {
    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Tells whether it is a box at all, by its size.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        (NONCE + 16..=LARGEST).contains(&self.0.len())
    }

    /// Returns what tells this box from others: what a change says it has seen.
    #[must_use]
    pub fn mark(&self) -> [u8; 8] {
        crate::Hash::of(&self.0).prefix()
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The key of one subject: a household or a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectKey(#[serde(with = "serde_bytes")] [u8; 32]);

impl SubjectKey {
    /// Makes a key that nobody can guess.
    #[must_use]
    pub fn generate(ids: &dyn Ids) -> Self {
        let mut bytes = [0; 32];
        ids.fill(&mut bytes);
        Self(bytes)
    }

    /// Returns the key whose bytes these are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Seals a value for one field of one row.
    ///
    /// # Errors
    /// [`NotSealed`] when the value is no CBOR or larger than [`LARGEST`].
    pub fn seal<T: Serialize>(&self, label: Label<'_>, value: &T) -> Result<Sealed, NotSealed> {
        let mut content = Vec::new();
        ciborium::into_writer(value, &mut content).map_err(|_| NotSealed)?;
        content.resize(content.len().next_multiple_of(BLOCK), 0);
        let aad = label.bytes();
        let nonce = self.nonce(&aad, &content);
        let sealed = self.cipher().encrypt(
            &nonce.into(),
            Payload {
                msg: &content,
                aad: &aad,
            },
        );
        let sealed = Sealed([nonce.to_vec(), sealed.map_err(|_| NotSealed)?].concat());
        if sealed.is_plausible() {
            Ok(sealed)
        } else {
            Err(NotSealed)
        }
    }

    /// Opens a box; `None` when it was sealed with another key, for another place, or changed since.
    #[must_use]
    pub fn open<T: DeserializeOwned>(&self, label: Label<'_>, sealed: &Sealed) -> Option<T> {
        let (nonce, rest) = sealed.0.split_first_chunk::<NONCE>()?;
        let aad = label.bytes();
        let content = self
            .cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: rest, aad: &aad });
        ciborium::from_reader(content.ok()?.as_slice()).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&hmac(&self.0, &[b"keyturn box"]).into())
    }

    fn nonce(&self, aad: &[u8], content: &[u8]) -> [u8; NONCE] {
        let length = (aad.len() as u64).to_be_bytes();
        let key = hmac(&self.0, &[b"keyturn nonce"]);
        let mut nonce = [0; NONCE];
        let whole = hmac(&key, &[&length, aad, content]);
        nonce.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        nonce
    }
}

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

/// A value could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is too large to be sealed")]
pub struct NotSealed;

/// HMAC-SHA-256 (RFC 2104) with a key of 32 bytes.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let mut inner = Sha256::new_with_prefix(pad(0x36));
    parts.iter().for_each(|part| inner.update(part));
    let mut outer = Sha256::new_with_prefix(pad(0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOME: Label<'_> = Label {
        kind: "person",
        id: Uuid::from_bytes([1; 16]),
        field: "name",
    };

    fn key(n: u8) -> SubjectKey {
        SubjectKey::from_bytes([n; 32])
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Test case 2 has a short key; padded with zeros it is the same HMAC.
        let mut jefe = [0; 32];
        jefe[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            hex::encode(hmac(&jefe, &[b"what do ya want ", b"for nothing?"])),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_box_opens_only_where_it_belongs() {
        let sealed = key(1).seal(HOME, &"甲安").unwrap();
        assert_eq!(key(1).open::<String>(HOME, &sealed).as_deref(), Some("甲安"));
        assert_eq!(key(2).open::<String>(HOME, &sealed), None);
        for other in [
            Label {
                kind: "contact",
                ..HOME
            },
            Label {
                id: Uuid::nil(),
                ..HOME
            },
            Label {
                field: "contact",
                ..HOME
            },
        ] {
            assert_eq!(key(1).open::<String>(other, &sealed), None, "{other:?}");
        }
    }

    #[test]
    fn the_same_text_makes_the_same_box_and_lengths_tell_little() {
        let seal = |text: &str| key(1).seal(HOME, &text).unwrap();
        assert_eq!(seal("Anna"), seal("Anna"));
        assert_ne!(seal("Anna"), seal("Anne"));
        assert_eq!(
            seal("Al").as_bytes().len(),
            seal("Alexandra Konstantin").as_bytes().len()
        );
        assert_eq!(key(1).seal(HOME, &"x".repeat(LARGEST)), Err(NotSealed));
    }

    #[test]
    fn nothing_of_key_or_content_is_printed() {
        let sealed = key(7).seal(HOME, &"Anna").unwrap();
        assert_eq!(format!("{sealed:?} {:?}", key(7)), "Sealed(72 bytes) SubjectKey(…)");
    }

    proptest! {
        #[test]
        fn whatever_was_sealed_opens_and_one_flipped_bit_does_not(text in ".{0,200}", at in 0usize..4_000, bit in 0u8..8) {
            let sealed = key(3).seal(HOME, &text).unwrap();
            prop_assert_eq!(key(3).open::<String>(HOME, &sealed), Some(text));
            let mut bytes = sealed.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(key(3).open::<String>(HOME, &Sealed(bytes)), None);
        }

        #[test]
        fn bytes_of_others_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(key(3).open::<String>(HOME, &Sealed(bytes)), None);
        }
    }
}
