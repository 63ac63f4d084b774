//! A device key in a file, for machines without a key store. Phones give their own [`DeviceSigner`].

use crate::ClientError;
use keyturn_domain::Ids;
use keyturn_protocol::auth::{DeviceKey, DeviceSigner, ProofError};
use p256::ecdsa::SigningKey;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A P-256 key that lives in a file which only its owner reads.
pub struct FileKey {
    key: SigningKey,
    /// Where it is kept; none: nowhere.
    path: Option<PathBuf>,
}

impl FileKey {
    /// Reads the key, or makes one.
    ///
    /// # Errors
    /// [`ClientError::File`], [`ClientError::Proof`] when the file holds no key.
    pub fn open_or_create(path: &Path, ids: &dyn Ids) -> Result<Self, ClientError> {
        let file = |source| ClientError::File {
            path: path.to_owned(),
            source,
        };
        let kept = |key| Self {
            key,
            path: Some(path.to_owned()),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let bytes = hex::decode(text.trim()).map_err(|_| ProofError::Key)?;
                Ok(kept(SigningKey::from_slice(&bytes).map_err(|_| ProofError::Key)?))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let key = random_key(ids);
                let mut new = private(path).map_err(file)?;
                new.write_all(hex::encode(key.to_bytes()).as_bytes()).map_err(file)?;
                new.sync_all().map_err(file)?;
                Ok(kept(key))
            }
            Err(e) => Err(file(e)),
        }
    }

    /// Makes a key that is kept nowhere.
    #[must_use]
    pub fn in_memory(ids: &dyn Ids) -> Self {
        Self {
            key: random_key(ids),
            path: None,
        }
    }
}

fn random_key(ids: &dyn Ids) -> SigningKey {
    loop {
        let mut bytes = [0; 32];
        ids.fill(&mut bytes);
        // All but one in 2^32 are keys.
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return key;
        }
    }
}

fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl DeviceSigner for FileKey {
    fn device_key(&self) -> DeviceKey {
        self.key.device_key()
    }

    fn sign_es256(&self, message: &[u8]) -> Result<[u8; 64], ProofError> {
        self.key.sign_es256(message)
    }

    fn forget(&self) -> Result<(), ProofError> {
        match self.path.as_ref().map(std::fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(ProofError::Signer),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(..)")
    }
}
