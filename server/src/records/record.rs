//! One merged record: both sides of what is contested, who and when, history, lineage.

use super::ask::{Ask, Id};
use super::names::staff;
use super::open::{Opened, open};
use super::page::Select;
use super::reach::{Reach, bytes as cell};
use crate::Error;
use crate::db::{AnyConnection, Cell, bytes, fetch_in, id, text};
use crate::editions::edition;
use crate::http::Caller;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use keyturn_domain::catalog::{Catalog, FeatureMode, Questions, QuietPeriod, Text, instantiate};
use keyturn_domain::record::case::{CaseView, case_view};
use keyturn_domain::record::view::{DefectView, InspectionView, TextView};
use keyturn_domain::record::visit::view::VisitView;
use keyturn_domain::record::visit::visit_view;
use keyturn_domain::record::{Place, Projection, defect_view, edition_of, inspection_view};
use keyturn_domain::rows::{
    HomeRow, HouseholdRow, LayoutRow, PersonRow, PlaceRow, ProjectRow, SalesPromiseRow, ask_sales, row_id,
};
use keyturn_domain::rules::{ClockRules, ClockView, ProjectCalendar, case_clock};
use keyturn_domain::schema::Field;
use keyturn_domain::{Container, PlaceId, ProjectId};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A merged record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordShown {
    /// The record.
    pub id: Uuid,
    /// Its project.
    pub project: Uuid,
    /// Its place.
    pub place: Uuid,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The scope that it is in.
    pub scope: Uuid,
    /// Its kind.
    pub kind: String,
    /// When the server first heard of it, in milliseconds.
    pub made_at: i64,
    /// When it changed last, by the server's clock.
    pub changed_at: i64,
    /// What a write names in `If-Match`: the state of the record, its heads and marks.
    pub version: String,
    /// An inspection by room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspection: Option<InspectionView>,
    /// A defect with its life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defect: Option<DefectView>,
    /// A case with its life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseView>,
    /// A visit along its script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitView>,
    /// Names of the staff who wrote in it, by user id.
    pub people: BTreeMap<String, Text>,
    /// Names of the rooms there, by code.
    pub rooms: BTreeMap<String, Text>,
}

impl RecordShown {
    /// The state of the record in `ETag` and `If-Match`: its heads and its marks.
    fn tag(&self) -> String {
        format!("\"{}\"", self.version)
    }
}

/// `GET /api/v1/records/{id}`.
pub async fn record(State(state): State<AppState>, Caller(login): Caller, Id(id): Id) -> Result<Response, Error> {
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let shown = show(&state, &mut tx, &reach, id).await?;
    Ok(([(header::ETAG, shown.tag())], Json(shown)).into_response())
}

/// Shows a record within reach.
///
/// # Errors
/// `not_found` for what is not there or not within reach.
pub(crate) async fn show(
    state: &AppState,
    tx: &mut AnyConnection,
    reach: &Reach,
    id: Uuid,
) -> Result<RecordShown, Error> {
    let opened = open(state, tx, reach, id).await?;
    let genesis = opened.document.genesis().clone();
    let mut people = staff(tx, genesis.project).await?;
    let authors: std::collections::BTreeSet<_> = opened
        .marks
        .received
        .keys()
        .filter_map(|change| opened.document.written(change)?.author)
        .map(|a| a.user)
        .collect();
    people.retain(|user, _| authors.contains(user));
    let about = about(tx, genesis.project, genesis.place).await?;
    let edition = edition(tx, genesis.project, Some(edition_of(&opened.document))).await?;
    let catalog = &*edition.catalog;
    let (mut inspection, mut defect, mut case, mut visit) = (None, None, None, None);
    let refused = |e: keyturn_domain::record::CommandError| Error::Internal(e.to_string());
    match genesis.kind.as_str() {
        "inspection" => {
            let mut view = show_inspection(&opened, &about, catalog).map_err(refused)?;
            view.edition_waiting = edition.waiting;
            inspection = Some(view);
        }
        "defect" => {
            let mut view = defect_view(&opened.document, catalog, &opened.marks).map_err(refused)?;
            view.edition_waiting = edition.waiting;
            defect = Some(view);
        }
        "case" => {
            let mut view = case_view(&opened.document, catalog, &opened.marks).map_err(refused)?;
            view.edition_waiting = edition.waiting;
            view.clock = clock(tx, &opened, about.project.as_ref(), catalog, state.now()).await?;
            case = Some(view);
        }
        "visit" => {
            let mut view = visit_view(&opened.document, catalog, &opened.marks, state.now()).map_err(refused)?;
            view.edition_waiting = edition.waiting;
            visit = Some(view);
        }
        _ => {}
    }
    Ok(RecordShown {
        id,
        project: genesis.project.0,
        place: genesis.place.0,
        place_name: about.name(genesis.project, genesis.place),
        scope: opened.scope.0,
        kind: genesis.kind,
        made_at: opened.made_at,
        changed_at: opened.changed_at,
        version: opened.version(),
        inspection,
        defect,
        case,
        visit,
        rooms: about.rooms(catalog),
        people: people
            .into_iter()
            .map(|(user, name)| (user.to_string(), name))
            .collect(),
    })
}

