//! What an app calls: the facade, the sync engine, HTTP.
