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


def a_wheel(version: str = "1.0") -> bytes:
    """Return a package `flour` that pip can install without an index."""
    folder = f"flour-{version}.dist-info"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr("flour.py", "KIND = 'rye'\n")
        wheel.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: flour\nVersion: {version}\n")
        wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(
            f"{folder}/RECORD", f"flour.py,,\n{folder}/METADATA,,\n{folder}/WHEEL,,\n{folder}/RECORD,,\n"
        )
    return packed.getvalue()
