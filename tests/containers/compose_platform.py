"""The platform in containers: build, start, inspect and remove it with `docker compose`."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Any

import requests

from gaelocal.ports import free_port
from tests.journeys.platform import ROOT, Platform
from tests.waiting import eventually

SERVICES = ("default", "api-backend", "tasks-backend")
CONTAINERS = (*SERVICES, "front-door", "emulators", "memcached")
BUILD_SECONDS = 1800
UP_SECONDS = 300
HEAL_SECONDS = 90
KILL_ALL = "import os; os.kill(-1, 9)"
STOP_ALL = ("python", "-c", "import os, signal; os.kill(-1, signal.SIGSTOP)")
STOP_BY_BASH = ("bash", "-c", "kill -STOP -1")
HANG_SECONDS = 120
"""A hang is detected after 20 seconds; on a busy machine the checks take longer."""
WHEELS = ROOT / "containers" / "wheels"


class NoDocker(Exception):
    """There is no docker daemon or no Compose; the message says which."""


def compose_command(wanted: str = "") -> list[str]:
    """Return the command of Compose: v2 if available, otherwise 1.29.

    Raises:
        NoDocker: containers cannot be run here.
    """
    if shutil.which("docker") is None or not _succeeds(["docker", "info"]):
        raise NoDocker("no docker daemon answers")
    for words in [wanted.split()] if wanted else [["docker", "compose"], ["docker-compose"]]:
        if shutil.which(words[0]) and _succeeds([*words, "version"]):
            return words
    raise NoDocker(f"there is no {wanted or 'docker compose and no docker-compose'}")


@dataclass
class ComposePlatform(Platform):
    """A Compose project with free ports and its own name."""

    compose: list[str] = field(default_factory=list)
    profile: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ports = {name: free_port(0, "") for name in ("APP", "CONSOLE", "OIDC", "STORAGE")}
        self.addresses = {
            "app": f"http://localhost:{ports['APP']}",
            "console": f"http://localhost:{ports['CONSOLE']}",
            "oidc": f"http://localhost:{ports['OIDC']}",
        }
        given = {f"{name}_PORT": str(port) for name, port in ports.items()}
        offline = {"PIP_OPTIONS": "--no-index --find-links=/wheels"} if any(WHEELS.glob("*.whl")) else {}
        self.environment = {**offline, **os.environ, **given}

    @property
    def project(self) -> str:
        return f"photo-timeline-journey-{os.getpid()}"

    def build(self) -> None:
        self.run_compose("build", within=BUILD_SECONDS)

    def start(self) -> None:
        """Return when every container is healthy."""
        self.run_compose("up", "-d", within=UP_SECONDS)
        eventually(lambda: set(self.health().values()) == {"healthy"}, within=UP_SECONDS)

    def stop(self) -> None:
        """Remove the containers and networks; keep the volumes."""
        self.run_compose("down", within=UP_SECONDS)

    def remove(self) -> None:
        """Remove everything except the images, which make the next build faster."""
        self.run_compose("down", "--volumes", "--remove-orphans", within=UP_SECONDS)

    def kill_in(self, service: str) -> None:
        """Kill all processes in a container, which docker treats as a crash, unlike `docker kill`."""
        before = self.restarts(service)
        self.run_compose("exec", "-T", service, "python", "-c", KILL_ALL, may_fail=True)
        eventually(lambda: self.restarts(service) > before, within=HEAL_SECONDS)

    def stop_in(self, service: str) -> None:
        """Send SIGSTOP to every process of a container except its init, so that it hangs.

        `docker kill` is not used, because docker then considers the container stopped manually.
        """
        self.inside(service, *(STOP_BY_BASH if service == "memcached" else STOP_ALL))

    def is_healed(self, service: str, restarts_before: int) -> bool:
        return self.restarts(service) > restarts_before and self.health()[service] == "healthy"

    def restarts(self, service: str) -> int:
        return int(self.inspect(service)["RestartCount"])

    def health(self) -> dict[str, str]:
        return {name: self.inspect(name)["State"].get("Health", {}).get("Status", "") for name in self.names}

    @property
    def names(self) -> tuple[str, ...]:
        return (*CONTAINERS, "datastore") if self.profile == "google" else CONTAINERS

    def inspect(self, service: str) -> Any:
        container = self.run_compose("ps", "-q", service).strip()
        return json.loads(_output(["docker", "inspect", container]))[0]

    def memory(self) -> dict[str, str]:
        """Return the memory of each container as docker reports it."""
        ids = {self.inspect(name)["Id"][:12]: name for name in self.names}
        told = _output(["docker", "stats", "--no-stream", "--format", "{{.ID}}\t{{.MemUsage}}", *ids])
        rows = (line.split("\t") for line in told.splitlines())
        return {ids[row[0][:12]]: row[1] for row in rows}

    def inside(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("exec", "-T", service, *words, within=60)

    def logs_of(self, service: str) -> str:
        return self._run("logs", "--no-color", service, within=60).stdout

    def logs(self) -> str:
        return self._run("logs", "--tail=40", within=60).stdout

    def run_compose(self, *words: str, within: float = 120, may_fail: bool = False) -> str:
        ran = self._run(*words, within=within)
        assert may_fail or ran.returncode == 0, f"{words}: {ran.stderr[-3000:]}{ran.stdout[-1000:]}"
        return ran.stdout

    def _run(self, *words: str, within: float) -> subprocess.CompletedProcess[str]:
        profile = (
            ["--env-file", "containers/google.env", "--profile", "google"] if self.profile == "google" else []
        )
        return subprocess.run(
            [*self.compose, "-p", self.project, *profile, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )


class WithoutLocalhostNames(requests.adapters.HTTPAdapter):
    """Refuses names below `localhost`, which Safari cannot resolve."""

    def send(self, request: requests.PreparedRequest, *more: Any, **named: Any) -> requests.Response:
        host = str(requests.compat.urlsplit(request.url).hostname)
        assert not host.endswith(".localhost"), f"Safari cannot open {request.url}"
        return super().send(request, *more, **named)


def a_browser() -> requests.Session:
    browser = requests.Session()
    browser.mount("http://", WithoutLocalhostNames())
    return browser


def _succeeds(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0


def _output(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
