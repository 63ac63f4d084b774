//! The record layer alone: open an inspection of 293 answers as one screen, answer one item, project it.
//!
//! `cargo bench --bench domain`

#![expect(missing_docs, reason = "criterion makes functions without any")]

use criterion::{Criterion, criterion_group, criterion_main};
use keyturn_domain::catalog::{Catalog, FeatureMode, Questions, ResultCode, instantiate};
use keyturn_domain::document::{Document, Genesis};
use keyturn_domain::record::{Marks, Place, Projection, inspection, inspection_view};
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

criterion_group!(benches, bench);
criterion_main!(benches);
