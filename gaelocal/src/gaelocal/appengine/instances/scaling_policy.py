"""The number of instances that a version should have."""

import math
from dataclasses import dataclass

from gaelocal.appengine.project import DEV, Service
from gaelocal.appengine.runtime_options import Scaling as Mode

REQUESTS_AT_ONCE = 10
"""App Engine's default of `max_concurrent_requests`, and its number for basic scaling."""
MOST_INSTANCES = 20
"""App Engine's default of `max_instances`."""
PENDING_SECONDS = 0.03
"""How long a request waits for a free instance before another one is started, unless app.yaml says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingPolicy:
    """`least` instances are kept without requests, at most `most` exist.

    `concurrency` is how many requests an instance gets at once; None means any number. Another instance is
    started when more than `enough` requests for each instance are under way, after a request has waited for
    `pending_seconds`; `spare` further ones are kept ready. An instance that has been idle for `idle_seconds`
    is stopped.
    """

    least: int
    most: int
    concurrency: int | None = None
    enough: int = 1
    spare: int = 0
    pending_seconds: float = 0.0
    idle_seconds: float = 0.0

    def wanted(self, requests: int) -> int:
        """Return the number of instances for so many requests under way."""
        needed = math.ceil(requests / self.enough)
        return min(self.most, max(self.least, needed + self.spare))


def policy_of(service: Service, share: float, mode: Mode) -> ScalingPolicy:
    """Return the policy of a version with this share of its service's traffic.

    In the mode `development`, a service of the project's folder has one instance, which keeps running, unless
    its scaling is manual; and a deployed version with automatic scaling keeps one.
    """
    scaling = service.scaling
    if service.address or (mode == "development" and service.version == DEV and scaling.kind != "manual"):
        return ScalingPolicy(least=1 if share else 0, most=1, idle_seconds=scaling.idle_timeout)
    if scaling.kind == "manual":
        return ScalingPolicy(least=scaling.instances, most=scaling.instances)
    if scaling.kind == "basic":
        return ScalingPolicy(
            least=0,
            most=scaling.number("max_instances", 1),
            concurrency=REQUESTS_AT_ONCE,
            idle_seconds=scaling.idle_timeout,
        )
    return _automatic(service, share, mode)


def _automatic(service: Service, share: float, mode: Mode) -> ScalingPolicy:
    """Instances that wait for requests are for versions with traffic only."""
    scaling = service.scaling
    kept = scaling.number("min_instances", 0) or (1 if mode == "development" else 0)
    concurrency = scaling.number("max_concurrent_requests", REQUESTS_AT_ONCE)
    return ScalingPolicy(
        least=kept if share else 0,
        most=max(1, scaling.number("max_instances", MOST_INSTANCES)),
        concurrency=concurrency,
        enough=concurrency,
        spare=scaling.number("min_idle_instances", 0) if share else 0,
        pending_seconds=_pending_seconds(service),
        idle_seconds=scaling.idle_timeout,
    )


def _pending_seconds(service: Service) -> float:
    """Return `min_pending_latency`, else the default, which `max_pending_latency` may shorten."""
    scaling = service.scaling
    least = scaling.seconds("min_pending_latency")
    most = scaling.seconds("max_pending_latency")
    if least is not None:
        return least
    return PENDING_SECONDS if most is None else min(PENDING_SECONDS, most)