/// Which field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfField {
    /// `answers/win-03/r03/2/result`, as a contested field is named.
    #[schemars(regex(pattern = "^(answers|fields)/.+$"))]
    field: String,
}

/// One value that a field once had.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineageStep {
    /// The value.
    pub value: String,
    /// The person.
    pub user: Option<String>,
    /// The phone.
    pub device: Option<String>,
    /// Device time, in milliseconds.
    pub at_ms: i64,
    /// When the server received it.
    pub received_ms: Option<i64>,
    /// The change.
    pub change: String,
    /// The changes whose values it replaced.
    pub replaced: Vec<String>,
    /// One of the values that the field has now.
    pub current: bool,
}

/// `GET /api/v1/records/{id}/lineage?field=answers/win-03/r03/2/result`: why does it look like this?
pub async fn lineage(
    State(state): State<AppState>,
    Caller(login): Caller,
    Id(id): Id,
    Ask(of): Ask<OfField>,
) -> Result<Json<Vec<LineageStep>>, Error> {
    let bad = || {
        Error::refused(
            Code::BadValue,
            "field is container/key, e.g. answers/win-03/r03/2/result",
        )
    };
    let (container, key) = of.field.split_once('/').ok_or_else(bad)?;
    let container = Container::of_name(container).filter(|c| c.is_flat()).ok_or_else(bad)?;
    let reach = Reach::of(&login, state.now());
    let mut tx = state.db.begin_read().await?;
    let opened = open(&state, &mut tx, &reach, id).await?;
    let steps = opened
        .document
        .lineage(container, key)
        .into_iter()
        .map(|step| LineageStep {
            value: step.value.to_string(),
            user: step.written.author.map(|a| a.user.to_string()),
            device: step.written.author.map(|a| a.device.to_string()),
            at_ms: step.written.at_ms,
            received_ms: opened.marks.received.get(&step.written.change).copied(),
            change: step.written.change.to_string(),
            replaced: step.replaced.iter().map(ToString::to_string).collect(),
            current: step.current,
        });
    Ok(Json(steps.collect()))
}

/// The rows that say what a place is.
struct About {
    project: Option<ProjectRow>,
    home: Option<HomeRow>,
    public: Option<PlaceRow>,
    layout: Option<LayoutRow>,
    /// What sales promised here.
    promised: Vec<(Uuid, SalesPromiseRow)>,
}

impl About {
    fn name(&self, project: ProjectId, place: PlaceId) -> TextView {
        let all = || (place == PlaceId::public_places(project)).then(PlaceRow::all_of_them);
        let public = || self.public.as_ref().map(|p| TextView::from(&p.name)).or_else(all);
        let home = self.home.as_ref().map(|h| TextView::alike(&h.no));
        home.or_else(public).unwrap_or_default()
    }

    fn rooms(&self, catalog: &Catalog) -> BTreeMap<String, Text> {
        let home = self.layout.iter().flat_map(|layout| layout.rooms.clone());
        let public = self.public.iter().filter_map(|place| place.as_room(&catalog.rooms));
        home.chain(public)
            .map(|room| (room.code.to_string(), room.text))
            .collect()
    }

    fn questions(&self, catalog: &Catalog, template: &str) -> Questions {
        let Some(template) = catalog.templates.get(template) else {
            return Questions::default();
        };
        let home = self
            .layout
            .as_ref()
            .map(|l| instantiate(template, &l.rooms, &l.home_features(), l.feature_mode()));
        let public = || {
            let room = self.public.as_ref()?.as_room(&catalog.rooms)?;
            Some(instantiate(template, &[room], &Default::default(), FeatureMode::Stated))
        };
        let mut questions = home.or_else(public).unwrap_or_default();
        ask_sales(&mut questions, template.id.as_str(), self.promised.iter().cloned());
        questions
    }
}

