"""One service: what its app.yaml says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaelocal.appengine.project.handlers import Handler, read_handlers
from gaelocal.appengine.project.known_keys import APP
from gaelocal.appengine.project.scaling import Scaling, read_scaling
from gaelocal.ports import Address
from gaelocal.yaml_files import ConfigError, Section, read_yaml

DEFAULT_ENTRYPOINT = "gunicorn -b :$PORT main:app"
DEV = "dev"
"""The version that runs straight from the project's folder."""
NAME = re.compile(r"[a-z0-9](-?[a-z0-9]){0,62}")
INBOUND = ("mail", "mail_bounce", "warmup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`source` is the app.yaml itself; `refuse` makes an error that names the line of one of its keys.

    `folder` is where it runs and where its static files are. `address` is where it answers when somebody else
    has started it; None: it is started here.
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
    wants_warmup: bool
    address: Address | None = None

    def handler_for(self, path: str) -> Handler | None:
        return next((handler for handler in self.handlers if handler.pattern.fullmatch(path)), None)

    def refuse(self, key: str, message: str) -> ConfigError:
        return self.source.fail(key, message)


def read_service(file: Path, version: str = DEV, folder: Path | None = None) -> Service:
    """Read an app.yaml; `folder` is that of the service where the file lies elsewhere."""
    app = read_yaml(file)
    folder = folder or file.parent
    app.allow(*APP)
    return Service(
        name=_name(app),
        version=version,
        file=file,
        folder=folder,
        source=app,
        runtime=_runtime(app),
        entrypoint=_entrypoint(app, folder),
        env_variables=_variables(app),
        handlers=read_handlers(app, folder),
        scaling=read_scaling(app),
        wants_warmup="warmup" in _inbound(app),
    )


def _name(app: Section) -> str:
    key = "service" if "service" in app else "module"
    name = app.text(key, "default")
    if not NAME.fullmatch(name):
        raise app.fail(key, f"`{name}` is no service name: lower-case letters, digits and single hyphens")
    return name


def _runtime(app: Section) -> str:
    runtime = app.text("runtime")
    if not re.fullmatch(r"python3\d*", runtime):
        raise app.fail("runtime", f"`{runtime}` cannot run here; Python 3 runtimes can (python313)")
    if app.text("env", "standard") != "standard":
        raise app.fail("env", "only the standard environment can run here")
    return runtime


def _entrypoint(app: Section, folder: Path) -> str:
    written = app.text("entrypoint", "").strip()
    if written:
        return written
    if not (folder / "main.py").is_file():
        key = "entrypoint" if "entrypoint" in app else "runtime"
        raise app.fail(key, f"there is neither an `entrypoint` nor {folder / 'main.py'}")
    return DEFAULT_ENTRYPOINT


def _variables(app: Section) -> dict[str, str]:
    section = app.section("env_variables")
    return {name: section.text(name) for name in section} if section else {}


def _inbound(app: Section) -> list[str]:
    wanted = app.texts("inbound_services")
    for name in wanted:
        if name not in INBOUND:
            raise app.fail("inbound_services", f"`{name}` is no inbound service of Python 3")
    return wanted
