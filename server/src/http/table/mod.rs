//! The one table that the router, the rights matrix and the description of the API are made from.
mod editions;
mod writes;

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use keyturn_domain::record::timeline::TimelineView;
use keyturn_domain::rules::WarrantyView;
use keyturn_domain::rules::risk::RiskView;
use keyturn_protocol::Code;

use super::{About, Owner, Permission, Route, auth, health, openapi, poke};
use crate::records::{self, Page, shapes};
use crate::state::AppState;
use crate::users::Role;

/// The most that a small JSON request may have.
const SMALL: usize = 16 * 1024;

const JSON: &str = "application/json";
const CBOR: &str = "application/cbor";

/// Everybody who works on a project reads; the data layer cuts to what they hold.
const READERS: &[Role] = &[
    Role::Engineer,
    Role::Ambassador,
    Role::Reviewer,
    Role::Manager,
    Role::Administrator,
    Role::Subcontractor,
];

/// Those who answer for a whole project see its figures.
const COUNTERS: &[Role] = &[Role::Reviewer, Role::Manager, Role::Administrator];

type Handler = fn(MethodFilter) -> MethodRouter<AppState>;

/// Returns the table.
pub fn routes() -> Vec<Route> {
    let mut all = machine();
    all.extend(phone());
    all.extend(estate());
    all.extend(editions::editions());
    all.extend(people());
    all.extend(recorded());
    all.extend(office());
    all.extend(writes::writes());
    all
}

/// Those who look after the server.
const KEEPERS: &[Role] = &[Role::Manager, Role::Administrator];

/// The server itself.
fn machine() -> Vec<Route> {
    let health = |path, handler: Handler, about: About| Route {
        method: Method::GET,
        path,
        permission: Permission::Anyone,
        owner: Owner::Nobody,
        limit: 0,
        handler,
        about,
    };
    vec![
        health(
            "/health/live",
            |m| on(m, health::live),
            About::new("The process answers.").gives::<health::Health>(),
        ),
        health(
            "/health/ready",
            |m| on(m, health::ready),
            About::new("The database answers too.")
                .gives::<health::Health>()
                .refuses(&[Code::NotReady]),
        ),
        health(
            "/api/openapi.json",
            |m| on(m, openapi::openapi),
            About::new("This description.").gives_raw(JSON),
        ),
    ]
}

/// What phones call.
fn phone() -> Vec<Route> {
    vec![
        Route {
            method: Method::POST,
            path: "/v1/enrol",
            permission: Permission::Anyone,
            owner: Owner::Proven,
            limit: SMALL,
            handler: |m| on(m, auth::enrol),
            about: About::new("Binds the key of a phone to the person of a code.")
                .takes_raw(JSON)
                .gives_raw(JSON)
                .refuses(&[
                    Code::EnrolCodeUnknown,
                    Code::EnrolCodeUsed,
                    Code::EnrolCodeExpired,
                    Code::DeviceKeyBad,
                    Code::DeviceKeyUsed,
                    Code::UserDisabled,
                ]),
        },
        Route {
            method: Method::POST,
            path: "/v1/token",
            permission: Permission::Anyone,
            owner: Owner::Proven,
            limit: 0,
            handler: |m| on(m, auth::token),
            about: About::new("Gives a token for the proof of a phone's key in the header DPoP.")
                .gives_raw(JSON)
                .refuses(&[
                    Code::UseDpopNonce,
                    Code::DpopBad,
                    Code::DpopReplayed,
                    Code::DeviceUnknown,
                ]),
        },
        Route {
            method: Method::POST,
            path: "/v1/sync",
            permission: Permission::HandIn,
            owner: Owner::Scopes,
            limit: crate::sync::MOST,
            handler: |m| on(m, crate::sync::sync),
            about: About::new("Makes one exchange with a phone: CBOR in zstd, both ways.")
                .takes_raw(CBOR)
                .gives_raw(CBOR)
                .refuses(&[
                    Code::BodyBomb,
                    Code::BodyNotZstd,
                    Code::BodyNotCbor,
                    Code::ProtocolUnknown,
                    Code::CursorForeign,
                ]),
        },
        Route {
            method: Method::GET,
            path: "/v1/poke",
            permission: Permission::Device,
            owner: Owner::Scopes,
            limit: 0,
            handler: |m| on(m, poke::poke),
            about: About::new("Names the projects that moved, as they move.").gives_raw("text/event-stream"),
        },
    ]
}

