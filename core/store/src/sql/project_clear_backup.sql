UPDATE projects SET backup_seq = 0
