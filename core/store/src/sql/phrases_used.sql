SELECT phrase, part, count(*), max(at_ms) FROM phrases GROUP BY phrase, part ORDER BY phrase, part
