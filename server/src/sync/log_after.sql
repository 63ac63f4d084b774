SELECT l.seq, l.kind, l.id, l.scope, l.hash, l.who, l.chain,
       c.bytes, c.user_id, c.received_at, c.relayed_by, c.mark,
       d.place, d.kind AS document_kind,
       f.kind AS row_kind, f.seq AS row_seq, f.scope AS row_scope, f.body
FROM log l
LEFT JOIN changes c ON l.kind IN ('begin', 'change', 'mark') AND c.document = l.id AND c.hash = l.hash
LEFT JOIN documents d ON l.kind = 'begin' AND d.id = l.id
LEFT JOIN facts f ON l.kind = 'row' AND f.project = l.project AND f.id = l.id
WHERE l.project = $1 AND l.seq > $2
