"""Generate `gaelocal.protobuf` from the message types of Google's installed clients: `make protobuf`.

Each protobuf package becomes one module, such as `datastore_pb2` for `google.datastore.v1`. The generated
packages carry the prefix `gaelocal.`, so that they and Google's own clients can be loaded into one process.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2

TARGET = Path(__file__).resolve().parents[1] / "src/gaelocal/protobuf"
MODULES = {
    "google.datastore.v1": "datastore",
    "google.cloud.tasks.v2": "tasks",
    "google.cloud.tasks.v2beta3": "tasks_v2beta3",
    "google.cloud.scheduler.v1": "scheduler",
    "google.cloud.scheduler.v1beta1": "scheduler_v1beta1",
    "google.logging.v2": "logging",
    "google.cloud.secretmanager.v1": "secretmanager",
    "google.cloud.location": "location",
    "google.longrunning": "longrunning",
    "google.iam.v1": "iam",
    "google.rpc": "rpc",
    "google.type": "type",
    "google.api": "api",
    "google.logging.type": "logging_type",
}
"""The module of each protobuf package that one of the emulators speaks or that another one refers to."""

SOURCES = (
    (
        "google.cloud.datastore_v1.types",
        "RunQueryRequest AggregationResult Entity Key RunAggregationQueryRequest",
    ),
    (
        "google.cloud.tasks_v2.types",
        "Task Queue CreateTaskRequest BatchCreateTasksMetadata HttpTarget CmekConfig",
    ),
    ("google.cloud.tasks_v2beta3.types", "Task Queue CreateTaskRequest HttpTarget"),
    ("google.cloud.scheduler_v1.types", "Job CreateJobRequest HttpTarget"),
    ("google.cloud.scheduler_v1beta1.types", "Job CreateJobRequest HttpTarget"),
    ("google.cloud.logging_v2.types", "WriteLogEntriesRequest LogEntry"),
    ("google.cloud.secretmanager_v1.types", "Secret AccessSecretVersionRequest"),
)
"""Client modules and messages whose files, with all that these import, are generated."""

PLAIN_SOURCES = (
    "google.cloud.location.locations_pb2",
    "google.longrunning.operations_proto_pb2",
    "google.iam.v1.iam_policy_pb2",
    "google.rpc.status_pb2",
    "google.type.latlng_pb2",
)

_PREFIX = "gaelocal"
# The check refuses every protobuf older than the compiler; the calls below it work since protobuf 4.
_VERSION_CHECK = re.compile(
    r"from google\.protobuf import runtime_version as .*\n"
    r"|_runtime_version\.ValidateProtobufRuntimeVersion\((?:.|\n)*?\)\n"
)


def main() -> None:
    """Write every module and its type stub into the package."""
    packages: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for file in _collect():
        package = packages.setdefault(
            file.package, descriptor_pb2.FileDescriptorProto(package=file.package, syntax="proto3")
        )
        _merge(package, file)
    files = [_made_private(package) for package in packages.values()]
    compile_files(
        descriptor_pb2.FileDescriptorSet(file=_with_well_known(files)), [file.name for file in files]
    )


def _collect() -> Iterator[descriptor_pb2.FileDescriptorProto]:
    roots = []
    for module, names in SOURCES:
        types = import_module(module)
        roots += [getattr(types, name).pb().DESCRIPTOR.file for name in names.split()]
    roots += [import_module(name).DESCRIPTOR for name in PLAIN_SOURCES]
    seen: set[str] = set()
    while roots:
        found = roots.pop()
        if found.name in seen or found.package == "google.protobuf":
            continue
        seen.add(found.name)
        roots += list(found.dependencies)
        if found.package in MODULES:
            proto = descriptor_pb2.FileDescriptorProto()
            found.CopyToProto(proto)
            yield proto


def _merge(package: Any, file: Any) -> None:
    known = {message.name for message in package.message_type} | {enum.name for enum in package.enum_type}
    package.message_type.extend(m for m in file.message_type if m.name not in known)
    package.enum_type.extend(e for e in file.enum_type if e.name not in known)


def _made_private(package: Any) -> descriptor_pb2.FileDescriptorProto:
    """Return the package under its private name, without annotations of gRPC gateways."""
    text = package.SerializeToString()
    private = descriptor_pb2.FileDescriptorProto.FromString(text)
    private.name = f"{_PREFIX}/protobuf/{MODULES[package.package]}.proto"
    private.package = f"{_PREFIX}.{package.package}"
    dependencies: set[str] = set()
    for message in private.message_type:
        _rename_types(message, dependencies)
    for enum in private.enum_type:
        _clear_enum(enum)
    private.dependency.extend(sorted(dependencies - {private.name}))
    return private


def _rename_types(message: Any, dependencies: set[str]) -> None:
    _keep_options(message, "map_entry", "deprecated")
    for field in message.field:
        _keep_options(field, "packed", "deprecated")
        if field.type_name:
            field.type_name = _private_name(field.type_name, dependencies)
    for nested in message.nested_type:
        _rename_types(nested, dependencies)
    for enum in message.enum_type:
        _clear_enum(enum)


def _clear_enum(enum: Any) -> None:
    _keep_options(enum, "allow_alias")
    for value in enum.value:
        value.ClearField("options")


def _keep_options(element: Any, *names: str) -> None:
    kept = {name: getattr(element.options, name) for name in names if element.options.HasField(name)}
    element.ClearField("options")
    for name, value in kept.items():
        setattr(element.options, name, value)


def _private_name(type_name: str, dependencies: set[str]) -> str:
    if type_name.startswith(".google.protobuf."):
        dependencies.add(_WELL_KNOWN[type_name.rsplit(".", 1)[-1]])
        return type_name
    package = max((p for p in MODULES if type_name.startswith(f".{p}.")), key=len)
    dependencies.add(f"{_PREFIX}/protobuf/{MODULES[package]}.proto")
    return f".{_PREFIX}{type_name}"


_WELL_KNOWN = {
    "Any": "google/protobuf/any.proto",
    "Duration": "google/protobuf/duration.proto",
    "Empty": "google/protobuf/empty.proto",
    "FieldMask": "google/protobuf/field_mask.proto",
    "NullValue": "google/protobuf/struct.proto",
    "Struct": "google/protobuf/struct.proto",
    "Timestamp": "google/protobuf/timestamp.proto",
    "Value": "google/protobuf/struct.proto",
    **dict.fromkeys(
        ("BoolValue", "DoubleValue", "Int32Value", "Int64Value", "StringValue"),
        "google/protobuf/wrappers.proto",
    ),
}


def _with_well_known(files: list[Any]) -> list[Any]:
    names = ("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")
    well_known = []
    for name in names:
        proto = descriptor_pb2.FileDescriptorProto()
        import_module(f"google.protobuf.{name}_pb2").DESCRIPTOR.CopyToProto(proto)
        well_known.append(proto)
    return [*well_known, *files]


def compile_files(files: Any, names: list[str]) -> None:
    """Write a module and a type stub into the package for each of the named files of a descriptor set."""
    with tempfile.TemporaryDirectory() as folder:
        described = Path(folder, "descriptors")
        described.write_bytes(files.SerializeToString())
        outputs = [f"--python_out={folder}", f"--pyi_out={folder}", f"--descriptor_set_in={described}"]
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *outputs, *names], check=True)
        for module in sorted(Path(folder, _PREFIX, "protobuf").iterdir()):
            text = _VERSION_CHECK.sub("", module.read_text(encoding="utf-8"))
            (TARGET / module.name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
