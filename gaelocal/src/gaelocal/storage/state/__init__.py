"""What the storage stand-in keeps: rows in SQLite, bytes in files, and the rules about both."""
