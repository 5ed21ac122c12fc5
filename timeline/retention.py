"""Forgets rows that have had their time."""

from datetime import datetime

from timeline.interfaces import Backends, Scan

FORGOTTEN_AT_ONCE = 500
"""Google allowed 500 mutations in one commit."""


def delete_before(
    backends: Backends, kind: str, by: str, moment: datetime, limit: int = FORGOTTEN_AT_ONCE
) -> int:
    """Delete a bounded number of rows whose property `by` lies before the moment; tell how many."""
    scan = Scan(kind=kind, by=by, below=moment, limit=limit, keys_only=True)
    old = [row.key for row in backends.entities.scan(scan)]
    if old:
        backends.entities.delete(*old)
    return len(old)
