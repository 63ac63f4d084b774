DELETE FROM phrases WHERE document = ?1