async fn about(conn: &mut AnyConnection, project: ProjectId, place: PlaceId) -> Result<About, Error> {
    let before = [cell(project.as_bytes())];
    let fact = "SELECT id, body FROM facts WHERE body IS NOT NULL AND project = $1 AND id";
    let mut about = About {
        project: None,
        home: None,
        public: None,
        layout: None,
        promised: Vec::new(),
    };
    for row in &fetch_in(&mut *conn, fact, &before, &[cell(place.as_bytes())], "").await? {
        let body = bytes(row, "body")?;
        about.home = keyturn_domain::rows::read(&body);
        about.public = keyturn_domain::rows::read(&body);
    }
    let mut keys: Vec<Cell> = Vec::new();
    if let Some(home) = &about.home {
        keys.push(cell(
            row_id(project, keyturn_domain::rows::kind::LAYOUT, &home.layout).as_bytes(),
        ));
    }
    for row in &fetch_in(&mut *conn, fact, &before, &keys, "").await? {
        about.layout = keyturn_domain::rows::read(&bytes(row, "body")?);
    }
    let promised = Select::new("SELECT id, body FROM facts WHERE body IS NOT NULL")
        .and_id("project =", Some(project.0))
        .and_id("scope =", Some(place.0))
        .and_text("kind =", Some(keyturn_domain::rows::kind::SALES_PROMISE.to_owned()));
    for row in &promised.all(conn).await? {
        let promise = keyturn_domain::rows::read(&bytes(row, "body")?);
        let id = id(row, "id", Uuid::from_bytes)?;
        about.promised.extend(promise.map(|promise| (id, promise)));
    }
    let settings = "SELECT body FROM facts WHERE body IS NOT NULL AND project = $1 AND kind";
    let kind = [Cell::Text(Some(keyturn_domain::rows::kind::PROJECT.to_owned()))];
    for row in &fetch_in(conn, settings, &before, &kind, "").await? {
        about.project = keyturn_domain::rows::read(&bytes(row, "body")?);
    }
    Ok(about)
}

/// The clock of a case; a call to its owner keeps their own quiet hours.
async fn clock(
    conn: &mut AnyConnection,
    opened: &Opened,
    project: Option<&ProjectRow>,
    catalog: &Catalog,
    now_ms: i64,
) -> Result<Option<ClockView>, Error> {
    let Some((settings, calendar)) = project.and_then(|p| Some((&p.settings, ProjectCalendar::of(p).ok()?))) else {
        return Ok(None);
    };
    let genesis = opened.document.genesis();
    let case = Projection::of(&opened.document, &opened.marks);
    let about = |id: Uuid| {
        case.household == id.to_string() || case.matter.caller == id.to_string() || case.household.is_empty()
    };
    let file = Select::new("SELECT id, kind, body FROM facts WHERE body IS NOT NULL")
        .and_id("project =", Some(genesis.project.0))
        .and_id("scope =", Some(genesis.place.0));
    let mut own = Vec::new();
    for row in &file.all(conn).await? {
        let (id, kind, body) = (
            id(row, "id", Uuid::from_bytes)?,
            text(row, "kind")?,
            bytes(row, "body")?,
        );
        if !about(id) {
            continue;
        }
        if kind == keyturn_domain::rows::kind::HOUSEHOLD {
            let row = keyturn_domain::rows::read::<HouseholdRow>(&body).filter(|h| h.moved_out.is_empty());
            own.extend(row.map(|h| h.quiet).unwrap_or_default());
        } else if kind == keyturn_domain::rows::kind::PERSON && case.matter.caller == id.to_string() {
            let row = keyturn_domain::rows::read::<PersonRow>(&body);
            own.extend(row.map(|p| p.quiet).unwrap_or_default());
        }
    }
    let own: Vec<QuietPeriod> = own.into_iter().map(|(from, to)| QuietPeriod(from, to)).collect();
    let rules = ClockRules {
        rules: &catalog.complaints,
        settings,
        calendar: &calendar,
    };
    Ok(case_clock(rules, &case, (!own.is_empty()).then_some(&own), now_ms))
}

fn show_inspection(
    opened: &Opened,
    about: &About,
    catalog: &Catalog,
) -> Result<InspectionView, keyturn_domain::record::CommandError> {
    let template = Field::read(&opened.document, Container::Fields, "template");
    let questions = about.questions(catalog, template.text());
    let limits = about
        .project
        .as_ref()
        .and_then(|p| catalog.tolerances.choose(&p.tolerance_ruleset, p.tolerance_grade));
    inspection_view(
        &opened.document,
        &Place {
            catalog,
            questions: &questions,
            limits,
        },
        &opened.marks,
    )
}
