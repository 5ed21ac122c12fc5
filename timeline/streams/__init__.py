"""Streams: pages of photos, their cursors, and delta sync."""
