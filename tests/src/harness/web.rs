//! Asking a server as any other program would.

/// A client for HTTP.
///
/// # Panics
/// When none can be made.
#[must_use]
pub fn web() -> reqwest::Client {
    // Whichever test runs first needs it; fails only when a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
