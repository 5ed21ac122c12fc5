"""Long-running operations: progress, result and error."""

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from gaelocal.admin.bodies import Resource
from gaelocal.admin.paths import APP
from gaelocal.admin.problems import INTERNAL, RPC_CODES, AdminError, not_found, release_error
from gaelocal.appengine.releases import ReleaseError
from gaelocal.sqlite_files import is_outage, outage_message

log = logging.getLogger(__name__)
MAX_OPERATIONS = 200
START_WAIT_SECONDS = 2.0
POLL_WAIT_SECONDS = 10.0
"""gcloud polls only every five seconds, so a response waits this long for the end of the operation."""

Work = Callable[[], Awaitable[Resource]]
Progress = Callable[[], str]


def no_progress() -> str:
    return ""


@dataclass(slots=True)
class Operation:
    """`progress` returns the current step as text; `response` is the resulting resource."""

    id: str
    method: str
    target: str
    inserted: str
    progress: Progress
    ended: str | None = None
    error: Resource | None = None
    response: Resource = field(default_factory=dict)
    finished: asyncio.Event = field(default_factory=asyncio.Event)


class Operations:
    """The most recent operations, kept until the platform stops."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._kept: OrderedDict[str, Operation] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{APP}/operations", self._list),
            web.get(f"{APP}/operations/{{id}}", self._get),
        ]

    async def run(
        self, method: str, target: str, work: Work, progress: Progress = no_progress
    ) -> web.Response:
        """Start an operation and return its resource, which is already done if the operation is short."""
        operation = Operation(secrets.token_hex(8), method, target, _now(), progress)
        self._kept[operation.id] = operation
        while len(self._kept) > MAX_OPERATIONS:
            self._kept.popitem(last=False)
        task = asyncio.create_task(_execute(operation, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await self._described(operation, START_WAIT_SECONDS)

    async def stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _list(self, request: web.Request) -> web.Response:
        only_pending = request.query.get("filter") == "done:false"
        found = [one for one in reversed(self._kept.values()) if not (only_pending and one.ended)]
        return web.json_response({"operations": [self._resource(one) for one in found]})

    async def _get(self, request: web.Request) -> web.Response:
        operation = self._kept.get(request.match_info["id"])
        if operation is None:
            raise not_found(f"There is no operation {request.match_info['id']}; a restart discards them.")
        return await self._described(operation, POLL_WAIT_SECONDS)

    async def _described(self, operation: Operation, seconds: float) -> web.Response:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(operation.finished.wait(), seconds)
        return web.json_response(self._resource(operation))

    def _resource(self, operation: Operation) -> Resource:
        message = "" if operation.ended else operation.progress()
        resource: Resource = {
            "name": f"apps/{self._project}/operations/{operation.id}",
            "metadata": {
                "@type": "type.googleapis.com/google.appengine.v1.OperationMetadataV1",
                "method": f"google.appengine.v1.{operation.method}",
                "insertTime": operation.inserted,
                "target": operation.target,
                "user": "you",
                **({"ephemeralMessage": message} if message else {}),
                **({"endTime": operation.ended} if operation.ended else {}),
            },
            "done": operation.ended is not None,
        }
        if operation.ended:
            resource |= {"error": operation.error} if operation.error else {"response": operation.response}
        return resource


async def _execute(operation: Operation, work: Work) -> None:
    try:
        operation.response = await work()
    except AdminError as error:
        operation.error = _error(error)
    except ReleaseError as error:
        operation.error = _error(release_error(error))
    except Exception as error:  # noqa: BLE001 - gcloud polls until the operation ends, also after any error
        operation.error = _unexpected(operation, error)
    operation.ended = _now()
    operation.finished.set()


def _unexpected(operation: Operation, error: Exception) -> Resource:
    if is_outage(error):
        log.warning("%s of %s failed: %s", operation.method, operation.target, error)
        return _error(AdminError(503, outage_message(error)))
    log.error("%s of %s failed", operation.method, operation.target, exc_info=error)
    return {"code": INTERNAL, "message": f"{type(error).__name__}: {error}"}


def _error(error: AdminError) -> Resource:
    return {"code": RPC_CODES.get(error.status, INTERNAL), "message": str(error)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
