"""Checks index.yaml, which Datastore in production needs and the emulator does not."""

from pathlib import Path

from gaelocal.yaml_files import Section, read_yaml

DIRECTIONS = ("asc", "desc")


def check_indexes(file: Path) -> None:
    """Check the file like `gcloud datastore indexes create`.

    Raises:
        ConfigError: with file and line.
    """
    if not file.is_file():
        return
    top = read_yaml(file)
    top.allow("indexes", "database")
    for index in top.sections("indexes"):
        _check_index(index)


def _check_index(index: Section) -> None:
    index.allow("kind", "ancestor", "properties")
    index.text("kind")
    index.flag("ancestor", default=False)
    properties = index.sections("properties")
    if not properties:
        raise index.fail("properties", "an index has at least one entry in `properties`")
    for each in properties:
        _check_property(each)


def _check_property(entry: Section) -> None:
    entry.allow("name", "direction", "mode")
    entry.text("name")
    direction = entry.text("direction", "asc")
    if direction not in DIRECTIONS:
        raise entry.fail(
            "direction", f"`{direction}` is not a direction; use one of: {', '.join(DIRECTIONS)}"
        )
