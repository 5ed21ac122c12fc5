"""Values in HTTP messages: page limits, cursors, links and timestamps."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import request

from timeline.errors import InvalidLimit
from timeline.streams.pages import DEFAULT_LIMIT, MAX_LIMIT


def read_limit() -> int:
    """Raises InvalidLimit unless the limit is a whole number from 1 to 100."""
    text = request.args.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidLimit
    return int(text)


def read_cursor() -> str | None:
    return request.args.get("cursor")


def link_header(next_cursor: str | None) -> dict[str, str]:
    """Return a Link header (RFC 8288) to the next page, relative so that it works behind any host name."""
    return link_to_next(request.path, request.args.to_dict(), next_cursor)


def link_to_next(path: str, arguments: Mapping[str, str], next_cursor: str | None) -> dict[str, str]:
    if next_cursor is None:
        return {}
    query = urlencode({**arguments, "cursor": next_cursor})
    return {"Link": f'<{path}?{query}>; rel="next"'}


def format_timestamp(moment: datetime) -> str:
    """Return UTC with six digits of a second, so that timestamps sort as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
