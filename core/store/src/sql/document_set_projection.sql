UPDATE documents
SET projection = ?2, projected_by = ?3, task = ?4, state = ?5, contested = ?6, updated_ms = ?7, promise_ms = ?8,
    edition_waits = ?9
WHERE id = ?1
