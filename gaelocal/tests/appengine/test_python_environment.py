"""The search for the Python environment of a service."""

from pathlib import Path

import pytest

from gaelocal.appengine.instances.python_environment import find_environment, poetry_environment_name


@pytest.fixture(autouse=True)
def _a_clean_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "POETRY_VIRTUALENVS_PATH", "POETRY_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def an_environment(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    return folder


@pytest.mark.parametrize("name", [".venv", "venv", "env", ".env", "virtualenv"])
def test_an_environment_in_the_project_is_found(name: str, tmp_path: Path) -> None:
    expected = an_environment(tmp_path / name)

    assert find_environment(tmp_path, tmp_path).folder == expected


def test_an_environment_of_the_service_is_preferred_to_one_of_the_project(tmp_path: Path) -> None:
    an_environment(tmp_path / ".venv")
    expected = an_environment(tmp_path / "api" / "venv")

    assert find_environment(tmp_path / "api", tmp_path).folder == expected


def test_an_environment_that_uv_keeps_elsewhere_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = an_environment(tmp_path / "elsewhere")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(expected))

    assert find_environment(tmp_path / "project", tmp_path / "project").folder == expected


def test_an_environment_of_poetry_is_named_as_poetry_does() -> None:
    # `poetry env info --path` of poetry 2.5.1 for a project `my-photos` in /srv/photos
    assert poetry_environment_name("my-photos", "/srv/photos") == "my-photos-ebwAihoR"


def test_an_environment_of_poetry_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "poetry.lock").touch()
    (project / "pyproject.toml").write_text('[project]\nname = "my-photos"\n')
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "poetry"))
    name = poetry_environment_name("my-photos", str(project.resolve()))
    expected = an_environment(tmp_path / "poetry" / f"{name}-py3.13")

    assert find_environment(project, project).folder == expected


def test_the_activated_environment_is_the_next_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = an_environment(tmp_path / "activated")
    monkeypatch.setenv("VIRTUAL_ENV", str(expected))

    found = find_environment(tmp_path / "project", tmp_path / "project")

    assert (found.folder, found.is_own) == (expected, True)


def test_the_last_choice_is_the_environment_of_gaelocal(tmp_path: Path) -> None:
    assert not find_environment(tmp_path, tmp_path).is_own
