SELECT count(*), coalesce(max(code), '') FROM outbox WHERE state IN ('held', 'stuck') AND (?1 IS NULL OR document = ?1)
