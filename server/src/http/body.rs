//! Bodies with limits: size from the table of routes, depth here.
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use keyturn_protocol::Code;
use serde::de::DeserializeOwned;

use crate::Error;

/// No JSON that we read nests deeper.
const DEEPEST: usize = 32;

/// The bytes of a body that keeps within the limit of its route.
pub struct RawBody(pub Bytes);

/// A JSON body of a known shape.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        Bytes::from_request(request, state)
            .await
            .map(Self)
            .map_err(|rejection| {
                let words = rejection.body_text();
                if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Code::BodyTooLarge.into()
                } else {
                    Error::refused(Code::BadValue, words)
                }
            })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        if depth(&bytes) > DEEPEST {
            return Err(Code::BodyTooDeep.into());
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // Where, but never what: the words of serde quote the input.
            Error::refused(
                Code::BodyNotJson,
                format!("line {}, column {}", error.line(), error.column()),
            )
        })
    }
}

/// Returns how deep brackets nest outside of strings; counts before anything is parsed.
fn depth(json: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let (mut inside, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'[' | b'{' if !inside => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !inside => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        for (json, expected) in [
            ("", 0),
            ("[]", 1),
            (r#"{"a":[{}],"b":[]}"#, 3),
            (r#"["[[[", "\"[["]"#, 1),
            ("]]][", 1),
        ] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
        assert_eq!(depth("[".repeat(1_000_000).as_bytes()), 1_000_000);
    }
}
