"""Select the traffic shard of a request when several versions share the traffic."""

import hashlib
import re
from typing import NamedTuple

from gaelocal.appengine.http import Request, Response
from gaelocal.appengine.releases.splits import SHARDS, any_shard

COOKIE = re.compile(rb"(?:^|;)\s*GOOGAPPUID=x?(\d{1,3})\s*(?:;|$)")
MONTH = 30 * 86_400


class SplitChoice(NamedTuple):
    """`is_new`: the shard was chosen just now, so the response sets the cookie."""

    shard: int
    is_new: bool = False


def choose_shard(request: Request, shard_by: str) -> SplitChoice:
    """Choose a shard as App Engine does: by cookie, by a hash of the client's address, or at random."""
    if shard_by == "COOKIE":
        brought = COOKIE.search(request.field(b"cookie"))
        return SplitChoice(int(brought[1])) if brought else SplitChoice(any_shard(), is_new=True)
    if shard_by == "RANDOM":
        return SplitChoice(any_shard())
    return SplitChoice(int.from_bytes(hashlib.sha256(request.peer.encode()).digest()[:8], "big") % SHARDS)


def set_split_cookie(split_choice: SplitChoice, response: Response) -> None:
    """Set the cookie, unless the service has chosen one itself."""
    own = any(
        name.lower() == b"set-cookie" and value.startswith(b"GOOGAPPUID=") for name, value in response.headers
    )
    if split_choice.is_new and not own:
        cookie = f"GOOGAPPUID={split_choice.shard}; Path=/; Max-Age={MONTH}; SameSite=Lax"
        response.headers.append((b"Set-Cookie", cookie.encode()))
