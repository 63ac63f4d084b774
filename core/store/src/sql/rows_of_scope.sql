SELECT project, kind, id, scope, seq, body FROM rows WHERE scope = ?1 AND (?2 = '' OR kind = ?2) ORDER BY kind, id
