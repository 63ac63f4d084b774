//! Files in a folder, each with its hash. The list of hashes is written last: a folder without it is half an export.

use keyturn_domain::Hash;
use keyturn_protocol::Code;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::super::tables::TableDef;
use crate::Error;

/// The list of hashes, as `sha256sum -c` reads it.
pub(super) const SUMS: &str = "SHA256SUMS";

/// A folder that is being filled.
pub(super) struct Sink {
    folder: PathBuf,
    sums: BufWriter<File>,
    files: usize,
    bytes: u64,
}

/// A file that is being written.
pub(super) struct Out {
    name: String,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Sink {
    /// Takes a folder that is new or empty. Others of this machine may not look into it.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let told = |error: std::io::Error| failed(folder, &error);
        if folder.exists() {
            let mut entries = std::fs::read_dir(folder).map_err(told)?;
            if entries.next().is_some() {
                return Err(Error::refused(Code::ExportExists, folder.display().to_string()));
            }
        }
        make(folder)?;
        let sums = create(&folder.join(format!("{SUMS}.part")))?;
        Ok(Self {
            folder: folder.to_owned(),
            sums,
            files: 0,
            bytes: 0,
        })
    }

    /// Begins a file; its name may have folders, which are made.
    pub(super) fn begin(&self, name: &str) -> Result<Out, Error> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            make(parent)?;
        }
        Ok(Out {
            name: name.to_owned(),
            file: create(&path)?,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Ends a file and notes its hash.
    pub(super) fn end(&mut self, mut out: Out) -> Result<(), Error> {
        let told = |error: std::io::Error| failed(&self.folder, &error);
        out.file.flush().map_err(told)?;
        let hash = Hash(out.hash.finalize().into());
        writeln!(self.sums, "{hash}  {}", out.name).map_err(|error| failed(&self.folder, &error))?;
        self.files += 1;
        self.bytes += out.bytes;
        Ok(())
    }

    /// Writes a table, with a mark so that spreadsheets see UTF-8.
    pub(super) fn table(&mut self, def: &TableDef, rows: &[Vec<String>]) -> Result<(), Error> {
        let mut out = self.begin(&def.file())?;
        out.put(&self.folder, b"\xef\xbb\xbf")?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let wrong = |error: csv::Error| Error::Internal(format!("{}: {error}", def.name));
        writer.write_record(def.columns.iter().map(|c| c.name)).map_err(wrong)?;
        for row in rows {
            writer.write_record(row).map_err(wrong)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| Error::Internal(error.to_string()))?;
        out.put(&self.folder, &bytes)?;
        self.end(out)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the list of hashes its name; now the export is whole.
    pub(super) fn close(mut self) -> Result<(usize, u64), Error> {
        let told = |error: std::io::Error| failed(&self.folder, &error);
        self.sums.flush().map_err(told)?;
        self.sums.get_ref().sync_all().map_err(told)?;
        let part = self.folder.join(format!("{SUMS}.part"));
        std::fs::rename(part, self.folder.join(SUMS)).map_err(told)?;
        Ok((self.files + 1, self.bytes))
    }
}

impl Out {
    /// Writes bytes.
    pub(super) fn put(&mut self, folder: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| failed(folder, &error))
    }

    /// Writes one line of JSON.
    pub(super) fn line(&mut self, folder: &Path, value: &impl Serialize) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec(value).map_err(|error| Error::Internal(error.to_string()))?;
        bytes.push(b'\n');
        self.put(folder, &bytes)
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    let file = File::create_new(path).map_err(|error| failed(path, &error))?;
    Ok(BufWriter::new(file))
}

fn make(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed(folder, &error))
}

/// What the file system said.
pub(super) fn failed(path: &Path, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::FileUnusable,
    };
    Error::refused(code, format!("{}: {error}", path.display()))
}
