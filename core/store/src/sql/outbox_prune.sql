DELETE FROM outbox WHERE state = 'received' AND EXISTS (
  SELECT 1 FROM changes c JOIN documents d ON d.id = c.document JOIN projects p ON p.id = d.project
  WHERE c.document = outbox.document AND c.hash = outbox.hash AND c.received_seq > 0 AND c.received_seq <= p.backup_seq)
