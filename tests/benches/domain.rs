//! The record layer alone: open an inspection of 293 answers as one screen, answer one item, project it; count figures.
//!
//! `cargo bench --bench domain`

#![expect(missing_docs, reason = "criterion makes functions without any")]

use criterion::{Criterion, criterion_group, criterion_main};
use keyturn_domain::catalog::{Catalog, FeatureMode, Questions, ResultCode, instantiate};
use keyturn_domain::document::{Document, Genesis};
use keyturn_domain::record::{Marks, PROJECTION_FORM, Place, Projection, Step, inspection, inspection_view};
use keyturn_domain::rows::{self, ProjectRow};
use keyturn_domain::rules::kpi::{Health, Recorded};
use keyturn_domain::rules::{Days, Gathered};
use keyturn_domain::{DeviceId, DocumentId, PlaceId, ProjectId, UserId};

fn questions(catalog: &Catalog) -> Questions {
    let layout = catalog.demo.layout("l3a").expect("the layout is in the demo");
    let template = &catalog.templates["handover_fitout_v1"];
    instantiate(template, &layout.rooms, &layout.features, FeatureMode::All)
}

fn begun() -> Document {
    let genesis = Genesis {
        document: DocumentId::from_bytes([1; 16]),
        project: ProjectId::from_bytes([2; 16]),
        place: PlaceId::from_bytes([3; 16]),
        kind: "inspection".into(),
    };
    let mut document = Document::begin(&genesis).expect("a genesis");
    document.write_as([1; 16], UserId::from_bytes([1; 16]), DeviceId::from_bytes([1; 16]));
    document
}

fn bench(c: &mut Criterion) {
    let catalog = Catalog::built_in().expect("the data are sound");
    let questions = questions(catalog);
    assert_eq!(questions.asked.len(), 293);
    let place = Place {
        catalog,
        questions: &questions,
        limits: None,
    };
    let marks = Marks::default();
    let mut document = begun();
    let answer = |document: &mut Document, n: usize, result: ResultCode| {
        let (key, seen) = (&questions.asked[n].key, document.heads());
        let writes = inspection::answer(document, &seen, &place, key, &result, None).expect("an answer");
        document.write(&seen, 1, &writes).expect("a change");
    };
    for n in 0..questions.asked.len() {
        answer(&mut document, n, ResultCode::Ok);
    }
    let saved = document.save();
    c.bench_function("load a document of 293 answers", |b| b.iter(|| Document::load(&saved)));
    c.bench_function("show an inspection of 293 answers", |b| {
        b.iter(|| inspection_view(&document, &place, &marks))
    });
    c.bench_function("project an inspection of 293 answers", |b| {
        b.iter(|| Projection::of(&document, &marks))
    });
    let mut flip = false;
    c.bench_function("answer one item of 293", |b| {
        b.iter(|| {
            flip = !flip;
            answer(&mut document, 7, if flip { ResultCode::Defect } else { ResultCode::Ok });
        });
    });
}

/// A defect from its report to its end, as the log of a project brings it.
fn closed_defect(n: u64) -> Projection {
    let begun_ms = 1_796_054_400_000 + i64::try_from(n % 600).unwrap_or_default() * 3_600_000;
    let events = ["submit", "assign", "accept", "start_repair", "finish_repair", "verify"];
    let step = |(n, event): (i64, &&str)| Step {
        event: (*event).to_owned(),
        at_ms: begun_ms + n * 3_600_000,
        by: Some(UserId::from_bytes([7; 16])),
        person: UserId::from_bytes([7; 16]).to_string(),
        facts: [
            ("protection_photo", "true"),
            ("clean", "true"),
            ("promise_at", "1796054400000"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into(),
    };
    Projection {
        form: PROJECTION_FORM,
        kind: "defect".into(),
        state: "closed".into(),
        what: "wl-01".into(),
        severity: "C".into(),
        history: (0..).zip(&events).map(step).collect(),
        begun_ms,
        search: "墙面空鼓 hollow plaster".into(),
        ..Projection::default()
    }
}

/// The figures of a project with 10,000 defects: from stored projections, and from those in memory.
fn figures(c: &mut Criterion) {
    let catalog = Catalog::built_in().expect("the data are sound");
    let project = ProjectRow {
        code: "p".into(),
        name: catalog.demo.project.text.clone(),
        time_zone: "Asia/Shanghai".into(),
        tolerance_ruleset: catalog.demo.project.tolerance_ruleset.to_string(),
        tolerance_grade: catalog.demo.project.tolerance_grade,
        template: "handover_fitout_v1".into(),
        settings: Default::default(),
        rest: Default::default(),
    };
    let row = rows::body(&project).expect("a row");
    let stored: Vec<Vec<u8>> = (0..10_000).map(|n| closed_defect(n).to_bytes()).collect();
    let gather = || {
        let mut all = Gathered::default();
        all.row(rows::kind::PROJECT, uuid::Uuid::nil(), &row);
        for (n, bytes) in (0_u128..).zip(&stored) {
            all.record(Recorded {
                id: DocumentId::from_bytes(n.to_be_bytes()),
                place: PlaceId::from_bytes((n % 799).to_be_bytes()),
                projection: Projection::from_bytes(bytes).expect("a projection"),
            });
        }
        all
    };
    let days = Days {
        from: "2026-12-01".parse().expect("a day"),
        to: "2026-12-31".parse().expect("a day"),
    };
    let count = |all: &Gathered| all.figures(catalog, days, 1_800_000_000_000, Health::default());
    let all = gather();
    assert_eq!(count(&all).expect("figures").len(), catalog.kpis.len());
    c.bench_function("count all figures of 10,000 defects", |b| b.iter(|| count(&all)));
    let mut group = c.benchmark_group("stored");
    group.sample_size(20);
    group.bench_function("read 10,000 defects and count all figures", |b| {
        b.iter(|| count(&gather()))
    });
    group.finish();
}

criterion_group!(benches, bench, figures);
criterion_main!(benches);
