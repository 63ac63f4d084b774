UPDATE documents
SET husk = 1, checked = 1, snapshot = NULL, snapshot_n = 0, heads = x'', server_heads = x'', summand = NULL,
  projection = NULL, task = NULL, state = '', contested = 0
WHERE id = ?1
