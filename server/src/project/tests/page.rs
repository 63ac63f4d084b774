//! docs/import.md says of every table and column what the code says.

use crate::project::tables::TABLES;
use std::fmt::Write as _;

#[test]
fn every_table_is_documented() {
    let page = include_str!("../../../../docs/import.md");
    let mut wanted = String::new();
    for def in TABLES {
        let people = if def.people { ", personal data" } else { "" };
        let what = def.what.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(
            wanted,
            "### {}.csv\n\n{} ({}{people}). {what}\n\n",
            def.name, def.en, def.zh
        )
        .unwrap();
        wanted.push_str("| column | | how it is written | what it says |\n|---|---|---|---|\n");
        for column in def.columns {
            let need = if column.required { "required" } else { "" };
            let (name, form, what) = (column.name, column.form.expected().en, column.what);
            writeln!(wanted, "| `{name}` | {need} | {} | {what} |", form.replace('|', "\\|")).unwrap();
        }
        wanted.push('\n');
    }
    assert!(page.contains(&wanted), "docs/import.md lacks this:\n\n{wanted}");
}
