//! Encryption with age: to public keys, so that the machine that makes backups cannot read them.

use super::files::failed;
use super::manifest::StoredFile;
use crate::Error;
use keyturn_protocol::Code;
use std::path::Path;

/// Reads a file of recipients, one `age1…` a line; `#` begins a comment.
///
/// # Errors
/// `config_bad` when there is none, or one that is no recipient, or this program cannot encrypt.
pub fn read_recipients(path: &Path) -> Result<Vec<String>, Error> {
    let lines = lines_of(path)?;
    for line in &lines {
        inner::check_recipient(line).map_err(|detail| bad(path, &detail))?;
    }
    if lines.is_empty() {
        return Err(bad(path, "no recipient"));
    }
    Ok(lines)
}

/// Encrypts a file; the other is on the disk when this returns.
pub(super) fn encrypt(from: &Path, to: &Path, recipients: &[String]) -> Result<StoredFile, Error> {
    inner::encrypt(from, to, recipients)
}

/// Decrypts a file with the keys in another one, a line each.
pub(super) fn decrypt(from: &Path, to: &Path, keys: &Path) -> Result<StoredFile, Error> {
    inner::decrypt(from, to, &lines_of(keys)?)
}

fn lines_of(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|e| bad(path, &e.to_string()))?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

fn bad(path: &Path, detail: &str) -> Error {
    Error::refused(Code::ConfigBad, format!("{}: {detail}", path.display()))
}

#[cfg(feature = "encryption")]
mod inner {
    use super::super::files::{Hashing, pump};
    use super::{Code, Error, Path, StoredFile, failed};
    use age::x25519::{Identity, Recipient};
    use std::fs::File;
    use std::io;

    pub(super) fn check_recipient(line: &str) -> Result<(), String> {
        line.parse::<Recipient>().map(drop).map_err(str::to_owned)
    }

    pub(super) fn encrypt(from: &Path, to: &Path, recipients: &[String]) -> Result<StoredFile, Error> {
        let parsed: Result<Vec<Recipient>, _> = recipients.iter().map(|line| line.parse()).collect();
        let parsed = parsed.map_err(|detail: &str| Error::refused(Code::ConfigBad, detail))?;
        let all = parsed.iter().map(|one| one as &dyn age::Recipient);
        let encryptor =
            age::Encryptor::with_recipients(all).map_err(|e| Error::refused(Code::ConfigBad, e.to_string()))?;
        let write = || -> io::Result<StoredFile> {
            let mut writer = encryptor.wrap_output(Hashing::new(File::create(to)?))?;
            pump(&mut File::open(from)?, &mut writer)?;
            let (stored, file) = writer.finish()?.end();
            file.sync_all()?;
            Ok(stored)
        };
        write().map_err(|e| failed(to, &e))
    }

    pub(super) fn decrypt(from: &Path, to: &Path, keys: &[String]) -> Result<StoredFile, Error> {
        let damaged = |detail: String| Error::refused(Code::BackupDamaged, format!("{}: {detail}", from.display()));
        let parsed: Result<Vec<Identity>, _> = keys.iter().map(|line| line.parse()).collect();
        let parsed = parsed.map_err(|_: &str| Error::refused(Code::BackupKeyWrong, "no AGE-SECRET-KEY-1…"))?;
        let file = File::open(from).map_err(|e| failed(from, &e))?;
        let decryptor = age::Decryptor::new_buffered(io::BufReader::new(file)).map_err(|e| damaged(e.to_string()))?;
        let mut reader = match decryptor.decrypt(parsed.iter().map(|one| one as &dyn age::Identity)) {
            Ok(reader) => reader,
            Err(age::DecryptError::NoMatchingKeys) => return Err(Code::BackupKeyWrong.into()),
            Err(error) => return Err(damaged(error.to_string())),
        };
        let mut writer = Hashing::new(File::create(to).map_err(|e| failed(to, &e))?);
        if let Err(error) = pump(&mut reader, &mut writer) {
            // The reader says so when a piece is not what was encrypted; anything else is the disk's.
            return Err(match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => damaged(error.to_string()),
                _ => failed(to, &error),
            });
        }
        let (plain, file) = writer.end();
        file.sync_all().map_err(|e| failed(to, &e))?;
        Ok(plain)
    }
}

#[cfg(not(feature = "encryption"))]
mod inner {
    use super::{Code, Error, Path, StoredFile, failed};

    const WITHOUT: &str = "this program was built without the feature `encryption`";

    pub(super) fn check_recipient(_: &str) -> Result<(), String> {
        Err(WITHOUT.to_owned())
    }

    pub(super) fn encrypt(_: &Path, _: &Path, _: &[String]) -> Result<StoredFile, Error> {
        Err(Error::refused(Code::ConfigBad, WITHOUT))
    }

    pub(super) fn decrypt(from: &Path, _: &Path, _: &[String]) -> Result<StoredFile, Error> {
        // Says at least whether the file is there.
        std::fs::metadata(from).map_err(|e| failed(from, &e))?;
        Err(Error::refused(Code::ConfigBad, WITHOUT))
    }
}
