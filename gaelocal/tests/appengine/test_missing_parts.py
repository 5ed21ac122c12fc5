"""A program lacks something at its start: one line names it and says what to do."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.appengine.running import StartEngine
from tests.appengine.test_start_failures import HELLO, a_bare_service, lines_of

from gaelocal.appengine.instances.missing_parts import missing_part


def test_an_unset_environment_variable_is_named_with_the_option_that_sets_it(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_bare_service(tmp_path, "import os\nkey = os.environ['OVEN_KEY']\n" + HELLO)

    running = start_engine(tmp_path)

    reason = running.engine.failing()["default"]
    assert reason.startswith("the environment variable `OVEN_KEY` is not set: ")
    assert reason.endswith("--env OVEN_KEY=VALUE")
    assert running.ask("/").json["detail"] == f"the service default does not start: {reason}"
    assert not [line for line in lines_of(running) if "Traceback" in line]


def test_other_missing_keys_are_no_variables(tmp_path: Path, start_engine: StartEngine) -> None:
    running = start_engine(a_bare_service(tmp_path, "{}['OVEN_KEY']\n"))

    assert "KeyError: 'OVEN_KEY'" in running.engine.failing()["default"]


@pytest.mark.parametrize(
    "error",
    [
        "decouple.UndefinedValueError: OVEN_KEY not found. Declare it as envvar or define a default value.",
        "django.core.exceptions.ImproperlyConfigured: Set the OVEN_KEY environment variable",
        'environs.EnvError: Environment variable "OVEN_KEY" not set',
        "KeyError: \"Config 'OVEN_KEY' is missing, and has no default.\"",
    ],
)
def test_what_packages_say_about_an_unset_variable_is_understood(error: str) -> None:
    assert "--env OVEN_KEY=VALUE" in missing_part(f"KeyError: 'OVEN_KEY'\n{error}\n", Path("/"))


def a_repository(folder: Path, ignored: str) -> None:
    folder.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".gitignore").write_text(ignored)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_file_that_git_ignores_is_missing_in_a_clone(tmp_path: Path, start_engine: StartEngine) -> None:
    a_repository(tmp_path, "key.json\n")
    a_bare_service(tmp_path, "open('key.json')\n" + HELLO)

    running = start_engine(tmp_path)

    reason = running.engine.failing()["default"]
    assert reason.startswith(f"the program reads {tmp_path / 'key.json'}: git ignores it, so that")


def test_a_file_that_the_project_lacks_is_named(tmp_path: Path, start_engine: StartEngine) -> None:
    a_bare_service(tmp_path, "open('data/bread.csv')\n" + HELLO)

    running = start_engine(tmp_path)

    assert running.engine.failing()["default"] == (
        f"the program reads {tmp_path / 'data' / 'bread.csv'}: the project lacks it; create it"
    )


def test_a_missing_file_outside_of_the_project_stays_the_programs_error() -> None:
    error = "FileNotFoundError: [Errno 2] No such file or directory: '/opt/oven'"

    assert missing_part(error, Path("/app")) == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_module_that_git_ignores_is_not_a_package(tmp_path: Path, start_engine: StartEngine) -> None:
    a_repository(tmp_path, "secrets_of_ana.py\n")
    a_bare_service(tmp_path, "import secrets_of_ana\n" + HELLO)

    running = start_engine(tmp_path)

    reason = running.engine.failing()["default"]
    assert reason.startswith("the module `secrets_of_ana` is missing: git ignores secrets_of_ana.py")


def test_a_module_beside_the_services_folder_is_out_of_reach(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_bare_service(tmp_path / "kitchen", "from kitchen.oven import heat\n" + HELLO)

    running = start_engine(tmp_path / "kitchen")

    assert running.engine.failing()["default"].startswith(
        f"the module `kitchen` is in {tmp_path}, but the program runs in {tmp_path / 'kitchen'} and sees only"
    )


def test_a_package_that_requirements_name_is_not_the_folder_of_its_name(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    app = a_bare_service(tmp_path / "oven", "import oven\n" + HELLO)
    (app / "requirements.txt").write_text("oven\n")

    running = start_engine(app)

    assert "the module `oven` is not installed in " in running.engine.failing()["default"]


def test_a_missing_bucket_is_named() -> None:
    error = (
        "google.api_core.exceptions.NotFound: 404 GET http://127.0.0.1:9023/storage/v1/b/bread"
        "?projection=noAcl: The specified bucket does not exist."
    )

    assert missing_part(error, Path("/")).startswith("the bucket `bread` does not exist in gaelocal's")
