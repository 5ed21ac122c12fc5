"""Which service a request is for: by its address, else by dispatch.yaml, else `default`."""

import posixpath
import re
from typing import NamedTuple

from localcloud.appengine.project import Dispatch

SUFFIX = ".localhost"
CLOSED = re.compile(r"/_ah/(start|stop|background)(/.*)?")


class Target(NamedTuple):
    """`version` is read for the day versions run side by side; unknown ones go to the version that runs."""

    service: str
    version: str | None = None
    instance: str | None = None


def target_of(host: str, path: str, dispatch: Dispatch, services: frozenset[str]) -> Target:
    return _addressed(host, services) or Target(dispatch.service_for(host, path) or "default")


def is_closed(path: str) -> bool:
    """Whether only the platform may ask for it.

    App Engine answers 404 to strangers on `/_ah/start`; `/_ah/warmup` passes, for it changes nothing.
    Frameworks merge slashes, so every spelling that one of them may take for a closed path is closed.
    """
    return "_ah" in path and bool(CLOSED.fullmatch(re.sub("/+", "/", posixpath.normpath(path))))


def _addressed(host: str, services: frozenset[str]) -> Target | None:
    """Read `SERVICE`, `VERSION-dot-SERVICE` or `INSTANCE-dot-VERSION-dot-SERVICE`, also with plain dots."""
    if not host.endswith(SUFFIX):
        return None
    *front, service = re.split(r"-dot-|\.", host.removesuffix(SUFFIX))
    if service not in services:
        return None
    version = front[-1] if front else None
    return Target(service, version, front[0] if len(front) > 1 else None)
