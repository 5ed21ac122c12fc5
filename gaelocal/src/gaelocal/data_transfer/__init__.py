"""Export and import: all entities as JSON lines and all objects as files, over the emulators' protocols."""
