"""uv installs requirements.txt if it is found; pip does otherwise."""

import subprocess
from pathlib import Path

import pytest
from tests.appengine.releasing import a_wheel
from tests.appengine.running import ENTRYPOINT, PROGRAM, StartEngine

from gaelocal.appengine.installers import Installer, _options_for_uv, find_installer
from gaelocal.appengine.project import read_service
from gaelocal.appengine.project.requirements import requirement_names, requirements_of
from gaelocal.appengine.releases.environments import environment_name
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.options import parse_options

UV = find_installer("uv").uv
DATES = ("2018-09-02", "2022-09-20")


def test_uv_takes_only_releases_from_before_a_date() -> None:
    command = Installer("/bin/uv", "2022-09-20").command(Path("/env"), "python3.9", ["flask"])

    assert command[command.index("--exclude-newer") + 1] == "2022-09-20"
    assert command[command.index("--python") + 1] == "/env/bin/python"
    assert command[-1] == "flask"


def test_packages_from_before_2019_are_compiled_with_a_setuptools_that_uv_can_use() -> None:
    old, newer = (Installer("/bin/uv", date).command(Path("/env"), "python3.7", ["flask"]) for date in DATES)

    assert old[old.index("--exclude-newer-package") + 1] == "setuptools=2019-03-01"
    assert old[old.index("--exclude-newer") + 1] == "2018-09-02"
    assert "--exclude-newer-package" not in newer


