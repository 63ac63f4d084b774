//! Every mistake is told, all at once, with its place; nothing is half imported.

use super::{copied, edit, import, input, rehearse};
use crate::testing::Bench;
use std::path::Path;

fn said(problems: &[crate::project::Problem]) -> Vec<String> {
    let one = |p: &crate::project::Problem| {
        let row = p.row.map(|row| row.to_string()).unwrap_or_default();
        format!("{}:{row}:{} {}", p.file, p.column, p.value.as_deref().unwrap_or("-"))
    };
    problems.iter().map(one).collect()
}

fn line(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, format!("{before}{text}\n")).unwrap();
}

#[tokio::test]
async fn all_mistakes_are_told_at_once_and_nothing_is_imported() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    edit(&folder, "project.csv", "Asia/Shanghai", "Asia/Atlantis");
    line(&folder, "calendar.csv", "2027-02-30,rest");
    line(&folder, "buildings.csv", "b1,又一栋,Again,1,6");
    line(&folder, "buildings.csv", "B 3,三栋,Building 3,1,6");
    line(&folder, "rooms.csv", "two,home,hall,家,Home,0,0,,,,");
    line(&folder, "rooms.csv", "three,r01,pub_lobby,厅,Hall,-1,0,,,,marble");
    line(&folder, "homes.csv", "1-1-0701,b1,2,7,two");
    line(&folder, "homes.csv", "9-1-0101,b9,1,1,two");
    line(&folder, "homes.csv", ",b1,1,1,two");
    line(&folder, "homes.csv", "1-1-0301,b1,1");
    line(&folder, "plans.csv", "p,../two.svg,1e99,two,b1,,");
    line(&folder, "staff.csv", "x1,king,王,King,");
    line(&folder, "teams.csv", "t3,三组,Team 3,eng1|nobody");
    line(&folder, "handover.csv", "1-1-0101,2026-12-04,25:00,t1,");
    line(&folder, "households.csv", "h9,1-1-0101,fr,amb1,9-10");
    line(&folder, "persons.csv", "h1,1,owner,王五,,12,,");
    line(&folder, "persons.csv", "h1,0,boss,赵六,,12,,pigeon");
    line(&folder, "sales_promises.csv", "a b,1-1-0101,x,x,2026-13-01");
    line(&folder, "disclosures.csv", "letter,1,话,words");
    std::fs::write(folder.join("home.csv"), "no\n").unwrap();
    let expected = [
        "home.csv:: -",
        "project.csv:2:time_zone Asia/Atlantis",
        "calendar.csv:4:date 2027-02-30",
        "buildings.csv:5:code B 3",
        "buildings.csv:4:code b1",
        "rooms.csv:8:kind pub_lobby",
        "rooms.csv:8:windows -1",
        "rooms.csv:8:features marble",
        "homes.csv:9: 3",
        "homes.csv:8:no ",
        "plans.csv:4:file ../two.svg",
        "plans.csv:4:metres_per_pixel 1e99",
        "staff.csv:6:role king",
        "handover.csv:6:slot 25:00",
        "handover.csv:6:home 1-1-0101",
        "households.csv:5:language fr",
        "households.csv:5:quiet_hours -",
        "persons.csv:7:person 0",
        "persons.csv:7:relation boss",
        "persons.csv:7:way -",
        "persons.csv:6:person 1",
        "sales_promises.csv:3:promise a b",
        "sales_promises.csv:3:by 2026-13-01",
        "homes.csv:7:building b9",
        "rooms.csv:8:layout three",
        "teams.csv:4:members eng1|nobody",
        "rooms.csv:7:code home",
        "homes.csv:6:entrance 2",
        "homes.csv:6:floor 7",
        "plans.csv:4:building b1",
        "disclosures.csv:4:notice letter",
    ];
    let problems = rehearse(&bench, &folder).await.unwrap_err();
    let mut found = said(&problems);
    let mut wanted: Vec<String> = expected.iter().map(|e| (*e).to_owned()).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(said(&import(&bench, &folder).await.unwrap_err()), said(&problems));
    assert!(bench.server.projects().list().await.unwrap().is_empty());
    assert!(bench.server.users().list().await.unwrap().is_empty());
    for problem in &problems {
        assert!(
            !problem.expected.zh.is_ascii() && problem.expected.en.is_ascii(),
            "{problem:?}"
        );
    }
}

