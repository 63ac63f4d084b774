SELECT project, scope, summand FROM documents WHERE id = ?1