def test_another_date_means_another_environment(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").touch()
    service = read_service(tmp_path / "app.yaml")

    names = {environment_name(service, "python3", date) for date in ("", "2022-09-20", "2023-01-01")}

    assert len(names) == 3


def test_uv_asks_the_index_that_pip_is_configured_to_use() -> None:
    settings = (
        "global.index-url='https://packages.example.com/simple'\n"
        "global.timeout='60'\n"
        ":env:.extra-index-url='https://a.example.com https://b.example.com'\n"
        "install.no-index='true'\n"
    )

    assert list(_options_for_uv(settings)) == [
        *("--index-url", "https://packages.example.com/simple"),
        *("--extra-index-url", "https://a.example.com", "--extra-index-url", "https://b.example.com"),
        "--no-index",
    ]


@pytest.mark.parametrize(
    ("installer", "output", "reasons"),
    [
        (
            Installer(),
            ["Collecting x", "ERROR: No matching distribution"],
            ["ERROR: No matching distribution"],
        ),
        (
            Installer("uv"),
            [
                "Using Python 3.13.0",
                "error: Failed to build `x==1`",
                "  cause: The build failed",
                "         ValueError: no compiler",
            ],
            ["error: Failed to build `x==1`", "cause: The build failed", "ValueError: no compiler"],
        ),
        (
            Installer("uv"),
            [
                "error: Couldn't parse requirement in `requirements.txt` at position 6",
                "  cause: Expected one of `@`, `(`, found `r`",
                "         no requirement",
                "            ^",
            ],
            [
                "error: Couldn't parse requirement in `requirements.txt` at position 6",
                "cause: Expected one of `@`, `(`, found `r`",
                "no requirement",
            ],
        ),
        (
            Installer("uv"),
            [
                "error: Failed to build `x==1`",
                "  cause: The build backend returned an error",
                "  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)",
                "         Error: the oven is not found",
                "hint: Build failures usually indicate a problem with the package or the build environment",
            ],
            ["error: Failed to build `x==1`", "Error: the oven is not found"],
        ),
        (Installer("uv"), ["killed"], ["killed"]),
    ],
)
def test_the_reason_of_a_failure_is_in_the_words_of_the_installer(
    installer: Installer, output: list[str], reasons: list[str]
) -> None:
    assert installer.reasons(output) == reasons


def test_what_uv_cannot_install_is_one_line(tmp_path: Path, start_engine: StartEngine) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python313\n")
    (tmp_path / "main.py").write_text(PROGRAM)
    (tmp_path / "requirements.txt").write_text("--no-index\nyeast==1\n")

    running = start_engine(tmp_path, installs=True, options=RuntimeOptions(installer=Installer(UV)))

    reason = running.engine.failing()["default"]
    assert reason.startswith("requirements.txt could not be installed (error: No solution found")
    assert "(cause: Because yeast was not found" in reason


def test_pip_can_be_chosen() -> None:
    assert parse_options(["--installer", "pip"]).runtime.installer == Installer()


def test_a_date_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options(["--packages-before", "last year"])

    assert "`last year` is not a date such as 2023-05-31" in capsys.readouterr().err


BACKEND = """
import pathlib, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    pathlib.Path("oven.egg-info").mkdir()
    name = "oven-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        wheel.writestr("oven.pth", str(pathlib.Path.cwd()))
        wheel.writestr("oven-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: oven\\nVersion: 1.0\\n")
        kind = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("oven-1.0.dist-info/WHEEL", kind)
        wheel.writestr("oven-1.0.dist-info/RECORD", "")
    return name

def get_requires_for_build_editable(config_settings=None):
    return []
"""
BUILD_SYSTEM = """
[project]
name = "oven"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def test_an_installation_leaves_nothing_in_the_projects_folder(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    oven = tmp_path / "lib" / "oven"
    oven.mkdir(parents=True)
    (oven / "heat.py").touch()
    (oven / "backend.py").write_text(BACKEND)
    (oven / "pyproject.toml").write_text(BUILD_SYSTEM)
    (tmp_path / "app.yaml").write_text(f"runtime: python313\n{ENTRYPOINT}")
    (tmp_path / "main.py").write_text(f"import heat\n{PROGRAM}")
    (tmp_path / "requirements.txt").write_text("--no-index\n-e ./lib/oven\n")
    before = sorted(oven.rglob("*"))

    running = start_engine(tmp_path, installs=True, options=RuntimeOptions(installer=Installer(UV)))

    assert running.engine.failing() == {}
    assert [file for file in sorted(oven.rglob("*")) if "__pycache__" not in file.parts] == before


@pytest.mark.skipif(not UV, reason="uv is not installed")
def test_pyproject_names_the_packages_of_a_service_without_requirements(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    wheel = tmp_path / "flour-1.0-py3-none-any.whl"
    wheel.write_bytes(a_wheel())
    app = tmp_path / "app"
    app.mkdir()
    (app / "app.yaml").write_text(f"runtime: python313\n{ENTRYPOINT}")
    (app / "main.py").write_text(f"import flour\n{PROGRAM}")
    needs = f'dependencies = ["flour @ {wheel.as_uri()}"]'
    (app / "pyproject.toml").write_text(f'[project]\nname = "bakery"\nversion = "1"\n{needs}\n')

    running = start_engine(app, installs=True, options=RuntimeOptions(installer=Installer(UV)))

    assert running.engine.failing() == {}
    assert running.ask("/text/1").status == 200


def a_locked_project(folder: Path) -> Path:
    """Write a project whose uv.lock pins flour 1.0 although there is a later release."""
    wheels, app = folder / "wheels", folder / "app"
    wheels.mkdir()
    app.mkdir()
    (app / "app.yaml").write_text(f"runtime: python313\n{ENTRYPOINT}")
    (app / "main.py").write_text(f"import flour\n{PROGRAM}")
    index = f'[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'
    needs = 'requires-python = ">=3.9"\ndependencies = ["flour"]\n'
    (app / "pyproject.toml").write_text(f'[project]\nname = "bakery"\nversion = "1"\n{needs}{index}')
    (wheels / "flour-1.0-py3-none-any.whl").write_bytes(a_wheel())
    subprocess.run([UV, "lock", "--quiet", "--no-python-downloads"], cwd=app, check=True)
    (wheels / "flour-2.0-py3-none-any.whl").write_bytes(a_wheel("2.0"))
    return app


@pytest.mark.skipif(not UV, reason="uv is not installed")
def test_the_releases_in_uv_lock_are_installed(tmp_path: Path, start_engine: StartEngine) -> None:
    app = a_locked_project(tmp_path)

    running = start_engine(app, installs=True, options=RuntimeOptions(installer=Installer(UV, "2018-09-02")))

    assert running.engine.failing() == {}
    environment = next((app / ".gaelocal" / "environments").glob("*"))
    assert [folder.name for folder in environment.rglob("flour-*")] == ["flour-1.0.dist-info"]


@pytest.mark.skipif(not UV, reason="uv is not installed")
def test_a_damaged_lock_is_the_reason_of_the_failure(tmp_path: Path, start_engine: StartEngine) -> None:
    app = a_locked_project(tmp_path)
    (app / "uv.lock").write_text("version = ")

    running = start_engine(app, installs=True, options=RuntimeOptions(installer=Installer(UV)))

    assert "uv.lock could not be read" in running.engine.failing()["default"]


@pytest.mark.skipif(not UV, reason="uv is not installed")
def test_another_lock_means_another_environment(tmp_path: Path) -> None:
    app = a_locked_project(tmp_path)
    service = read_service(app / "app.yaml")
    before = environment_name(service, "python3")
    (app / "uv.lock").write_text((app / "uv.lock").read_text().replace("1.0", "2.0"))

    assert environment_name(service, "python3") != before


def test_requirements_come_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["flour"]\n')

    without = requirements_of(tmp_path).name
    (tmp_path / "requirements.txt").touch()

    assert (without, requirements_of(tmp_path).name) == ("pyproject.toml", "requirements.txt")


@pytest.mark.parametrize("text", ["[tool.ruff]\n", "no toml", "[project]\nname = 'x'\n"])
def test_a_pyproject_without_dependencies_names_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    assert requirements_of(tmp_path).name == "requirements.txt"


def test_a_file_that_includes_itself_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask\n-r ../service/requirements.txt\n")

    assert requirement_names(folder / "requirements.txt") == {"flask"}
