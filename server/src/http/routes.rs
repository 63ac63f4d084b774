//! The one table that the router, the rights matrix and the API description are made from.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::{Owner, Permission, auth, guard, health, observe, poke, problem};
use crate::records;
use crate::state::AppState;
use crate::users::Role;

/// The most that a small JSON request may have.
const SMALL: usize = 16 * 1024;

/// One row of the table.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, in axum's form.
    pub path: &'static str,
    /// Who may call it.
    pub permission: Permission,
    /// Whose things it shows or changes.
    pub owner: Owner,
    /// The largest body, in bytes.
    pub limit: usize,
    /// Binds the handler to the method.
    pub handler: fn(MethodFilter) -> MethodRouter<AppState>,
}

/// Returns the table.
pub fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::GET,
            path: "/health/live",
            permission: Permission::Anyone,
            owner: Owner::Nobody,
            limit: 0,
            handler: |m| on(m, health::live),
        },
        Route {
            method: Method::GET,
            path: "/health/ready",
            permission: Permission::Anyone,
            owner: Owner::Nobody,
            limit: 0,
            handler: |m| on(m, health::ready),
        },
        Route {
            method: Method::POST,
            path: "/v1/enrol",
            permission: Permission::Anyone,
            owner: Owner::Proven,
            limit: SMALL,
            handler: |m| on(m, auth::enrol),
        },
        Route {
            method: Method::POST,
            path: "/v1/token",
            permission: Permission::Anyone,
            owner: Owner::Proven,
            limit: 0,
            handler: |m| on(m, auth::token),
        },
        Route {
            method: Method::POST,
            path: "/v1/sync",
            permission: Permission::HandIn,
            owner: Owner::Scopes,
            limit: crate::sync::MOST,
            handler: |m| on(m, crate::sync::sync),
        },
        Route {
            method: Method::GET,
            path: "/v1/poke",
            permission: Permission::Device,
            owner: Owner::Scopes,
            limit: 0,
            handler: |m| on(m, poke::poke),
        },
        read("/api/v1/projects", |m| on(m, records::projects)),
        read("/api/v1/homes", |m| on(m, records::homes)),
        read("/api/v1/tasks", |m| on(m, records::tasks)),
        read("/api/v1/households", |m| on(m, records::households)),
        read("/api/v1/persons", |m| on(m, records::persons)),
        read("/api/v1/contacts", |m| on(m, records::contacts)),
        read("/api/v1/notices", |m| on(m, records::notices)),
        read("/api/v1/promises", |m| on(m, records::promises)),
        read("/api/v1/sales-promises", |m| on(m, records::sales_promises)),
        read("/api/v1/cases", |m| on(m, records::cases)),
        read("/api/v1/visits", |m| on(m, records::visits)),
        read("/api/v1/defects", |m| on(m, records::defects)),
        read("/api/v1/records", |m| on(m, records::records)),
        read("/api/v1/records/{id}", |m| on(m, records::record)),
        read("/api/v1/records/{id}/lineage", |m| on(m, records::lineage)),
        Route {
            permission: Permission::Roles(COUNTERS),
            ..read("/api/v1/kpis", |m| on(m, records::kpis))
        },
        read("/api/v1/risk", |m| on(m, records::risk)),
    ]
}

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

fn read(path: &'static str, handler: fn(MethodFilter) -> MethodRouter<AppState>) -> Route {
    Route {
        method: Method::GET,
        path,
        permission: Permission::Roles(READERS),
        owner: Owner::Scopes,
        limit: 0,
        handler,
    }
}

/// Makes the router: every route behind its guard, everything behind the observer.
pub(crate) fn router(state: AppState) -> Router {
    build(state, routes())
}

pub(super) fn build(state: AppState, routes: Vec<Route>) -> Router {
    let mut router = Router::new();
    for route in routes {
        let Ok(filter) = MethodFilter::try_from(route.method.clone()) else {
            // A test walks the table, so that this never ships.
            tracing::error!(method = %route.method, path = route.path, "A method without a filter");
            continue;
        };
        let guarded = (route.handler)(filter).layer(DefaultBodyLimit::max(route.limit)).layer(
            axum::middleware::from_fn_with_state((state.clone(), route.permission), guard::guard),
        );
        router = router.route(route.path, guarded);
    }
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(state.clone(), observe::observe))
        .with_state(state)
}
