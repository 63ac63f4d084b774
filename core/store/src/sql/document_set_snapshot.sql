UPDATE documents
SET snapshot = ?2, snapshot_n = (SELECT coalesce(max(n), 0) FROM changes WHERE document = ?1), heads = ?3, checked = ?4,
  husk = 0, scope = ?5
WHERE id = ?1
