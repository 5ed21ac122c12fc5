"""Exports: a ZIP archive of the user's data and photos."""

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

POLL_SECONDS = 5
"""About the time in which a piece of 16 MB is packed, after which `done` grows."""
ABOUT_URL = (
    "A link to the archive. It is valid for ten minutes and needs no token, so keep it secret; "
    "every request returns a new one. Null until the state is `ready`. Send no Authorization header to it."
)

exports = Blueprint("exports", __name__)


class ExportView(Struct):
    """Your latest export: `done` of `total` photos are packed. `size` is in bytes, 0 until it is `ready`."""

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
@operation(errors=(NotFound,), headers=("Retry-After",))
def read_export(caller: Caller) -> Reply[ExportView]:
    """Get your latest export: its progress, and a link to download it.

    It can be downloaded for a week.
    """
    return _reply(archives.get_export(current_backends(), caller.handle))


@exports.post("")
@signed_in
@limited(EXPORTS)
@operation(202, errors=(Busy, QuotaExceeded), headers=("Location", "Retry-After"))
def request_export(caller: Caller) -> Reply[ExportView]:
    """Request an export of all your data. While one is running, it is returned instead.

    A new export replaces the previous one.
    """
    export = archives.request_export(current_backends(), caller.handle, current_trace())
    return _reply(export, {"Location": url_for("exports.read_export")})


def _reply(export: Export, headers: dict[str, str] | None = None) -> Reply[ExportView]:
    """Respond with `no-store`, because the body contains a secret link."""
    headers = {"Cache-Control": "no-store", **(headers or {})}
    if export.state == "running":
        headers["Retry-After"] = str(POLL_SECONDS)
    return Reply(body=ExportView.of(export, archives.link_to(current_backends(), export)), headers=headers)
