SELECT count(*), coalesce(sum(c.received_seq IS NOT NULL), 0),
  coalesce(sum(c.received_seq > 0 AND c.received_seq <= coalesce(p.backup_seq, 0)), 0)
FROM changes c JOIN documents d ON d.id = c.document LEFT JOIN projects p ON p.id = d.project
WHERE c.document = ?1 AND c.own = 1
