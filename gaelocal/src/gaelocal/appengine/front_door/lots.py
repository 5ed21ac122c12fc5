"""Which shard of a service's traffic a request belongs to, when several versions share it."""

import hashlib
import re
from typing import NamedTuple

from gaelocal.appengine.releases.splits import SHARDS, any_shard
from gaelocal.appengine.wire import Answer, Request

COOKIE = re.compile(rb"(?:^|;)\s*GOOGAPPUID=x?(\d{1,3})\s*(?:;|$)")
MONTH = 30 * 86_400


class Lot(NamedTuple):
    """`is_new`: nobody drew it for this client before, so the client is told to bring it again."""

    shard: int
    is_new: bool = False


def lot_of(request: Request, shard_by: str) -> Lot:
    """Draw as App Engine does: the cookie's number, a hash of the client's address, or chance."""
    if shard_by == "COOKIE":
        brought = COOKIE.search(request.field(b"cookie"))
        return Lot(int(brought[1])) if brought else Lot(any_shard(), is_new=True)
    if shard_by == "RANDOM":
        return Lot(any_shard())
    return Lot(int.from_bytes(hashlib.sha256(request.peer.encode()).digest()[:8], "big") % SHARDS)


def hand_out(lot: Lot, answer: Answer) -> None:
    """Set the cookie, unless the service has chosen one itself."""
    own = any(
        name.lower() == b"set-cookie" and value.startswith(b"GOOGAPPUID=") for name, value in answer.headers
    )
    if lot.is_new and not own:
        cookie = f"GOOGAPPUID={lot.shard}; Path=/; Max-Age={MONTH}; SameSite=Lax"
        answer.headers.append((b"Set-Cookie", cookie.encode()))
