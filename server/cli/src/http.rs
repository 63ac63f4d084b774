//! Asking a server over HTTP, for `healthcheck`, `record show` and the demo.

use crate::failure::Failure;
use keyturn_server::protocol::Code;
use serde_json::Value;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// Makes a client; the machine's own address is never asked for through a proxy.
fn client(url: &str) -> Result<reqwest::Client, Failure> {
    let mut builder = reqwest::Client::builder()
        .timeout(PATIENCE)
        .user_agent(concat!("keyturn/", env!("CARGO_PKG_VERSION")));
    if ["//127.", "//localhost", "//[::1]"].iter().any(|own| url.contains(own)) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(Failure::internal)
}

/// Gets JSON.
///
/// # Errors
/// `offline` when nobody answers, `captive_portal` when somebody else does, else the code of the server's answer.
pub async fn get(server: &str, path: &str, token: Option<&str>) -> Result<Value, Failure> {
    let server = server.trim_end_matches('/');
    let mut request = client(server)?.get(format!("{server}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let offline = |error: reqwest::Error| Failure::new(Code::Offline, format!("{server}: {}", cause(&error)));
    let response = request.send().await.map_err(offline)?;
    let status = response.status();
    let body = response.bytes().await.map_err(offline)?;
    let value: Value = serde_json::from_slice(&body).map_err(|_| Failure::new(Code::CaptivePortal, server))?;
    if status.is_success() {
        return Ok(value);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Err(Failure::of_code(&text("code"), text("detail")))
}

/// The innermost cause says most: "Connection refused" instead of "error sending request".
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
