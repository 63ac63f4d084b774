//! What the demo says of each step, and what it gives back in the end.

use super::story::Player;
use super::words;
use crate::columns;
use crate::failure::Failure;
use crate::http;
use crate::out::Out;
use crate::parts::ServerProcess;
use crate::phone::Work;
use crate::record::{Labels, Shown};
use keyturn_server::domain::catalog::Catalog;
use keyturn_server::domain::record::view::{ContestedView, InspectionView};
use keyturn_server::protocol::Code;
use keyturn_server::sync::DemoLoaded;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the story ended, read back from the API and the phones.
pub struct Ending {
    /// The record.
    pub record: String,
    /// The visit a week later.
    pub visit: String,
    /// The case that was reported then.
    pub case: String,
    /// A reader's token.
    pub token: String,
    /// Values, entries, events and defects that the phones held before they met.
    pub held: usize,
    /// Questions of the home.
    pub asked: u32,
    /// Contested fields of the merged record.
    pub contested: usize,
    /// Of those, settled on both phones and the server.
    pub settled: usize,
    /// Of what the phones held, gone.
    pub lost: usize,
    /// Both phones and the server show the same.
    pub agree: bool,
    /// Homes of the project.
    pub homes: usize,
    /// Records on the server.
    pub records: usize,
    /// Phones.
    pub phones: usize,
}

/// The result, for programs.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Homes of the project.
    pub homes: usize,
    /// Phones enrolled.
    pub phones: usize,
    /// Records on the server.
    pub records: usize,
    /// Questions asked in the home.
    pub questions: u32,
    /// Contested fields after the merge.
    pub contested: usize,
    /// Of those, settled everywhere.
    pub settled: usize,
    /// Values, entries, events and defects that were recorded without a signal.
    pub recorded: usize,
    /// Of those, not to be found any more.
    pub lost: usize,
    /// Both phones and the server show the same record.
    pub agree: bool,
    /// The record.
    pub record: String,
    /// The visit a week later.
    pub visit: String,
    /// The case that was reported then.
    pub case: String,
    /// How long it took.
    pub seconds: f64,
}

impl Ending {
    /// Returns the summary.
    pub fn summary(&self, seconds: f64) -> Summary {
        Summary {
            homes: self.homes,
            phones: self.phones,
            records: self.records,
            questions: self.asked,
            contested: self.contested,
            settled: self.settled,
            recorded: self.held,
            lost: self.lost,
            agree: self.agree,
            record: self.record.clone(),
            visit: self.visit.clone(),
            case: self.case.clone(),
            seconds: (seconds * 10.0).round() / 10.0,
        }
    }
}

/// Tells what runs.
pub fn server(out: &Out, loaded: &DemoLoaded, server: &ServerProcess) -> Result<(), Failure> {
    let catalog = catalog()?;
    let demo = &catalog.demo;
    let template = catalog.templates.get(demo.project.template.as_str());
    let items = template.map_or(0, |template| template.items.len());
    out.say(words::STEP_SERVER, &[])?;
    let parts: [&dyn std::fmt::Display; 5] = [
        &loaded.homes.len(),
        &demo.buildings.len(),
        &demo.public_places.len(),
        &demo.teams.len(),
        &items,
    ];
    out.say(words::LOADED, &parts)?;
    out.say(words::STARTED, &[&server.pid(), &server.url()])
}

/// Returns the word of a role.
pub fn role(out: &Out, role: &str) -> String {
    let known = [
        ("engineer", "工程师", "engineer"),
        ("ambassador", "客户大使", "ambassador"),
    ];
    let found = known.into_iter().find(|(code, ..)| *code == role);
    found.map_or(role, |(_, zh, en)| out.lang.pick(zh, en)).to_owned()
}

/// Tells what one person recorded.
pub fn did(out: &Out, player: &Player, works: &[Work], queued: u64) -> Result<(), Failure> {
    let count = |of: fn(&Work) -> bool| works.iter().filter(|work| of(work)).count();
    let parts: [&dyn std::fmt::Display; 7] = [
        &player.letter,
        &count(|w| matches!(w, Work::Answer { .. })),
        &count(|w| matches!(w, Work::Rest { .. })),
        &count(|w| matches!(w, Work::Reading { .. })),
        &count(|w| matches!(w, Work::Photo { .. })),
        &count(|w| matches!(w, Work::Remark { .. })),
        &count(|w| matches!(w, Work::Defect { .. })),
    ];
    out.say(words::DID, &parts)?;
    out.say(words::SAVED, &[&queued])
}

