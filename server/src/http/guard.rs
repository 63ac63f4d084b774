//! Who calls, and whether they may: before every handler.
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyturn_protocol::Code;

use crate::Error;
use crate::auth::{Login, TokenKind};
use crate::state::AppState;
use crate::users::Role;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Nobody needs to be logged in; the handler checks whatever the request itself proves.
    Anyone,
    /// A phone, also one that was withdrawn: to hand in its work.
    HandIn,
    /// A phone.
    Device,
    /// Whoever holds one of these roles somewhere, by phone or by a reader's token.
    Roles(&'static [Role]),
    /// As `Roles`, by a token that may write.
    Writers(&'static [Role]),
    /// As `Server`, by a token that may write.
    Keepers(&'static [Role]),
    /// Whoever holds one of these roles on the whole server.
    Server(&'static [Role]),
}

/// Whose things a route shows or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It shows nothing that belongs to anybody.
    Nobody,
    /// Of whoever the request itself proves to be: by a code, by a signature.
    Proven,
    /// Of the scopes that the login holds now; the data layer filters, whatever the request says.
    Scopes,
}

impl Permission {
    /// Counts a request of another system; phones are not counted.
    fn count(self, state: &AppState, caller: &Caller) -> Result<(), Error> {
        match self {
            Self::Anyone | Self::HandIn | Self::Device => Ok(()),
            _ => state.limits.count(caller.0.token).map_err(Error::Later),
        }
    }

    /// Says whether `login` may call a route with this permission, at the time `now`.
    ///
    /// # Errors
    /// `token_missing`, `revoked` or `forbidden`.
    pub fn check(self, login: Option<&Login>, now: i64) -> Result<(), Error> {
        if self == Self::Anyone {
            return Ok(());
        }
        let login = login.ok_or(Code::TokenMissing)?;
        if login.revoked && self != Self::HandIn {
            return Err(Code::Revoked.into());
        }
        let holds = |roles: &[Role], on_server: bool| {
            let mut held = login.active(now);
            held.any(|grant| roles.contains(&grant.role) && (grant.is_server_wide() || !on_server))
        };
        let may = match self {
            Self::Anyone => true,
            Self::HandIn | Self::Device => login.kind == TokenKind::Device,
            Self::Roles(roles) => holds(roles, false),
            Self::Server(roles) => holds(roles, true),
            Self::Writers(roles) => login.may_write && holds(roles, false),
            Self::Keepers(roles) => login.may_write && holds(roles, true),
        };
        if may { Ok(()) } else { Err(Code::Forbidden.into()) }
    }
}

/// The login behind a request; an argument of handlers behind any permission but `Anyone`.
#[derive(Clone)]
pub struct Caller(pub Arc<Login>);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Code::TokenMissing.into())
    }
}

pub(super) async fn guard(
    State((state, permission)): State<(AppState, Permission)>,
    mut request: Request,
    next: Next,
) -> Response {
    if permission == Permission::Anyone {
        return next.run(request).await;
    }
    let caller = match caller(&state, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let allowed = permission.check(Some(&caller.0), state.now());
    let mut response = match allowed.and_then(|()| permission.count(&state, &caller)) {
        Ok(()) => {
            request.extensions_mut().insert(caller.clone());
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    // The observer outside logs the ids.
    response.extensions_mut().insert(caller);
    response
}

async fn caller(state: &AppState, headers: &HeaderMap) -> Result<Caller, Error> {
    let token = bearer(headers).ok_or(Code::TokenMissing)?;
    state.login(token).await.map(Caller)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
