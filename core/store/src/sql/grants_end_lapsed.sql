DELETE FROM grants WHERE lapsed = 1
