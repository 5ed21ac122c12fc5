"""How a moment is written in JSON: always UTC, always six digits, so that text sorts like time."""

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
