"""Small deployments: a program that says which version it is."""

from typing import Any

from localcloud.appengine.releases import NewVersion
from tests.localcloud.appengine.running import ENTRYPOINT, PROGRAM

SHELL = ENTRYPOINT.removeprefix("entrypoint: ").strip()


def a_version(id: str, service: str = "default", program: str = PROGRAM, **resource: Any) -> NewVersion:  # noqa: A002
    return NewVersion(
        service=service,
        id=id,
        files={"main.py": program.encode()},
        resource={"runtime": "python313", "entrypoint": {"shell": SHELL}, **resource},
    )
