//! With which data a project works: its editions, read and made.
use axum::http::Method;
use axum::routing::on;
use keyturn_protocol::Code;

use super::writes::change;
use super::{About, Handler, KEEPERS, Permission, Route, read};
use crate::editions::{Compared, Imported, Published, api};

/// The editions of a project.
const ALL: &str = "/api/v1/projects/{id}/editions";
/// One of them.
const ONE: &str = "/api/v1/projects/{id}/editions/{edition}";

/// Every route about editions.
pub(super) fn editions() -> Vec<Route> {
    let keepers = |path, handler: Handler, about| Route {
        permission: Permission::Roles(KEEPERS),
        ..read(path, handler, about)
    };
    let writers = Permission::Writers(KEEPERS);
    let import = change(
        ALL,
        writers,
        |m| on(m, api::import),
        About::new("Makes files the draft of a project's next edition, or says what would come of it.")
            .takes::<api::NewEdition>()
            .gives::<Imported>()
            .refuses(&[Code::EditionRefused]),
    );
    let discard = change(
        ONE,
        writers,
        |m| on(m, api::discard),
        About::new("Throws the draft away; what was published stays.").with(204),
    );
    vec![
        keepers(
            ALL,
            |m| on(m, api::list),
            About::new("The editions of a project's checklists, catalogue and rules.").gives::<api::EditionList>(),
        ),
        keepers(
            ONE,
            |m| on(m, api::one),
            About::new("An edition with its own files: a number, or `draft`.").gives::<api::EditionWhole>(),
        ),
        keepers(
            "/api/v1/projects/{id}/editions/{edition}/comparison",
            |m| on(m, api::comparison),
            About::new("What differs between two editions, row by row and field by field.")
                .asks::<api::OfComparison>()
                .gives::<Compared>(),
        ),
        Route {
            limit: api::MOST,
            ..import
        },
        change(
            "/api/v1/projects/{id}/editions/{edition}/publish",
            writers,
            |m| on(m, api::publish),
            About::new("Publishes the draft as it was read: what is begun from now on is begun with it.")
                .gives::<Published>()
                .refuses(&[Code::IfMatchMissing, Code::RecordChanged, Code::EditionRefused]),
        ),
        Route {
            method: Method::DELETE,
            ..discard
        },
    ]
}
