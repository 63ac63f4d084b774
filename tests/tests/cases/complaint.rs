//! A complaint goes the whole way; three become a cluster.

use super::world::{HOUR, World, by_phone, heads, now, report};
use crate::story::get;
use crate::story::sync;
use keyturn_client::Client;
use keyturn_client::facade::{CaseDue, ClusterDecision, NewCase, PlanView, QuietHours, TriageView};
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_goes_the_whole_way_and_three_become_a_cluster() {
    let world = World::new().await;
    let office = world.person(world.user("rev01"), "office").await;
    let manager = world.person(world.user("mgr01"), "manager").await;
    let caller = world.person(world.user("rev02"), "caller").await;
    let places: Vec<String> = world.demo.homes.iter().map(|h| h.place.to_string()).collect();
    let case = report(&office, &places[0], "complaint", "投诉：墙面裂缝");
    let sorted = TriageView {
        category: "quality".into(),
        urgency: "urgent".into(),
        department: "works".into(),
        ..TriageView::default()
    };
    let cases = office.cases();
    cases.triage(&case, &heads(&office, &case), &sorted).expect("sorted");
    cases
        .investigate(&case, &heads(&office, &case), "eng01", now() + 48 * HOUR, true)
        .expect("looked into");
    cases
        .update(&case, &heads(&office, &case), "样品已送检", &by_phone())
        .expect("told");
    cases
        .judge(&case, &heads(&office, &case), "founded", "The plaster is hollow.")
        .expect("judged");
    let at_once = cases.answer_without_plan(&case, &heads(&office, &case), "Sorry", "law", "", &by_phone());
    assert_eq!(at_once.expect_err("founded").missing(), ["verdict_not_founded"]);
    cases
        .add_option(&case, &heads(&office, &case), "replaster", "2000")
        .expect("an option");
    sync(&office).await;
    sync(&manager).await;
    let option = manager.cases().open(&case).expect("open").options[0].key.clone();
    manager
        .cases()
        .choose_option(&case, &heads(&manager, &case), &option)
        .expect("chosen");
    sync(&manager).await;
    sync(&office).await;
    let plan = PlanView {
        plan: "replaster the wall".into(),
        person: "eng01".into(),
        date: "2027-01-20".into(),
        basis: "contract 7.2".into(),
    };
    cases.plan(&case, &heads(&office, &case), &plan).expect("planned");
    cases
        .act(&case, &heads(&office, &case), now() + 99 * HOUR, true)
        .expect("acting");
    cases
        .escalate(&case, &heads(&office, &case), "customer_director", "", "slow")
        .expect("up");
    sync(&office).await;
    sync(&manager).await;
    manager
        .cases()
        .return_with_plan(&case, &heads(&manager, &case), &plan)
        .expect("back");
    sync(&manager).await;
    sync(&office).await;
    let promised = cases.open(&case).expect("open").promised_ms;
    cases
        .act(&case, &heads(&office, &case), now() + 999 * HOUR, true)
        .expect("acting");
    assert_eq!(
        cases.open(&case).expect("open").promised_ms,
        promised,
        "another day needs the owner's consent"
    );
    cases
        .answer(&case, &heads(&office, &case), "墙已重做", &by_phone())
        .expect("answered");
    clock_is_shown(&world, &office, &case, &places[0]).await;
    let own = cases.revisit(&case, &heads(&office, &case), "satisfied", "", &by_phone());
    assert_eq!(own.expect_err("own work").missing(), ["interviewer_not_rated"]);
    sync(&office).await;
    sync(&caller).await;
    caller
        .cases()
        .revisit(&case, &heads(&caller, &case), "not_satisfied", "色差", &by_phone())
        .expect("asked");
    sync(&caller).await;
    sync(&office).await;
    cases.act_again(&case, &heads(&office, &case), "paint").expect("again");
    cases
        .answer(&case, &heads(&office, &case), "墙已重做并刷漆", &by_phone())
        .expect("answered");
    sync(&office).await;
    sync(&caller).await;
    caller
        .cases()
        .revisit(&case, &heads(&caller, &case), "unreachable", "", &by_phone())
        .expect("asked");
    let refused = caller
        .cases()
        .close_complaint(&case, &heads(&caller, &case), "workmanship", "enough");
    assert_eq!(
        refused.expect_err("a manager does").missing(),
        ["satisfied_or_manager_closes"]
    );
    sync(&caller).await;
    sync(&manager).await;
    manager
        .cases()
        .close_complaint(&case, &heads(&manager, &case), "workmanship", "three tries")
        .expect("closed");
    manager
        .cases()
        .reopen(&case, &heads(&manager, &case), "came_back", "")
        .expect("again");
    manager
        .cases()
        .withdraw(&case, &heads(&manager, &case), "not a manager's")
        .expect_err("the office does");
    sync(&manager).await;
    sync(&office).await;
    cases
        .withdraw(&case, &heads(&office, &case), "the owner took it back")
        .expect("withdrawn");
    // Homes of one building.
    let mut buildings: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for (home, place) in world.demo.homes.iter().zip(&places) {
        buildings
            .entry(home.no.split('-').next().unwrap_or_default())
            .or_default()
            .push(place);
    }
    let near = buildings
        .into_values()
        .find(|homes| homes.len() >= 4)
        .expect("four homes of a building");
    for place in near.iter().take(2) {
        report(&office, place, "complaint", "外墙渗水");
    }
    assert!(cases.clusters().expect("none yet").is_empty());
    report(&office, near[2], "repair", "外墙渗水 😟");
    let proposed = cases.clusters().expect("one").remove(0);
    assert_eq!(
        (proposed.proposed, proposed.homes, proposed.scale.as_str()),
        (true, 3, "")
    );
    let mut decision = ClusterDecision {
        cases: proposed.cases.clone(),
        seen: proposed.seen.clone(),
        scale: "major".into(),
        agreed_text: "我们正在查明原因".into(),
        ..ClusterDecision::default()
    };
    assert_eq!(
        cases.confirm_cluster(&decision).expect_err("nobody leads").code(),
        "missing"
    );
    decision.commander = world.user("mgr01").to_string();
    cases.confirm_cluster(&decision).expect("confirmed");
    let known = cases.clusters().expect("one").remove(0);
    assert_eq!(
        (known.proposed, known.scale.as_str(), known.commander.as_str()),
        (false, "major", decision.commander.as_str())
    );
    let fourth = report(&office, near[3], "complaint", "外墙也渗水");
    let again = cases.clusters().expect("one").remove(0);
    assert_eq!(
        (again.proposed, again.cluster.as_str(), again.homes),
        (true, known.cluster.as_str(), 4)
    );
    cases
        .reject_cluster(&fourth, &heads(&office, &fourth), "another cause")
        .expect("not it");
    assert!(!cases.clusters().expect("one")[0].proposed);
    let other = report(&office, near[3], "enquiry", "什么时候交房？");
    cases
        .rekind(&other, &heads(&office, &other), "complaint")
        .expect("a complaint");
    cases
        .merge(&other, &heads(&office, &other), &fourth, "")
        .expect("merged");
    world.end().await;
}

