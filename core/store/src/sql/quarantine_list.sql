SELECT document, hash, bytes, reason, at_ms FROM quarantine ORDER BY document, hash
