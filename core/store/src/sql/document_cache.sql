UPDATE documents SET snapshot = ?2, snapshot_n = (SELECT coalesce(max(n), 0) FROM changes WHERE document = ?1)
WHERE id = ?1 AND heads = ?3 AND checked = 1 AND husk = 0
