//! The read side: merged records, tasks and places under `/api/v1`, cut to what the login may see.
