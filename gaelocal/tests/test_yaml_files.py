"""Every error in a yaml file names the file, the line and the problem."""

from pathlib import Path

import pytest

from gaelocal.yaml_files import ConfigError, Section, read_yaml


def section(folder: Path, text: str) -> Section:
    (folder / "app.yaml").write_text(text)
    return read_yaml(folder / "app.yaml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [unclosed\n", 3, "not valid yaml"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("a: 1\nb: 2\na: 3\n", 3, "is given twice"),
        ("\ttab: 1\n", 1, "not valid yaml"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError, match=rf"app\.yaml:{line}: .*{words}"):
        section(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "ask", "line"),
    [
        ("a: 1\nrate: [1]\n", lambda found: found.text("rate"), 2),
        ("a: 1\n\nsize: many\n", lambda found: found.integer("size"), 3),
        ("share: half\n", lambda found: found.number("share"), 1),
        ("a: 1\nsecure: perhaps\n", lambda found: found.flag("secure", False), 2),
        ("a: 1\nqueue: text\n", lambda found: found.sections("queue"), 2),
        ("queue:\n- name: a\n- text\n", lambda found: found.sections("queue"), 3),
        ("env: [1]\n", lambda found: found.section("env"), 1),
        ("names:\n- a\n- b: 1\n", lambda found: found.texts("names"), 3),
        ("a: 1\nscheduel: 2\n", lambda found: found.allow("a", "schedule"), 2),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_line(
    tmp_path: Path, text: str, ask: object, line: int
) -> None:
    found = section(tmp_path, text)

    with pytest.raises(ConfigError, match=rf"app\.yaml:{line}: "):
        ask(found)


def test_scalars_stay_as_they_are_written(tmp_path: Path) -> None:
    found = section(tmp_path, "version: 1.10\nrate: 5/s\nat: 09:00\nnumber: 017\n")

    assert [found.text(key) for key in found] == ["1.10", "5/s", "09:00", "017"]


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    found = section(tmp_path, "# only a comment\n")

    assert list(found) == []
    assert found.sections("queue") == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: cannot be read"):
        read_yaml(tmp_path / "nowhere.yaml")
