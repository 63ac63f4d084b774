//! Cases and repairs through all layers: what people do with the calls of the facade, on phones that meet over HTTP.

use super::story::{phone, sync};
use keyturn_client::Client;
use keyturn_client::facade::{
    ClusterDecision, NewCase, NewDefect, NewPerson, NewPhoto, PlanView, PromisedView, TellingView, TriageView,
};
use keyturn_domain::catalog::Catalog;
use keyturn_domain::{Clock, Hash, UserId};
use keyturn_server::sync::{DemoLoaded, DemoOptions, write_grant};
use keyturn_server::users::{Actor, Role};
use keyturn_server::{Server, ServerConfig};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;

/// A served demo project; the phones live in its folder.
struct World {
    folder: tempfile::TempDir,
    server: Server,
    url: String,
    demo: DemoLoaded,
    stop: tokio::sync::oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = ServerConfig::new(folder.path().join("server.db"));
        let server = Server::open(config).await.expect("a server");
        let catalog = Catalog::built_in().expect("sound data");
        let options = DemoOptions { homes: Some(20) };
        let demo = server.sync().load_demo(catalog, options).await.expect("the demo");
        let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = {
            let server = server.clone();
            let stopped = async {
                let _ = stopped.await;
            };
            tokio::spawn(async move { server.serve(listener, stopped).await })
        };
        Self {
            folder,
            server,
            url,
            demo,
            stop,
            serving,
        }
    }

    fn user(&self, code: &str) -> UserId {
        self.demo.people[code]
    }

    async fn person(&self, user: UserId, name: &str) -> Client {
        let client = phone(&self.server, &self.url, user, self.folder.path(), name).await;
        sync(&client).await;
        client
    }

    async fn end(self) {
        drop(self.stop);
        self.serving.await.expect("a clean stop");
    }
}

fn now() -> i64 {
    keyturn_client::SystemClock.now_ms()
}

fn heads(client: &Client, record: &str) -> Vec<String> {
    client.cases().open(record).expect("the case").seen
}

fn shown(client: &Client, record: &str) -> Vec<String> {
    client.defects().open(record).expect("the defect").seen
}

fn by_phone() -> TellingView {
    TellingView {
        way: "phone".into(),
        at_ms: None,
    }
}

