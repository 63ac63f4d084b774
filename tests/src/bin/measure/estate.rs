//! Many projects on one server, filled through the gate as phones fill them.

use keyturn_domain::catalog::{Catalog, DefectCode};
use keyturn_domain::document::Genesis;
use keyturn_domain::record::defect::{self, Finding};
use keyturn_domain::{DeviceId, Document, DocumentId, Hash, PlaceId, ProjectId, UserId};
use keyturn_protocol::{Push, SyncRequest, VERSION};
use keyturn_server::Server;
use keyturn_server::sync::{DemoOptions, Who};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// Defects in one exchange.
const BATCH: usize = 400;
/// Begins the time of what is recorded: 1 December 2026.
const FROM: i64 = 1_796_083_200_000;

/// A project that was loaded.
pub struct Estate {
    /// The project.
    pub project: ProjectId,
    /// Its engineers, in the order of their first home.
    pub engineers: Vec<UserId>,
    /// Somebody who sees all of it.
    pub reviewer: UserId,
    homes: Vec<(PlaceId, UserId)>,
}

/// Loads the demo project under another name, with people of its own.
pub async fn load(server: &Server, n: usize) -> Estate {
    let built_in = Catalog::built_in().expect("sound data");
    let file = include_str!("../../../../core/domain/data/demo_project.json");
    let code = built_in.demo.project.code.as_str();
    let mut text = file.replace(&format!("\"{code}\""), &format!("\"{code}_{n}\""));
    for staff in &built_in.demo.staff {
        let code = staff.code.as_str();
        text = text.replace(&format!("\"{code}\""), &format!("\"{code}_{n}\""));
    }
    let own = BTreeMap::from([("demo_project.json".to_owned(), text)]);
    let catalog = Catalog::load(&own).expect("sound data");
    let demo = server
        .sync()
        .load_demo(&catalog, DemoOptions::default())
        .await
        .expect("a project");
    let homes: Vec<(PlaceId, UserId)> = demo.homes.iter().map(|h| (h.place, h.assignees[0])).collect();
    let mut engineers = Vec::new();
    for (_, engineer) in &homes {
        if !engineers.contains(engineer) {
            engineers.push(*engineer);
        }
    }
    Estate {
        project: demo.project,
        engineers,
        reviewer: demo.people[&format!("rev01_{n}")],
        homes,
    }
}

/// Records so many defects in a project, by all of its engineers, spread over its homes and the catalogue.
pub async fn fill(server: &Server, estate: &Estate, defects: usize) {
    let catalog = Catalog::built_in().expect("sound data");
    let codes: Vec<&DefectCode> = catalog.defects.keys().collect();
    let mut by_engineer: BTreeMap<UserId, Vec<PlaceId>> = BTreeMap::new();
    for (place, engineer) in &estate.homes {
        by_engineer.entry(*engineer).or_default().push(*place);
    }
    let mut left = defects;
    let people = by_engineer.len();
    for (n, (user, homes)) in by_engineer.into_iter().enumerate() {
        let own = left / (people - n);
        left -= own;
        let device = DeviceId::derive(user.0, "device");
        let who = Who {
            user,
            device,
            revoked: false,
        };
        for from in (0..own).step_by(BATCH) {
            let (project, homes, codes) = (
                estate.project,
                homes.clone(),
                codes.iter().map(|c| c.to_string()).collect(),
            );
            let work = move || made(project, who, &homes, codes, from..own.min(from + BATCH));
            let push = tokio::task::spawn_blocking(work).await.expect("defects");
            let wanted = push.len();
            let request = SyncRequest {
                version: VERSION,
                push,
                budget: 1,
                ..SyncRequest::default()
            };
            let reply = server.sync().exchange(who, request).await.expect("an exchange");
            let taken: u32 = reply
                .verdicts
                .iter()
                .filter(|run| run.first_seq > 0)
                .map(|run| run.n)
                .sum();
            assert_eq!(taken as usize, wanted, "{:?}", reply.verdicts);
        }
    }
}

fn made(
    project: ProjectId,
    who: Who,
    homes: &[PlaceId],
    codes: Vec<String>,
    which: std::ops::Range<usize>,
) -> Vec<Push> {
    let catalog = Catalog::built_in().expect("sound data");
    let one = |n: usize| {
        let place = homes[n % homes.len()];
        let seed = [&who.user.as_bytes()[..], &(n as u64).to_be_bytes()].concat();
        let bytes = Hash::of(&seed).0;
        let half = |from: usize| <[u8; 16]>::try_from(&bytes[from..from + 16]).expect("16 bytes");
        let genesis = Genesis {
            document: DocumentId::from_bytes(half(0)),
            project,
            place,
            kind: "defect".into(),
        };
        let mut document = Document::begin(&genesis).expect("a record");
        document.write_as(half(16), who.user, who.device);
        let finding = Finding {
            code: codes[n * 7 % codes.len()].clone(),
            room: "r02".into(),
            description: format!("墙面空鼓，约一张A4纸大小，第{n}处"),
            ..Finding::default()
        };
        let seen = document.heads();
        let writes = defect::record(&document, &seen, catalog, &finding).expect("writes");
        let at = FROM + n as i64 * 60_000;
        let change = document
            .write(&seen, at, &writes)
            .expect("a change")
            .expect("something");
        Push {
            document: genesis.document,
            genesis: Some(genesis),
            changes: vec![ByteBuf::from(change.bytes)],
            wanted: false,
        }
    };
    which.map(one).collect()
}