#[tokio::test]
async fn text_stays_text_whatever_it_looks_like() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    let formula = "=HYPERLINK(\"\"http://x\"\",\"\"y\"\")";
    edit(
        &folder,
        "buildings.csv",
        "b1,1栋,Building 1",
        &format!("b1,\"{formula}\",+1-2"),
    );
    let report = import(&bench, &folder).await.unwrap();
    let out = bench.dir.path().join("out");
    bench
        .server
        .projects()
        .export("reed_court", &out, Default::default())
        .await
        .unwrap();
    let text = std::fs::read_to_string(out.join("buildings.csv")).unwrap();
    assert!(text.contains(&format!("b1,\"{formula}\",+1-2,1,6")), "{text}");
    assert!(report.counts.iter().all(|count| count.changed == 0));
}

#[test]
fn files_that_are_no_tables_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let folder = copied(dir.path());
    let cases: [(&str, &[u8], &str); 8] = [
        ("homes.csv", b"", "homes.csv:: -"),
        (
            "homes.csv",
            b"no,no,building,entrance,floor,layout,colour\n",
            "homes.csv:1:colour colour",
        ),
        ("homes.csv", b"no;building;entrance;floor;layout\n", "homes.csv:1:no -"),
        ("homes.csv", b"\xff\xfen\0o\0", "homes.csv:: -"),
        ("homes.csv", "no,楼\nabc\u{0}".as_bytes(), "homes.csv:: -"),
        ("homes.csv", b"no\n\xff\xff\xff", "homes.csv:2: -"),
        ("project.csv", b"code\n", "project.csv:1:name_zh -"),
        (
            "persons.csv",
            b"household,person,relation,name\nh1,1,owner,\"a\x07b\"\n",
            "persons.csv:2:name -",
        ),
    ];
    for (file, bytes, expected) in cases {
        let before = std::fs::read(folder.join(file)).unwrap();
        std::fs::write(folder.join(file), bytes).unwrap();
        let found = said(&input(&folder).problems.list);
        assert!(found.iter().any(|f| f == expected), "{file}: {found:?}");
        std::fs::write(folder.join(file), before).unwrap();
    }
    let long = format!("code,name_zh,entrances,floors\nb1,{},1,1\n", "长".repeat(4_001));
    std::fs::write(folder.join("buildings.csv"), long).unwrap();
    let found = &input(&folder).problems.list;
    assert_eq!((found[0].column.as_str(), found[0].row), ("name_zh", Some(2)));
    assert!(found[0].value.as_ref().unwrap().chars().count() < 70);
    let many: String = (0..100_001).map(|n| format!("d{n},x,1,1\n")).collect();
    std::fs::write(
        folder.join("buildings.csv"),
        format!("code,name_zh,entrances,floors\n{many}"),
    )
    .unwrap();
    assert_eq!(said(&input(&folder).problems.list), ["buildings.csv:: 100001"]);
    std::fs::remove_file(folder.join("buildings.csv")).unwrap();
    std::fs::File::create(folder.join("buildings.csv"))
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    assert_eq!(said(&input(&folder).problems.list), ["buildings.csv:: 67108865 bytes"]);
    std::fs::remove_file(folder.join("buildings.csv")).unwrap();
    std::fs::create_dir(folder.join("buildings.csv")).unwrap();
    assert_eq!(said(&input(&folder).problems.list), ["buildings.csv:: -"]);
}

#[test]
fn a_json_file_is_held_to_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.json");
    let cases: [(&str, &[&str]); 9] = [
        ("", &["x.json:1: 0 EOF while parsing a value"]),
        ("[]", &["x.json:: -"]),
        (r#"{"project": {"code": "#, &["x.json:1: 21 EOF while parsing a value"]),
        (r#"{"format": "other"}"#, &["x.json::format -"]),
        (r#"{"flats": []}"#, &["x.json::flats flats"]),
        (r#"{"homes": {}}"#, &["x.json::homes -"]),
        (
            r#"{"calendar": [{"date": "2027-01-01", "date": "2027-01-02", "kind": "rest"}]}"#,
            &["x.json: calendar:1:date -"],
        ),
        (
            r#"{"calendar": [{"date": {"y": 1}, "kind": "rest"}, 7]}"#,
            &[
                "x.json: calendar:1:date -",
                "x.json: calendar:2: -",
                "x.json: calendar:1:date ",
            ],
        ),
        (r#"{"calendar": [], "calendar": []}"#, &["x.json::calendar calendar"]),
    ];
    for (text, expected) in cases {
        std::fs::write(&path, text).unwrap();
        let found = said(&input(&path).problems.list);
        assert_eq!(found, expected, "{text}");
    }
    let deep = format!("{{\"homes\": {}", "[".repeat(100_000));
    std::fs::write(&path, deep).unwrap();
    assert_eq!(input(&path).problems.list.len(), 1);
    assert_eq!(input(&dir.path().join("nothing")).problems.list.len(), 1);
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(said(&input(&empty).problems.list), ["project.csv:: 0"]);
}
