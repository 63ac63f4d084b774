//! Answers questions with the client's facade, and with nothing else.

use super::ask::{Ask, Reply, Synced, Talk, Work};
use keyturn_client::facade::{NewArrival, NewCase, NewDefect, NewPhoto, NewPromise};
use keyturn_client::{Client, ClientError, StepBudget, SystemClock};
use keyturn_server::domain::Clock as _;
use serde::Serialize;

/// A phone that still has more to say after so many exchanges has something to tell instead.
const MOST_EXCHANGES: u64 = 500;

/// Answers one question.
pub async fn answer(client: &Client, ask: Ask) -> Reply {
    match ask {
        Ask::Enrol { code, name } => {
            let enrolled = client.session().enrol(&code, &name).await;
            reply(enrolled.map(|me| serde_json::json!({ "user": me.user, "device": me.device, "server": me.server })))
        }
        Ask::Sync => reply(sync(client).await),
        Ask::Status => reply(client.sync().status().map(|status| {
            serde_json::json!({
                "saved": status.saved, "received": status.received, "in_backup": status.in_backup,
                "queued": status.queued, "held": status.held, "stuck": status.stuck, "marked": status.marked,
                "refused_here": status.refused_here, "clock_offset_ms": status.clock_offset_ms,
                "clock_off": status.clock_off,
            })
        })),
        Ask::Tasks => reply(client.tasks().mine()),
        Ask::People => reply(client.places().people()),
        Ask::Buildings => reply(client.places().buildings()),
        Ask::Home { place } => reply(client.places().home(&place)),
        Ask::Begin { task } => reply(client.inspections().begin(&task)),
        Ask::Open { record } => reply(client.inspections().open(&record)),
        Ask::OpenDefect { record } => reply(client.defects().open(&record)),
        Ask::Household { place } => reply(client.people().household(&place).map(|home| {
            let persons = home.persons.into_iter().map(|person| person.person);
            persons.collect::<Vec<_>>()
        })),
        Ask::BeginVisit { place, script, survey } => reply(
            client
                .visits()
                .begin_at(&place, &script, &survey)
                .map(|screen| screen.visit),
        ),
        Ask::OpenVisit { record } => reply(client.visits().open(&record).map(|screen| screen.visit)),
        Ask::Visit { record, seen, talk } => visit(client, &record, &seen, talk),
        Ask::Report {
            place,
            kind,
            words,
            person,
        } => reply(client.cases().report(&NewCase {
            place,
            kind,
            words,
            person,
            relation: "owner".to_owned(),
            ..NewCase::default()
        })),
        Ask::OpenCase { record } => reply(client.cases().open(&record)),
        Ask::Record { record, seen, work } => record_work(client, &record, &seen, work),
    }
}

fn record_work(client: &Client, record: &str, seen: &[String], work: Work) -> Reply {
    let inspections = client.inspections();
    let done = match work {
        Work::Answer {
            question,
            result,
            reason,
        } => inspections.answer(record, seen, &question, &result, &reason, ""),
        Work::Reading {
            question,
            reading,
            n,
            value,
        } => inspections.reading(record, seen, &question, &reading, n, Some(value)),
        Work::Rest { room } => inspections.rest_is_fine(record, seen, &room).map(|done| done.recorded),
        Work::Photo {
            hash,
            kind,
            about,
            taken_ms,
        } => inspections.photo(
            record,
            seen,
            &NewPhoto {
                hash,
                kind,
                about,
                taken_ms,
            },
        ),
        Work::Remark { about, text } => inspections.remark(record, seen, &about, &text),
        Work::Defect {
            place,
            question,
            code,
            room,
            description,
        } => client.defects().record(&NewDefect {
            place,
            code,
            room,
            description,
            inspection: record.to_owned(),
            question,
            ..NewDefect::default()
        }),
        Work::Settle { field, value } => inspections.settle(record, seen, &field, &value),
        Work::Sign { image, person } => inspections.sign(record, seen, &image, &person, ""),
    };
    reply(done)
}

fn visit(client: &Client, record: &str, seen: &[String], talk: Talk) -> Reply {
    let visits = client.visits();
    reply(match talk {
        Talk::Arrive { met } => visits.arrive(
            record,
            seen,
            &NewArrival {
                way: "visit".to_owned(),
                met,
                owner_asked: true,
                ..NewArrival::default()
            },
        ),
        Talk::Say { part, when } => visits.say(record, seen, &part, &when, true),
        Talk::Answer { question, value } => visits.answer(record, seen, &question, &value),
        Talk::Skip { question } => visits.skip(record, seen, &question),
        Talk::Promise { what, within_ms } => visits.promise(
            record,
            seen,
            &NewPromise {
                what,
                due_ms: SystemClock.now_ms().saturating_add(within_ms),
                ..NewPromise::default()
            },
        ),
        Talk::ReadBack => visits.read_back(record, seen),
        Talk::Finish { result, next_step } => visits.finish(record, seen, &result, &next_step),
    })
}

/// Exchanges until nothing is left to do. The last exchange is idle, so that the sums are compared.
pub async fn sync(client: &Client) -> Result<Synced, ClientError> {
    let mut done = Synced::default();
    while done.exchanges < MOST_EXCHANGES {
        let step = client.sync().step(StepBudget::default()).await?;
        done.exchanges += 1;
        done.sent += step.sent;
        done.received += step.received;
        done.refused += step.refused;
        done.entries += step.entries;
        done.agreed = step.agreed.or(done.agreed);
        if !step.more && step.sent == 0 {
            break;
        }
    }
    Ok(done)
}

fn reply<T: Serialize>(result: Result<T, ClientError>) -> Reply {
    match result.map(|value| serde_json::to_value(value)) {
        Ok(Ok(value)) => Reply::Ok(value),
        Ok(Err(error)) => Reply::error("internal", &error.to_string()),
        Err(error) => {
            let missing = error.missing();
            let detail = if missing.is_empty() {
                error.to_string()
            } else {
                missing.join(", ")
            };
            Reply::error(error.code(), &detail)
        }
    }
}
