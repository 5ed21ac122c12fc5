"""Services that cannot start: one line says why and what to do, and no endless tracebacks follow."""

import sys
import venv
from pathlib import Path

import pytest
from tests.appengine.running import Running, StartEngine, a_service

from gaelocal.appengine.instances.start_failures import COMPLETE, way_to_install
from gaelocal.appengine.instances.start_output import StartOutput
from gaelocal.appengine.logs import Entry, Source
from tests.waiting import eventually

BARE = "runtime: python313\n"
"""No entrypoint: App Engine starts its own gunicorn."""


def a_bare_service(app: Path, program: str, more: str = "") -> Path:
    app.mkdir(exist_ok=True)
    (app / "app.yaml").write_text(BARE + more)
    (app / "main.py").write_text(program)
    return app


def lines_of(running: Running) -> list[str]:
    return [str(entry["message"]) for entry in running.engine.logs.entries(limit=500)]


HELLO = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


@pytest.fixture(scope="module")
def environment_without_gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    return folder


def test_gunicorn_is_supplied_where_the_environment_has_none(
    tmp_path: Path, start_engine: StartEngine, environment_without_gunicorn: Path
) -> None:
    a_bare_service(tmp_path, HELLO)
    (tmp_path / "venv").symlink_to(environment_without_gunicorn)
    before = sorted(environment_without_gunicorn.rglob("*"))

    running = start_engine(tmp_path)

    assert running.ask("/").body == b"hello"
    assert sorted(environment_without_gunicorn.rglob("*")) == before


def test_a_missing_module_is_one_line_that_names_requirements_and_environment(
    tmp_path: Path, start_engine: StartEngine, environment_without_gunicorn: Path
) -> None:
    a_bare_service(tmp_path, "import flask_is_not_here\n" + HELLO)
    (tmp_path / "requirements.txt").write_text("flask-is-not-here\n")
    (tmp_path / "venv").symlink_to(environment_without_gunicorn)

    running = start_engine(tmp_path)

    reason = running.engine.failing()["default"]
    assert reason.startswith(
        f"the module `flask_is_not_here` is not installed in {tmp_path / 'venv'}; install"
    )
    assert str(tmp_path / "requirements.txt") in reason
    assert "\n" not in reason
    assert not [line for line in lines_of(running) if "Traceback" in line]
    assert reason in str(running.ask("/").json)


def test_a_traceback_of_an_unknown_cause_is_shown_once(tmp_path: Path, start_engine: StartEngine) -> None:
    a_bare_service(tmp_path, "raise RuntimeError('the oven is cold')\n")

    running = start_engine(tmp_path)

    assert sum(line.startswith("Traceback") for line in lines_of(running)) == 1
    assert "the oven is cold" in str(running.ask("/").json)


def test_a_port_that_the_entrypoint_fixes_is_found(tmp_path: Path, start_engine: StartEngine) -> None:
    program = (
        "from wsgiref.simple_server import make_server\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'fixed']\n"
        "with make_server('127.0.0.1', 0, app) as server:\n    server.serve_forever()\n"
    )
    a_bare_service(tmp_path, program, f"entrypoint: {sys.executable} main.py\n")

    running = start_engine(tmp_path)

    assert running.ask("/").body == b"fixed"
    assert [line for line in lines_of(running) if "instead of $PORT" in line]


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", ""])
def test_the_port_of_production_is_that_of_the_instance(
    tmp_path: Path, start_engine: StartEngine, host: str
) -> None:
    program = (
        "from wsgiref.simple_server import make_server\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'bread']\n"
        f"with make_server({host!r}, 8080, app) as server:\n    server.serve_forever()\n"
    )
    a_bare_service(tmp_path, program, f"entrypoint: {sys.executable} main.py\n")

    running = start_engine(tmp_path)

    assert running.ask("/").body == b"bread"
    assert not [line for line in lines_of(running) if "instead of $PORT" in line]


