//! A changed file changes what differs, and nothing else.

use super::{copied, edit, import, rehearse};
use crate::project::Report;
use crate::testing::Bench;
use keyturn_domain::ScopeId;
use keyturn_domain::rows::{self, HouseholdRow, PersonRow, SubjectKeyRow, kind, row_id};

fn changed(report: &Report) -> Vec<String> {
    let field = |f: &crate::project::FieldChange| match f.personal {
        true => format!("{} differs", f.field),
        false => format!(
            "{}: {} -> {}",
            f.field,
            f.old.as_deref().unwrap_or("-"),
            f.new.as_deref().unwrap_or("-")
        ),
    };
    let row = |row: &crate::project::Changed| {
        let fields: Vec<String> = row.fields.iter().map(field).collect();
        format!("{} {} {}", row.table, row.name, fields.join(", "))
    };
    report.changed.iter().map(row).collect()
}

#[tokio::test]
async fn only_what_differs_changes_and_personal_fields_are_not_told() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    let project = import(&bench, &folder).await.unwrap().project;
    let head = bench.server.sync().head(project).await.unwrap();
    edit(&folder, "homes.csv", "1-1-0201,b1,1,2,two", "1-1-0201,b1,1,3,two");
    edit(
        &folder,
        "rooms.csv",
        "two,r03,master_bedroom,主卧,Main bedroom,1",
        "two,r03,master_bedroom,主卧,Main bedroom,2",
    );
    edit(&folder, "persons.csv", "0002 1001", "0002 9999");
    edit(&folder, "staff_contacts.csv", "0002 0001", "0002 8888");
    edit(&folder, "handover.csv", "2026-12-04,10:15,t1,", "2026-12-05,10:15,t1,");
    let expected = [
        "layouts two rooms[3].windows: 1 -> 2",
        "homes 1-1-0201 floor: 2 -> 3",
        "staff eng1 phone differs",
        "handover 1-1-0201 day: 2026-12-04 -> 2026-12-05",
        "persons h1:1 contact differs",
    ];
    let would = rehearse(&bench, &folder).await.unwrap();
    assert_eq!(changed(&would), expected);
    let told = serde_json::to_string(&would).unwrap();
    assert!(
        !told.contains("9999") && !told.contains("8888") && !told.contains("1001"),
        "{told}"
    );
    assert_eq!(bench.server.sync().head(project).await.unwrap(), head);
    let did = import(&bench, &folder).await.unwrap();
    assert_eq!(changed(&did), expected);
    assert_eq!((did.granted, did.revoked, did.added.len()), (0, 0, 0));
    assert_eq!(
        bench.server.sync().head(project).await.unwrap(),
        head + 5,
        "one entry for each row"
    );
    assert!(import(&bench, &folder).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn tables_and_columns_that_are_missing_leave_everything_as_it_is() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    let first = import(&bench, &folder).await.unwrap();
    for def in crate::project::tables::TABLES {
        if !["project", "homes", "persons"].contains(&def.name) {
            std::fs::remove_file(folder.join(def.file())).unwrap();
        }
    }
    let short = "household,person,relation\nh1,1,owner\n";
    std::fs::write(folder.join("persons.csv"), short).unwrap();
    let again = import(&bench, &folder).await.unwrap();
    assert!(again.is_unchanged(), "{:?}", changed(&again));
    let kept: usize = again.counts.iter().map(|count| count.kept).sum();
    // Project, homes and one person were named; calendar and rooms stand in other rows.
    assert_eq!(kept, first.added.len() - 6);
    // An empty cell, unlike a missing column, takes away.
    std::fs::write(
        folder.join("persons.csv"),
        "household,person,relation,phone\nh1,1,owner,\n",
    )
    .unwrap();
    assert_eq!(
        changed(&import(&bench, &folder).await.unwrap()),
        ["persons h1:1 contact differs"]
    );
}

