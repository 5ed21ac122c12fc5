"""The environment of an instance: App Engine's variables, app.yaml's, and no secret of this machine."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from localcloud.appengine.project import Service

INHERITED = ("HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
VERSION = "local"


def instance_environment(
    service: Service, app: Path, project: str, given: Mapping[str, str]
) -> dict[str, str]:
    """Give all variables but the two that change with every process: PORT and GAE_INSTANCE.

    Credentials of the person at the keyboard are not inherited: a laptop must never write to production.
    """
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "GRPC_VERBOSITY": "NONE",  # its clients report every stand-in that stops before they do
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
        **service.env_variables,
        **_platform(service, project),
        **given,
        "PATH": _path(service.folder, app),
    }


def _platform(service: Service, project: str) -> dict[str, str]:
    return {
        "GAE_APPLICATION": f"s~{project}",
        "GAE_DEPLOYMENT_ID": "1",
        "GAE_ENV": "standard",
        "GAE_MEMORY_MB": str(service.scaling.memory_mb),
        "GAE_RUNTIME": service.runtime,
        "GAE_SERVICE": service.name,
        "GAE_VERSION": VERSION,
        "GOOGLE_CLOUD_PROJECT": project,
    }


def _path(folder: Path, app: Path) -> str:
    places = (folder / ".venv" / "bin", app / ".venv" / "bin")
    own = next((place for place in places if place.is_dir()), Path(sys.executable).parent)
    return f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
