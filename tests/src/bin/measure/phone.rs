//! A phone: the real client over HTTP, and what its person does.

use super::timed::Times;
use keyturn_client::facade::{NewDefect, TaskCard};
use keyturn_client::{Client, ClientOptions, FileKey, HttpApi, StepBudget, StepReport, SystemClock, SystemIds};
use keyturn_domain::record::view::InspectionView;
use std::path::Path;
use std::sync::Arc;

/// A phone.
#[derive(Clone)]
pub struct Phone {
    /// What the app calls.
    pub client: Client,
    api: Arc<HttpApi>,
}

/// An inspection that is under way.
pub struct Begun {
    /// The record.
    pub record: String,
    /// The heads from which its screen was drawn, and what was recorded since.
    pub seen: Vec<String>,
    /// The questions.
    pub keys: Vec<String>,
    /// The rooms.
    pub rooms: Vec<String>,
    /// The home.
    pub place: String,
}

impl Begun {
    fn of(view: &InspectionView) -> Self {
        let questions = view.rooms.iter().flat_map(|r| &r.questions);
        Self {
            record: view.record.clone(),
            seen: view.seen.clone(),
            keys: questions.map(|q| q.key.clone()).collect(),
            rooms: view.rooms.iter().map(|r| r.room.clone()).collect(),
            place: view.place.clone(),
        }
    }
}

impl Phone {
    /// Opens the phone whose database is here.
    pub fn open(path: &Path, url: &str) -> Self {
        Self::timed(path, url, &Times::default())
    }

    /// The same; how long its exchanges take is written down.
    pub fn timed(path: &Path, url: &str, times: &Times) -> Self {
        let api = Arc::new(HttpApi::new(url).expect("a client"));
        let options = ClientOptions {
            path: path.to_owned(),
            server: url.to_owned(),
            api: Arc::new(times.around(api.clone())),
            signer: Arc::new(FileKey::open_or_create(&path.with_extension("key"), &SystemIds).expect("a key")),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            ballast: 0,
        };
        Self {
            client: Client::open(options).expect("a phone").0,
            api,
        }
    }

    /// Opens a new phone, enrols it, and lets it fetch what it may read.
    pub async fn enrolled(path: &Path, url: &str, code: &str) -> Self {
        Self::enrolled_timed(path, url, code, &Times::default()).await
    }

    /// The same; how long its exchanges take is written down.
    pub async fn enrolled_timed(path: &Path, url: &str, code: &str, times: &Times) -> Self {
        let phone = Self::timed(path, url, times);
        phone.client.session().enrol(code, "measured").await.expect("enrolled");
        phone.sync().await;
        phone
    }

    /// Syncs until nothing is left to do.
    pub async fn sync(&self) -> StepReport {
        let report = self
            .client
            .sync()
            .run(StepBudget::default(), 10_000)
            .await
            .expect("a sync");
        assert!(!report.more && report.refused == 0, "{report:?}");
        report
    }

    /// Requests made until now.
    pub fn requests(&self) -> u64 {
        self.api.traffic().0
    }

    /// The person's handover inspections.
    pub fn tasks(&self) -> Vec<TaskCard> {
        let mut tasks = self.client.tasks().mine().expect("tasks");
        tasks.retain(|task| task.kind == "handover_inspection");
        tasks
    }

    /// Begins the inspection of a task, or goes on with it.
    pub fn begin(&self, task: &TaskCard) -> Begun {
        Begun::of(&self.client.inspections().begin(&task.task).expect("begun"))
    }

    /// Answers a question.
    pub fn answer(&self, begun: &mut Begun, key: usize, result: &str) {
        let key = &begun.keys[key % begun.keys.len()];
        let saved = self
            .client
            .inspections()
            .answer(&begun.record, &begun.seen, key, result, "", "");
        begun.seen = saved.expect("saved").seen;
    }

    /// Accepts the rest of every room.
    pub fn rest_is_fine(&self, begun: &mut Begun) {
        for room in &begun.rooms {
            let saved = self.client.inspections().rest_is_fine(&begun.record, &begun.seen, room);
            begun.seen = saved.expect("saved").recorded.seen;
        }
    }

    /// Records a defect.
    pub fn defect(&self, place: &str, n: usize) {
        let new = NewDefect {
            place: place.to_owned(),
            code: "wl-01".into(),
            room: "r02".into(),
            description: format!("墙面空鼓，约一张A4纸大小，第{n}处"),
            ..NewDefect::default()
        };
        self.client.defects().record(&new).expect("saved");
    }
}
