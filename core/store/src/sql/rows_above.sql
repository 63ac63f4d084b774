SELECT kind, id, scope FROM rows WHERE project = ?1 AND seq > ?2 ORDER BY kind, id
