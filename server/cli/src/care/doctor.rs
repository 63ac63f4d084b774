//! `keyturn doctor`.

use super::bar::Bar;
use super::size::size;
use super::{kinds, words};
use crate::args::DataArgs;
use crate::failure::Failure;
use crate::open;
use crate::out::Out;
use crate::when;
use clap::Args;
use keyturn_server::Server;
use keyturn_server::backup::{PlaceState, list_of, places};
use keyturn_server::sync::doctor::{Class, Examined, Findings, Kind, Machine, Repaired, examine, look_at_machine};
use serde::Serialize;

/// Verify everything that can be verified; exit code 0 when nothing is wrong, 1 when something is.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Make again what is computed: saved forms, projections, sums, indexes; recorded data are not touched
    #[arg(long)]
    pub repair: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Serialize)]
struct Told<'a> {
    clean: bool,
    #[serde(flatten)]
    examined: &'a Examined,
    machine: Machine,
    repaired: Option<Repaired>,
    backups: &'a [PlaceState],
}

/// Runs the command.
///
/// # Errors
/// A failure without words when something is wrong, as it was told; what keeps the database from being read.
pub async fn run(args: &DoctorArgs, out: &Out) -> Result<(), Failure> {
    let server = open::tool(&args.data).await?;
    let (mut examined, mut machine) = look(&server, out).await?;
    let mut repaired = None;
    if args.repair && examined.findings.concern_data() {
        let erased = list_of(server.state()).await?;
        let mut bar = Bar::new(out);
        let found = &examined.findings;
        let done = server.sync().repair(found, &erased, &mut |step| bar.show(step)).await?;
        drop(bar);
        tell_repaired(&done, out)?;
        repaired = Some(done);
        // What is told in the end is what is there now.
        (examined, machine) = look(&server, out).await?;
    }
    let database = server.state().db.database().shown();
    let backups = places(server.state()).await?;
    server.close().await;
    tell(&database, &examined, machine, &backups, out)?;
    let clean = examined.findings.0.is_empty();
    out.result(&Told {
        clean,
        examined: &examined,
        machine,
        repaired,
        backups: &backups,
    })?;
    if clean { Ok(()) } else { Err(Failure::findings()) }
}

async fn look(server: &Server, out: &Out) -> Result<(Examined, Machine), Failure> {
    let state = server.state();
    let erased = list_of(state).await?;
    let mut bar = Bar::new(out);
    let mut tx = state.db.begin_read().await?;
    let mut examined = examine(&mut tx, &erased, &mut |step| bar.show(step)).await?;
    drop(bar);
    let mut findings = Findings::default();
    let machine = look_at_machine(&mut tx, &state.db.path(), state.now(), &mut findings).await?;
    examined.findings.0.append(&mut findings.0);
    Ok((examined, machine))
}

fn tell_repaired(done: &Repaired, out: &Out) -> Result<(), Failure> {
    let sums = if done.sums {
        out.text(words::DOCTOR_SUMS, &[])
    } else {
        String::new()
    };
    let parts: [&dyn std::fmt::Display; 6] = [
        &done.documents,
        &done.indexes,
        &done.purges,
        &done.counters,
        &done.erased,
        &sums,
    ];
    out.say(words::DOCTOR_REPAIRED, &parts)
}

fn tell(
    database: &str,
    examined: &Examined,
    machine: Machine,
    backups: &[PlaceState],
    out: &Out,
) -> Result<(), Failure> {
    let rows = |table: &str| examined.facts.rows.get(table).copied().unwrap_or(0);
    let parts: [&dyn std::fmt::Display; 6] = [
        &database,
        &size(machine.database_bytes),
        &examined.facts.projects.len(),
        &rows("documents"),
        &rows("changes"),
        &rows("log"),
    ];
    out.say(words::DOCTOR_LOOKED, &parts)?;
    out.say(words::DOCTOR_FREE, &[&size(machine.free_bytes)])?;
    if !examined.quarantine.is_empty() {
        let all: u64 = examined.quarantine.values().sum();
        let by: Vec<String> = examined
            .quarantine
            .iter()
            .map(|(code, n)| format!("{code} ×{n}"))
            .collect();
        out.say(words::DOCTOR_QUARANTINE, &[&all, &by.join(", ")])?;
    }
    for project in examined.facts.projects.iter().filter(|p| p.backup_seq < p.seq) {
        let missing = project.seq - project.backup_seq;
        out.say(words::DOCTOR_BACKUP, &[&project.code, &missing])?;
    }
    for place in backups {
        if !place.name.is_empty() {
            let made = when::minute(place.made_at);
            out.say(words::DOCTOR_PLACE, &[&place.place, &place.name, &made])?;
        }
        if !place.failed.is_empty() {
            let tried = when::minute(place.tried_at);
            out.say(words::DOCTOR_PLACE_FAILED, &[&place.place, &place.failed, &tried])?;
        }
    }
    let findings = &examined.findings;
    if findings.0.is_empty() {
        return out.say(words::DOCTOR_CLEAN, &[]);
    }
    out.say(words::DOCTOR_FOUND, &[&findings.0.len()])?;
    for (kind, found) in &findings.0 {
        let said = out.text(kinds::kind(*kind), &[]);
        out.say(words::DOCTOR_KIND, &[&kind.code(), &found.count, &said])?;
        for example in found.examples.iter().take(3) {
            out.say(words::DOCTOR_EXAMPLE, &[example])?;
        }
    }
    advise(findings, out)
}

/// Says what to do, the gravest first.
fn advise(findings: &Findings, out: &Out) -> Result<(), Failure> {
    let is = |class: Class| findings.0.values().any(|found| found.class == class);
    let advice = [
        (is(Class::Damage), words::DOCTOR_DO_DAMAGE),
        (is(Class::Derived), words::DOCTOR_DO_DERIVED),
        (findings.0.contains_key(&Kind::DiskLow), words::DOCTOR_DO_DISK),
        (findings.0.contains_key(&Kind::ClockBack), words::DOCTOR_DO_CLOCK),
    ];
    advice
        .iter()
        .filter(|(there, _)| *there)
        .try_for_each(|(_, words)| out.say(*words, &[]))
}