#[tokio::test]
async fn a_home_given_to_others_moves_their_grants() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    import(&bench, &folder).await.unwrap();
    edit(&folder, "handover.csv", "2026-12-05,,,eng2", "2026-12-05,,,eng1");
    let report = import(&bench, &folder).await.unwrap();
    // The home and its building: of eng2 they end, for eng1 they begin.
    assert_eq!((report.granted, report.revoked), (2, 2));
    assert_eq!(changed(&report), ["handover 2-2-1101 assignees: eng2 -> eng1"]);
    let user = bench.server.users().find("wei.er").await.unwrap();
    let held = bench.server.grants().of(user.id).await.unwrap();
    // What is left: public places, 1-1-0102, building 1.
    assert_eq!(held.len(), 3);
}

#[tokio::test]
async fn who_moves_out_is_with_the_office_and_who_was_erased_stays_so() {
    let bench = Bench::new().await;
    let folder = copied(bench.dir.path());
    let project = import(&bench, &folder).await.unwrap().project;
    let person = row_id(project, kind::PERSON, "h1:1");
    std::fs::write(
        folder.join("households.csv"),
        "code,home,language,ambassador,quiet_hours,moved_out\nh1,1-1-0101,zh,amb1,21:00-08:00|12:00-14:00,2027-03-01\n",
    )
    .unwrap();
    let report = import(&bench, &folder).await.unwrap();
    assert_eq!(
        changed(&report),
        [
            "households h1 moved_out: - -> 2027-03-01, scope: 1-1-0101 -> reed_court",
            "persons h1:1 scope: 1-1-0101 -> reed_court",
            "persons h1:2 scope: 1-1-0101 -> reed_court"
        ]
    );
    let present =
        super::super::present::Present::read(&mut bench.server.state().db.begin_read().await.unwrap(), "reed_court")
            .await
            .unwrap();
    for id in [
        row_id(project, kind::HOUSEHOLD, "h1"),
        person,
        SubjectKeyRow::id_of(person),
    ] {
        assert_eq!(present.rows[&id].scope, ScopeId::project(project));
    }
    let household: HouseholdRow = present
        .get(kind::HOUSEHOLD, row_id(project, kind::HOUSEHOLD, "h1"))
        .unwrap();
    assert_eq!(household.moved_out, "2027-03-01");
    assert!(import(&bench, &folder).await.unwrap().is_unchanged());

    let actor = crate::users::Actor::Command;
    bench.server.sync().erase_subject(actor, project, person).await.unwrap();
    let refused = import(&bench, &folder).await.unwrap_err();
    assert_eq!(
        (refused.len(), refused[0].column.as_str(), refused[0].value.as_ref()),
        (1, "name", None)
    );
    let out = bench.dir.path().join("out");
    let what = crate::project::What {
        people: true,
        full: false,
    };
    bench.server.projects().export("reed_court", &out, what).await.unwrap();
    let other = Bench::new().await;
    import(&other, &out).await.unwrap();
    let present =
        super::super::present::Present::read(&mut other.server.state().db.begin_read().await.unwrap(), "reed_court")
            .await
            .unwrap();
    assert!(
        present.rows[&SubjectKeyRow::id_of(person)].body.is_none(),
        "still erased"
    );
    let row: PersonRow = rows::read(present.rows[&person].body.as_ref().unwrap()).unwrap();
    assert_eq!((row.name, row.contact), (None, None));
    assert!(import(&bench, &out).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn a_login_of_others_is_taken_only_when_it_is_written_out() {
    let bench = Bench::new().await;
    bench.user("eng1").await;
    let folder = copied(bench.dir.path());
    edit(&folder, "staff.csv", "Wei Yi (example),wei.yi", "Wei Yi (example),");
    let refused = import(&bench, &folder).await.unwrap_err();
    assert_eq!(
        (refused[0].file.as_str(), refused[0].column.as_str()),
        ("staff.csv", "login")
    );
    edit(&folder, "staff.csv", "Wei Yi (example),", "Wei Yi (example),eng1");
    assert_eq!(import(&bench, &folder).await.unwrap().logins.len(), 3);
}
