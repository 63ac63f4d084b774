//! Key figures of a project, and the risk of handing a home or building over, from what this phone holds.

use super::lists::projection;
use super::places::{Places, find_building};
use super::record::parse;
use super::{context, lists};
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::intents::{Command, RiskDecide};
use keyturn_domain::rules::kpi::{Figure, Health, Recorded};
use keyturn_domain::rules::risk::{Assessment, Decision, RiskView, decide};
use keyturn_domain::rules::{Days, Gathered};
use keyturn_domain::{PlaceId, ProjectId, ScopeId};
use keyturn_store::documents::ListedDocument;
use keyturn_store::{Connection, changes, documents, intents, outbox};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A record that waits longer than this is late.
const LATE_MS: i64 = 24 * 60 * 60 * 1_000;
/// The most commands that are looked at for late ones.
const MOST: u32 = 10_000;

impl Places {
    /// Counts every key figure of a project over some days (`2026-12-01`, the last one included), from the records that
    /// this phone holds.
    ///
    /// # Errors
    /// [`ClientError::Input`] for what is no day; `unknown_project` when this phone does not hold it.
    pub fn kpis(&self, project: &str, from: &str, to: &str) -> Result<Vec<Figure>, ClientError> {
        let (project, days) = (parse(project, "project")?, days(from, to)?);
        let now_ms = self.0.inner.clock.now_ms();
        self.0.look(|conn| {
            let mut all = rows(conn, project, Gathered::FOR_FIGURES)?;
            for listed in documents::of_project(conn, project, "")? {
                all.record(recorded(&listed));
            }
            let unknown = |_| ClientError::refused("unknown_project");
            all.figures(
                &edition(conn, project, None)?.catalog,
                days,
                now_ms,
                health(conn, now_ms)?,
            )
            .map_err(unknown)
        })
    }

    /// Shows the risk of handing over a home, or a building with its homes, and how the gate stands.
    ///
    /// # Errors
    /// `unknown_place` when this phone does not hold it.
    pub fn risk(&self, subject: &str) -> Result<RiskView, ClientError> {
        Ok(self.assessed(parse(subject, "subject")?)?.2)
    }

    /// Opens the gate of a home or building, or keeps it shut, upon its risk as this phone knows it now. The server's
    /// answer comes with a later exchange; until then the decision is shown as pending.
    ///
    /// # Errors
    /// `unknown_place`, `no_grant`; `role`, `reason` or `stop` when nobody may decide so.
    pub fn decide_risk(&self, subject: &str, open: bool, reason: &str) -> Result<RiskView, ClientError> {
        let id: Uuid = parse(subject, "subject")?;
        let (project, now, _) = self.assessed(id)?;
        let user = self.0.session().me()?.user;
        let who = self.0.look(|conn| context::who(conn, user, project, ScopeId(id)))?;
        let stamp = self.0.stamp();
        let decision = RiskDecide {
            id: self.0.inner.ids.uuid_v7(stamp.at_ms),
            subject: id,
            open,
            reason: reason.to_owned(),
            score: now.score.into(),
            band: now.band,
            factors: now.factors.into_iter().map(|(code, n)| (code, n.into())).collect(),
            at_ms: stamp.at_ms,
        };
        let in_force = self.0.in_force(project)?;
        let rules = &in_force.catalog.delivery_risk;
        decide(rules, &Decision::of(rules, &decision.row(user)), &who.role)
            .map_err(|refused| ClientError::refused(refused.code()))?;
        self.0.sync().intend(project, &Command::RiskDecide(decision))?;
        self.risk(subject)
    }

    fn assessed(&self, subject: Uuid) -> Result<(ProjectId, Assessment, RiskView), ClientError> {
        let now_ms = self.0.inner.clock.now_ms();
        let user = self.0.session().me()?.user;
        self.0.look(|conn| {
            let project = match context::project_of(conn, PlaceId(subject))? {
                Some(project) => project,
                None => find_building(conn, ScopeId(subject))?.0,
            };
            let mut all = rows(conn, project, Gathered::FOR_RISKS)?;
            let mut unsynced = false;
            for home in all.homes_of(subject) {
                for listed in documents::at_place(conn, home)? {
                    let own = changes::promises(conn, Some(listed.genesis.document))?;
                    unsynced |= own.received < own.saved;
                    all.record(recorded(&listed));
                }
            }
            for intent in intents::every(conn)?.iter().filter(|i| i.state == "queued") {
                if let Ok(Command::RiskDecide(decided)) = Command::read(&intent.kind, &intent.payload) {
                    all.decision(decided.id, Some(decided.row(user)), true);
                }
            }
            let (now, view) = all
                .risk(&edition(conn, project, None)?.catalog, subject, now_ms, unsynced)
                .ok_or_else(|| ClientError::refused("unknown_place"))?;
            Ok((project, now, view))
        })
    }
}

fn days(from: &str, to: &str) -> Result<Days, ClientError> {
    let (from, to) = (parse(from, "from")?, parse(to, "to")?);
    if from <= to {
        Ok(Days { from, to })
    } else {
        Err(ClientError::Input("to"))
    }
}

fn rows(conn: &Connection, project: ProjectId, kinds: &[&str]) -> Result<Gathered, ClientError> {
    let mut all = Gathered::default();
    for of in kinds {
        for row in keyturn_store::rows::of_kind(conn, project, of)? {
            all.row(of, row.id, &row.body);
        }
    }
    Ok(all)
}

fn recorded(listed: &ListedDocument) -> Recorded {
    Recorded {
        id: listed.genesis.document,
        place: listed.genesis.place,
        projection: projection(listed),
    }
}

/// What a phone knows of how records come in: its own.
fn health(conn: &Connection, now_ms: i64) -> Result<Health, ClientError> {
    let waiting = outbox::queued(conn, MOST)?.into_iter();
    let late: BTreeSet<_> = waiting
        .filter(|command| now_ms.saturating_sub(command.at_ms) > LATE_MS)
        .map(|command| command.document)
        .collect();
    Ok(Health {
        records_waiting: Some(lists::count(late.len())),
        ..Health::default()
    })
}