def test_uvicorn_gets_the_port_of_the_instance(tmp_path: Path, start_engine: StartEngine) -> None:
    (tmp_path / "uvicorn").mkdir()
    (tmp_path / "uvicorn" / "config.py").write_text(
        "class Config:\n    def __init__(self, port):\n        self.port = port\n"
    )
    program = (
        "from uvicorn.config import Config\nimport os\n"
        "ports = f'{Config(8080).port == int(os.environ[\"PORT\"])} {Config(9).port}'\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [ports.encode()]\n"
    )

    running = start_engine(a_bare_service(tmp_path, program))

    assert running.ask("/").body == b"True 9"


def test_another_python_than_the_runtimes_is_a_warning(tmp_path: Path, start_engine: StartEngine) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    a_bare_service(folder, HELLO)
    (folder / "app.yaml").write_text("runtime: python39\n")

    running = start_engine(folder)

    assert [line for line in lines_of(running) if "the runtime is `python39`, but" in line]


def test_releases_that_do_not_work_together_are_one_line_with_the_option_for_old_projects(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_bare_service(tmp_path, "from flask import no_such_name\n" + HELLO)

    running = start_engine(tmp_path)

    reason = running.engine.failing()["default"]
    assert reason.startswith("the installed release of `flask` has no `no_such_name`: ")
    assert "--packages-before" in reason


def test_a_module_that_requirements_forget_is_not_to_be_installed_again(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_bare_service(tmp_path, "import yeast\n" + HELLO)
    (tmp_path / "requirements.txt").write_text("# nothing\n")

    running = start_engine(tmp_path, installs=True)

    reason = running.engine.failing()["default"]
    assert reason.startswith(f"the module `yeast` is not installed by {tmp_path / 'requirements.txt'}; name")


def test_a_package_of_another_name_than_its_module_is_named(tmp_path: Path) -> None:
    (tmp_path / COMPLETE).touch()

    (tmp_path / "requirements.txt").touch()

    assert "name its package python-dotenv there" in way_to_install(
        tmp_path / "requirements.txt", tmp_path, "python-dotenv"
    )


def test_a_misnamed_requirements_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "requirement.txt").touch()

    way = way_to_install(tmp_path / "requirements.txt", tmp_path)

    assert way.endswith("(App Engine does not read requirement.txt)")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Traceback (most recent call last):\n  File x\nTypeError: no", True),
        ("Traceback (most recent call last):\n  File x\npydantic.errors.PydanticImportError: moved", True),
        (
            "Error: bad class:\n\n[Traceback\nModuleNotFoundError: No module named 'x'\n]",
            True,
        ),
        (
            "Error: bad class:\n\n[Traceback\nValueError: changed, may indicate binary incompatibility.\n]",
            True,
        ),
        ("Traceback (most recent call last):\n  File x\nNameError: name 'basestring' is not defined", True),
        (
            'Traceback (most recent call last):\n  File "/site-packages/x.py", line 1\n    x\nTabError: no',
            True,
        ),
        ("Traceback (most recent call last):\n  File x\nNameError: name 'oven' is not defined", False),
        (
            'Traceback (most recent call last):\n  File "/app/x.py", line 1\n    print 1\nSyntaxError: no',
            False,
        ),
        ("Traceback (most recent call last):\n  File x\nRuntimeError: no database", False),
        ("exited", False),
    ],
)
def test_errors_of_imports_are_told_from_others(message: str, expected: bool) -> None:
    output = StartOutput(lambda _: None)

    output.take(Entry(0.0, "ERROR", Source("default"), "stderr", message))

    assert output.shows_failed_import is expected


def test_the_reason_is_the_error_in_a_message_that_ends_with_a_bracket() -> None:
    output = StartOutput(lambda _: None)

    for line in ("Error: class uri 'gevent' invalid:", "[Traceback", "ValueError: size changed", "]"):
        output.take(Entry(0.0, "DEFAULT", Source("default"), "stderr", line))

    assert output.reason_of_exit == "ValueError: size changed"


def test_one_failing_service_does_not_stop_the_others(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "default")
    worker = a_service(tmp_path, "worker", "basic_scaling: {max_instances: 1}\n")
    (worker / "main.py").write_text("raise SystemExit('no database')\n")

    running = start_engine(tmp_path)

    assert running.ask("/").status == 200
    assert eventually(lambda: list(running.engine.failing())) == ["worker"]


