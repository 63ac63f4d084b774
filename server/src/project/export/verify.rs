//! Reads an export back: every file by its hash, every document out of its changes.

use keyturn_domain::document::Genesis;
use keyturn_domain::gate::{Batch, Gate, MergeEngine as _};
use keyturn_domain::{Document, Hash};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path};

use super::super::problem::{At, Problems, words};
use super::everything::{DOCUMENTS, Listed};
use super::sink::{SUMS, failed};
use crate::Error;

/// The most bytes of a line, and of the changes of one document.
const LARGEST: u64 = 16 << 20;

/// What was read back.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// Files whose hash was compared.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Documents that were made again out of their changes.
    pub documents: usize,
    /// What is not as it was written.
    #[serde(skip)]
    pub problems: Problems,
}

/// Reads an export back.
///
/// # Errors
/// `file_unusable` when the list of hashes cannot be read. What is wrong with the files stands in the result.
pub fn verify(folder: &Path) -> Result<Verified, Error> {
    let path = folder.join(SUMS);
    let list = File::open(&path).map_err(|error| failed(&path, &error))?;
    let mut done = Verified::default();
    let mut listed = BTreeSet::from([SUMS.to_owned()]);
    for (line, row) in BufReader::new(list.take(LARGEST << 4)).lines().zip(1..) {
        let line = line.map_err(|error| failed(&path, &error))?;
        let named = line
            .split_once("  ")
            .and_then(|(hash, name)| Some((hash.parse::<Hash>().ok()?, name)));
        let Some((hash, name)) = named.filter(|(_, name)| is_inside(name)) else {
            let at = At {
                file: SUMS,
                row: Some(row),
                column: "",
            };
            done.problems.add(
                at,
                Some(&line),
                words("哈希和文件夹内的文件名", "a hash and the name of a file of this folder"),
            );
            continue;
        };
        listed.insert(name.to_owned());
        match sum(&folder.join(name)) {
            Ok((found, bytes)) => {
                done.files += 1;
                done.bytes += bytes;
                if found != hash {
                    let expected = words(format!("哈希 {hash}"), format!("the hash {hash}"));
                    done.problems.of_file(name, Some(&found.to_string()), expected);
                }
            }
            Err(error) => {
                done.problems.of_file(
                    name,
                    Some(&error.to_string()),
                    words("可读的文件", "a file that can be read"),
                );
            }
        }
    }
    unlisted(folder, folder, &listed, &mut done.problems);
    if listed.contains(DOCUMENTS) {
        documents(folder, &mut done)?;
    }
    Ok(done)
}

/// A name that leads nowhere else.
fn is_inside(name: &str) -> bool {
    Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
}

fn sum(path: &Path) -> std::io::Result<(Hash, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((Hash(hash.finalize().into()), bytes));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
        bytes += n as u64;
    }
}

/// Tells files that the list does not name.
fn unlisted(root: &Path, folder: &Path, listed: &BTreeSet<String>, problems: &mut Problems) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        if is_folder {
            unlisted(root, &path, listed, problems);
            continue;
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if !listed.contains(&name) {
            problems.of_file(
                &name,
                None,
                words("不在清单中的文件不应存在", "no file that the list does not name"),
            );
        }
    }
}

/// Makes every document again out of its changes, and compares its heads.
fn documents(folder: &Path, done: &mut Verified) -> Result<(), Error> {
    let path = folder.join(DOCUMENTS);
    let told = |error: std::io::Error| failed(&path, &error);
    let mut list = BufReader::new(File::open(&path).map_err(told)?);
    for row in 1.. {
        let mut line = String::new();
        if (&mut list).take(LARGEST).read_line(&mut line).map_err(told)? == 0 {
            break;
        }
        let at = At {
            file: DOCUMENTS,
            row: Some(row),
            column: "",
        };
        let Ok(listed) = serde_json::from_str::<Listed>(&line) else {
            done.problems
                .add(at, None, words("一份文档的说明", "what a document is"));
            continue;
        };
        if made_again(folder, &listed) == Some(listed.heads.clone()) {
            done.documents += 1;
        } else {
            let expected = words("能由变更重新得到的文档", "a document that its changes give again");
            done.problems.add(at, Some(&listed.id.to_string()), expected);
        }
    }
    Ok(())
}

/// The heads of a document that was made again; none when it cannot be.
fn made_again(folder: &Path, listed: &Listed) -> Option<Vec<String>> {
    let mut bytes = Vec::new();
    let file = File::open(folder.join(Some(&listed.file).filter(|name| is_inside(name))?)).ok()?;
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    let mut rest = bytes.as_slice();
    let mut changes = Vec::new();
    for size in &listed.sizes {
        let (change, after) = rest.split_at_checked(*size)?;
        changes.push(change);
        rest = after;
    }
    let genesis = Genesis {
        document: listed.id,
        project: listed.project,
        place: listed.place,
        kind: listed.kind.clone(),
    };
    let (first, changes) = changes.split_first()?;
    if !rest.is_empty() || genesis.change().ok()?.1 != *first {
        return None;
    }
    let begun = Document::begin(&genesis).ok()?;
    let outcome = Gate::server().admit(Batch {
        genesis: &genesis,
        current: Some(&begun),
        changes,
    });
    let mut heads: Vec<String> = outcome
        .document
        .unwrap_or(begun)
        .heads()
        .iter()
        .map(Hash::to_string)
        .collect();
    heads.sort();
    Some(heads)
}
