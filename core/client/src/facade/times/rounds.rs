//! Rounds of a patrol: when they were walked, what the day's log says of itself, and who read it.

use super::views::{LogLine, RoundView};
use crate::ClientError;
use crate::facade::context::{calendar, task_of_record};
use crate::facade::inspections::Inspections;
use crate::facade::lists::projection;
use crate::facade::record::{asked, catalog, command, genesis_of, seen};
use crate::facade::views::Recorded;
use chrono::NaiveDate;
use keyturn_domain::catalog::{Patrols, Round};
use keyturn_domain::document::Genesis;
use keyturn_domain::events::{LifeEvent, Standing};
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::{CommandError, life, round};
use keyturn_domain::rules::{ProjectCalendar, RoundKept, round_kept};
use keyturn_domain::{PlaceId, Value};
use keyturn_store::{Connection, documents};

impl Inspections {
    /// Shows how a round went, and the log of its day.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`; `no_round` when its task names no round.
    pub fn round(&self, record: &str) -> Result<RoundView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let now = self.0.inner.now_ms();
        let walked = self.walked(&genesis)?;
        let plan = self.0.look(|conn| Planned::read(conn, &genesis))?;
        let kept = walked
            .ended
            .and_then(|ended| plan.judge(walked.started?, ended, walked.missing, &walked.reason));
        let log = self.0.look(|conn| log_of(conn, &genesis, &plan))?;
        let closes = plan.calendar.moment(plan.day.and_time(plan.patrols.log.daily_close));
        Ok(RoundView {
            round: plan.round.code.to_string(),
            text: TextView::from(&plan.round.text),
            planned_start: plan.round.start.format("%H:%M").to_string(),
            planned_end: plan.round.end.format("%H:%M").to_string(),
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

    /// Ends a round. One that is not on time, or not whole, says why.
    ///
    /// # Errors
    /// `missing` without a reason that is needed, `illegal` while a point that must be tested is open.
    pub fn end_round(&self, record: &str, heads: &[String], reason: &str) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let questions = asked(&self.0, &genesis)?;
        let now = self.0.inner.now_ms();
        let started = self.walked(&genesis)?.started;
        let plan = self.0.look(|conn| Planned::read(conn, &genesis))?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            let missing = round::points_missing(ask.document, &questions.place());
            let kept = started.and_then(|started| plan.judge(started, now, missing, reason));
            let on_time = kept.is_none_or(|kept| kept.on_time);
            if !on_time && plan.patrols.exception_needs_reason && reason.trim().is_empty() {
                return Err(CommandError::Missing("reason"));
            }
            round::end(ask.document, ask.seen, &questions.place(), reason, ask.who, &ask.stamp).map(|w| vec![w])
        })
    }

    /// Leaves the stamp of a manager who read the log; a remark of theirs is a remark of the record.
    ///
    /// # Errors
    /// `role` for anybody else.
    pub fn read_round(&self, record: &str, heads: &[String]) -> Result<Recorded, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        command(&self.0, &genesis, false, &seen(heads)?, |ask| {
            round::read(ask.document, ask.seen, ask.who, &ask.stamp).map(|w| vec![w])
        })
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

/// What was planned of a round.
struct Planned {
    patrols: &'static Patrols,
    round: &'static Round,
    day: NaiveDate,
    calendar: ProjectCalendar,
}

impl Planned {
    fn read(conn: &Connection, genesis: &Genesis) -> Result<Self, ClientError> {
        let no_round = || ClientError::refused("no_round");
        let patrols = &catalog()?.patrols;
        let task = task_of_record(conn, genesis)?.ok_or_else(no_round)?;
        let leaves = |round: &&Round| round.start.format("%H:%M").to_string() == task.slot;
        Ok(Self {
            patrols,
            round: patrols.rounds.iter().find(leaves).ok_or_else(no_round)?,
            day: task.day.parse().map_err(|_| no_round())?,
            calendar: calendar(conn, genesis.project)?,
        })
    }

    /// On another day nothing is on time, whatever the hour.
    fn judge(&self, started_ms: i64, ended_ms: i64, missing: u32, reason: &str) -> Option<RoundKept> {
        let (started, ended) = (self.calendar.local(started_ms), self.calendar.local(ended_ms));
        let on_day = started.date() == self.day && ended.date() == self.day;
        let missing = if on_day {
            usize::try_from(missing).ok()?
        } else {
            usize::MAX
        };
        Some(round_kept(
            self.patrols,
            self.round,
            started.time(),
            ended.time(),
            missing,
            reason,
        ))
    }
}

/// What happened that day in the public places, by time: the log writes itself.
fn log_of(conn: &Connection, genesis: &Genesis, plan: &Planned) -> Result<Vec<LogLine>, ClientError> {
    let common = PlaceId::public_places(genesis.project);
    let mut lines = Vec::new();
    for kind in ["inspection", "defect", "case", "visit"] {
        for listed in documents::of_project(conn, genesis.project, kind)? {
            if listed.scope.0 != common.0 {
                continue;
            }
            let steps = projection(&listed).history.into_iter();
            let of_day = steps.filter(|step| plan.calendar.day_of(step.at_ms) == plan.day);
            lines.extend(of_day.map(|step| LogLine {
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
