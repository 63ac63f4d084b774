DELETE FROM rows WHERE project = ?1 AND kind = ?2 AND id = ?3 AND seq <= ?4
