"""The memory that decoding may take; docs/decisions/0067 adds up what an instance of 1,536 MB holds."""

MEMORY_LIMIT = 900_000_000
"""Bytes for the largest image."""

SHORT_JOB_MEMORY_LIMIT = 300_000_000
"""25 megapixels of a JPEG take 250 MB at the most, 12.5 of any other format 212."""
