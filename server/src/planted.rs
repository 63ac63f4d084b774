//! Faults planted on purpose, to prove that the tests can fail. Without the feature there is no way to set one.

#[cfg(feature = "planted")]
static SET: std::sync::Mutex<Option<&'static str>> = std::sync::Mutex::new(None);

/// The faults of the server.
#[cfg(feature = "planted")]
pub const ALL: [&str; 2] = ["cursor_one_too_far", "purge_without_revoke"];

/// Plants one fault of [`ALL`], or none.
#[cfg(feature = "planted")]
pub fn set(name: Option<&'static str>) {
    *SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = name;
}

/// Whether a fault is planted.
#[cfg(feature = "planted")]
pub(crate) fn is_set(name: &str) -> bool {
    *SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(name)
}

/// Whether a fault is planted.
#[cfg(not(feature = "planted"))]
pub(crate) const fn is_set(_: &str) -> bool {
    false
}
