DELETE FROM grants WHERE project = ?1 AND scope = ?2 AND role = ?3 AND seq <= ?4
