"""The environment variables of an instance, without secrets of this machine."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from gaelocal.appengine.project import DEV, Service
from gaelocal.ports import Address

INHERITED = ("HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
READ_ONLY = {"PYTHONDONTWRITEBYTECODE": "1"}
"""What was deployed stays as it was uploaded."""
PYTHON_PATH = Path(__file__).with_name("python_path")
SECRET = "GAELOCAL_SECRET"  # noqa: S105 - the name of a variable
"""The variable with the secret by which an instance knows the requests of gaelocal."""
SECRET_HEADER = b"X-Gaelocal-Secret"


def instance_environment(
    service: Service,
    programs: Sequence[Path],
    project: str,
    overrides: Mapping[str, str],
    deployment: str = "1",
) -> dict[str, str]:
    """Return all variables but the two that change with every process: PORT and GAE_INSTANCE.

    `programs` are the folders in which the entrypoint's programs are looked up first. Credentials of the user
    are not inherited: a local run must never write to production.
    """
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "GRPC_VERBOSITY": "NONE",  # gRPC clients log a warning for every emulator that stops before they do
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
        **({} if service.version == DEV else READ_ONLY),
        **service.env_variables,
        **_platform(service, project, deployment),
        **overrides,
        **_python_path(service.env_variables, overrides),
        "PATH": os.pathsep.join([*map(str, programs), os.environ.get("PATH", os.defpath)]),
    }


def bundled_services_environment(overrides: Mapping[str, str], api_server: Address) -> dict[str, str]:
    """Return the platform's variables for a service that calls the bundled services.

    Google's package refuses to start where DATASTORE_PROJECT_ID is set without DATASTORE_APP_ID.
    """
    kept = {name: value for name, value in overrides.items() if name != "DATASTORE_PROJECT_ID"}
    return {**kept, "API_HOST": api_server.host, "API_PORT": str(api_server.port)}


def _python_path(of_service: Mapping[str, str], overrides: Mapping[str, str]) -> dict[str, str]:
    """Return PYTHONPATH with the platform's folder and those of both."""
    given = [variables["PYTHONPATH"] for variables in (overrides, of_service) if variables.get("PYTHONPATH")]
    folders = dict.fromkeys([str(PYTHON_PATH), *os.pathsep.join(given).split(os.pathsep)])
    return {"PYTHONPATH": os.pathsep.join(filter(None, folders))}


def _platform(service: Service, project: str, deployment: str) -> dict[str, str]:
    return {
        "GAE_APPLICATION": f"s~{project}",
        "GAE_DEPLOYMENT_ID": deployment,
        "GAE_ENV": "standard",
        "GAE_MEMORY_MB": str(service.scaling.memory_mb),
        "GAE_RUNTIME": service.runtime,
        "GAE_SERVICE": service.name,
        "GAE_VERSION": service.version,
        "GOOGLE_CLOUD_PROJECT": project,
    }
