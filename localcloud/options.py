"""The command line of `python -m localcloud`."""

import argparse
import os
import re
from dataclasses import dataclass
from pathlib import Path

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
DEFAULT_PROJECT = "photo-timeline"
VARIABLE_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PROJECT_FORM = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run and where. `ports` names the servers that are not to be at their usual port.

    `env` are variables for every service; they win over its app.yaml and over the local cloud's own.
    """

    app: Path = Path()
    port: int = DEFAULT_PORTS["app"]
    ports: tuple[tuple[str, int], ...] = ()
    data: Path = Path(".localcloud")
    fresh: bool = False
    ready_file: Path | None = None
    datastore: str = "embedded"
    consistency: float = 1.0
    project: str = DEFAULT_PROJECT
    env: tuple[tuple[str, str], ...] = ()

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
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud",
        description="App Engine on a laptop: a project's services, queues and cron jobs behind one address.",
        epilog="Other words: `token USER` gives an ID token; `cron` lists the jobs; `cron run URL` runs it; "
        "`gcloud-env` prints what points gcloud here.",
    )
    add = parser.add_argument
    add("--app", type=Path, default=Path(), metavar="DIR", help="the project to run (default: this folder)")
    add("--port", type=_port, default=DEFAULT_PORTS["app"], help="of the front door; 0: free ports for all")
    add("--data", type=Path, default=Path(".localcloud"), metavar="DIR", help="what must survive a restart")
    add("--fresh", action="store_true", help="empty the data folder first")
    add("--ready-file", type=_writable, metavar="FILE", help="written (JSON) once everything answers")
    add("--datastore", type=_datastore, default="embedded", metavar="embedded|google|firestore|HOST:PORT")
    add(
        "--consistency",
        type=_share,
        default=1.0,
        metavar="0.0..1.0",
        help="how often a global query is fresh",
    )
    add("--project", type=_project, default=DEFAULT_PROJECT, help=f"its id (default: {DEFAULT_PROJECT})")
    add("--env", type=_variable, action="append", default=[], metavar="NAME=VALUE", help="for every service")
    for server, port in DEFAULT_PORTS.items():
        if server != "app":
            add(option_of(server), type=_port, metavar="PORT", help=f"of {server} (default: {port})")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - the last port there is
        raise argparse.ArgumentTypeError(f"`{text}` is not a port: 0 to 65535")
    return int(text)


def _writable(text: str) -> Path:
    """Refuse at once what could only be found out after everything has started."""
    if not os.access(Path(text).absolute().parent, os.W_OK):
        raise argparse.ArgumentTypeError(
            f"`{text}` cannot be written: its folder does not exist or is closed"
        )
    return Path(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0.0 to 1.0")
    return share


def _datastore(text: str) -> str:
    if text in ("embedded", "google", "firestore") or re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        return text
    raise argparse.ArgumentTypeError(f"`{text}` is none of embedded, google, firestore, HOST:PORT")


def _variable(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set or not VARIABLE_FORM.fullmatch(name):
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name, value


def _project(text: str) -> str:
    if not PROJECT_FORM.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a project id: 6 to 30 of a-z, 0-9 and -")
    return text
