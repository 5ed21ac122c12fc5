"""The project ID that follows from the project's folder, its pyproject.toml and the environment."""

from pathlib import Path

import pytest

from gaelocal.option_types import PROJECT_FORM
from gaelocal.options import parse_options
from gaelocal.project_defaults import hint_without, project_id
from gaelocal.yaml_files import ConfigError


@pytest.fixture(autouse=True)
def _no_project_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("photo-timeline", "photo-timeline"),
        ("My App", "my-app"),
        ("api", "api-local"),
        ("2048_game", "app-2048-game"),
        ("__", "app-local"),
        ("a" * 40, "a" * 30),
        ("Fotoalbum Größe", "fotoalbum-gr-e"),
        ("x" * 29 + "-y", "x" * 29),
    ],
)
def test_the_folder_name_becomes_a_valid_project_id(tmp_path: Path, folder: str, expected: str) -> None:
    app = tmp_path / folder
    app.mkdir()

    assert project_id(app) == expected
    assert PROJECT_FORM.fullmatch(expected)


def test_pyproject_wins_over_the_folder_name(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.gaelocal]\nproject = "my-project"\n')

    assert project_id(tmp_path) == "my-project"


def test_the_environment_wins_over_pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.gaelocal]\nproject = "my-project"\n')
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")

    assert project_id(tmp_path) == "another-project"


def test_an_invalid_configured_id_is_refused_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.gaelocal]\nproject = "No Id"\n')

    with pytest.raises(ConfigError, match=r"pyproject\.toml: tool\.gaelocal\.project: `No Id`"):
        project_id(tmp_path)


def test_the_option_wins_and_the_data_folder_lies_below_the_app(tmp_path: Path) -> None:
    options = parse_options([str(tmp_path), "--project", "chosen-one"])

    assert options.project == "chosen-one"
    assert options.data == tmp_path / ".gaelocal"


def test_a_hint_needs_a_kind_and_a_message(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.gaelocal]\nhint = {kind = "Photo", message = "Post one."}\n')
    complete = hint_without(tmp_path)
    file.write_text('[tool.gaelocal]\nhint = {kind = "Photo"}\n')

    assert complete == ("Photo", "Post one.")
    assert hint_without(tmp_path) is None


def test_the_hint_can_be_turned_off() -> None:
    assert parse_options([]).hint
    assert not parse_options(["--no-hint"]).hint
