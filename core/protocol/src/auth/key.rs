//! The key of a device: P-256, in hardware where there is one.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::ProofError;

/// Whatever can sign for a device: a key in memory, or one that never leaves the hardware.
pub trait DeviceSigner: Send + Sync {
    /// Returns the public half.
    fn device_key(&self) -> DeviceKey;

    /// Signs with ES256: ECDSA over the SHA-256 of `message`, as r and s of 32 bytes each.
    ///
    /// # Errors
    /// `ProofError::Signer` when the hardware refuses.
    fn sign_es256(&self, message: &[u8]) -> Result<[u8; 64], ProofError>;

    /// Deletes the key where it is kept: the device has erased itself, and enrols with another one after a restart.
    ///
    /// # Errors
    /// `ProofError::Signer` when it cannot be deleted.
    fn forget(&self) -> Result<(), ProofError> {
        Ok(())
    }
}

/// A public P-256 key; as text it is base64url of the compressed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DeviceKey(VerifyingKey);

impl DeviceKey {
    /// Reads a SEC1 point, compressed or not.
    ///
    /// # Errors
    /// `ProofError::Key` when the bytes are no point of the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, ProofError> {
        VerifyingKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| ProofError::Key)
    }

    /// Returns the compressed SEC1 point, 33 bytes: the form that is stored and compared.
    #[must_use]
    pub fn to_sec1(&self) -> Vec<u8> {
        self.0.to_encoded_point(true).as_bytes().to_vec()
    }

    /// Reads the coordinates of a JWK, base64url.
    pub(super) fn from_jwk(x: &str, y: &str) -> Result<Self, ProofError> {
        let (x, y) = (coordinate(x)?, coordinate(y)?);
        let mut point = vec![0x04];
        point.extend_from_slice(&x);
        point.extend_from_slice(&y);
        Self::from_sec1(&point)
    }

    /// Returns the coordinates of a JWK, base64url.
    pub(super) fn to_jwk(self) -> (String, String) {
        let point = self.0.to_encoded_point(false);
        let text =
            |part: Option<&p256::FieldBytes>| part.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        (text(point.x()), text(point.y()))
    }

    /// Checks an ES256 signature.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], ProofError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ProofError::Key)?;
    bytes.try_into().map_err(|_| ProofError::Key)
}

impl From<DeviceKey> for String {
    fn from(key: DeviceKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.to_sec1())
    }
}

impl TryFrom<String> for DeviceKey {
    type Error = ProofError;
    fn try_from(text: String) -> Result<Self, ProofError> {
        Self::from_sec1(&URL_SAFE_NO_PAD.decode(text).map_err(|_| ProofError::Key)?)
    }
}

impl DeviceSigner for SigningKey {
    fn device_key(&self) -> DeviceKey {
        DeviceKey(*self.verifying_key())
    }

    fn sign_es256(&self, message: &[u8]) -> Result<[u8; 64], ProofError> {
        let signature: Signature = self.try_sign(message).map_err(|_| ProofError::Signer)?;
        Ok(signature.to_bytes().into())
    }
}
