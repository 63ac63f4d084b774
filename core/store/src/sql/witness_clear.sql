DELETE FROM witnesses