/// The clock of an answered complaint: in its screen, for other systems, and by its owner's own quiet hours.
async fn clock_is_shown(world: &World, office: &Client, case: &str, place: &str) {
    let clock = office.cases().open(case).expect("open").clock.expect("a clock");
    let met: Vec<_> = clock
        .steps
        .iter()
        .map(|s| (s.code.as_str(), s.met_ms.is_some()))
        .collect();
    assert_eq!(met, [("written_acceptance", true), ("answer", true)]);
    assert!(clock.waiting().is_none() && clock.next_update_ms.is_some() && clock.revisit_by_ms.is_some());
    let own = QuietHours {
        from: "19:00".into(),
        to: "10:00".into(),
    };
    office.people().quiet(place, &[own]).expect("queued");
    sync(office).await;
    let after = office
        .cases()
        .clock(case)
        .expect("a clock")
        .revisit_before_ms
        .expect("a moment");
    assert_eq!(clock.revisit_before_ms.expect("a moment") - after, HOUR);
    let made = world
        .server
        .tokens()
        .create_reader(world.user("rev01"), "clock", 3_600_000)
        .await;
    let token = made.expect("a token").secret.text;
    let told = get(&world.url, &token, &format!("/api/v1/records/{case}")).await;
    assert_eq!(told["case"]["clock"]["revisit_before_ms"], after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_today_is_listed_until_it_is_done() {
    let world = World::new().await;
    let office = world.person(world.user("rev01"), "office").await;
    let cases = office.cases();
    let new = |received_ms| NewCase {
        place: world.demo.homes[0].place.to_string(),
        kind: "complaint".into(),
        words: "nobody came".into(),
        received_ms,
        ..NewCase::default()
    };
    cases.report(&new(None)).expect("reported");
    assert_eq!(cases.today().expect("a list"), [], "a new one has its days");
    let old = cases
        .report(&new(Some(now() - 30 * 24 * HOUR)))
        .expect("reported")
        .record;
    let due = || {
        let all: Vec<CaseDue> = cases.today().expect("a list");
        assert!(
            all.iter()
                .all(|due| due.overdue && due.case.record == old && !due.text.zh.is_empty())
        );
        let mut what: Vec<String> = all.into_iter().map(|due| due.what).collect();
        what.sort();
        what
    };
    assert_eq!(due(), ["update", "written_acceptance"]);
    let card = &cases.unsettled().expect("cases")[0];
    assert_eq!(
        (card.record.as_str(), card.next_step.as_str()),
        (old.as_str(), "written_acceptance")
    );
    let sorted = TriageView {
        category: "quality".into(),
        urgency: "normal".into(),
        department: "works".into(),
        ..TriageView::default()
    };
    cases.triage(&old, &heads(&office, &old), &sorted).expect("sorted");
    assert_eq!(due(), ["answer", "update"]);
    cases
        .update(&old, &heads(&office, &old), "样品已送检", &by_phone())
        .expect("told");
    assert_eq!(due(), ["answer"]);
    world.end().await;
}