fn report(client: &Client, place: &str, kind: &str, words: &str) -> String {
    let new = NewCase {
        place: place.into(),
        kind: kind.into(),
        words: words.into(),
        person: "a-person".into(),
        category: "quality".into(),
        ..NewCase::default()
    };
    client.cases().report(&new).expect("reported").record
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secretary_reports_for_an_owner_and_the_engineer_named_takes_it_over() {
    let world = World::new().await;
    let (home, engineer) = (&world.demo.homes[0], world.demo.homes[0].assignees[0]);
    let secretary = world.person(world.user("sec01"), "secretary").await;
    let office = world.person(world.user("rev01"), "office").await;
    let on_site = world.person(engineer, "engineer").await;
    // By number: a phone without a single home reports too.
    let case = report(&secretary, &home.no, "repair", "厨房水槽下面漏水 💧, please hurry");
    assert_eq!(
        secretary.cases().open(&case).expect("open").place,
        home.place.to_string()
    );
    let unknown = NewCase {
        place: "no such place".into(),
        ..NewCase::default()
    };
    assert_eq!(
        secretary.cases().report(&unknown).expect_err("nowhere").code(),
        "unknown_place"
    );
    let seen = heads(&secretary, &case);
    let dispatch = secretary
        .cases()
        .dispatch(&case, &seen, "x", None)
        .expect_err("only reports");
    assert_eq!(dispatch.code(), "illegal");
    sync(&secretary).await;
    sync(&office).await;
    let listed = office.cases().unsettled().expect("cases");
    assert_eq!(
        (listed.len(), listed[0].place_name.as_str(), listed[0].state.as_str()),
        (1, home.no.as_str(), "received")
    );
    let person = engineer.to_string();
    office
        .cases()
        .change(&case, &heads(&office, &case), "urgency", "safety")
        .expect("changed");
    office
        .cases()
        .dispatch(&case, &heads(&office, &case), &person, None)
        .expect("dispatched");
    assert!(office.cases().mine().expect("mine").is_empty());
    sync(&office).await;
    sync(&on_site).await;
    let mine = on_site.cases().mine().expect("mine");
    assert_eq!((mine.len(), mine[0].urgency.as_str()), (1, "safety"));
    assert!(
        mine[0].due_ms.is_some_and(|due| due <= now() + HOUR / 2),
        "danger is answered within half an hour"
    );
    let at = now() + 2 * HOUR;
    let early = office
        .cases()
        .acknowledge(&case, &heads(&office, &case), at, true)
        .expect_err("not named");
    assert_eq!(early.code(), "not_named");
    on_site
        .cases()
        .acknowledge(&case, &heads(&on_site, &case), at, true)
        .expect("taken over");
    let promised = on_site.cases().open(&case).expect("open");
    assert_eq!(
        (promised.promised_ms, promised.life.state.as_str()),
        (Some(at), "acknowledged")
    );
    // Somebody whom nobody knows yet: their name is sealed, and travels beside the case.
    let caller = NewPerson {
        place: home.place.to_string(),
        relation: "tenant".into(),
        name: "新租客 Yu".into(),
        ..NewPerson::default()
    };
    let new = NewCase {
        place: home.no.clone(),
        kind: "enquiry".into(),
        words: "怎么开通燃气？".into(),
        ..NewCase::default()
    };
    let asked = secretary.cases().report_from(&new, &caller).expect("reported").record;
    let enquiry = secretary.cases().open(&asked).expect("open");
    assert_eq!(
        (enquiry.relation.value.as_str(), enquiry.person.value.len()),
        ("tenant", 36)
    );
    let queued = secretary.people().intents().expect("intents");
    assert_eq!((queued.len(), queued[0].kind.as_str()), (1, "person_put"));
    let nobody = NewPerson {
        relation: "cousin".into(),
        ..caller
    };
    assert!(secretary.cases().report_from(&new, &nobody).is_err());
    assert_eq!(
        secretary.cases().unsettled().expect("cases").len(),
        2,
        "neither the person nor the case"
    );
    sync(&secretary).await;
    sync(&office).await;
    assert_eq!(
        office.cases().open(&asked).expect("open").person.value,
        enquiry.person.value
    );
    // It is a defect after all: an engineer may only mention it, the office hands the matter over.
    let new = NewDefect {
        place: home.place.to_string(),
        code: "wl-01".into(),
        room: "r02".into(),
        ..NewDefect::default()
    };
    let defect = on_site
        .cases()
        .to_defect(&case, &heads(&on_site, &case), &new)
        .expect("a defect")
        .record;
    let after = on_site.cases().open(&case).expect("open");
    assert_eq!(
        (after.links, after.life.state.as_str()),
        (vec![defect.clone()], "acknowledged")
    );
    sync(&on_site).await;
    sync(&office).await;
    office
        .cases()
        .link(&case, &heads(&office, &case), &defect, "the defect goes on")
        .expect("linked");
    let left = office.cases().unsettled().expect("cases");
    assert!(left.iter().all(|card| card.record != case));
    office
        .cases()
        .reopen(&case, &heads(&office, &case), "not_the_same", "")
        .expect("again");
    office
        .cases()
        .answer(&case, &heads(&office, &case), "已修好 🔧", &by_phone())
        .expect("answered");
    office.cases().close(&case, &heads(&office, &case)).expect("closed");
    sync(&office).await;
    sync(&on_site).await;
    let (left, right) = (
        office.cases().open(&case).expect("open"),
        on_site.cases().open(&case).expect("open"),
    );
    assert_eq!(
        (left.answer.as_str(), left.life.state.as_str()),
        ("已修好 🔧", "closed")
    );
    assert_eq!((left.seen, left.life.state), (right.seen, right.life.state));
    world.end().await;
}

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
    cases
        .act(&case, &heads(&office, &case), now() + 99 * HOUR, true)
        .expect("acting");
    cases
        .answer(&case, &heads(&office, &case), "墙已重做", &by_phone())
        .expect("answered");
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

fn photo(client: &Client, record: &str, kind: &str, n: u8) {
    let new = NewPhoto {
        hash: Hash([n; 32]).to_string(),
        kind: kind.into(),
        taken_ms: now(),
        ..NewPhoto::default()
    };
    client
        .defects()
        .photo(record, &shown(client, record), &new)
        .expect("a photo");
}

fn told(hours: i64) -> PromisedView {
    PromisedView {
        at_ms: now() + hours * HOUR,
        owner_told: true,
        ..PromisedView::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_engineer_answers_for_a_defect_and_two_reports_become_one_by_a_person() {
    let world = World::new().await;
    let home = &world.demo.homes[0];
    let one = home.assignees[0];
    let second = ["eng01", "eng02"].map(|code| world.user(code));
    let two = second.into_iter().find(|user| *user != one).expect("another engineer");
    let scope = keyturn_domain::ScopeId::home(home.place);
    let grant = write_grant(world.demo.project, two, Role::Engineer, scope);
    world
        .server
        .sync()
        .grant(Actor::Command, &grant)
        .await
        .expect("a grant");
    let office = world.person(world.user("rev01"), "office").await;
    let manager = world.person(world.user("mgr01"), "manager").await;
    let (a, b) = (world.person(one, "a").await, world.person(two, "b").await);
    let found = |client: &Client, words: &str| {
        let new = NewDefect {
            place: home.place.to_string(),
            code: "wl-01".into(),
            room: "r02".into(),
            description: words.into(),
            ..NewDefect::default()
        };
        client.defects().record(&new).expect("recorded").record
    };
    let defect = found(&a, "墙面空鼓 😟");
    let twin = found(&b, "hollow plaster");
    for (client, record) in [(&a, &defect), (&b, &twin)] {
        client
            .defects()
            .submit(record, &shown(client, record), "太暗")
            .expect("handed in");
    }
    let repair = a.defects().open(&defect).expect("open").repair;
    assert!(repair.contact_by_ms.is_some() && repair.fix_by_ms.is_some());
    for phone in [&a, &b, &office, &a] {
        sync(phone).await;
    }
    let pairs = office.defects().duplicates(&home.place.to_string()).expect("pairs");
    assert_eq!((pairs.len(), pairs[0].proposed), (1, false));
    let (later, earlier) = (pairs[0].record.clone(), pairs[0].target.clone());
    office
        .defects()
        .propose_duplicate(&later, &shown(&office, &later), &earlier)
        .expect("proposed");
    let proposal = office.defects().open(&later).expect("open").repair.proposals[0]
        .proposal
        .clone();
    office
        .defects()
        .reject_duplicate(&later, &shown(&office, &later), &proposal, "another wall")
        .expect("no");
    assert!(
        office
            .defects()
            .duplicates(&home.place.to_string())
            .expect("none")
            .is_empty()
    );
    office
        .defects()
        .propose_duplicate(&later, &shown(&office, &later), &earlier)
        .expect("proposed again");
    let open = office.defects().open(&later).expect("open").repair.proposals;
    let proposal = open
        .iter()
        .find(|p| p.state == "open")
        .expect("an open one")
        .proposal
        .clone();
    office
        .defects()
        .confirm_duplicate(&later, &shown(&office, &later), &proposal)
        .expect("the same");
    let ended = office.defects().open(&later).expect("open");
    assert_eq!(
        (ended.life.state.as_str(), ended.duplicate_of.value.as_str()),
        ("duplicate", earlier.as_str())
    );
    // The earlier one goes on.
    let to_assign = office.defects().to_assign().expect("one");
    assert_eq!(
        to_assign.iter().map(|c| c.record.as_str()).collect::<Vec<_>>(),
        [earlier.as_str()]
    );
    let defect = earlier;
    office
        .defects()
        .assign(&defect, &shown(&office, &defect), &one.to_string())
        .expect("assigned");
    sync(&office).await;
    sync(&a).await;
    assert_eq!(a.defects().my_repairs().expect("mine").len(), 1);
    a.defects()
        .return_to_dispatch(&defect, &shown(&a, &defect), "on leave")
        .expect("back");
    sync(&a).await;
    sync(&office).await;
    office
        .defects()
        .assign(&defect, &shown(&office, &defect), &one.to_string())
        .expect("assigned");
    sync(&office).await;
    sync(&a).await;
    let first = told(24);
    a.defects()
        .accept(&defect, &shown(&a, &defect), &first)
        .expect("taken over");
    sync(&a).await;
    sync(&manager).await;
    manager
        .defects()
        .reassign(&defect, &shown(&manager, &defect), &two.to_string(), "生病", true)
        .expect("to another");
    sync(&manager).await;
    sync(&b).await;
    b.defects()
        .accept(&defect, &shown(&b, &defect), &told(72))
        .expect("taken over");
    let repair = b.defects().open(&defect).expect("open").repair;
    assert_eq!(
        (repair.promise_ms, repair.given.len(), repair.reassignments),
        (Some(first.at_ms), 2, 1)
    );
    assert!(!repair.given[0].displaced_by.is_empty() && !repair.given[1].counts);
    assert_eq!(repair.named.last().map(|n| n.reason.as_str()), Some("生病"));
    photo(&b, &defect, "protection", 1);
    b.defects().start(&defect, &shown(&b, &defect)).expect("begun");
    photo(&b, &defect, "after", 2);
    b.defects().finish(&defect, &shown(&b, &defect), true).expect("done");
    let own = b
        .defects()
        .verify(&defect, &shown(&b, &defect), false)
        .expect_err("own work");
    assert_eq!(own.missing(), ["verifier_not_repairer"]);
    sync(&b).await;
    sync(&office).await;
    office
        .defects()
        .reject(&defect, &shown(&office, &defect), "色差")
        .expect("not in order");
    sync(&office).await;
    sync(&manager).await;
    let m = manager.defects();
    m.mark_hard(&defect, &shown(&manager, &defect), "no such colour", true)
        .expect("hard");
    m.plan_hard(&defect, &shown(&manager, &defect), "order it", "2027-01-20", &told(200))
        .expect("planned");
    sync(&manager).await;
    sync(&b).await;
    photo(&b, &defect, "after", 3);
    b.defects().finish(&defect, &shown(&b, &defect), true).expect("done");
    sync(&b).await;
    sync(&office).await;
    office
        .defects()
        .verify(&defect, &shown(&office, &defect), false)
        .expect("in order");
    office
        .defects()
        .reopen(&defect, &shown(&office, &defect), "came_back", "")
        .expect("again");
    // What is left: fixed where it was found, left as it is, cancelled; and in a public place.
    let spot = found(&a, "a scratch");
    photo(&a, &spot, "finding", 4);
    photo(&a, &spot, "after", 5);
    a.defects().fix_on_spot(&spot, &shown(&a, &spot)).expect("fixed");
    let waits = found(&a, "another");
    a.defects()
        .submit(&waits, &shown(&a, &waits), "dark")
        .expect("handed in");
    sync(&a).await;
    sync(&manager).await;
    m.accept_as_is(&waits, &shown(&manager, &waits), "the owner likes it", true)
        .expect("left");
    let lobby = Catalog::built_in().expect("data").demo.public_places[0]
        .code
        .to_string();
    let place = keyturn_domain::rows::row_id(world.demo.project, "place", &lobby).to_string();
    let public = NewDefect {
        place,
        code: "wl-01".into(),
        room: "home".into(),
        ..NewDefect::default()
    };
    let public = manager.defects().record(&public).expect("in a public place").record;
    m.waive_protection(&public, &shown(&manager, &public), "bare concrete")
        .expect("waived");
    m.cancel(&public, &shown(&manager, &public), "seen twice", true)
        .expect("cancelled");
    assert!(
        m.unsettled()
            .expect("open ones")
            .iter()
            .all(|card| card.record != public)
    );
    world.end().await;
}
