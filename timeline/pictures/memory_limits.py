"""The memory that decoding may take; docs/decisions/0067 adds up what an instance of 1,536 MB holds."""

MEMORY_LIMIT = 900_000_000
"""Bytes for the largest image."""

SHORT_JOB_MEMORY_LIMIT = 330_000_000
"""25 megapixels of a progressive JPEG with four inks take 300 MB, 12.5 of any other format at most 212."""

REST = 375_000_000
"""What else an instance holds: the service, four waiting uploads (200 MB), three idle workers (57 each)."""
