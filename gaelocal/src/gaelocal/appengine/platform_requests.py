"""Requests of the platform itself, which reach an instance with their headers unchanged."""

import time
from collections.abc import Mapping
from urllib.parse import quote

from gaelocal.appengine.front_door.trace import CLOUD, new_request_id, new_trace
from gaelocal.appengine.http import Body
from gaelocal.appengine.http.bodies import NoRoom
from gaelocal.appengine.http.response_reader import ResponseTooLarge
from gaelocal.appengine.instances import Broken, InstanceRequest, NoInstance, RunningVersion
from gaelocal.appengine.logs import Entry, HttpRequest, LogBuffer, Source
from gaelocal.appengine.releases.version_registry import VersionRegistry
from gaelocal.delivery import Delivered, Delivery, DeliveryFailed

PLATFORM_ADDRESS = "0.1.0.2"
"""The client's address in requests of Cloud Tasks and cron, by which Google's package knows them."""

PATH_CHARACTERS = "/?&=%!$'()*+,;:@~[]"


async def deliver(
    delivery: Delivery, registry: VersionRegistry, logs: LogBuffer, main_host: str = "localhost"
) -> Delivered:
    started = time.perf_counter()
    name = (
        delivery.service
        or registry.dispatch.service_for("localhost", delivery.path.partition("?")[0])
        or registry.default_service
    )
    running = _chosen(name, delivery.version, registry)
    if (inbound := delivery.inbound_service) and inbound not in running.service.inbound_services:
        raise DeliveryFailed(f"{name}: app.yaml does not have `inbound_services: [{inbound}]`")
    headers = {**_completed(delivery, name), "x-appengine-default-version-hostname": main_host}
    delivered = await _exchange(delivery, running, headers)
    done = HttpRequest(
        *(delivery.method, delivery.path, delivered.status),
        latency=time.perf_counter() - started,
        size=len(delivered.body),
        agent=headers.get("user-agent", ""),
    )
    trace = CLOUD.match(headers["x-cloud-trace-context"])
    source = Source(running.service.name, running.service.version)
    logs.keep(
        Entry(
            time.time(),
            done.severity,
            source,
            "request",
            trace=trace[1] if trace else "",
            request=done,
            request_id=headers["x-appengine-request-log-id"],
        )
    )
    return delivered


def _chosen(name: str, version: str | None, registry: VersionRegistry) -> RunningVersion:
    """Choose a version at random, for every kind of split: the platform has neither a cookie nor an address.

    A target that is not a service is a version of the default service. It may exist in production only: its
    requests go where the others go.
    """
    versions = registry.get(name)
    if versions is None:
        versions, version = registry.get(registry.default_service), name
    if versions is None:
        raise DeliveryFailed(f"there is no service `{name}`")
    running = versions.get(version or "") or versions.drawn_at_random()
    if running is None or running.is_stopped:
        raise DeliveryFailed(f"{name}: no version is serving")
    if running.service.unavailable:
        raise DeliveryFailed(f"{name}: {running.service.unavailable}")
    return running


async def _exchange(delivery: Delivery, running: RunningVersion, headers: Mapping[str, str]) -> Delivered:
    try:
        response = await running.exchange(_instance_request(delivery, headers, _seconds(delivery, running)))
    except (NoInstance, Broken, ResponseTooLarge, NoRoom, TimeoutError) as error:
        raise DeliveryFailed(f"{running.service.name}: {type(error).__name__} {error}".strip()) from error
    try:
        return Delivered(response.status, response.body.whole())
    finally:
        response.body.close()


def _seconds(delivery: Delivery, running: RunningVersion) -> float:
    """Return the deadline; a task or job without one of its own has that of the scaling."""
    limit = running.service.scaling.deadline
    return limit if delivery.deadline is None else min(delivery.deadline, limit)


def _instance_request(delivery: Delivery, headers: Mapping[str, str], seconds: float) -> InstanceRequest:
    """Return the request, which is never repeated here: retries, and their headers, are up to the queue."""
    return InstanceRequest(
        head=_head(delivery, headers),
        body=Body(delivery.body),
        is_safe=False,
        is_head=delivery.method == "HEAD",
        instance=delivery.instance,
        seconds=seconds,
    )


def _head(delivery: Delivery, headers: Mapping[str, str]) -> bytes:
    given = {name.lower() for name in delivery.headers}
    fields = [*delivery.headers.items(), *(item for item in headers.items() if item[0] not in given)]
    if any(set("\r\n\0") & set(name + value) for name, value in fields):
        raise DeliveryFailed("a header holds a line break")
    first = f"{delivery.method} {quote(delivery.path, safe=PATH_CHARACTERS)} HTTP/1.1"
    lines = "\r\n".join((first, *(f"{name}: {value}" for name, value in fields), "", ""))
    return lines.encode("latin-1", errors="replace")


def _completed(delivery: Delivery, service: str) -> dict[str, str]:
    """Return the headers by lower-case name, with the defaults of every request."""
    trace = new_trace()
    return {
        "host": f"{service}.localhost",
        "content-length": str(len(delivery.body)),
        "x-appengine-request-log-id": new_request_id(),
        "x-cloud-trace-context": trace.cloud,
        "traceparent": trace.w3c,
        "x-forwarded-proto": "http",
        "x-appengine-user-ip": PLATFORM_ADDRESS,
        **{name.lower(): value for name, value in delivery.headers.items()},
    }
