"""Select the service of a request: by its host, else by dispatch.yaml, else `default`."""

import posixpath
import re
from typing import NamedTuple

from gaelocal.appengine.releases.version_registry import VersionRegistry

SUFFIX = re.compile(r"(?:-dot-|\.)localhost$")
CLOSED = re.compile(r"/_ah/(start|stop|background)(/.*)?")


class Target(NamedTuple):
    """`version` None means that the traffic split decides."""

    service: str
    version: str | None = None
    instance: str | None = None


def target_of(host: str, path: str, registry: VersionRegistry) -> Target:
    return _addressed(host, registry) or Target(
        registry.dispatch.service_for(host, path) or registry.default_service
    )


def is_closed(path: str) -> bool:
    """Return whether only the platform may request the path.

    App Engine answers 404 to outside requests for `/_ah/start`; `/_ah/warmup` is harmless.
    Frameworks merge slashes, so every spelling that one of them may read as a closed path is closed.
    """
    return "_ah" in path and bool(CLOSED.fullmatch(re.sub("/+", "/", posixpath.normpath(path))))


def _addressed(host: str, registry: VersionRegistry) -> Target | None:
    """Read `SERVICE`, `VERSION-dot-SERVICE` or `INSTANCE-dot-VERSION-dot-SERVICE`, also with plain dots.

    The default service need not be named: `VERSION.localhost` is one of its versions. The project may stand
    last, as on appspot.com: so gcloud writes every address.
    """
    if not (suffix := SUFFIX.search(host)):
        return None
    labels = re.split(r"-dot-|\.", host[: suffix.start()])
    if labels[-1] == registry.project and len(labels) > 1:
        labels.pop()
    *front, service = labels
    if service not in registry.names:
        return _of_default([*front, service], registry)
    version = front[-1] if front else None
    return Target(service, version, front[0] if len(front) > 1 else None)


def _of_default(labels: list[str], registry: VersionRegistry) -> Target | None:
    versions = registry.get(registry.default_service)
    if versions is None or labels[-1] not in versions:
        return None
    return Target(registry.default_service, labels[-1], labels[0] if len(labels) > 1 else None)
