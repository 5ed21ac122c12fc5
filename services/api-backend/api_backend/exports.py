"""Everything of one's own in a ZIP with the pictures: asked for, followed, fetched."""

from typing import Annotated, Self

from flask import Blueprint, url_for
from msgspec import Meta, Struct

from api_backend.operations import Reply, operation
from api_backend.photos import Timestamp
from timeline.accounts.users import Caller
from timeline.errors import Busy, NotFound, QuotaExceeded
from timeline.exports import archives
from timeline.exports.archives import Export, State
from timeline.rate_limits.limits import EXPORTS
from timeline.serving import current_backends, limited, signed_in
from timeline.serving.http_values import format_timestamp
from timeline.serving.logs import current_trace

LOOK_AGAIN_SECONDS = 5
"""A piece of 16 MB is packed in about so long; each one moves `done`."""
ABOUT_URL = (
    "A link to the archive that needs no token and works for ten minutes, so hand it to nobody; "
    "each read gives a fresh one. Null until the state is `ready`. Send it no Authorization header."
)

exports = Blueprint("exports", __name__)


class ExportView(Struct):
    """Your latest archive: `done` of `total` photos are packed; `size` is in bytes, once it is `ready`."""

    id: str
    state: State
    asked: Timestamp
    expires: Timestamp
    done: int
    total: int
    size: int
    url: Annotated[str, Meta(description=ABOUT_URL)] | None

    @classmethod
    def of(cls, export: Export, url: str | None) -> Self:
        return cls(
            id=export.id,
            state=export.state,
            asked=format_timestamp(export.requested),
            expires=format_timestamp(export.expires),
            done=export.done,
            total=export.total,
            size=export.size,
            url=url,
        )


@exports.get("")
@signed_in
@operation(refuses=(NotFound,), headers=("Retry-After",))
def read_export(caller: Caller) -> Reply[ExportView]:
    """Your latest archive: how far it is, and where to fetch it.

    It can be fetched for a week; there is one at a time.
    """
    return _reply(archives.get_export(current_backends(), caller.handle))


@exports.post("")
@signed_in
@limited(EXPORTS)
@operation(202, refuses=(Busy, QuotaExceeded), headers=("Location", "Retry-After"))
def request_export(caller: Caller) -> Reply[ExportView]:
    """Ask for an archive of all you have here; while one is being made, that is the one.

    A new one takes the place of the last.
    """
    export = archives.request_export(current_backends(), caller.handle, current_trace())
    return _reply(export, {"Location": url_for("exports.read_export")})


def _reply(export: Export, headers: dict[str, str] | None = None) -> Reply[ExportView]:
    """Nobody in between keeps the link."""
    told = {"Cache-Control": "no-store", **(headers or {})}
    if export.state == "running":
        told["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    return Reply(body=ExportView.of(export, archives.link_to(current_backends(), export)), headers=told)
