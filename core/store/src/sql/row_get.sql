SELECT project, kind, id, scope, seq, body FROM rows WHERE project = ?1 AND kind = ?2 AND id = ?3
