SELECT id, project, place, kind, server_heads FROM documents WHERE project = ?1 AND scope = ?2 AND husk = 0 ORDER BY id