/// Places, and what the office fixes.
fn estate() -> Vec<Route> {
    let of_project = |summary| About::new(summary).asks::<records::OfProject>();
    vec![
        read(
            "/api/v1/projects",
            |m| on(m, records::projects),
            of_project("Projects with their settings.").gives::<Page<shapes::Project>>(),
        ),
        read(
            "/api/v1/buildings",
            |m| on(m, records::buildings),
            of_project("Buildings.").gives::<Page<shapes::Building>>(),
        ),
        read(
            "/api/v1/places",
            |m| on(m, records::places),
            of_project("Public places.").gives::<Page<shapes::PublicPlace>>(),
        ),
        read(
            "/api/v1/layouts",
            |m| on(m, records::layouts),
            of_project("Layouts of homes with their rooms.").gives::<Page<shapes::Layout>>(),
        ),
        read(
            "/api/v1/places/{id}/timeline",
            |m| on(m, records::timeline),
            About::new("The life of a home or public place: the last contact, then everything, the newest first.")
                .gives::<TimelineView>(),
        ),
        read(
            "/api/v1/places/{id}/warranty",
            |m| on(m, records::warranty),
            About::new("What of a home is covered until when, component by component.").gives::<WarrantyView>(),
        ),
        read(
            "/api/v1/search",
            |m| on(m, records::search),
            About::new("Places, people and records of a project by a few characters, the best first.")
                .asks::<records::OfSearch>()
                .gives::<records::Found>(),
        ),
        read(
            "/api/v1/homes",
            |m| on(m, records::homes),
            About::new("Homes, of a project or a building.")
                .asks::<records::OfHomes>()
                .gives::<Page<shapes::Home>>(),
        ),
        read(
            "/api/v1/staff",
            |m| on(m, records::staff),
            of_project("Who works on a project.").gives::<Page<shapes::Staff>>(),
        ),
        read(
            "/api/v1/teams",
            |m| on(m, records::teams),
            of_project("Teams.").gives::<Page<shapes::Team>>(),
        ),
        read(
            "/api/v1/tasks",
            |m| on(m, records::tasks),
            About::new("Tasks, of a project, a place, a day, a person.")
                .asks::<records::OfTasks>()
                .gives::<Page<shapes::Task>>(),
        ),
        read(
            "/api/v1/milestones",
            |m| on(m, records::milestones),
            About::new("What happened, or is planned, on a day.")
                .asks::<records::OfMilestones>()
                .gives::<Page<shapes::Milestone>>(),
        ),
        read(
            "/api/v1/appointments",
            |m| on(m, records::appointments),
            About::new("Times agreed with households.")
                .asks::<records::OfAppointments>()
                .gives::<Page<shapes::Appointment>>(),
        ),
        Route {
            permission: Permission::Roles(COUNTERS),
            ..read(
                "/api/v1/kpis",
                |m| on(m, records::kpis),
                About::new("Every key figure of a project over some days.")
                    .asks::<records::OfFigures>()
                    .gives::<records::Figures>()
                    .refuses(&[Code::NotFound, Code::ValuesDisagree]),
            )
        },
        read(
            "/api/v1/risk",
            |m| on(m, records::risk),
            About::new("The risk of handing over a home, or a building with its homes, and how the gate stands.")
                .asks::<records::OfRisk>()
                .gives::<RiskView>()
                .refuses(&[Code::NotFound]),
        ),
        read(
            "/api/v1/risk-decisions",
            |m| on(m, records::risk_decisions),
            About::new("What managers decided at the gate of delivery risk.")
                .asks::<records::OfDecisions>()
                .gives::<Page<shapes::RiskDecision>>(),
        ),
    ]
}

/// Those who look after the server.
fn office() -> Vec<Route> {
    vec![
        Route {
            permission: Permission::Roles(COUNTERS),
            ..read(
                "/api/v1/quarantine",
                |m| on(m, records::quarantine),
                About::new("Changes that were kept out of their records, and why.")
                    .asks::<records::OfQuarantine>()
                    .gives::<Page<records::QuarantineShown>>(),
            )
        },
        Route {
            permission: Permission::Roles(COUNTERS),
            ..read(
                "/api/v1/quarantine/{id}",
                |m| on(m, records::kept),
                About::new("What was kept out of a record, and what would become of it now.")
                    .asks::<records::OfKept>()
                    .gives::<Page<records::KeptShown>>(),
            )
        },
        of_server(
            "/api/v1/users",
            |m| on(m, records::users),
            About::new("Everybody who may log in, with their roles.")
                .asks::<records::OfAll>()
                .gives::<Page<records::UserShown>>(),
        ),
        of_server(
            "/api/v1/devices",
            |m| on(m, records::devices),
            About::new("Phones, with what they last said of themselves.")
                .asks::<records::OfDevices>()
                .gives::<Page<records::DeviceShown>>(),
        ),
        of_server(
            "/api/v1/audit",
            |m| on(m, records::audit),
            About::new("Who did what to whom may do what, the oldest first.")
                .asks::<records::OfAudit>()
                .gives::<Page<records::AuditShown>>(),
        ),
    ]
}

