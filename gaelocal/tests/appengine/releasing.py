"""Small deployments: a program that returns its version and needs no packages."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.appengine.running import PROGRAM

from gaelocal.appengine.releases import NewVersion

SERVER = Path(__file__).with_name("serve.py.txt").read_text()
WHEEL = "wheels/flour-1.0-py3-none-any.whl"


def a_version(
    name: str,
    service: str = "default",
    files: Mapping[str, Path | bytes] | None = None,
    **resource: Any,
) -> NewVersion:
    usual = {"main.py": PROGRAM.encode(), "serve.py": SERVER.encode()}
    return NewVersion(
        service=service,
        id=name,
        files={**usual, **(files or {})},
        resource={"runtime": "python313", "entrypoint": {"shell": "python serve.py"}, **resource},
    )


def a_wheel() -> bytes:
    """Return a package `flour` that pip can install without an index."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr("flour.py", "KIND = 'rye'\n")
        wheel.writestr("flour-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: flour\nVersion: 1.0\n")
        wheel.writestr(
            "flour-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(
            "flour-1.0.dist-info/RECORD",
            "flour.py,,\nflour-1.0.dist-info/METADATA,,\nflour-1.0.dist-info/WHEEL,,\nflour-1.0.dist-info/RECORD,,\n",
        )
    return packed.getvalue()
