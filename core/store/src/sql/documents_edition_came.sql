UPDATE documents SET projected_by = 0 WHERE edition_waits = 1
