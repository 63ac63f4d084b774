//! Sync, storage, API.
