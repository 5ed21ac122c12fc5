"""Instances can write only to the temporary folder."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.appengine.releasing import a_version
from tests.appengine.running import Running, StartEngine, a_service

from gaelocal.appengine.instances.environment import PYTHON_PATH
from gaelocal.appengine.instances.file_access import LAUNCHER, VARIABLE, read_only
from gaelocal.appengine.runtime_options import RuntimeOptions

PROGRAM = """
import json, os, sqlite3, subprocess, sys, tempfile
from pathlib import Path

def write(folder):
    try:
        Path(folder, "written").write_text("x")
        return "written"
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        return error.strerror

def by_shell(folder):
    return subprocess.run(["touch", f"{folder}/touched"], capture_output=True).returncode

def app(environ, start_response):
    home = os.path.expanduser("~")
    found = {
        "own": write("."),
        "absolute": write(os.getcwd()),
        "home": write(home),
        "var": write("/var/tmp"),
        "logs": [sorted({*os.listdir("/var/log")} - {"written"}), write("/var/log")],
        "data": write(os.environ["DATA"]),
        "temporary": write("/tmp"),
        "tempfile": write(tempfile.mkdtemp()),
        "shell": by_shell("."),
        "shell in temporary": by_shell("/tmp"),
        "null": Path("/dev/null").write_text("x"),
    }
    body = json.dumps(found).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
REFUSED = "Read-only file system"
ALLOWED = {
    "logs": [[], "written"],
    "temporary": "written",
    "tempfile": "written",
    "shell in temporary": 0,
    "null": 1,
}
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups"
PYTHON = "/usr/bin/python3 -I -S"
OPTIONS = RuntimeOptions(read_only=True)

has_namespaces = pytest.mark.skipif(
    read_only(()).method != "mount namespace", reason="this kernel allows no mount namespaces"
)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine whose project is below the temporary folder, but read-only."""
    app = tmp_path_factory.mktemp("writer")
    (a_service(app, "default") / "main.py").write_text(PROGRAM)
    return start_engine(app, {"DATA": str(app / ".gaelocal")}, options=OPTIONS)


def messages(running: Running) -> str:
    return "\n".join(str(entry["message"]) for entry in running.engine.logs.entries(limit=200))


@has_namespaces
def test_an_instance_writes_only_to_the_temporary_folder(writer: Running) -> None:
    found = writer.ask("/").json

    for name, result in ALLOWED.items():
        assert found.pop(name) == result
    assert found.pop("shell") != 0
    assert set(found.values()) == {REFUSED}, found
    assert not (writer.data.parent / "services" / "default" / "written").exists()


@has_namespaces
def test_the_log_names_the_method_and_the_option(writer: Running) -> None:
    writer.ask("/")

    assert "instances can write only to /tmp (mount namespace), as on App Engine; --no-read-only" in messages(
        writer
    )
    assert messages(writer).count("instances can write only to /tmp; as on App Engine") == 1


@has_namespaces
def test_a_deployed_version_is_read_only_too(writer: Running) -> None:
    files = {"main.py": PROGRAM.encode()}
    writer.run(writer.engine.releases.create_version(a_version("sealed", files=files)))

    found = writer.ask("/", Host="sealed.localhost").json

    assert (found["own"], found["temporary"]) == (REFUSED, "written")


@has_namespaces
def test_a_program_that_writes_while_it_starts_is_told_why_it_fails(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    folder = a_service(tmp_path, "default")
    (folder / "main.py").write_text("open('app.log', 'w')\n")

    running = start_engine(tmp_path, options=OPTIONS)

    assert "the program cannot write app.log: an instance can write only to the temporary folder" in str(
        running.engine.failing()
    )


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs to become another user")
@has_namespaces
def test_a_user_without_rights_gets_a_namespace_too(protected: Path) -> None:
    for name in ("launcher.py", "read_only_files.py"):
        shutil.copyfile(Path(LAUNCHER).with_name(name), protected / name)
    protected.chmod(0o777)
    folders = json.dumps({"writable": [tempfile.gettempdir()], "protected": [str(protected)]})
    launching = f"{NOBODY} {PYTHON} {protected}/launcher.py $$ '{folders}' touch {protected}/written; exit $?"

    ran = subprocess.run(["sh", "-c", launching], capture_output=True, text=True, timeout=60, check=False)

    if "Operation not permitted" in ran.stderr:
        pytest.skip("this kernel allows no namespaces of users")
    assert REFUSED in ran.stderr
    assert not (protected / "written").exists()


def test_all_folders_are_writable_without_the_option(tmp_path: Path, start_engine: StartEngine) -> None:
    (a_service(tmp_path, "default") / "main.py").write_text(PROGRAM)
    running = start_engine(tmp_path, {"DATA": str(tmp_path)}, options=RuntimeOptions(read_only=False))

    assert running.ask("/").json["own"] == "written"


@pytest.fixture
def protected() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_the_hook_of_python_refuses_the_same_files(protected: Path) -> None:
    folders = {"writable": [tempfile.gettempdir()], "protected": [str(protected)]}
    program = f"""
import json, os, shutil, tempfile
from pathlib import Path
def remove_in(folder, name):
    os.unlink(name, dir_fd=os.open(folder, os.O_RDONLY))
def filled():
    folder = tempfile.mkdtemp()
    Path(folder, "a").write_text("x")
    Path(folder, "b").mkdir()
    return folder
def attempt(function, *arguments):
    try:
        function(*arguments)
        return "done"
    except OSError as error:
        return error.strerror
own = Path({str(protected)!r})
print(json.dumps([
    attempt((own / "a").write_text, "x"), attempt(os.mkdir, own / "b"), attempt(os.unlink, own / "kept"),
    attempt(os.rename, own / "kept", "/tmp/moved"), attempt(open, "/etc/new", "w"),
    attempt(os.open, "/x", os.O_CREAT), attempt(remove_in, own, "kept"),
    attempt((own / "kept").read_text), attempt(tempfile.mkdtemp),
    attempt(Path("/dev/null").write_text, "x"), attempt(shutil.rmtree, filled()),
]))
"""
    (protected / "kept").write_text("x")

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(PYTHON_PATH), VARIABLE: json.dumps(folders)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert json.loads(ran.stdout) == [REFUSED] * 7 + ["done"] * 4, ran.stderr


@has_namespaces
@pytest.mark.parametrize("existing", [False, True])
def test_a_database_in_the_projects_folder_is_one_line_with_the_option(
    tmp_path: Path, start_engine: StartEngine, existing: bool
) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").write_text(
        "import sqlite3\nsqlite3.connect('bread.db').execute('CREATE TABLE loaf (id)')\n"
    )
    if existing:
        sqlite3.connect(tmp_path / "bread.db").close()
        (tmp_path / "bread.db").touch()

    running = start_engine(tmp_path, options=OPTIONS)

    reason = running.engine.failing()["default"]
    assert reason.startswith(
        "SQLite cannot write its database: an instance can write only to the temporary folder"
    )
    assert "--no-read-only" in reason
