"""`gaelocal data`: export all entities and objects to a folder, or import such a folder."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from gaelocal.commands.platform_client import add_platform_arguments, data_of
from gaelocal.data_transfer.export_folder import (
    ENTITIES,
    FORMAT,
    MANIFEST,
    OBJECTS,
    check_export,
    read_lines,
    read_manifest,
)
from gaelocal.option_types import project as project_type
from gaelocal.project_defaults import project_id
from gaelocal.yaml_files import ConfigError

HELP = "export all entities and objects to a folder, or import such a folder"
EXAMPLES = """
  gaelocal data export backup
  gaelocal data import backup
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=["export", "import"])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="written by export, read by import")
    parser.add_argument("--database", default="", metavar="ID", help="a named database of the Datastore")
    parser.add_argument(
        "--project", type=project_type, metavar="ID", help="project ID, as for `gaelocal run`"
    )
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    """Use the running platform, or the data folder itself if none runs on it."""
    from gaelocal.data_transfer.emulator_addresses import emulators_of  # noqa: PLC0415 - keeps `token` quick
    from gaelocal.data_transfer.entities import Datastore  # noqa: PLC0415 - the same
    from gaelocal.data_transfer.objects import Storage  # noqa: PLC0415 - the same

    project = arguments.project or project_id(arguments.app)
    if arguments.action == "import":
        check_export(arguments.folder, read_manifest(arguments.folder))  # before a data folder is created
    with emulators_of(data_of(arguments), project) as addresses:
        datastore = Datastore(addresses.datastore, addresses.project, arguments.database)
        storage = Storage(addresses.storage, addresses.project)
        transfer = _export if arguments.action == "export" else _import
        entities, objects = transfer(arguments.folder, datastore, storage)
    print(f"{arguments.action}ed {entities} entities and {objects} objects: {arguments.folder}")
    return 0


def _export(folder: Path, datastore: Any, storage: Any) -> tuple[int, int]:
    """Write the manifest last, so that an interrupted export cannot be imported."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    entities = _write_lines(folder / ENTITIES, datastore.entities())
    objects = _write_lines(folder / OBJECTS, storage.download(folder))
    manifest = {
        "format": FORMAT,
        "project": datastore.project,
        "entities": entities,
        "objects": objects,
        "buckets": storage.buckets(),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return entities, objects


def _import(folder: Path, datastore: Any, storage: Any) -> tuple[int, int]:
    """Import objects first: an entity may name an object, never the other way round."""
    manifest = read_manifest(folder)
    source = manifest["project"]

    def target(bucket: str) -> str:
        """Return the bucket of this project that corresponds to one named after the exported project."""
        return bucket.replace(f"{source}.appspot.com", f"{storage.project}.appspot.com")

    storage.create_buckets(map(target, manifest["buckets"]))
    objects = 0
    for _, description in read_lines(folder / OBJECTS):
        storage.upload({**description, "bucket": target(description["bucket"])}, folder)
        objects += 1
    with (folder / ENTITIES).open(encoding="utf-8") as lines:
        return datastore.put(lines, source), objects


def _write_lines(file: Path, rows: Any) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count
