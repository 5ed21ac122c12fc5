"""`gaelocal indexes`: list the indexes that queries needed and index.yaml lacks, or write them to it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from gaelocal.project_defaults import DATA_FOLDER, data_folder
from gaelocal.yaml_files import ConfigError

HELP = "list the indexes that index.yaml lacks, or write them to it"
EXAMPLES = """
  gaelocal indexes                   list the indexes that queries needed so far
  gaelocal indexes --write           append them to index.yaml
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--app", type=Path, default=Path(), metavar="DIR", help="folder of the project")
    parser.add_argument("--data", type=Path, metavar="DIR", help=f"data folder (default: APP/{DATA_FOLDER})")
    parser.add_argument("--write", action="store_true", help="append them to index.yaml")


def run(arguments: Namespace) -> int:
    from gaelocal.datastore.protocol.index_check import (  # noqa: PLC0415 - keeps `token` quick
        MISSING_FILE,
        index_yaml,
        is_served,
        read_indexes,
    )

    data = arguments.data or data_folder(arguments.app)
    file = arguments.app / "index.yaml"
    defined = read_indexes(file)
    missing = [
        index for index in read_indexes(data / "datastore" / MISSING_FILE) if not is_served(index, defined)
    ]
    if not missing:
        print("index.yaml has every index that queries have needed so far.")
    elif arguments.write:
        _append(file, index_yaml(missing))
        print(f"Added {len(missing)} to {file}.")
    else:
        print(index_yaml(missing), end="")
    return 0


def _append(file: Path, text: str) -> None:
    """Append stanzas below `indexes:`, which stays the only key of the file."""
    try:
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        stanzas = text.partition("\n")[2] if "indexes:" in old else text
        file.write_text(old.rstrip() + "\n" + stanzas if old.strip() else text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be written: {error}") from error
