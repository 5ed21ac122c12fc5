"""The production clients with channels that count calls, entities, objects, tasks and bytes."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import grpc
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore, tasks_v2
from google.cloud.datastore_v1.services.datastore import DatastoreClient
from google.cloud.datastore_v1.services.datastore.transports import DatastoreGrpcTransport
from google.cloud.datastore_v1.types import EntityResult
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from requests.adapters import HTTPAdapter

from timeline.backends import connect
from timeline.gcp import storage as cloud_storage
from timeline.gcp.datastore import Datastore
from timeline.gcp.memcache import Memcache
from timeline.gcp.memcache import connect as connect_cache
from timeline.gcp.memcache_client import BoundedSocket, StrictClient
from timeline.gcp.signing import Signer
from timeline.gcp.storage import Storage
from timeline.gcp.tasks import CloudTasks
from timeline.interfaces import Backends
from timeline.settings import Settings

WHOLE_ENTITIES = EntityResult.ResultType.FULL
CACHE = "cache"
"""The name under which commands to memcache are counted."""


@dataclass
class Meter:
    """The counts since the last `reset`.

    `calls` counts remote calls by name, commands to memcache as `cache`; `amounts` counts what Google bills:
    entities read, written, deleted, keys read; objects read, written, deleted; tasks.
    """

    calls: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def reset(self) -> None:
        self.calls.clear()
        self.amounts.clear()

    def note(self, name: str, **amounts: int) -> None:
        with self._lock:
            self.calls[name] += 1
            self.amounts.update({what: amount for what, amount in amounts.items() if amount})


@contextmanager
def metered(settings: Settings, meter: Meter) -> Iterator[Backends]:
    """Yield backends with these settings that count every call."""
    with ExitStack() as stack:
        entities, blobs = Datastore(_datastore(settings, meter)), _storage(settings, meter)
        tasks, cache = _tasks(settings, meter), _cache(settings, meter)
        for client in (entities, blobs, tasks, cache):
            stack.callback(client.close)
        yield replace(connect(settings), entities=entities, blobs=blobs, tasks=tasks, cache=cache)


class _Counting(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def intercept_unary_unary(self, go_on: Any, details: Any, request: Any) -> Any:
        call = go_on(details, request)
        name = details.method.rpartition("/")[2]
        answer = call.result() if call.exception() is None else None
        self._meter.note(name, **_amounts(name, request, answer))
        return call


def _amounts(name: str, request: Any, answer: Any) -> dict[str, int]:
    """Return the billed amounts of one call; nothing for a refused call."""
    if answer is None:
        return {}
    if name == "Lookup":
        return {"entities_read": len(answer.found)}
    if name == "RunQuery":
        is_whole = answer.batch.entity_result_type == WHOLE_ENTITIES
        return {"entities_read" if is_whole else "keys_read": len(answer.batch.entity_results)}
    if name == "Commit":
        deleted = sum(mutation.HasField("delete") for mutation in request.mutations)
        return {"entities_deleted": deleted, "entities_written": len(request.mutations) - deleted}
    return {"tasks": 1} if name == "CreateTask" else {}


def _channel(address: str, meter: Meter) -> Any:
    return grpc.intercept_channel(grpc.insecure_channel(address), _Counting(meter))


def _datastore(settings: Settings, meter: Meter) -> Any:
    client = datastore.Client(project=settings.google_cloud_project, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    channel = _channel(settings.datastore_emulator_host, meter)
    client._datastore_api_internal = DatastoreClient(transport=DatastoreGrpcTransport(channel=channel))
    return client


def _tasks(settings: Settings, meter: Meter) -> CloudTasks:
    channel = _channel(settings.cloud_tasks_emulator_host, meter)
    client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
    return CloudTasks(client, settings.google_cloud_project, settings.tasks_location)


def _storage(settings: Settings, meter: Meter) -> Storage:
    client = cloud_storage._client(settings)
    client._http.mount("http://", _CountingAdapter(meter))
    return Storage(client, settings.bucket, Signer(settings.google_application_credentials))


class _CountingAdapter(HTTPAdapter):
    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def send(self, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        answer = super().send(request, *rest, **more)
        what = {"POST": "objects_written", "PUT": "objects_written", "DELETE": "objects_deleted"}
        is_list = request.method == "GET" and request.path_url.partition("?")[0].endswith("/o")
        billed = "objects_listed" if is_list else what.get(str(request.method), "objects_read")
        self._meter.note("Storage", **{billed: 1})
        return answer


COMMAND = re.compile(rb"(?:^|\r\n)(?:get|gets|add|cas|delete|incr|decr|flush_all)\b")


class _CountingSocket(BoundedSocket):
    """Counts the commands to memcache as they are sent."""

    meter: Meter

    def sendall(self, command: bytes) -> None:
        for _ in COMMAND.findall(command):
            self.meter.note(CACHE)
        super().sendall(command)


def _cache(settings: Settings, meter: Meter) -> Memcache:
    class CountingSocket(_CountingSocket):
        pass

    class CountingClient(StrictClient):
        socket_class = CountingSocket

    CountingSocket.meter = meter
    cache = connect_cache(settings)
    if cache._client is not None:
        cache._client.client_class = CountingClient
    return cache
