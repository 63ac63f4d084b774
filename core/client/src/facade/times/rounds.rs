//! Rounds: when they were walked, what the log of their days says of itself, and who read it. A round of a patrol has
//! hours; a fit-out patrol and a survey of common parts have days.

use super::views::{LogLine, RoundView};
use crate::ClientError;
use crate::facade::context::{calendar, scope_of, task, task_of_record};
use crate::facade::inspections::Inspections;
use crate::facade::lists::projection;
use crate::facade::record::{asked, command, genesis_of, seen};
use crate::facade::views::Recorded;
use chrono::NaiveDate;
use keyturn_domain::catalog::{Catalog, Patrols, Round};
use keyturn_domain::document::Genesis;
use keyturn_domain::events::{LifeEvent, Standing};
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::{CommandError, life, round};
use keyturn_domain::rules::{ProjectCalendar, RoundKept, days_kept, round_kept};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, Document, Value};
use keyturn_store::{Connection, documents};
use std::ops::RangeInclusive;
use std::sync::Arc;

impl Inspections {
    /// Shows how a round went, and the log of its days.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`; `no_round` for an inspection that an owner signs, or one without a task.
    pub fn round(&self, record: &str) -> Result<RoundView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let now = self.0.inner.now_ms();
        let walked = self.walked(&genesis)?;
        let plan = self.plan(&genesis)?;
        let kept = walked
            .ended
            .and_then(|ended| plan.judge(walked.started?, ended, walked.missing, &walked.reason));
        let days = plan.walked_on(&walked, now);
        let log = self.0.look(|conn| log_of(conn, &genesis, &plan.calendar, &days))?;
        let closes = plan
            .calendar
            .moment(plan.days.end().and_time(plan.patrols().log.daily_close));
        let hour = |of: fn(&Round) -> chrono::NaiveTime| {
            let round = plan.round.as_ref();
            round.map(|round| of(round).format("%H:%M").to_string())
        };
        Ok(RoundView {
            round: plan
                .round
                .as_ref()
                .map_or(plan.kind.as_str(), |round| round.code.as_str())
                .to_owned(),
            text: plan.text(),
            first_day: plan.days.start().to_string(),
            last_day: plan.days.end().to_string(),
            planned_start: hour(|round| round.start).unwrap_or_default(),
            planned_end: hour(|round| round.end).unwrap_or_default(),
            started_ms: walked.started,
            ended_ms: walked.ended,
            points_missing: walked.missing,
            on_time: kept.map(|kept| kept.on_time),
            reason: walked.reason,
            closed: now >= closes,
            read_by: walked.read.as_ref().map(|(by, _)| by.clone()).unwrap_or_default(),
            read_ms: walked.read.map(|(_, at)| at),
            log,
        })
    }

    /// Ends a round: nobody signs for it but whoever walked. One that is not on time, or not whole, says why.
    ///
    /// # Errors
    /// `no_round` for an inspection that an owner signs, `missing` without a reason that is needed, `illegal` while a point that must be tested is open.
    pub fn end_round(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let questions = asked(&self.0, &genesis)?;
        let now = self.0.inner.now_ms();
        let started = self.walked(&genesis)?.started;
        let plan = self.plan(&genesis)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            let missing = round::points_missing(ask.document, &questions.place());
            let kept = started.and_then(|started| plan.judge(started, now, missing, reason));
            let on_time = kept.is_none_or(|kept| kept.on_time);
            if !on_time && plan.patrols().exception_needs_reason && reason.trim().is_empty() {
                return Err(CommandError::Missing("reason"));
            }
            round::end(ask.document, ask.seen, &questions.place(), reason, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Leaves the stamp of a manager who read the log; a remark of theirs is a remark of the record.
    ///
    /// # Errors
    /// `no_round`; `role` for anybody else.
    pub fn read_round(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        self.plan(&genesis)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            round::read(ask.document, ask.seen, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    fn plan(&self, genesis: &Genesis) -> Result<Planned, ClientError> {
        let edition = self.0.edition_of(genesis)?;
        let told = self
            .0
            .looked(genesis.document, |document| Told::of(document, &edition.catalog))?;
        let told = told.ok_or_else(|| ClientError::refused("unknown_record"))?;
        self.0.look(|conn| Planned::read(conn, genesis, told, edition.catalog))
    }

    fn walked(&self, genesis: &Genesis) -> Result<Walked, ClientError> {
        let questions = asked(&self.0, genesis)?;
        let read = self.0.opened(genesis.document, |document, marks| {
            let missing = round::points_missing(document, &questions.place());
            Ok::<_, CommandError>(Walked::of(&life(document, marks)?.events, missing))
        })?;
        Ok(read.ok_or_else(|| ClientError::refused("unknown_record"))??)
    }
}

/// What the record says of a round.
struct Walked {
    started: Option<i64>,
    ended: Option<i64>,
    missing: u32,
    reason: String,
    read: Option<(String, i64)>,
}

impl Walked {
    fn of(events: &[LifeEvent], missing_now: u32) -> Self {
        let counts = |e: &&LifeEvent| matches!(e.standing, Standing::Legal | Standing::Neutral);
        let find = |name: &str| events.iter().filter(counts).find(|e| e.event == name);
        let word = |e: &LifeEvent, name: &str| {
            e.facts
                .get(name)
                .and_then(Value::as_text)
                .unwrap_or_default()
                .to_owned()
        };
        let ended = find("sign");
        let missing = ended
            .and_then(|e| e.facts.get("points_missing"))
            .and_then(Value::as_int);
        Self {
            started: find("start").map(|e| e.written.at_ms),
            ended: ended.map(|e| e.written.at_ms),
            missing: missing.map_or(missing_now, |n| u32::try_from(n).unwrap_or(u32::MAX)),
            reason: ended.map(|e| word(e, "reason")).unwrap_or_default(),
            read: find("read").map(|e| (word(e, "by"), e.written.at_ms)),
        }
    }
}

/// What a record says of what it is.
struct Told {
    is_round: bool,
    kind: String,
    task: String,
}

impl Told {
    fn of(document: &Document, catalog: &Catalog) -> Self {
        let text = |key: &str| Field::read(document, Container::Fields, key).text().to_owned();
        Self {
            is_round: round::is_round(document, catalog),
            kind: text("inspection_kind"),
            task: text("task"),
        }
    }
}

/// What was planned of a round.
struct Planned {
    /// The data of the record's edition.
    catalog: Arc<Catalog>,
    kind: String,
    /// Its hours; none: it has days alone.
    round: Option<Round>,
    days: RangeInclusive<NaiveDate>,
    calendar: ProjectCalendar,
}

impl Planned {
    fn read(conn: &Connection, genesis: &Genesis, told: Told, catalog: Arc<Catalog>) -> Result<Self, ClientError> {
        let no_round = || ClientError::refused("no_round");
        let own = match told.task.parse() {
            Ok(id) => task(conn, id)?.map(|(_, task)| task),
            Err(_) => None,
        };
        let task = match own {
            Some(task) => Some(task),
            None => task_of_record(conn, genesis)?,
        };
        let task = task.filter(|_| told.is_round).ok_or_else(no_round)?;
        let first: NaiveDate = task.day.parse().map_err(|_| no_round())?;
        let last = task.due.parse().unwrap_or(first).max(first);
        let leaves = |round: &&Round| round.start.format("%H:%M").to_string() == task.slot;
        let round = catalog.patrols.rounds.iter().find(leaves).cloned();
        Ok(Self {
            catalog,
            kind: told.kind,
            days: first..=if round.is_some() { first } else { last },
            round,
            calendar: calendar(conn, genesis.project)?,
        })
    }

    fn patrols(&self) -> &Patrols {
        &self.catalog.patrols
    }

    /// What it is called: the round of the day, or the kind of inspection.
    fn text(&self) -> TextView {
        let kind = || {
            let known = self.catalog.codes.get("inspection_kind", &self.kind)?;
            Some(TextView::from(&known.text))
        };
        let round = self.round.as_ref().map(|round| TextView::from(&round.text));
        round.or_else(kind).unwrap_or_default()
    }

    /// The days that its log tells of: its own day, or those from which it left until it was back.
    fn walked_on(&self, walked: &Walked, now_ms: i64) -> RangeInclusive<NaiveDate> {
        match (&self.round, walked.started) {
            (None, Some(started)) => {
                let last = walked.ended.unwrap_or(now_ms);
                self.calendar.day_of(started)..=self.calendar.day_of(last)
            }
            _ => self.days.clone(),
        }
    }

    /// On another day nothing is on time, whatever the hour.
    fn judge(&self, started_ms: i64, ended_ms: i64, missing: u32, reason: &str) -> Option<RoundKept> {
        let (started, ended) = (self.calendar.local(started_ms), self.calendar.local(ended_ms));
        let missing = usize::try_from(missing).ok()?;
        let Some(round) = &self.round else {
            return Some(days_kept(&self.days, started.date(), ended.date(), missing, reason));
        };
        let on_day = self.days.contains(&started.date()) && self.days.contains(&ended.date());
        let missing = if on_day { missing } else { usize::MAX };
        Some(round_kept(
            self.patrols(),
            round,
            started.time(),
            ended.time(),
            missing,
            reason,
        ))
    }
}

/// What happened on those days where the round was walked, by time: the log writes itself.
fn log_of(
    conn: &Connection,
    genesis: &Genesis,
    calendar: &ProjectCalendar,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Vec<LogLine>, ClientError> {
    let here = scope_of(conn, genesis.project, genesis.place)?;
    let mut lines = Vec::new();
    for kind in ["inspection", "defect", "case", "visit"] {
        for listed in documents::of_project(conn, genesis.project, kind)? {
            if listed.scope != here {
                continue;
            }
            let steps = projection(&listed).history.into_iter();
            let of_days = steps.filter(|step| days.contains(&calendar.day_of(step.at_ms)));
            lines.extend(of_days.map(|step| LogLine {
                at_ms: step.at_ms,
                by: step.by.map(|user| user.to_string()).unwrap_or_default(),
                event: step.event,
                record: listed.genesis.document.to_string(),
                kind: kind.to_owned(),
            }));
        }
    }
    lines.sort_by(|a, b| (a.at_ms, &a.record, &a.event).cmp(&(b.at_ms, &b.record, &b.event)));
    Ok(lines)
}
