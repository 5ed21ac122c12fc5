"""Allowed redirect addresses: those of this machine, on any port."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

# The whole address is matched, not parsed: a parser and a browser may disagree about `\` and `@`.
LOCAL_ADDRESS = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|(?:[a-z0-9-]+\.)+localhost)(?::\d{1,5})?(?:[/?][!-\"$-\[\]-~]*)?"
)
LENGTH_LIMIT = 2000  # what every browser still takes


def is_local_address(address: str) -> bool:
    return len(address) <= LENGTH_LIMIT and bool(LOCAL_ADDRESS.fullmatch(address))


def with_query(address: str, more: Mapping[str, str | None]) -> str:
    """Add parameters to an address that may have some already; None is left out."""
    query = urlencode({name: value for name, value in more.items() if value is not None})
    if not query:
        return address
    return address + ("&" if urlsplit(address).query else "" if address.endswith("?") else "?") + query
