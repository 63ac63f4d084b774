//! Carries the script out, and tells each step when it has happened.

use super::held::Held;
use super::tell::{self, Ending};
use super::{script, words};
use crate::failure::Failure;
use crate::out::Out;
use crate::parts::{Air, Faults, Folder, PhoneProcess, ServerProcess};
use crate::phone::{Ask, Synced, Work};
use crate::record::Shown;
use keyturn_client::facade::{BuildingCard, HomeView, PersonCard, TaskCard};
use keyturn_server::Server;
use keyturn_server::domain::record::view::InspectionView;
use keyturn_server::sync::{DemoHome, DemoLoaded};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// What the story is played with.
pub struct Story<'a> {
    /// Where it is told.
    pub out: &'a Out,
    /// Where the data are.
    pub folder: &'a Folder,
    /// The server.
    pub server: &'a ServerProcess,
    /// Its project.
    pub loaded: &'a DemoLoaded,
    /// What is chosen.
    pub seed: u64,
}

/// One phone with its person and its way to the server.
pub struct Player {
    /// `A` or `B`.
    pub letter: &'static str,
    /// The person's name.
    pub name: String,
    pub(super) phone: PhoneProcess,
    pub(super) air: Air,
}

impl Player {
    pub(super) async fn sync(&mut self) -> Result<Synced, Failure> {
        self.phone.ask(&Ask::Sync).await
    }

    pub(super) async fn open(&mut self, record: &str) -> Result<InspectionView, Failure> {
        self.phone
            .ask(&Ask::Open {
                record: record.to_owned(),
            })
            .await
    }

    /// What of the phone's own database is compared with the server's afterwards.
    async fn held(&mut self, record: &str, place: &str) -> Result<Held, Failure> {
        let view = self.open(record).await?;
        let home: HomeView = self
            .phone
            .ask(&Ask::Home {
                place: place.to_owned(),
            })
            .await?;
        let defects = home
            .records
            .into_iter()
            .filter(|r| r.kind == "defect")
            .map(|r| r.record);
        Ok(Held::of(&view, defects.collect()))
    }
}

