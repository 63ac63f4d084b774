//! Parameters of a request, with our own errors.

use crate::Error;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use keyturn_protocol::Code;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The parameters behind `?`.
pub struct Ask<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Ask<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(asked)| Self(asked))
            .map_err(|e| Error::refused(Code::BadValue, e.body_text()))
    }
}

/// The id in the path; what is no id is nowhere.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(text): Path<String> = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Code::NotFound)?;
        text.parse().map(Self).map_err(|_| Code::NotFound.into())
    }
}
