"""The platform in containers, as `docker compose` runs it: built, started, looked into, removed."""

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
"""A hang is noticed after 20 seconds; on a busy machine the checks themselves take long."""
WHEELS = ROOT / "containers" / "wheels"


class NoDocker(Exception):
    """There is no daemon, or nothing that reads a compose file; says which."""


def compose_command(wanted: str = "") -> list[str]:
    """Return the words that run Compose: v2 where there is one, else 1.29.

    Raises:
        NoDocker: nothing here runs containers.
    """
    if shutil.which("docker") is None or not _succeeds(["docker", "info"]):
        raise NoDocker("no docker daemon answers")
    for words in [wanted.split()] if wanted else [["docker", "compose"], ["docker-compose"]]:
        if shutil.which(words[0]) and _succeeds([*words, "version"]):
            return words
    raise NoDocker(f"there is no {wanted or 'docker compose and no docker-compose'}")


@dataclass
class Composed(Platform):
    """On free ports and under a name of its own, beside whatever else runs here."""

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
        """Take the containers and their networks away; the volumes stay."""
        self.run_compose("down", within=UP_SECONDS)

    def remove(self) -> None:
        """Take everything away, whatever state it is in; images stay, so that the next build is short."""
        self.run_compose("down", "--volumes", "--remove-orphans", within=UP_SECONDS)

    def kill_in(self, service: str) -> None:
        """`kill -9` of everything in a container: to docker that is a crash, which `docker kill` is not."""
        before = self.restarts(service)
        self.run_compose("exec", "-T", service, "python", "-c", KILL_ALL, may_fail=True)
        eventually(lambda: self.restarts(service) > before, within=HEAL_SECONDS)

    def stop_in(self, service: str) -> None:
        """Send SIGSTOP to every process of a container but its init: it hangs, and docker sees no crash.

        Not by `docker kill`, after which docker takes a container for stopped by hand.
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
        """Give what each container uses now, as docker says it."""
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


class LikeSafari(requests.adapters.HTTPAdapter):
    """Finds no address below `localhost`, as Safari does not, whatever the resolver of this machine does."""

    def send(self, request: requests.PreparedRequest, *more: Any, **named: Any) -> requests.Response:
        host = str(requests.compat.urlsplit(request.url).hostname)
        assert not host.endswith(".localhost"), f"Safari cannot open {request.url}"
        return super().send(request, *more, **named)


def a_browser() -> requests.Session:
    browser = requests.Session()
    browser.mount("http://", LikeSafari())
    return browser


def _succeeds(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0


def _output(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
