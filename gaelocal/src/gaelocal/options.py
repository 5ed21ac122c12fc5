"""The command line of `python -m gaelocal`."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaelocal import spellings
from gaelocal.ports import HOST, Address

DEFAULT_PORTS = {
    "app": 8080,
    "console": 8000,
    "datastore": 8081,
    "tasks": 8123,
    "storage": 9023,
    "memcache": 11311,
    "smtp": 1025,
    "oidc": 8085,
    "admin": 8086,
}
PARTS = {"front-door": frozenset({"app"}), "stand-ins": frozenset(DEFAULT_PORTS) - {"app", "admin"}}
"""What `--only` leaves: deploying a version needs the front door and the storage in one process."""
DEFAULT_PROJECT = "photo-timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run and where. `ports` names the servers that are not to be at their usual port.

    `env` are variables for every service; they win over its app.yaml and over the local cloud's own.
    """

    app: Path = Path()
    port: int = DEFAULT_PORTS["app"]
    ports: tuple[tuple[str, int], ...] = ()
    data: Path = Path(".gaelocal")
    fresh: bool = False
    ready_file: Path | None = None
    datastore: str = "embedded"
    consistency: float = 1.0
    project: str = DEFAULT_PROJECT
    env: tuple[tuple[str, str], ...] = ()
    host: str = HOST
    only: str = ""
    services_at: Mapping[str, Address] = field(default_factory=dict)
    memcache: str = ""
    issuer: str = ""
    key_file: Path | None = None

    def runs(self, server: str) -> bool:
        """Whether this process has that server."""
        return server not in self.elsewhere() and (not self.only or server in PARTS[self.only])

    def elsewhere(self) -> dict[str, str]:
        """Give the addresses that are not of this process's own making."""
        told = {
            "datastore": self.datastore if ":" in self.datastore else "",
            "memcache": self.memcache,
        }
        return {server: address for server, address in told.items() if address}

    def port_of(self, server: str) -> int:
        named = dict(self.ports)
        if server == "app":
            return self.port
        return named.get(server, 0 if self.port == 0 else DEFAULT_PORTS[server])


def option_of(server: str) -> str:
    """Name the option that moves a server to another port."""
    return "--port" if server == "app" else f"--{server}-port"


def parse_options(words: list[str]) -> Options:
    """Read the options; a mistake ends the process with argparse's one line and status 2."""
    parser = _parser()
    given = parser.parse_args(words)
    named = ((name, getattr(given, f"{name}_port")) for name in DEFAULT_PORTS if name != "app")
    return Options(
        app=given.app,
        port=given.port,
        ports=tuple((name, port) for name, port in named if port is not None),
        data=given.data,
        fresh=given.fresh,
        ready_file=given.ready_file,
        datastore=given.datastore,
        consistency=given.consistency,
        project=given.project,
        env=tuple(given.env),
        host=given.host,
        only=given.only,
        services_at=dict(given.services_at),
        memcache=given.memcache or "",
        issuer=given.issuer or "",
        key_file=given.key_file,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gaelocal",
        description="App Engine on a laptop: a project's services, queues and cron jobs behind one address.",
        epilog="Other words: `token USER` gives an ID token; `cron` lists the jobs; `cron run URL` runs it; "
        "`gcloud-env` prints what points gcloud here.",
    )
    add = parser.add_argument
    add("--app", type=Path, default=Path(), metavar="DIR", help="the project to run (default: this folder)")
    add(
        "--port",
        type=spellings.port,
        default=DEFAULT_PORTS["app"],
        help="of the front door; 0: free ports for all",
    )
    add("--data", type=Path, default=Path(".gaelocal"), metavar="DIR", help="what must survive a restart")
    add("--fresh", action="store_true", help="empty the data folder first")
    add(
        "--ready-file", type=spellings.writable, metavar="FILE", help="written (JSON) once everything answers"
    )
    add(
        "--datastore",
        type=spellings.datastore,
        default="embedded",
        metavar="embedded|google|firestore|HOST:PORT",
    )
    add(
        "--consistency",
        type=spellings.share,
        default=1.0,
        metavar="0.0..1.0",
        help="how often a global query is fresh",
    )
    add(
        "--project",
        type=spellings.project,
        default=DEFAULT_PROJECT,
        help=f"its id (default: {DEFAULT_PROJECT})",
    )
    add(
        "--env",
        type=spellings.variable,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="for every service",
    )

    add("--host", default=HOST, metavar="ADDRESS", help=f"where all listen (default: {HOST}, this machine)")
    add(
        "--services-at",
        type=spellings.places,
        default=(),
        metavar="NAME=URL,…",
        help="services that run elsewhere",
    )
    add("--only", choices=sorted(PARTS), default="", help="run this part of the platform; no services")
    add("--memcache", type=spellings.address, metavar="HOST:PORT", help="a memcached that runs elsewhere")
    add("--issuer", type=spellings.issuer, metavar="URL", help="the identity provider's address for all")
    add(
        "--key-file",
        type=spellings.writable,
        metavar="FILE",
        help="where storage leaves the key that signs links",
    )
    for server, port in DEFAULT_PORTS.items():
        if server != "app":
            add(option_of(server), type=spellings.port, metavar="PORT", help=f"of {server} (default: {port})")
    return parser
