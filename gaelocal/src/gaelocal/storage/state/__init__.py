"""What the Cloud Storage emulator stores: rows in SQLite, bytes in files, and the rules about both."""
