"""A service restarts when its files change; the old instances keep running if the new ones do not start."""

import json
from pathlib import Path

import pytest
from tests.appengine.running import Running, StartEngine, until

from gaelocal.appengine.reloading import Watcher, services_of
from gaelocal.supervision import Health

PROGRAM = """
import shared_text

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [{own!r} + shared_text.TEXT]
"""


def write_program(folder: Path, own: bytes) -> None:
    (folder / "main.py").write_text(PROGRAM.format(own=own))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two services that share a module by a symbolic link each, as the services of a monorepo do."""
    (tmp_path / "shared_text").mkdir()
    (tmp_path / "shared_text" / "__init__.py").write_text("TEXT = b'-one'\n")
    for name in ("default", "api"):
        folder = tmp_path / "services" / name
        folder.mkdir(parents=True)
        (folder / "app.yaml").write_text(f"runtime: python313\nservice: {name}\n")
        (folder / "shared_text").symlink_to(tmp_path / "shared_text")
        write_program(folder, name.encode())
    return tmp_path


@pytest.fixture
def running(project: Path, start_engine: StartEngine) -> Running:
    started = start_engine(project, watches=True)
    until(lambda: started.engine.is_watching, 60)
    return started


def text_of(running: Running, service: str = "default") -> bytes:
    return running.ask("/", Host=f"{service}.localhost").body


def pid_of(running: Running, service: str) -> int:
    return int(running.instance(service)["pid"])


def test_only_the_changed_service_is_restarted(running: Running, project: Path) -> None:
    api = pid_of(running, "api")

    write_program(project / "services" / "default", b"changed")

    until(lambda: text_of(running) == b"changed-one", 60)
    assert pid_of(running, "api") == api


def test_a_shared_module_restarts_every_service_that_links_to_it(running: Running, project: Path) -> None:
    (project / "shared_text" / "__init__.py").write_text("TEXT = b'-two'\n")

    until(lambda: text_of(running) == b"default-two", 60)
    until(lambda: text_of(running, "api") == b"api-two", 60)


def test_a_failed_reload_keeps_the_old_instances_running(running: Running, project: Path) -> None:
    pid = pid_of(running, "default")

    (project / "services" / "default" / "main.py").write_text("import no_such_module\n")

    until(lambda: any("is not reloaded" in str(e["message"]) for e in running.engine.logs.entries()), 60)
    assert text_of(running) == b"default-one"
    assert pid_of(running, "default") == pid


def test_a_new_variable_in_app_yaml_counts_after_the_reload(running: Running, project: Path) -> None:
    folder = project / "services" / "default"
    (folder / "main.py").write_text(
        "import os\ndef app(environ, start):\n    start('200 OK', [])\n"
        "    return [os.environ.get('NEW', 'none').encode()]\n"
    )
    until(lambda: text_of(running) == b"none", 60)

    (folder / "app.yaml").write_text("runtime: python313\nenv_variables: {NEW: here}\n")

    until(lambda: text_of(running) == b"here", 60)


def test_an_entrypoint_that_cannot_be_read_is_reported_and_the_next_change_counts(
    running: Running, project: Path
) -> None:
    folder = project / "services" / "default"
    (folder / "app.yaml").write_text("runtime: python313\nentrypoint: gunicorn 'main:app\n")
    until(lambda: any("not reloaded" in str(e["message"]) for e in running.engine.logs.entries()), 60)

    (folder / "app.yaml").write_text("runtime: python313\n")
    write_program(folder, b"mended")

    until(lambda: text_of(running) == b"mended-one", 60)


def test_environments_and_hidden_folders_are_not_watched(project: Path) -> None:
    folder = project / "services" / "default"
    for name in ("venv/lib", ".git", "node_modules/x", "templates", "data"):
        (folder / name).mkdir(parents=True)

    async def nothing(_services: set[str]) -> None: ...

    component = Health().component("file watcher")
    watched = Watcher({"default": folder}, [folder / "data"], nothing, component).watched_folders()

    assert sorted(path.name for path in watched) == ["default", "shared_text", "templates"]


def test_only_source_files_count() -> None:
    watched = {Path("/app"): {"default"}}

    assert services_of([Path("/app/main.py")], watched) == {"default"}
    assert services_of([Path("/app/main.pyc"), Path("/app/x.log"), Path("/other/main.py")], watched) == set()


def test_a_service_that_is_stopped_during_its_reload_stays_stopped(running: Running, project: Path) -> None:
    control, waiting, go_on = running.engine.control, project / "waiting", project / "go-on"
    (project / "services" / "default" / "main.py").write_text(
        "import pathlib, time\n"
        f"pathlib.Path({str(waiting)!r}).touch()\n"
        f"while not pathlib.Path({str(go_on)!r}).exists():\n"
        "    time.sleep(0.02)\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'changed']\n"
    )
    until(waiting.exists, 60)
    old = running.engine.registry.version("default", "dev")

    running.run(control.stop_version("default", "dev"))
    go_on.touch()
    until(lambda: len(json.loads((running.data / "instances.json").read_text())) == 1)

    assert running.engine.registry.version("default", "dev") is old
    assert text_of(running, "api") == b"api-one"