/// Tells what the merged record holds, and that both phones show the same.
pub fn merged(out: &Out, shown: &Shown, a: &InspectionView, b: &InspectionView) -> Result<(), Failure> {
    out.say(words::STEP_MERGED, &[])?;
    let Some(view) = &shown.inspection else {
        return Err(Failure::check("the record is no inspection"));
    };
    let p = &view.progress;
    out.say(
        words::PROGRESS,
        &[&p.answered, &p.asked, &p.defects, &view.contested.len()],
    )?;
    let labels = Labels::new(out.lang, &shown.people)?;
    for field in &view.contested {
        out.line(&columns::cut(&format!("  {}", about(out, field)), columns::WIDTH))?;
        for side in &field.candidates {
            let mark = if side.value == field.value { "→" } else { " " };
            let by: Vec<String> = side.by.iter().map(|by| labels.author(by)).collect();
            let value = columns::pad(&labels.value(&field.field, &side.value), 10);
            out.line(&format!("    {mark} {value}  {}", by.join(", ")))?;
        }
    }
    if !same(a, b) || !same(a, view) {
        return Err(Failure::check("the two phones and the server do not show the same"));
    }
    out.say(words::ALL_SEE, &[&a.contested.len()])
}

/// Tells a decision.
pub fn settled(out: &Out, field: &ContestedView, value: &str) -> Result<(), Failure> {
    let people = BTreeMap::new();
    let value = Labels::new(out.lang, &people)?.value(&field.field, value);
    let room = columns::WIDTH.saturating_sub(columns::width(&value) + 5);
    out.say(words::SETTLED, &[&columns::cut(&about(out, field), room), &value])
}

/// Tells what the signature covers.
pub fn signed(out: &Out, shown: &Shown) -> Result<(), Failure> {
    let signature = shown.inspection.as_ref().and_then(|view| view.signatures.first());
    let signature = signature.ok_or_else(|| Failure::check("the signature is not in the merged record"))?;
    out.say(words::SIGNED, &[&signature.defects, &signature.not_covered.len()])
}

/// Tells the result.
pub fn ending(out: &Out, summary: &Summary) -> Result<(), Failure> {
    out.say(words::STEP_RESULT, &[])?;
    let parts: [&dyn std::fmt::Display; 7] = [
        &summary.homes,
        &summary.phones,
        &summary.records,
        &summary.contested,
        &summary.settled,
        &summary.lost,
        &summary.seconds,
    ];
    out.say(words::RESULT, &parts)
}

/// Tells how to look at the record.
pub fn how_to_look(out: &Out, ending: &Ending, url: &str) -> Result<(), Failure> {
    let program = std::env::args().next().unwrap_or_else(|| "keyturn".to_owned());
    out.line("")?;
    out.say(words::TRY, &[])?;
    out.line(&format!(
        "{program} record show {} --server {url} --token {}",
        ending.record, ending.token
    ))?;
    out.line(&format!(
        "curl -H 'Authorization: Bearer {}' {url}/api/v1/records/{}",
        ending.token, ending.record
    ))
}

/// Tells whether two places show the same record: the same changes, and so the same everything.
pub fn same(one: &InspectionView, other: &InspectionView) -> bool {
    let heads = |view: &InspectionView| {
        let mut heads = view.seen.clone();
        heads.sort();
        heads
    };
    let contested = |view: &InspectionView| -> Vec<_> { view.contested.iter().map(|c| c.field.clone()).collect() };
    heads(one) == heads(other) && contested(one) == contested(other) && one.progress == other.progress
}

/// Counts a list of the API, page by page.
pub async fn count(server: &str, list: &str, token: &str) -> Result<usize, Failure> {
    let (mut n, mut after) = (0, String::new());
    loop {
        let path = format!("/api/v1/{list}?limit=200{after}");
        let page = http::get(server, &path, Some(token)).await?;
        n += page.get("items").and_then(|items| items.as_array()).map_or(0, Vec::len);
        match page.get("next").and_then(|next| next.as_str()) {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(n),
        }
    }
}

fn about(out: &Out, field: &ContestedView) -> String {
    let (room, text) = (
        out.lang.pick(&field.room.zh, &field.room.en),
        out.lang.pick(&field.text.zh, &field.text.en),
    );
    if room.is_empty() {
        text.to_owned()
    } else {
        format!("{room} · {text}")
    }
}

fn catalog() -> Result<&'static Catalog, Failure> {
    Catalog::built_in().map_err(|error| Failure::new(Code::DataBroken, error.to_string()))
}