impl Story<'_> {
    /// Plays the whole story.
    ///
    /// # Errors
    /// Whatever goes wrong; nothing is skipped.
    pub async fn play(&self) -> Result<Ending, Failure> {
        let mut rng = StdRng::seed_from_u64(self.seed);
        let home = self
            .loaded
            .homes
            .choose(&mut rng)
            .ok_or_else(|| Failure::internal("no homes"))?;
        tell::server(self.out, self.loaded, self.server)?;
        self.out.say(words::STEP_ENROL, &[])?;
        let token = self.reader().await?;
        let [mut a, mut b] = [self.enrol("A", home, 0).await?, self.enrol("B", home, 1).await?];
        let record = home.record.to_string();
        let place = home.place.to_string();

        let before = self.offline(&mut a, &mut b, home, &mut rng).await?;
        let held = [a.held(&record, &place).await?, b.held(&record, &place).await?];
        self.come_back(&mut a, &mut b).await?;
        let merged = self.merged(&record, &token).await?;
        let contested = merged.inspection.as_ref().map_or(0, |view| view.contested.len());
        tell::merged(self.out, &merged, &a.open(&record).await?, &b.open(&record).await?)?;
        let settled = self.settle(&mut a, &mut b, &record, &token, &mut rng).await?;
        let after = self.sign(&mut a, &mut b, &record, &token, &mut rng).await?;

        let (view_a, view_b) = (a.open(&record).await?, b.open(&record).await?);
        let afterwards = self.move_in(&mut a, &mut b, home, &token).await?;
        let mut lost = afterwards.lost;
        for held in &held {
            lost += held.lost(&after, self.server.url(), &token).await?;
        }
        let ending = Ending {
            record,
            visit: afterwards.visit,
            case: afterwards.case,
            token: token.clone(),
            held: held.iter().map(Held::len).sum(),
            asked: before,
            contested,
            settled,
            lost,
            agree: tell::same(&view_a, &view_b) && after.inspection.is_some_and(|view| tell::same(&view, &view_a)),
            homes: tell::count(self.server.url(), "homes", &token).await?,
            records: tell::count(self.server.url(), "records", &token).await?,
            phones: self.phones().await?,
        };
        a.phone.stop().await?;
        b.phone.stop().await?;
        Ok(ending)
    }

    /// Opens the database beside the running server, as every command does.
    async fn tool(&self) -> Result<Server, Failure> {
        let data = crate::args::DataArgs::in_folder(self.folder.join("server"));
        crate::open::tool(&data).await
    }

    async fn phones(&self) -> Result<usize, Failure> {
        let server = self.tool().await?;
        let phones = server.devices().list(None).await?.len();
        server.close().await;
        Ok(phones)
    }

    /// A reviewer's token for whoever wants to look afterwards.
    async fn reader(&self) -> Result<String, Failure> {
        let server = self.tool().await?;
        let reviewer = server.users().find("rev01").await?;
        let token = server.tokens().create_reader(reviewer.id, "demo", 86_400_000).await?;
        server.close().await;
        Ok(token.secret.text)
    }

    async fn enrol(&self, letter: &'static str, home: &DemoHome, n: usize) -> Result<Player, Failure> {
        let user = *home
            .assignees
            .get(n)
            .ok_or_else(|| Failure::internal("a home without two people"))?;
        let server = self.tool().await?;
        let code = server.devices().create_enrolment(user).await?;
        server.close().await;
        let air = Air::open(self.server.url(), Faults::None, self.seed).await?;
        let folder = self.folder.join(&format!("phone-{}", letter.to_lowercase()));
        let mut phone = PhoneProcess::start(&folder, air.url())?;
        let name = format!("Phone {letter}");
        let _me: serde_json::Value = phone
            .ask(&Ask::Enrol {
                code: code.text.clone(),
                name,
            })
            .await?;
        let synced: Synced = phone.ask(&Ask::Sync).await?;
        let people: Vec<PersonCard> = phone.ask(&Ask::People).await?;
        let person = people
            .into_iter()
            .find(|p| p.user == user.to_string())
            .unwrap_or_default();
        let tasks: Vec<TaskCard> = phone.ask(&Ask::Tasks).await?;
        let buildings: Vec<BuildingCard> = phone.ask(&Ask::Buildings).await?;
        let name = self.out.lang.pick(&person.name.zh, &person.name.en).to_owned();
        let role = tell::role(self.out, &person.role);
        self.out
            .say(words::ENROLLED, &[&letter, &role, &name, &code.text, &phone.pid()])?;
        self.out
            .say(words::FIRST_SYNC, &[&tasks.len(), &buildings.len(), &synced.entries])?;
        Ok(Player {
            letter,
            name,
            phone,
            air,
        })
    }

    /// Both lose the signal, begin the same task and record what they see; returns how many questions there are.
    async fn offline(&self, a: &mut Player, b: &mut Player, home: &DemoHome, rng: &mut StdRng) -> Result<u32, Failure> {
        self.out.say(words::STEP_OFFLINE, &[])?;
        let mut codes = Vec::new();
        for player in [&mut *a, &mut *b] {
            player.air.cut();
            match player.sync().await {
                Err(failure) => codes.push(failure.code().to_owned()),
                Ok(_) => return Err(Failure::check("a phone synced without a signal")),
            }
        }
        codes.dedup();
        self.out.say(words::NO_SIGNAL, &[&codes.join(", ")])?;
        let task = home.task.to_string();
        let view_a: InspectionView = a.phone.ask(&Ask::Begin { task: task.clone() }).await?;
        let view_b: InspectionView = b.phone.ask(&Ask::Begin { task }).await?;
        self.out.say(words::SAME_RECORD, &[&home.no, &view_a.progress.asked])?;
        let script = script::write(&view_a, rng);
        let (done_a, done_b) = tokio::join!(perform(a, &view_a, &script.a), perform(b, &view_b, &script.b));
        done_a?;
        done_b?;
        for (player, works) in [(&mut *a, &script.a), (&mut *b, &script.b)] {
            let status: serde_json::Value = player.phone.ask(&Ask::Status).await?;
            let queued = status
                .get("queued")
                .and_then(serde_json::Value::as_u64)
                .unwrap_or_default();
            tell::did(self.out, player, works, queued)?;
        }
        Ok(view_a.progress.asked)
    }

    async fn come_back(&self, a: &mut Player, b: &mut Player) -> Result<(), Failure> {
        self.out.say(words::STEP_BACK, &[])?;
        a.air.restore();
        b.air.restore();
        for player in [&mut *a, &mut *b] {
            let synced = player.sync().await?;
            let parts: [&dyn std::fmt::Display; 4] = [&player.letter, &synced.sent, &synced.received, &synced.entries];
            self.out.say(words::SYNCED, &parts)?;
        }
        a.sync().await?;
        Ok(())
    }

    async fn merged(&self, record: &str, token: &str) -> Result<Shown, Failure> {
        let answer = crate::http::get(self.server.url(), &format!("/api/v1/records/{record}"), Some(token)).await?;
        serde_json::from_value(answer).map_err(Failure::internal)
    }

    /// The first person decides every contested field; returns how many fields are settled everywhere.
    async fn settle(
        &self,
        a: &mut Player,
        b: &mut Player,
        record: &str,
        token: &str,
        rng: &mut StdRng,
    ) -> Result<usize, Failure> {
        self.out.say(words::STEP_SETTLE, &[&a.name])?;
        let view = a.open(record).await?;
        for field in &view.contested {
            let side = field
                .candidates
                .choose(rng)
                .ok_or_else(|| Failure::internal("a conflict without sides"))?;
            let work = Work::Settle {
                field: field.field.clone(),
                value: side.value.clone(),
            };
            a.phone.record(record, &view.seen, work).await?;
            tell::settled(self.out, field, &side.value)?;
        }
        a.sync().await?;
        b.sync().await?;
        let left = [
            a.open(record).await?.contested.len(),
            b.open(record).await?.contested.len(),
            self.merged(record, token)
                .await?
                .inspection
                .map_or(0, |view| view.contested.len()),
        ];
        let [on_a, on_b, on_server] = left;
        self.out.say(words::AGREED, &[&on_a, &on_b, &on_server])?;
        Ok(view.contested.len().saturating_sub(on_a.max(on_b).max(on_server)))
    }

    /// The owner signs on one phone; the other, which does not know yet, adds a remark.
    async fn sign(
        &self,
        a: &mut Player,
        b: &mut Player,
        record: &str,
        token: &str,
        rng: &mut StdRng,
    ) -> Result<Shown, Failure> {
        self.out.say(words::STEP_SIGN, &[])?;
        let image: String = (0..32).map(|_| format!("{:02x}", rng.random::<u8>())).collect();
        // Persons are rows that come with the owners' data; the record holds an id only, as always.
        let person = uuid::Uuid::from_bytes(rng.random()).to_string();
        let seen = a.open(record).await?.seen;
        a.phone.record(record, &seen, Work::Sign { image, person }).await?;
        let seen = b.open(record).await?.seen;
        let text = self.out.lang.pick(
            "业主问起阳台地漏，已约复看",
            "The owner asked about the balcony drain; a second look is agreed",
        );
        b.phone
            .record(
                record,
                &seen,
                Work::Remark {
                    about: String::new(),
                    text: text.to_owned(),
                },
            )
            .await?;
        a.sync().await?;
        b.sync().await?;
        a.sync().await?;
        let shown = self.merged(record, token).await?;
        tell::signed(self.out, &shown)?;
        Ok(shown)
    }
}

/// Records one work after the other.
async fn perform(player: &mut Player, view: &InspectionView, works: &[Work]) -> Result<(), Failure> {
    for work in works {
        player.phone.record(&view.record, &view.seen, work.clone()).await?;
    }
    Ok(())
}
