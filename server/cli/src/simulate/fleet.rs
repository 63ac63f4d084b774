//! The run: enrol, play the days on all phones at once, download on a new phone, sync idly; compare.

use super::SimulateArgs;
use super::done::Kind;
use super::member::{Member, Part, Share};
use super::report::Report;
use super::words;
use crate::failure::Failure;
use crate::out::Out;
use crate::parts::{Air, Folder, ServerProcess, Traffic};
use crate::words::Words;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use keyturn_server::domain::UserId;
use keyturn_server::sync::DemoLoaded;
use std::time::Instant;
use tokio::task::JoinSet;

/// Idle syncs that are measured together: the system counts CPU in hundredths of a second.
const IDLE: u32 = 10;

/// What a run is made with.
pub struct Run<'a> {
    /// What was asked for.
    pub args: &'a SimulateArgs,
    /// Where it is told.
    pub out: &'a Out,
    /// Where the data are.
    pub folder: &'a Folder,
    /// The server.
    pub server: &'a ServerProcess,
    /// The way to it.
    pub air: &'a Air,
    /// Its project.
    pub loaded: &'a DemoLoaded,
}

impl Run<'_> {
    /// Makes the run.
    ///
    /// # Errors
    /// Whatever is no fault of the network.
    pub async fn go(&self) -> Result<Report, Failure> {
        let bar = self.bar();
        let fleet = self.enrol(&bar).await?;
        let mut report = Report {
            phones: self.args.phones,
            days: self.args.days,
            ..Report::default()
        };
        let fleet = self.days(fleet, &bar, &mut report).await?;
        let fleet = self.last(fleet, &bar, &mut report).await?;
        self.download(&fleet, &bar, &mut report).await?;
        self.idle(&fleet, &bar, &mut report).await?;
        bar.finish_and_clear();
        let used = self.server.usage();
        report.server_cpu_seconds = used.cpu_seconds;
        report.server_peak_rss_bytes = used.peak_rss_bytes;
        report.faults = self.air.traffic().lost;
        Ok(report)
    }

    /// Engineers and ambassadors in turn; whoever has several phones shares the homes among them.
    fn crew(&self) -> Result<Vec<(UserId, Part, Share)>, Failure> {
        let team = |nth: usize| {
            let mut all: Vec<UserId> = Vec::new();
            for home in &self.loaded.homes {
                let one = home.assignees.get(nth).copied();
                all.extend(one.filter(|user| !all.contains(user)));
            }
            all
        };
        let parts = [(Part::Engineer, team(0)), (Part::Ambassador, team(1))];
        let mut crew: Vec<(UserId, Part, usize)> = Vec::new();
        for n in 0..usize::try_from(self.args.phones).map_err(Failure::internal)? {
            let [engineers, ambassadors] = &parts;
            let (part, people) = if n.is_multiple_of(2) { engineers } else { ambassadors };
            let of = (n / 2) % people.len().max(1);
            let user = people.get(of).ok_or_else(|| Failure::internal("nobody works there"))?;
            crew.push((*user, *part, n / 2 / people.len()));
        }
        let phones = |user: UserId| crew.iter().filter(|(other, ..)| *other == user).count();
        let all = crew.iter().map(|(user, part, nth)| {
            let of = phones(*user);
            (*user, *part, Share { nth: *nth, of })
        });
        Ok(all.collect())
    }

    async fn enrol(&self, bar: &ProgressBar) -> Result<Vec<Member>, Failure> {
        let crew = self.crew()?;
        let server = crate::open::tool(&crate::args::DataArgs::in_folder(self.folder.join("server"))).await?;
        let mut codes = Vec::new();
        for (user, ..) in &crew {
            codes.push(server.devices().create_enrolment(*user).await?.text);
        }
        server.close().await;
        self.stage(bar, words::ENROL, crew.len());
        let mut fleet = Vec::new();
        for (n, ((_, part, share), code)) in crew.into_iter().zip(codes).enumerate() {
            let folder = self.folder.join(&format!("phone-{n}"));
            let how = (part, share, self.args.seed.wrapping_mul(1_000) + n as u64);
            fleet.push(Member::enrol(&folder, self.air.url(), &code, how).await?);
            bar.inc(1);
        }
        Ok(fleet)
    }

    /// Everybody plays their days at once.
    async fn days(
        &self,
        mut fleet: Vec<Member>,
        bar: &ProgressBar,
        report: &mut Report,
    ) -> Result<Vec<Member>, Failure> {
        let (before, used, began) = (self.air.traffic(), self.server.usage(), Instant::now());
        let homes = usize::try_from(self.args.homes_a_day).map_err(Failure::internal)?;
        for day in 0..usize::try_from(self.args.days).map_err(Failure::internal)? {
            self.stage(bar, words::DAY, fleet.len());
            fleet = all(fleet, bar, move |mut member| async move {
                member.day(day, homes).await?;
                Ok(member)
            })
            .await?;
        }
        report.seconds = began.elapsed().as_secs_f64();
        let passed = since(self.air.traffic(), before);
        (report.requests, report.bytes_up, report.bytes_down) = (passed.requests, passed.up, passed.down);
        report.days_server_cpu_seconds = self.server.usage().cpu_seconds - used.cpu_seconds;
        Ok(fleet)
    }

    /// Everybody syncs once more: then all phones know what the others did.
    async fn last(&self, fleet: Vec<Member>, bar: &ProgressBar, report: &mut Report) -> Result<Vec<Member>, Failure> {
        self.stage(bar, words::LAST, fleet.len());
        let fleet = all(fleet, bar, |mut member| async move {
            member.sync().await?;
            Ok(member)
        })
        .await?;
        let mut times = Vec::new();
        for member in &fleet {
            let (saved, received) = member.promises()?;
            report.changes += saved;
            report.acknowledged += received;
            let (waiting, refused) = member.intents()?;
            report.lost += waiting + saved.saturating_sub(received);
            report.refused.extend(refused);
            report.done.join(&member.made.done);
            times.extend(member.exchanges.iter().copied());
        }
        report.times(times);
        Ok(fleet)
    }

    /// A new phone of somebody who sees the whole project fetches everything; what it holds is compared.
    async fn download(&self, fleet: &[Member], bar: &ProgressBar, report: &mut Report) -> Result<(), Failure> {
        self.stage(bar, words::DOWNLOAD, 1);
        let server = crate::open::tool(&crate::args::DataArgs::in_folder(self.folder.join("server"))).await?;
        let reviewer = server.users().find("rev01").await?;
        let code = server.devices().create_enrolment(reviewer.id).await?;
        server.close().await;
        let (before, began) = (self.air.traffic(), Instant::now());
        let how = (Part::Engineer, Share { nth: 0, of: 1 }, 0);
        let new = Member::enrol(&self.folder.join("phone-new"), self.air.url(), &code.text, how).await?;
        report.download_seconds = began.elapsed().as_secs_f64();
        report.download_bytes = since(self.air.traffic(), before).down;
        for member in fleet {
            for (kind, record) in &member.made.records {
                let there = new.heads(*kind, record)?;
                let own = member.heads(*kind, record)?;
                report.lost += own.iter().filter(|head| !there.contains(head)).count() as u64;
            }
            report.there.join(&member.made.shown_by(&new.client)?);
        }
        for (kind, _) in Kind::ALL {
            report.lost += report.done.of(kind).saturating_sub(report.there.of(kind));
        }
        bar.inc(1);
        Ok(())
    }

    async fn idle(&self, fleet: &[Member], bar: &ProgressBar, report: &mut Report) -> Result<(), Failure> {
        let Some(member) = fleet.first().filter(|_| self.args.faults == crate::parts::Faults::None) else {
            return Ok(());
        };
        self.stage(bar, words::IDLE, 1);
        // The first one may fetch what others sent since; then there is nothing.
        member.step().await?;
        member.step().await?;
        let (before, used) = (self.air.traffic(), self.server.usage());
        for _ in 0..IDLE {
            member.step().await?;
        }
        let passed = since(self.air.traffic(), before);
        report.idle_bytes = (passed.up + passed.down) / u64::from(IDLE);
        report.idle_server_cpu_seconds = self.server.usage().cpu_seconds - used.cpu_seconds;
        Ok(())
    }

    /// On standard error, so that results stay apart; nothing for programs.
    fn bar(&self) -> ProgressBar {
        let target = if self.out.json {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar
    }

    fn stage(&self, bar: &ProgressBar, name: Words, len: usize) {
        bar.set_message(self.out.text(name, &[]));
        bar.set_position(0);
        bar.set_length(len as u64);
    }
}

/// Lets all phones do the same at once.
async fn all<F, Fut>(fleet: Vec<Member>, bar: &ProgressBar, work: F) -> Result<Vec<Member>, Failure>
where
    F: Fn(Member) -> Fut,
    Fut: Future<Output = Result<Member, Failure>> + Send + 'static,
{
    let mut running: JoinSet<Result<Member, Failure>> = fleet.into_iter().map(work).collect();
    let mut back = Vec::new();
    while let Some(done) = running.join_next().await {
        back.push(done.map_err(Failure::internal)??);
        bar.inc(1);
    }
    Ok(back)
}

const fn since(now: Traffic, before: Traffic) -> Traffic {
    Traffic {
        requests: now.requests - before.requests,
        up: now.up - before.up,
        down: now.down - before.down,
        lost: now.lost - before.lost,
    }
}
