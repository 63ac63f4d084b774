//! Editions as folders: the files that somebody edits, and those that are written out for it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use keyturn_domain::catalog::CatalogError;
use keyturn_domain::catalog::edition::{EditionFiles, MOST_FILE_BYTES};
use keyturn_protocol::Code;

use super::EditionError;
use crate::Error;
use crate::project::decode;

/// The most entries of a folder that are looked at.
const MOST_FILES: usize = 1_000;

/// Reads every table of a folder: UTF-8, with byte order mark or without, or GB18030. Whatever is no table is left alone.
///
/// # Errors
/// Every file that cannot be read; `file_unusable` for the folder itself.
pub fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>, EditionError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    let (mut files, mut wrong) = (BTreeMap::new(), Vec::new());
    for entry in entries.take(MOST_FILES) {
        let entry = entry.map_err(|error| unusable(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_table(&name) {
            continue;
        }
        match text(&entry.path()) {
            Ok(text) => {
                files.insert(name, text);
            }
            Err((line, found, expected)) => wrong.push(CatalogError {
                file: name,
                line,
                column: String::new(),
                value: found,
                expected,
            }),
        }
    }
    wrong.sort_by(|a, b| a.file.cmp(&b.file));
    if wrong.is_empty() {
        Ok(files)
    } else {
        Err(EditionError::Refused(wrong))
    }
}

pub(crate) fn is_table(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".csv") || name.ends_with(".json")
}

/// A file as text; else the line, what was found and what was expected.
pub(crate) fn text(path: &Path) -> Result<String, (Option<u64>, String, String)> {
    // A little more than a table may have: what is as built in may be larger, and is left out.
    let most = 4 * MOST_FILE_BYTES as u64;
    let large = || format!("a file of at most {MOST_FILE_BYTES} bytes");
    let fail = |error: std::io::Error| (None, error.to_string(), "a file that can be read".to_owned());
    // A pipe or device would be waited for, and never end.
    if !std::fs::metadata(path).map_err(fail)?.is_file() {
        return Err((None, "no file".to_owned(), large()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(fail)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > most {
        return Err((None, format!("more than {most} bytes"), large()));
    }
    decode(&bytes).map_err(|(line, expected)| (line, "other bytes".to_owned(), expected.en))
}

/// Writes every file that a project may have of its own, as the edition has it, into a folder that is new or empty.
///
/// # Errors
/// `export_exists`, `file_unusable`, `disk_full`.
pub fn write_folder(folder: &Path, files: &EditionFiles) -> Result<usize, Error> {
    if folder.exists() {
        let mut entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
        if entries.next().is_some() {
            return Err(Error::refused(Code::ExportExists, folder.display().to_string()));
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let whole = files.whole();
    for (name, text) in &whole {
        let path = folder.join(name);
        // With a mark, so that spreadsheets see UTF-8.
        let mark = if name.ends_with(".csv") { "\u{feff}" } else { "" };
        std::fs::write(&path, format!("{mark}{text}")).map_err(|error| unusable(&path, &error))?;
    }
    Ok(whole.len())
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::FileUnusable,
    };
    Error::refused(code, format!("{}: {error}", path.display()))
}
