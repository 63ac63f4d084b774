INSERT INTO sums (project, scope, sum) VALUES (?1, ?2, ?3) ON CONFLICT (project, scope) DO UPDATE SET sum = excluded.sum
