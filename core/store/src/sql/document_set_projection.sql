UPDATE documents
SET projection = ?2, projected_by = ?3, task = ?4, state = ?5, contested = ?6, updated_ms = ?7
WHERE id = ?1
