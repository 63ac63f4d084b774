//! Editions of the project's data that come with it: as they were published, never otherwise.

use keyturn_domain::Hash;
use keyturn_domain::catalog::CatalogError;
use keyturn_domain::catalog::edition::{BUILT_IN, EditionFiles, Editions, problems};
use keyturn_domain::rows::{self, EditionRow, Rest, kind};

use super::super::input::EDITIONS;
use super::super::problem::{At, words};
use super::super::row::In;
use super::Build;
use crate::editions::row_puts;

impl Build<'_> {
    pub(super) fn editions(&mut self) {
        let mut given: Vec<In<'_>> = self.input.rows("editions").collect();
        given.sort_by_key(|row| row.small("number"));
        let mut there = Editions::of(self.present.of_kind(kind::EDITION).map(|(_, row)| row));
        for row in given {
            let number = row.small("number");
            let Some(files) = self.edition_files(row, number) else {
                continue;
            };
            let hash = files.hash();
            if let Some(old) = there.get(number).cloned() {
                if old.hash != hash {
                    let expected = words(
                        "新版本号：已发布的版本不再改动",
                        "a new number: an edition that was published is not changed",
                    );
                    row.wrong(&mut self.problems, "number", expected);
                }
                self.put_edition(&old, &files, &there);
                continue;
            }
            let next = there.newest() + 1;
            if number != next {
                let expected = words(format!("下一个版本号 {next}"), format!("{next}, which is the next one"));
                row.wrong(&mut self.problems, "number", expected);
                continue;
            }
            let new = EditionRow {
                number,
                hash,
                files: files.hashes(),
                published_ms: row.moment("published").unwrap_or_default(),
                note: row.str("note").to_owned(),
                rest: Rest::new(),
            };
            self.put_edition(&new, &files, &there);
            there = Editions::of(there.rows().cloned().chain([new]));
        }
    }

    /// The files of an edition, unless something is wrong with them.
    fn edition_files(&mut self, row: In<'_>, number: u32) -> Option<EditionFiles> {
        let given = self.input.editions.get(&number).cloned().unwrap_or_default();
        let sound = EditionFiles::new(given).and_then(|files| {
            let wrong = problems(&files);
            if wrong.is_empty() { Ok(files) } else { Err(wrong) }
        });
        let files = match sound {
            Ok(files) => files,
            Err(mistakes) => {
                mistakes.iter().for_each(|mistake| self.mistake(number, mistake));
                return None;
            }
        };
        let told: Option<Hash> = row.hash("sha256");
        if told.is_some_and(|told| told != files.hash()) {
            let hash = files.hash();
            let expected = words(
                format!("editions/{number} 中文件的哈希 {hash}"),
                format!("the hash of the files in editions/{number}, {hash}"),
            );
            row.wrong(&mut self.problems, "sha256", expected);
            return None;
        }
        Some(files)
    }

    fn mistake(&mut self, number: u32, mistake: &CatalogError) {
        let at = At {
            file: &format!("{EDITIONS}/{number}/{}", mistake.file),
            row: mistake.line,
            column: &mistake.column,
        };
        let expected = words(mistake.expected.clone(), mistake.expected.clone());
        self.problems.add(at, Some(&mistake.value), expected);
    }

    fn put_edition(&mut self, row: &EditionRow, files: &EditionFiles, others: &Editions) {
        let number = row.number.to_string();
        // A row is a CBOR map; one that is none would be left out, and the round trip of the tests would show it.
        for put in row_puts(self.project_id(), row, files, others).unwrap_or_default() {
            let name = if put.kind == kind::EDITION {
                number.clone()
            } else {
                String::new()
            };
            self.put_body("editions", &put.kind, put.id, put.scope, name, put.body);
        }
    }

    /// The edition in force, with those that come along.
    pub(super) fn edition(&self) -> u32 {
        let there = self
            .present
            .of_kind::<EditionRow>(kind::EDITION)
            .map(|(_, row)| row.number);
        let new = self.wants.iter().filter(|want| want.row.kind == kind::EDITION);
        let new = new.filter_map(|want| Some(rows::read::<EditionRow>(want.row.body.as_deref()?)?.number));
        there.chain(new).max().unwrap_or(BUILT_IN)
    }
}
