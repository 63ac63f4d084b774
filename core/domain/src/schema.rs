//! Fields and policies.
