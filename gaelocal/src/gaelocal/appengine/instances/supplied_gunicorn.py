"""gunicorn for projects that rely on App Engine to supply it.

App Engine starts `gunicorn -b :$PORT main:app` although requirements.txt need not name gunicorn. Here a small
script runs gaelocal's gunicorn with the project's Python; the project's environment is not changed.
"""

import hashlib
import shlex
from importlib.util import find_spec
from pathlib import Path

from gaelocal.appengine.instances.python_environment import PythonEnvironment

PACKAGES = ("gunicorn", "packaging")
RUN = (
    "import sys; sys.path[:1] = []; sys.path.append({folder!r}); sys.argv[0] = 'gunicorn'; "
    "from gunicorn.app.wsgiapp import run; sys.exit(run())"
)


def supply_gunicorn(environment: PythonEnvironment, data: Path) -> Path | None:
    """Return a folder with a program `gunicorn` for PATH; None where the environment has its own."""
    if environment.has("gunicorn"):
        return None
    digest = hashlib.sha256(str(environment.python).encode()).hexdigest()[:12]
    folder = data.absolute() / "supplied"
    program = folder / digest / "gunicorn"
    packages = _link_packages(folder / "packages")
    program.parent.mkdir(parents=True, exist_ok=True)
    code = RUN.format(folder=str(packages))
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(str(environment.python))} -c {shlex.quote(code)} "$@"\n'
    )
    program.chmod(0o755)
    return program.parent


def _link_packages(folder: Path) -> Path:
    """Make a folder with links to gunicorn and the package that it imports, and to nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        spec = find_spec(name)
        link = folder / name
        if spec is None or not spec.submodule_search_locations:
            continue
        if link.is_symlink() or link.exists():
            link.unlink()
        link.symlink_to(next(iter(spec.submodule_search_locations)))
    return folder
