SELECT sum FROM sums WHERE project = ?1 AND scope = ?2
