UPDATE documents SET snapshot = ?2, snapshot_n = ?3, heads = ?4, checked = ?5, husk = 0, scope = ?6 WHERE id = ?1
