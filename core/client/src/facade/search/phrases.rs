//! Ready words: those of the catalogue, and those that were used on this phone.

use super::PhraseView;
use crate::ClientError;
use crate::records::edition;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::record::view::TextView;
use keyturn_domain::search::{Fit, Pattern, fold};
use keyturn_store::phrases::UsedPhrase;
use keyturn_store::{Connection, phrases, progress};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One's own words are offered once they were used in so many records.
const OWN_FROM: u64 = 2;

/// A phrase of the catalogue.
struct Ready {
    view: PhraseView,
    words: String,
    /// What a use of it may say: the words in either language, the code of a tag; folded.
    said: Vec<String>,
}

/// Returns the phrases that fit, the most used first, then in the order of the catalogue; an empty query fits all.
///
/// `part` is a building part, a defect, a step of the journey, or nothing.
pub(super) fn find(conn: &Connection, query: &str, part: &str) -> Result<Vec<PhraseView>, ClientError> {
    let pattern = Pattern::new(query);
    let fits = |words: &str| pattern.as_ref().map_or(Some(Fit::Begins), |p| p.fit(words));
    let mut used: BTreeMap<String, Vec<UsedPhrase>> = BTreeMap::new();
    for one in phrases::used(conn)? {
        used.entry(fold(&one.phrase)).or_default().push(one);
    }
    let mut found = Vec::new();
    let lists = ready(conn)?;
    let mut told = BTreeSet::new();
    for ready in lists.iter().flat_map(|list| list.iter()) {
        // Two projects with editions of their own share most words.
        if lists.len() > 1 && !told.insert((&ready.view.code, &ready.words)) {
            continue;
        }
        let said = ready.said.iter().filter_map(|words| used.get(words));
        let uses: u64 = said.flatten().map(|u| u.records).sum();
        if part.is_empty() || [&ready.view.part, &ready.view.code].contains(&&part.to_owned()) {
            found.extend(fits(&ready.words).map(|fit| {
                let view = PhraseView {
                    uses,
                    ..ready.view.clone()
                };
                (fit, view)
            }));
        }
    }
    let known: BTreeSet<&String> = lists
        .iter()
        .flat_map(|list| list.iter())
        .flat_map(|r| &r.said)
        .collect();
    used.retain(|words, _| !known.contains(words));
    for own in used.into_values().flatten() {
        if own.records >= OWN_FROM && (part.is_empty() || own.part == part) {
            found.extend(fits(&fold(&own.phrase)).map(|fit| {
                let view = PhraseView {
                    text: TextView {
                        zh: own.phrase.clone(),
                        en: own.phrase,
                    },
                    part: own.part,
                    code: String::new(),
                    uses: own.records,
                };
                (fit, view)
            }));
        }
    }
    // The order of the catalogue stays among equals.
    found.sort_by_key(|(fit, view)| (Reverse(view.uses), *fit));
    Ok(found.into_iter().map(|(_, view)| view).collect())
}

/// The phrases of the editions in force of all projects that this phone holds, those that are alike once.
fn ready(conn: &Connection) -> Result<Vec<Arc<Vec<Ready>>>, ClientError> {
    let mut lists: Vec<Arc<Vec<Ready>>> = Vec::new();
    for (project, _) in progress::projects(conn)? {
        let list = made(&edition(conn, project, None)?.catalog);
        if !lists.iter().any(|known| Arc::ptr_eq(known, &list)) {
            lists.push(list);
        }
    }
    if lists.is_empty() {
        lists.push(made(&Catalog::shared()?));
    }
    Ok(lists)
}

/// The phrases made of a catalogue, as long as the catalogue is in use.
type Made = (Weak<Catalog>, Arc<Vec<Ready>>);

/// The phrases of an edition, made once as long as it is in use.
fn made(catalog: &Arc<Catalog>) -> Arc<Vec<Ready>> {
    static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());
    let mut kept = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|(of, _)| of.strong_count() > 0);
    let of = Arc::downgrade(catalog);
    if let Some((_, list)) = kept.iter().find(|(known, _)| known.ptr_eq(&of)) {
        return Arc::clone(list);
    }
    let list = Arc::new(all(catalog));
    kept.push((of, Arc::clone(&list)));
    list
}

fn all(catalog: &Catalog) -> Vec<Ready> {
    let ready = |text: TextView, part: &str, code: &str, tag: Option<&str>| Ready {
        words: fold(&format!("{}\n{}", text.zh, text.en)),
        said: [Some(text.zh.as_str()), Some(text.en.as_str()), tag]
            .into_iter()
            .flatten()
            .map(fold)
            .collect(),
        view: PhraseView {
            text,
            part: part.to_owned(),
            code: code.to_owned(),
            uses: 0,
        },
    };
    let mut defects: Vec<_> = catalog.defects.values().collect();
    defects.sort_by_key(|d| d.order);
    let mut all = Vec::new();
    for defect in defects {
        let phrases = defect.phrases.iter().map(TextView::from);
        all.extend(phrases.map(|text| ready(text, defect.part.as_str(), defect.code.as_str(), None)));
    }
    let tags = catalog.focus_tags.iter();
    all.extend(tags.map(|tag| {
        let code = tag.code.as_str();
        ready(TextView::from(&tag.text), tag.step.as_str(), code, Some(code))
    }));
    all
}
