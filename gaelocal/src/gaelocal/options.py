"""The options of `gaelocal run`."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaelocal import option_types
from gaelocal.appengine.installers import Installer, find_installer
from gaelocal.appengine.logs.terminal import LEVELS
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.ports import HOST, Address
from gaelocal.project_defaults import DATA_FOLDER, data_folder, project_id
from gaelocal.yaml_files import ConfigError

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
    "metadata": 8087,
}
SERVERS = {
    "console": "the console",
    "datastore": "Datastore",
    "tasks": "Cloud Tasks and Cloud Scheduler over gRPC",
    "storage": "Cloud Storage",
    "memcache": "memcached",
    "smtp": "the mail server",
    "oidc": "the identity provider",
    "admin": "the APIs that gcloud calls",
    "metadata": "the metadata server",
}
"""The names of the servers in the descriptions of the options for their ports."""
PARTS = {"front-door": frozenset({"app"}), "emulators": frozenset(DEFAULT_PORTS) - {"app", "admin"}}
"""The servers that `--only` starts: a deploy needs the front door and the storage in one process."""
GOOGLE_EMULATORS = ("pubsub", "firestore", "bigtable", "spanner")
"""The emulators of `--emulator`, for APIs that gaelocal does not emulate itself."""
NO_EMULATOR = "none"
EXAMPLES = """
  gaelocal                           run the project in this folder
  gaelocal ../my-app --port 9090     run another one, its front door at port 9090
  gaelocal app.yaml worker.yaml      run only these services
  gaelocal --fresh                   start with empty data
  gaelocal --port 0 --ready-file f   free ports for all servers, written to f (for scripts)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The parsed options of `gaelocal run`.

    `port` is that of the front door: None is the default port or a free one, 0 takes free ports for all
    servers. `files` are the yaml files and folders to read, if not all below `app`. `ports` holds the ports
    that were chosen for other servers. `env` are variables for every service; they win over its app.yaml and
    over gaelocal's own. `uses_required_servers`: emulators and Redis start when a service connects to them.
    """

    app: Path = Path()
    files: tuple[Path, ...] = ()
    port: int | None = None
    ports: tuple[tuple[str, int], ...] = ()
    data: Path = Path(DATA_FOLDER)
    fresh: bool = False
    ready_file: Path | None = None
    datastore: str = "embedded"
    consistency: float = 1.0
    locking: str = "optimistic"
    commits_per_second: float = 0.0
    require_indexes: bool = False
    project: str = "local-project"
    env: tuple[tuple[str, str], ...] = ()
    host: str = HOST
    only: str = ""
    services_at: Mapping[str, Address] = field(default_factory=dict)
    memcache: str = ""
    issuer: str = ""
    key_file: Path | None = None
    https_redirects: bool = False
    edge_cache: bool = False
    install: bool = False
    secrets: tuple[tuple[str, str], ...] = ()
    emulators: tuple[str, ...] = ()
    uses_required_servers: bool = True
    attach: tuple[str, ...] = ()
    log_level: str = "info"
    hint: bool = True
    watch: bool = True
    runtime: RuntimeOptions = field(default_factory=RuntimeOptions)
    console_at: Address | None = None

    def runs(self, server: str) -> bool:
        """Return whether this process runs that server."""
        return server not in self.elsewhere() and (not self.only or server in PARTS[self.only])

    def elsewhere(self) -> dict[str, str]:
        """Return the addresses of the servers that run outside this process."""
        addresses = {
            "datastore": self.datastore if ":" in self.datastore else "",
            "memcache": self.memcache,
        }
        return {server: address for server, address in addresses.items() if address}

    def port_of(self, server: str) -> int:
        """Return the chosen port or the default one; 0 means any free port."""
        chosen = self._chosen_ports()
        return chosen.get(server, 0 if self.port == 0 else DEFAULT_PORTS[server])

    def may_move(self, server: str) -> bool:
        """Return whether a free port may take the place of the default one.

        A chosen port may not, nor one that other containers know by its number.
        """
        return server not in self._chosen_ports() and not self.only and self.host == HOST

    def _chosen_ports(self) -> dict[str, int]:
        return dict(self.ports) | ({} if self.port is None else {"app": self.port})


def option_of(server: str) -> str:
    """Return the option that moves a server to another port."""
    return "--port" if server == "app" else f"--{server}-port"


def parse_options(words: list[str]) -> Options:
    """Read the options; a mistake ends the process with argparse's one line and status 2.

    Raises:
        ConfigError: the project's ID is not valid, or an option needs a program that is not there.
    """
    parser = argparse.ArgumentParser(prog="gaelocal run")
    add_arguments(parser)
    return options_of(parser.parse_args(words))


def options_of(arguments: argparse.Namespace) -> Options:
    """Return the options for parsed arguments, with the defaults of the project.

    Raises:
        ConfigError: the project's ID is not valid, or an option needs a program that is not there.
    """
    app, files = _project(arguments.app, arguments.paths)
    named = ((name, getattr(arguments, f"{name}_port")) for name in DEFAULT_PORTS if name != "app")
    return Options(
        app=app,
        files=files,
        port=arguments.port,
        ports=tuple((name, port) for name, port in named if port is not None),
        data=arguments.data or data_folder(app),
        fresh=arguments.fresh,
        ready_file=arguments.ready_file,
        datastore=arguments.datastore,
        consistency=arguments.consistency,
        locking=arguments.locking,
        commits_per_second=arguments.commits_per_second,
        require_indexes=arguments.require_indexes,
        project=arguments.project or project_id(app),
        env=tuple(arguments.env),
        host=arguments.host,
        only=arguments.only,
        services_at=dict(arguments.services_at),
        memcache=arguments.memcache or "",
        issuer=arguments.issuer or "",
        key_file=arguments.key_file,
        https_redirects=arguments.https_redirects,
        edge_cache=arguments.edge_cache,
        install=arguments.install,
        secrets=tuple(arguments.secret),
        emulators=tuple(api for api in dict.fromkeys(arguments.emulator) if api != NO_EMULATOR),
        uses_required_servers=NO_EMULATOR not in arguments.emulator,
        attach=tuple(arguments.attach),
        log_level=arguments.log_level,
        hint=arguments.hint,
        watch=arguments.watch,
        runtime=_runtime_options(arguments),
        console_at=arguments.console_at,
    )


def _runtime_options(arguments: argparse.Namespace) -> RuntimeOptions:
    return RuntimeOptions(
        scaling=arguments.scaling,
        memory_limits=arguments.memory_limits,
        read_only=arguments.read_only,
        request_seconds=arguments.request_deadline,
        installer=_installer(arguments),
    )


def _installer(arguments: argparse.Namespace) -> Installer:
    try:
        return find_installer(arguments.installer, arguments.packages_before or "")
    except FileNotFoundError as error:
        option = "--packages-before" if arguments.packages_before else "--installer uv"
        raise ConfigError(f"{option} needs uv: `pip install uv`, or install it for your system") from error


def _project(app: Path | None, paths: list[Path]) -> tuple[Path, tuple[Path, ...]]:
    """Return the project's folder, and the chosen files where they are not just this folder."""
    if app or not paths:
        return app or Path(), tuple(paths)
    if len(paths) == 1 and not paths[0].is_file():
        return paths[0], ()
    folders = [path if path.is_dir() else path.parent for path in paths]
    common = Path(os.path.commonpath([folder.absolute() for folder in folders]))
    return (Path() if common == Path.cwd() else common), tuple(paths)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add every option of `gaelocal run`."""
    _add_project_arguments(parser)
    _add_package_arguments(parser)
    _add_front_door_arguments(parser)
    _add_development_arguments(parser)
    _add_datastore_arguments(parser)
    _add_port_arguments(parser)
    _add_container_arguments(parser)


def _add_project_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="APP",
        help="folder of the project to run (default: this one), or the yaml files of its services",
    )
    parser.add_argument("--app", type=Path, metavar="DIR", help="folder of the project, the same as APP")
    parser.add_argument("--data", type=Path, metavar="DIR", help=f"data folder (default: APP/{DATA_FOLDER})")
    parser.add_argument("--fresh", action="store_true", help="empty the data folder first")
    parser.add_argument(
        "--project",
        type=option_types.project,
        metavar="ID",
        help="project ID (default: GOOGLE_CLOUD_PROJECT, tool.gaelocal.project in pyproject.toml, "
        "the folder's name)",
    )
    parser.add_argument(
        "--env",
        type=option_types.variable,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an environment variable for every service; may be repeated",
    )
    parser.add_argument(
        "--secret",
        type=option_types.secret,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a secret for Secret Manager's client; may be repeated",
    )
    parser.add_argument(
        "--emulator",
        choices=(*GOOGLE_EMULATORS, NO_EMULATOR),
        action="append",
        default=[],
        help="start this emulator of Google at once; may be repeated. Without it, the emulators and the "
        "Redis whose clients requirements.txt names start with the first connection; none disables this",
    )
    parser.add_argument(
        "--ready-file",
        type=option_types.writable,
        metavar="FILE",
        help="write the addresses to FILE (JSON) once everything answers",
    )


def _add_package_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("packages")
    group.add_argument(
        "--install",
        action="store_true",
        help="install requirements.txt for services without a virtual environment (into the data folder)",
    )
    group.add_argument(
        "--installer",
        choices=("auto", "pip", "uv"),
        default="auto",
        help="the program that installs requirements.txt (default: uv if it is found, else pip)",
    )
    group.add_argument(
        "--packages-before",
        type=option_types.date_or_today,
        metavar="DATE",
        help="with --install: install only releases from before this day (needs uv). Default: today's "
        "releases, and if a service does not work with them, those of the time of requirements.txt; `today` "
        "disables the latter",
    )


def _add_front_door_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("front door")
    group.add_argument(
        "--https-redirects",
        action="store_true",
        help="apply `secure: always` in app.yaml, for a proxy with HTTPS in front",
    )
    group.add_argument(
        "--edge-cache",
        action="store_true",
        help="serve `Cache-Control: public` responses again without an instance, as Google's front end may",
    )


def _add_development_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("development")
    group.add_argument(
        "--no-watch",
        dest="watch",
        action="store_false",
        help="do not restart a service when its files change",
    )
    group.add_argument(
        "--attach",
        action="append",
        default=[],
        metavar="SERVICE",
        help="stop at breakpoint() in this service and debug it in this terminal; may be repeated",
    )
    group.add_argument(
        "--scaling",
        choices=("development", "production"),
        default="development",
        help="production: as many instances as app.yaml says; development (default): services of the folder "
        "with automatic or basic scaling have one instance, which keeps running",
    )
    _add_limits(group)
    group.add_argument(
        "--log-level",
        choices=list(LEVELS),
        default="info",
        help="least severity to show; debug adds static files and the servers' own lines (default: info)",
    )
    group.add_argument(
        "--no-hint",
        dest="hint",
        action="store_false",
        help="do not print the project's hint for an empty Datastore after the start",
    )


def _add_limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--no-memory-limits",
        dest="memory_limits",
        action="store_false",
        help="let instances use more memory than their instance class has",
    )
    group.add_argument(
        "--no-read-only",
        dest="read_only",
        action="store_false",
        help="let instances write to all folders, not only to the temporary one",
    )
    group.add_argument(
        "--request-deadline",
        type=option_types.seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long a request to a service with automatic scaling may take, e.g. 60 (default: 600)",
    )


def _add_datastore_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("Datastore")
    group.add_argument(
        "--datastore",
        type=option_types.datastore,
        default="embedded",
        metavar="embedded|google|firestore|HOST:PORT",
        help="gaelocal's own (default), one of Google's emulators, or a running server",
    )
    group.add_argument(
        "--consistency",
        type=option_types.share,
        default=1.0,
        metavar="0.0..1.0",
        help="how often a global query sees fresh writes (default: 1.0, always)",
    )
    add_datastore_rules(group)


def add_datastore_rules(parser: argparse._ActionsContainer) -> None:
    """Add the options that `gaelocal datastore` has as well."""
    parser.add_argument(
        "--locking",
        choices=("optimistic", "pessimistic"),
        default="optimistic",
        help="pessimistic: a commit waits for transactions that have read what it writes; "
        "optimistic (default): such a transaction fails when it commits",
    )
    parser.add_argument(
        "--commits-per-second",
        type=option_types.rate,
        default=0.0,
        metavar="N",
        help="limit the commits to one entity group, as the legacy Datastore does (1); a commit that would "
        "wait longer than five seconds fails (default: no limit, as in Firestore in Datastore mode)",
    )
    parser.add_argument(
        "--require-indexes",
        action="store_true",
        help="fail queries that need a composite index that index.yaml does not define, as in production",
    )


def _add_port_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("ports", "A default port that is in use is replaced by a free one.")
    group.add_argument(
        "--port",
        type=option_types.port,
        metavar="PORT",
        help=f"port of the front door (default: {DEFAULT_PORTS['app']}); 0: free ports for all servers",
    )
    for server, name in SERVERS.items():
        text = f"port of {name} (default: {DEFAULT_PORTS[server]})"
        group.add_argument(option_of(server), type=option_types.port, metavar="PORT", help=text)


def _add_container_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("containers", "To run parts of the platform in processes of their own.")
    group.add_argument(
        "--host",
        default=HOST,
        metavar="ADDRESS",
        help=f"address on which all servers listen (default: {HOST}, this machine only)",
    )
    group.add_argument(
        "--only", choices=sorted(PARTS), default="", help="run this part of the platform and no services"
    )
    group.add_argument(
        "--services-at",
        type=option_types.places,
        default=(),
        metavar="NAME=URL,…",
        help="addresses of services that run elsewhere",
    )
    group.add_argument(
        "--memcache", type=option_types.address, metavar="HOST:PORT", help="a memcached that runs elsewhere"
    )
    group.add_argument(
        "--issuer", type=option_types.issuer, metavar="URL", help="public address of the identity provider"
    )
    group.add_argument(
        "--key-file",
        type=option_types.writable,
        metavar="FILE",
        help="where Storage writes the key that signs URLs",
    )
    group.add_argument(
        "--console-at",
        type=option_types.host_and_port,
        metavar="HOST:PORT",
        help="the console to which a separate front door reports its requests",
    )