def test_a_program_that_breaks_off_unknown_paths_serves_the_others(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    program = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"] if environ["PATH_INFO"] == "/" else ["not bytes"]
"""
    a_bare_service(tmp_path, program)

    running = start_engine(tmp_path)

    assert running.ask("/").body == b"hello"
    assert running.engine.failing() == {}


CRASHING = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
GUNICORN_20 = """
import os, signal, socket, sys, time
listening = socket.create_server(("", int(os.environ["PORT"])))
while True:
    worker = os.fork()
    if not worker:
        os.kill(os.getpid(), signal.SIGSEGV)
    os.waitpid(worker, 0)
    print(f"Worker with pid {worker} was terminated due to signal 11", file=sys.stderr, flush=True)
    time.sleep(0.05)
"""
"""Holds its socket and starts worker after worker, as gunicorn 20 does."""


@pytest.mark.parametrize(
    ("entrypoint", "program"), [("", CRASHING), ("entrypoint: python main.py\n", GUNICORN_20)]
)
def test_workers_that_crash_while_they_load_the_app_are_given_up_with_one_line(
    tmp_path: Path, start_engine: StartEngine, entrypoint: str, program: str
) -> None:
    running = start_engine(a_bare_service(tmp_path, program, entrypoint))

    reason = "the instance did not start: its workers exit while they load the app: killed by SIGSEGV"
    assert running.engine.failing()["default"] == reason
    assert running.instance()["state"] == "failed"
    assert [line for line in lines_of(running) if "SIGSEGV" in line or "signal 11" in line] == [reason]
    assert reason in str(running.ask("/").json)


@pytest.mark.parametrize(
    ("line", "crash"),
    [
        ("Worker (pid:7) was sent SIGSEGV!", "SIGSEGV"),
        ("Worker with pid 7 was terminated due to signal 6", "SIGABRT"),
        ("DAMN ! worker 1 (pid: 7) died, killed by signal 11 :( trying respawn ...", "SIGSEGV"),
        ("Worker (pid:7) was sent SIGKILL! Perhaps out of memory?", ""),
        ("Child process [7] died", ""),
        ("Worker (pid:7) exited with code 1.", ""),
    ],
)
def test_the_crash_of_a_worker_is_told_from_other_ends(line: str, crash: str) -> None:
    output = StartOutput([].append)
    for _ in range(4):
        output.take(Entry(0.0, "WARNING", Source("default", "dev", "i"), "stderr", line))

    assert output.is_restarting_workers
    assert output.crash == crash


def test_requirements_that_cannot_be_installed_are_one_line(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_bare_service(tmp_path, HELLO)
    (tmp_path / "requirements.txt").write_text("./no-such-folder\n")

    running = start_engine(tmp_path, installs=True)

    reason = running.engine.failing()["default"]
    assert reason.startswith("requirements.txt could not be installed (")
    assert "\n" not in reason
    assert "no-such-folder" in reason


@pytest.mark.parametrize(
    ("entrypoint", "program", "reason"),
    [
        ("", "raise SystemExit('no database URL')\n", "load the app: no database URL"),
        (
            "entrypoint: python main.py\n",
            "raise SystemExit('no database URL')\n",
            "status 1: no database URL",
        ),
        ("entrypoint: python main.py\n", "raise SystemExit(4)\n", "status 4: it wrote no error, as after"),
        ("", "raise SystemExit(3)\n", "status 3: it wrote no error, as after a call of sys.exit"),
        ("", "raise RuntimeError('no oven')\n", "status 3: RuntimeError: no oven"),
    ],
)
def test_what_a_program_says_at_its_exit_is_the_reason(
    tmp_path: Path, start_engine: StartEngine, entrypoint: str, program: str, reason: str
) -> None:
    running = start_engine(a_bare_service(tmp_path, program, entrypoint))

    assert reason in running.engine.failing()["default"]
