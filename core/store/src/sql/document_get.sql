SELECT id, project, place, kind, scope, husk, checked, snapshot, snapshot_n, heads, server_heads, server_seq
FROM documents WHERE id = ?1
