//! What may be changed by the API.
use axum::http::Method;
use axum::routing::on;
use keyturn_protocol::Code;

use super::{About, COUNTERS, Handler, KEEPERS, READERS, SMALL, read};
use crate::http::{Permission, Route};
use crate::records::{self, write};

/// Every route that changes something.
pub(super) fn writes() -> Vec<Route> {
    vec![
        change(
            "/api/v1/records/{id}/commands",
            Permission::Writers(READERS),
            |m| on(m, write::record),
            About::new("Does something to a record as it was read, or not at all.")
                .takes::<write::Deed>()
                .gives::<write::Recorded>()
                .refuses(&[Code::IfMatchMissing, Code::RecordChanged, Code::WriteRefused]),
        ),
        change(
            "/api/v1/projects/{id}/commands",
            Permission::Writers(READERS),
            |m| on(m, write::order),
            About::new("Does something to rows: tasks, appointments, persons, households, promises, notices.")
                .takes::<write::Order>()
                .gives::<write::Ordered>()
                .refuses(&[Code::WriteRefused, Code::ProjectUnknown]),
        ),
        change(
            "/api/v1/projects/{id}/records",
            Permission::Writers(READERS),
            |m| on(m, write::begin),
            About::new("Begins a record: a case that somebody reported, a defect that somebody found.")
                .takes::<write::NewRecord>()
                .gives::<write::Recorded>()
                .with(201)
                .refuses(&[Code::WriteRefused]),
        ),
        change(
            "/api/v1/projects/{id}/clusters",
            Permission::Writers(READERS),
            |m| on(m, write::cluster),
            About::new("Says that cases are one matter: all of them as they were read, or none.")
                .takes::<write::ClusterDecided>()
                .gives::<write::Recorded>()
                .refuses(&[Code::RecordChanged, Code::WriteRefused]),
        ),
        change(
            "/api/v1/quarantine/{id}/release",
            Permission::Writers(COUNTERS),
            |m| on(m, records::release),
            About::new("Runs the gate again over what was kept out of a record, in the name of who sent it.")
                .takes::<records::Release>()
                .gives::<records::Released>(),
        ),
        change(
            "/api/v1/quarantine/{id}/discard",
            Permission::Writers(COUNTERS),
            |m| on(m, records::discard),
            About::new("Deletes what was kept out of a record, for good.")
                .takes::<records::Discard>()
                .gives::<records::Discarded>(),
        ),
        change(
            "/api/v1/users",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::user),
            About::new("Adds somebody who may log in.")
                .takes::<write::NewUserAsked>()
                .gives::<write::UserMade>()
                .with(201)
                .refuses(&[Code::UserExists]),
        ),
        change(
            "/api/v1/users/{id}/disable",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::disable_user),
            About::new("Disables a user: tokens end, phones may hand in their work and nothing else.")
                .with(204)
                .refuses(&[Code::UserUnknown]),
        ),
        change(
            "/api/v1/users/{id}/enrolments",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::enrol),
            About::new("Makes a code with which a user enrols one phone within fifteen minutes.")
                .gives::<write::EnrolmentMade>()
                .with(201)
                .refuses(&[Code::UserUnknown, Code::UserDisabled]),
        ),
        change(
            "/api/v1/devices/{id}/revoke",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::revoke_device),
            About::new("Withdraws a phone: it may hand in its work and nothing else.").with(204),
        ),
        change(
            "/api/v1/devices/{id}/wipe",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::wipe_device),
            About::new("Withdraws a phone, which hands in what it can at its next contact, and erases itself.")
                .with(204),
        ),
        change(
            "/api/v1/grants",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::grant),
            About::new("Gives somebody a role on the server, a project, a building or a home.")
                .takes::<write::NewGrantAsked>()
                .gives::<write::GrantMade>()
                .with(201)
                .refuses(&[
                    Code::UserUnknown,
                    Code::RoleUnknown,
                    Code::ProjectUnknown,
                    Code::ValuesDisagree,
                ]),
        ),
        change(
            "/api/v1/grants/{id}/end",
            Permission::Keepers(KEEPERS),
            |m| on(m, write::end_grant),
            About::new("Ends a role.").with(204),
        ),
    ]
}

pub(super) fn change(path: &'static str, permission: Permission, handler: Handler, about: About) -> Route {
    Route {
        method: Method::POST,
        permission,
        limit: SMALL,
        ..read(path, handler, about)
    }
}
