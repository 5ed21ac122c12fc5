"""The state of the Cloud Storage emulator: rows in SQLite, bytes in files, and the rules about both."""
