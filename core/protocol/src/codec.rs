//! CBOR in zstd, with a limit on everything that the other side can make large.

use serde::{Serialize, de::DeserializeOwned};
use std::io::Read;

/// How deep a message may be nested. Ours are less than twelve deep.
const DEPTH: usize = 24;

/// Why bytes are no message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// Longer than the limit, before or after unpacking (a bomb).
    #[error("Message is larger than the limit")]
    TooLarge,
    /// Not zstd.
    #[error("Message is not zstd")]
    NotZstd,
    /// Not CBOR, or not of the form that was expected.
    #[error("Message is not CBOR of the expected form")]
    NotCbor,
    /// Nested too deep.
    #[error("Message is nested too deep")]
    TooDeep,
}

impl CodecError {
    /// Returns the stable code that crosses the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::NotZstd => "body_not_zstd",
            Self::NotCbor => "body_not_cbor",
            Self::TooDeep => "body_too_deep",
        }
    }
}

/// Encodes a value as CBOR.
///
/// # Errors
/// [`CodecError::NotCbor`] when the value cannot be written, which our types always can.
pub fn to_cbor<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| CodecError::NotCbor)?;
    Ok(bytes)
}

/// Reads CBOR; nothing may follow it.
///
/// # Errors
/// [`CodecError::TooDeep`], [`CodecError::NotCbor`].
pub fn from_cbor<T: DeserializeOwned>(mut bytes: &[u8]) -> Result<T, CodecError> {
    let value = ciborium::de::from_reader_with_recursion_limit(&mut bytes, DEPTH).map_err(|e| match e {
        ciborium::de::Error::RecursionLimitExceeded => CodecError::TooDeep,
        _ => CodecError::NotCbor,
    })?;
    if bytes.is_empty() {
        Ok(value)
    } else {
        Err(CodecError::NotCbor)
    }
}

/// Packs a message.
///
/// # Errors
/// [`CodecError::NotCbor`] when the value cannot be written, which our types always can.
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    let cbor = to_cbor(value)?;
    // Level 3 packs a day's work to a third; higher ones cost a phone more than the radio saves.
    zstd::bulk::compress(&cbor, 3).map_err(|_| CodecError::NotZstd)
}

/// Unpacks a message of at most `limit` bytes of CBOR.
///
/// # Errors
/// Every [`CodecError`]; memory stays below `limit` whatever the bytes say.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, CodecError> {
    let decoder = zstd::Decoder::new(bytes).map_err(|_| CodecError::NotZstd)?;
    let mut cbor = Vec::new();
    decoder
        .take(limit as u64 + 1)
        .read_to_end(&mut cbor)
        .map_err(|_| CodecError::NotZstd)?;
    if cbor.len() > limit {
        return Err(CodecError::TooLarge);
    }
    from_cbor(&cbor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cursor, SyncRequest};

    #[test]
    fn a_message_comes_back() {
        let request = SyncRequest {
            version: 1,
            cursor: Some(Cursor::default()),
            idle: true,
            ..Default::default()
        };
        let bytes = pack(&request).unwrap();
        assert_eq!(unpack::<SyncRequest>(&bytes, 1000).unwrap(), request);
    }

    #[test]
    fn bad_bytes_get_their_own_error() {
        let bomb = zstd::bulk::compress(&vec![0; 50_000_000], 1).unwrap();
        assert_eq!(unpack::<SyncRequest>(&bomb, 1 << 20).unwrap_err(), CodecError::TooLarge);
        assert_eq!(unpack::<SyncRequest>(b"<html>", 1000).unwrap_err(), CodecError::NotZstd);
        let deep = zstd::bulk::compress(&[0x81; 500], 1).unwrap();
        assert_eq!(unpack::<ciborium::Value>(&deep, 1000).unwrap_err(), CodecError::TooDeep);
        let text = zstd::bulk::compress(b"hello", 1).unwrap();
        assert_eq!(unpack::<SyncRequest>(&text, 1000).unwrap_err(), CodecError::NotCbor);
    }
}
