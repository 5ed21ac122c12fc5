"""Generate the messages of App Engine's bundled services into `gaelocal.protobuf`.

Usage: `python gaelocal/scripts/generate_bundled_protobuf.py PYTHON`, where PYTHON is the interpreter of a
virtual environment with appengine-python-standard. That package pins urllib3 < 2, so it is never part of
gaelocal's own environment.
"""

import subprocess
import sys
from typing import Any

from generate_protobuf import compile_files
from google.protobuf import descriptor_pb2

MODULES = {
    "google.appengine.ext.remote_api.remote_api_bytes_pb2": "remote_api",
    "google.appengine.api.memcache.memcache_service_pb2": "memcache",
    "google.appengine.api.taskqueue.taskqueue_service_bytes_pb2": "taskqueue",
    "google.appengine.api.user_service_pb2": "users",
    "google.appengine.api.mail_service_pb2": "mail",
    "google.appengine.api.app_identity.app_identity_service_pb2": "app_identity",
    "google.appengine.api.modules.modules_service_pb2": "modules",
    "google.appengine.api.blobstore.blobstore_service_pb2": "blobstore",
    "google.appengine.api.images.images_service_pb2": "images",
    "google.appengine.api.api_base_pb2": "base",
    "google.appengine.base.capabilities_pb2": "capability_config",
    "google.appengine.api.capabilities.capability_service_pb2": "capabilities",
    "google.appengine.datastore.datastore_v3_bytes_pb2": "datastore",
    "google.appengine.datastore.entity_bytes_pb2": "entity",
    "google.appengine.datastore.action_pb2": "action",
    "google.appengine.datastore.snapshot_pb2": "snapshot",
}
"""The module that each of the package's modules becomes, without `bundled_` and `_pb2`."""


PRINT_DESCRIPTORS = """
import importlib, sys
from google.protobuf.descriptor_pb2 import FileDescriptorSet
files = FileDescriptorSet()
for module in sys.argv[1:]:
    importlib.import_module(module).DESCRIPTOR.CopyToProto(files.file.add())
sys.stdout.buffer.write(files.SerializeToString())
"""


def main(python: str) -> None:
    found = subprocess.run([python, "-c", PRINT_DESCRIPTORS, *MODULES], check=True, stdout=subprocess.PIPE)
    files = list(descriptor_pb2.FileDescriptorSet.FromString(found.stdout).file)
    names = {
        file.name: f"gaelocal/protobuf/bundled_{name}.proto"
        for file, name in zip(files, MODULES.values(), strict=True)
    }
    for file in files:
        _make_private(file, names)
    ordered = _dependencies_first(files)
    compile_files(descriptor_pb2.FileDescriptorSet(file=ordered), [file.name for file in ordered])


def _make_private(file: Any, names: dict[str, str]) -> None:
    file.name = names[file.name]
    file.package = f"gaelocal.{file.package}"
    file.dependency[:] = [names[name] for name in file.dependency]
    for field in ("service", "options"):
        file.ClearField(field)
    for message in file.message_type:
        _rename_types(message)


def _rename_types(message: Any) -> None:
    for name in ("options", "extension_range"):
        message.ClearField(name)
    for field in message.field:
        field.ClearField("options")
        if field.type_name:
            field.type_name = f".gaelocal{field.type_name}"
    for nested in message.nested_type:
        _rename_types(nested)


def _dependencies_first(files: list[Any]) -> list[Any]:
    by_name = {file.name: file for file in files}
    ordered: dict[str, Any] = {}

    def add(file: Any) -> None:
        for name in file.dependency:
            add(by_name[name])
        ordered.setdefault(file.name, file)

    for file in files:
        add(file)
    return list(ordered.values())


if __name__ == "__main__":
    main(sys.argv[1])
