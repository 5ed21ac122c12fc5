"""Format values for the pages: times, sizes, durations, JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

KIB = 1024
MINUTE, HOUR, DAY = 60, 3600, 86400
UNITS = ("KB", "MB", "GB")
TEN = 10
UNKNOWN = "\N{EN DASH}"


def moment(when: float | str | None) -> Markup:
    """Return a time element in the time zone of this machine; a text is ISO 8601."""
    if when in (None, ""):
        return escape(UNKNOWN)
    at = datetime.fromtimestamp(when, UTC) if isinstance(when, int | float) else _parsed(str(when))
    if at is None:
        return escape(str(when))
    local = at.astimezone()
    shown = f"{local:%d %b %H:%M:%S}" if local.year == datetime.now(UTC).year else f"{local:%d %b %Y %H:%M}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat().replace("+00:00", "Z"), f"{local:%a %d %B %Y %H:%M:%S %Z}", shown
    )


def size(count: float | None) -> str:
    if count is None:
        return UNKNOWN
    if count < KIB:
        return f"{count:.0f} bytes" if count != 1 else "1 byte"
    value = float(count)
    for unit in UNITS:
        value /= KIB
        if value < KIB or unit == UNITS[-1]:
            break
    return f"{value:.1f} {unit}" if value < TEN else f"{value:.0f} {unit}"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return UNKNOWN
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"
    return f"{seconds // DAY:.0f} d {seconds % DAY // HOUR:.0f} h"


def number(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else UNKNOWN


def pretty_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def segment(name: str) -> str:
    """Return a name as one segment of an address."""
    return quote(name, safe="")


def tone(status: object) -> str:
    """Return the colour class of a state or an HTTP status."""
    text = str(status).lower()
    if text[:1] in ("2", "3") and text.isdigit():
        return "good"
    return TONES.get(text, "bad" if text.isdigit() and text >= "400" else "")


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


TONES = {
    **dict.fromkeys(("running", "serving", "ok", "up", "ready", "200", "enabled"), "good"),
    **dict.fromkeys(("paused", "starting", "stopping", "warning", "waiting", "asleep", "stopped"), "warn"),
    **dict.fromkeys(
        ("disabled", "failing", "failed", "dead", "error", "critical", "alert", "emergency", "no answer"),
        "bad",
    ),
}
FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "size": size,
    "duration": duration,
    "number": number,
    "share": share,
    "pretty_json": pretty_json,
    "segment": segment,
    "tone": tone,
}