/// Owners, and what they were told and promised.
fn people() -> Vec<Route> {
    let of_people = |summary| About::new(summary).asks::<records::OfPeople>();
    let of_promises = |summary| {
        About::new(summary)
            .asks::<records::OfPromises>()
            .gives::<Page<records::PromiseShown>>()
    };
    vec![
        read(
            "/api/v1/households",
            |m| on(m, records::households),
            of_people("Households.").gives::<Page<shapes::Household>>(),
        ),
        read(
            "/api/v1/persons",
            |m| on(m, records::persons),
            of_people("Persons; name and contact as far as the role sees them.").gives::<Page<shapes::Person>>(),
        ),
        read(
            "/api/v1/contacts",
            |m| on(m, records::contacts),
            of_people("The log of contacts; words as far as the role sees them.").gives::<Page<shapes::Contact>>(),
        ),
        read(
            "/api/v1/notices",
            |m| on(m, records::notices),
            About::new("Notices, each with those whom it has not reached.")
                .asks::<records::OfNotices>()
                .gives::<Page<records::NoticeShown>>(),
        ),
        read(
            "/api/v1/promises",
            |m| on(m, records::promises),
            of_promises("Promises made in records."),
        ),
        read(
            "/api/v1/sales-promises",
            |m| on(m, records::sales_promises),
            of_promises("Promises made in sales."),
        ),
    ]
}

/// Records.
fn recorded() -> Vec<Route> {
    let list = |path, handler: Handler, summary| {
        read(
            path,
            handler,
            About::new(summary)
                .asks::<records::Wanted>()
                .gives::<Page<records::Listed>>(),
        )
    };
    vec![
        list("/api/v1/cases", |m| on(m, records::cases), "Cases."),
        list("/api/v1/visits", |m| on(m, records::visits), "Visits."),
        list("/api/v1/defects", |m| on(m, records::defects), "Defects."),
        list("/api/v1/inspections", |m| on(m, records::inspections), "Inspections."),
        list("/api/v1/records", |m| on(m, records::records), "Records of every kind."),
        read(
            "/api/v1/records/{id}",
            |m| on(m, records::record),
            About::new("A merged record: both sides of what is contested, who and when, its life.")
                .gives::<records::RecordShown>(),
        ),
        read(
            "/api/v1/changes",
            |m| on(m, records::changes),
            About::new("What moved in a project after a cursor: the log, in order, without a gap.")
                .asks::<records::OfChanges>()
                .gives::<records::Feed>()
                .refuses(&[Code::NotFound, Code::CursorForeign]),
        ),
        read(
            "/api/v1/clusters",
            |m| on(m, records::clusters),
            About::new("Cases that may have one cause: proposed, and confirmed.")
                .asks::<records::OfClusters>()
                .gives::<records::Clusters>(),
        ),
        read(
            "/api/v1/records/{id}/history",
            |m| on(m, records::history),
            About::new("Every change that a record is made of, in the order in which they were received.")
                .asks::<records::OfHistory>()
                .gives::<Page<records::ChangeShown>>(),
        ),
        read(
            "/api/v1/records/{id}/lineage",
            |m| on(m, records::lineage),
            About::new("Every value that a field had, and which replaced which.")
                .asks::<records::OfField>()
                .gives::<Vec<records::LineageStep>>(),
        ),
    ]
}

fn read(path: &'static str, handler: Handler, about: About) -> Route {
    Route {
        method: Method::GET,
        path,
        permission: Permission::Roles(READERS),
        owner: Owner::Scopes,
        limit: 0,
        handler,
        about,
    }
}

fn of_server(path: &'static str, handler: Handler, about: About) -> Route {
    Route {
        permission: Permission::Server(KEEPERS),
        ..read(path, handler, about)
    }
}
