//! The example imports, in every form that is read.

use super::{copied, copy_editions, example, import, input, rehearse};
use crate::project::tables::TABLES;
use crate::testing::Bench;
use std::collections::BTreeMap;

#[tokio::test]
async fn the_example_imports_once() {
    let bench = Bench::new().await;
    let would = rehearse(&bench, &example()).await.unwrap();
    assert!(would.dry_run && would.new_project);
    assert_eq!(
        bench.server.projects().list().await.unwrap().len(),
        0,
        "a dry run writes nothing"
    );
    let did = import(&bench, &example()).await.unwrap();
    assert_eq!(
        (&did.counts, &did.added, did.granted),
        (&would.counts, &would.added, would.granted)
    );
    assert_eq!(did.logins, ["wei.yi", "wei.er", "wei.san", "wei.si"]);
    assert_eq!(did.added.len(), 34);
    // One drawing does not lie there.
    assert_eq!(did.notes.len(), 1);
    let head = bench.server.sync().head(did.project).await.unwrap();
    let again = import(&bench, &example()).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(bench.server.sync().head(did.project).await.unwrap(), head);
    let listed = bench.server.projects().list().await.unwrap();
    assert_eq!(listed[0].name.as_ref().unwrap().en, "Reed Court (example)");
}

#[tokio::test]
async fn every_encoding_is_the_same_import() {
    let bench = Bench::new().await;
    import(&bench, &example()).await.unwrap();
    let folder = copied(bench.dir.path());
    for def in TABLES {
        let path = folder.join(def.file());
        let text = std::fs::read_to_string(&path).unwrap();
        let (bytes, ..) = encoding_rs::GB18030.encode(&text);
        std::fs::write(&path, &bytes).unwrap();
    }
    assert!(import(&bench, &folder).await.unwrap().is_unchanged());
    for def in TABLES {
        let text = std::fs::read_to_string(example().join(def.file())).unwrap();
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        std::fs::write(folder.join(def.file()), text).unwrap();
    }
    assert!(import(&bench, &folder).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn one_json_file_is_the_same_import() {
    let bench = Bench::new().await;
    import(&bench, &example()).await.unwrap();
    let mut all = serde_json::Map::new();
    all.insert("format".into(), "keyturn-import/1".into());
    for def in TABLES {
        let mut reader = csv::Reader::from_path(example().join(def.file())).unwrap();
        let rows = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
        let row = |row: BTreeMap<String, String>| {
            let member = |(name, cell): (String, String)| {
                let value = match cell.split_once('|') {
                    Some(_) => cell.split('|').map(serde_json::Value::from).collect(),
                    None if cell.is_empty() => serde_json::Value::Null,
                    None => cell.parse::<i64>().map_or_else(|_| cell.clone().into(), Into::into),
                };
                (name, value)
            };
            row.into_iter().map(member).collect::<serde_json::Map<_, _>>()
        };
        let rows: Vec<serde_json::Value> = rows.map(row).map(Into::into).collect();
        let one = def.name == "project";
        all.insert(def.name.into(), if one { rows[0].clone() } else { rows.into() });
    }
    copy_editions(bench.dir.path());
    let path = bench.dir.path().join("all.json");
    std::fs::write(&path, serde_json::to_vec_pretty(&all).unwrap()).unwrap();
    let read = input(&path);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let again = import(&bench, &path).await.unwrap();
    // The drawings do not lie beside it; what is known of them stays.
    assert!(again.is_unchanged(), "{again:#?}");
}
