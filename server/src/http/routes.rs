//! What a route is, and the router that is made of the table.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodFilter, MethodRouter};

use super::conditional::conditional;
use super::idempotent::idempotent;
use super::{About, Owner, Permission, guard, limit, observe, problem, routes};
use crate::state::AppState;

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
    /// What the description says of it.
    pub about: About,
}

impl Route {
    /// Tells whether its answers carry a tag, and are left out for whoever has them.
    pub fn is_conditional(&self) -> bool {
        self.method == Method::GET && self.path.starts_with("/api/v1/")
    }

    /// Tells whether a request with a key is done once. An answer that holds a secret is kept nowhere: asked again, there
    /// is another one.
    pub fn is_once(&self) -> bool {
        self.is_write() && !self.path.ends_with("/enrolments")
    }

    /// Tells whether it answers strangers who prove who they are: counted by their address.
    pub fn lets_in(&self) -> bool {
        self.owner == Owner::Proven
    }

    /// Tells whether it changes something by the API.
    pub fn is_write(&self) -> bool {
        self.method != Method::GET && self.path.starts_with("/api/v1/")
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
        let mut handled = (route.handler)(filter).layer(DefaultBodyLimit::max(route.limit));
        if route.is_conditional() {
            handled = handled.layer(from_fn(conditional));
        }
        if route.is_once() {
            handled = handled.layer(from_fn_with_state((state.clone(), route.limit), idempotent));
        }
        if route.lets_in() {
            handled = handled.layer(from_fn_with_state(state.clone(), limit::by_address));
        }
        let guarded = handled.layer(from_fn_with_state((state.clone(), route.permission), guard::guard));
        router = router.route(route.path, guarded);
    }
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .with_state(state)
}
