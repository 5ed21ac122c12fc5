"""Delete rows whose retention period is over."""

from datetime import datetime

from timeline.interfaces import Backends, Scan

BATCH = 500
"""The limit of one commit on legacy Datastore."""


def delete_before(backends: Backends, kind: str, by: str, moment: datetime, limit: int = BATCH) -> int:
    """Delete a bounded number of rows whose property `by` lies before the moment; return their number."""
    scan = Scan(kind=kind, by=by, below=moment, limit=limit, keys_only=True)
    old = [row.key for row in backends.entities.scan(scan)]
    if old:
        backends.entities.delete(*old)
    return len(old)
