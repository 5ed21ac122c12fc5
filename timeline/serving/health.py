"""The identity, liveness and readiness endpoints of every service."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from timeline import shutdown
from timeline.backends import warm_up
from timeline.errors import TimelineError, Unavailable
from timeline.serving.identity import current_backends, public

PLATFORM_ADDRESS = "0.1.0.3"
"""The client address of the platform's own requests; it is told in a header that clients cannot set."""

health = Blueprint("health", __name__)


@health.get("/whoami")
@public
def whoami() -> Response:
    settings = current_backends().settings
    return jsonify(
        service=settings.gae_service,
        version=settings.gae_version,
        instance=settings.gae_instance,
        project=settings.google_cloud_project,
    )


@health.get("/healthz")
@public
def healthz() -> Response:
    return jsonify(status="up")


@health.get("/readyz")
@public
def readyz() -> Response:
    """Check reads of Datastore and Cloud Storage only: without cache and queues the service is just slower.

    If they refuse writes, it still serves pages.
    """
    backends = current_backends()
    problems = [
        problem for ping in (backends.entities.ping, backends.blobs.ping) if (problem := _problem(ping))
    ]
    if problems:
        raise Unavailable(" ".join(problems))
    return jsonify(status="ready")


@health.get("/_ah/warmup")
@public
def warmup() -> Response:
    warm_up(current_backends())
    return jsonify(status="warm")


@health.get("/_ah/start")
@public
def start() -> Response:
    shutdown.clear()
    return jsonify(status="started")


@health.get("/_ah/stop")
@public
def stop() -> Response:
    """Let long work save its checkpoint. A request of a client has no effect."""
    if request.headers.get("X-Appengine-User-Ip") == PLATFORM_ADDRESS:
        shutdown.request()
    return jsonify(status="stopping")


def _problem(ping: Callable[[], None]) -> str | None:
    try:
        ping()
    except TimelineError as error:
        return str(error)
    return None
