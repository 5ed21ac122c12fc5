"""A service as its app.yaml describes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaelocal.appengine.project.handlers import Handler, read_handlers
from gaelocal.appengine.project.includes import read_with_includes
from gaelocal.appengine.project.known_keys import APP, OF_OTHER_RUNTIMES, OF_SCALING
from gaelocal.appengine.project.scaling import Scaling, read_scaling
from gaelocal.ports import Address
from gaelocal.yaml_files import ConfigError, Section

DEFAULT_ENTRYPOINT = "gunicorn -b :$PORT main:app"
DEV = "dev"
"""The version that runs straight from the project's folder."""
NAME = re.compile(r"[a-z0-9](-?[a-z0-9]){0,62}")
INBOUND = ("mail", "mail_bounce", "warmup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`source` is the app.yaml itself; `refuse` makes an error that names the line of one of its keys.

    `folder` is where it runs and where its static files are. `unavailable` is the reason why its program
    cannot run here; its static files are served nevertheless. `address` is where it answers when it is
    started elsewhere.
    """

    name: str
    version: str = DEV
    file: Path
    folder: Path
    source: Section = field(repr=False)
    runtime: str
    entrypoint: str
    env_variables: Mapping[str, str]
    handlers: tuple[Handler, ...]
    scaling: Scaling
    inbound_services: frozenset[str]
    has_bundled_services: bool = False
    unavailable: str = ""
    address: Address | None = None

    @property
    def needs_program(self) -> bool:
        """Return whether some requests need the program; False if all handlers are static."""
        return not self.handlers or any(not handler.is_static for handler in self.handlers)

    @property
    def wants_warmup(self) -> bool:
        return "warmup" in self.inbound_services

    def handler_for(self, path: str) -> Handler | None:
        """Return the first handler for a decoded path."""
        return next((handler for handler in self.handlers if handler.handles(path)), None)

    def refuse(self, key: str, message: str) -> ConfigError:
        return self.source.fail(key, message)


def read_service(file: Path, version: str = DEV, folder: Path | None = None) -> Service:
    """Read an app.yaml; `folder` is that of the service where the file lies elsewhere."""
    app = read_with_includes(file)
    folder = folder or file.parent
    if reason := _foreign_runtime(app):
        return _foreign_service(app, file, version, folder, reason)
    app.allow(*APP, elsewhere=OF_SCALING)
    _warn_of_ignored_keys(app, folder)
    entrypoint, unavailable = _entrypoint(app, folder)
    return Service(
        name=_name(app),
        version=version,
        file=file,
        folder=folder,
        source=app,
        runtime=app.text("runtime"),
        entrypoint=entrypoint,
        unavailable=unavailable,
        env_variables=_variables(app),
        handlers=read_handlers(app, folder),
        scaling=read_scaling(app),
        inbound_services=_inbound(app),
        has_bundled_services=app.flag("app_engine_apis", default=False),
    )


def _foreign_service(app: Section, file: Path, version: str, folder: Path, reason: str) -> Service:
    """Return a service whose program cannot run here: its static files are served, all else is a 503."""
    try:
        handlers = read_handlers(app, folder)
    except ConfigError:
        handlers = ()
    app.warnings[:] = [str(app.fail("runtime", reason))]
    return Service(
        name=_name(app),
        version=version,
        file=file,
        folder=folder,
        source=app,
        runtime=app.text("runtime", "unknown"),
        entrypoint="",
        env_variables={},
        handlers=handlers,
        scaling=Scaling(),
        inbound_services=frozenset(),
        unavailable=reason,
    )


def _name(app: Section) -> str:
    key = "service" if "service" in app else "module"
    name = app.text(key, "default")
    if not NAME.fullmatch(name):
        raise app.fail(key, f"`{name}` is not a service name: lower-case letters, digits and single hyphens")
    return name


def _foreign_runtime(app: Section) -> str:
    """Return why the program of a service cannot run here; empty for a Python 3 runtime."""
    environment = app.text("env", app.text("vm", "standard"))
    if environment not in ("standard", "false"):
        return "gaelocal runs only App Engine's standard environment, not the flexible one"
    runtime = app.text("runtime")
    if not re.fullmatch(r"python3\d*", runtime):
        return f"the runtime `{runtime}` is not supported; gaelocal runs only Python 3"
    return ""


def _warn_of_ignored_keys(app: Section, folder: Path) -> None:
    for key in OF_OTHER_RUNTIMES:
        if key in app:
            app.warn(key, f"`{key}` has no effect with a Python 3 runtime")
    for entry in app.sections("error_handlers"):
        if not (folder / entry.text("file")).is_file():
            entry.warn("file", f"the file {folder / entry.text('file')} is missing")


def _entrypoint(app: Section, folder: Path) -> tuple[str, str]:
    """Return the command, and the reason if there is none: App Engine's default needs a main.py."""
    written = app.text("entrypoint", "").strip()
    if written:
        return written, ""
    if (folder / "main.py").is_file() or (folder / "main").is_dir():
        return DEFAULT_ENTRYPOINT, ""
    reason = f"there is neither an `entrypoint` nor a {folder / 'main.py'}"
    if not app.sections("handlers"):
        app.warn("entrypoint" if "entrypoint" in app else "runtime", reason)
    return "", reason


def _variables(app: Section) -> dict[str, str]:
    section = app.section("env_variables")
    return {name: section.value_as_deployed(name) for name in section} if section else {}


def _inbound(app: Section) -> frozenset[str]:
    wanted = app.texts("inbound_services")
    for name in wanted:
        if name not in INBOUND:
            raise app.fail("inbound_services", f"`{name}` is not an inbound service of Python 3")
    return frozenset(wanted)
