INSERT INTO witnesses (cursor) VALUES (?1) ON CONFLICT (cursor) DO NOTHING
