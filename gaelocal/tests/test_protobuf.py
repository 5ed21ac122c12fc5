"""The generated messages: complete, and loadable beside Google's own clients."""

import subprocess
import sys

import pytest
from google.cloud import datastore_v1, tasks_v2

from gaelocal.protobuf import datastore_pb2, tasks_pb2


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (datastore_pb2.Entity, datastore_v1.types.Entity),
        (datastore_pb2.RunQueryRequest, datastore_v1.types.RunQueryRequest),
        (datastore_pb2.CommitRequest, datastore_v1.types.CommitRequest),
        (tasks_pb2.Task, tasks_v2.types.Task),
        (tasks_pb2.Queue, tasks_v2.types.Queue),
    ],
)
def test_a_generated_message_has_the_fields_of_the_clients_message(ours: type, theirs: type) -> None:
    expected = {field.name: field.number for field in theirs.pb().DESCRIPTOR.fields}

    assert {field.name: field.number for field in ours.DESCRIPTOR.fields} == expected


def test_an_entity_of_a_client_is_read_as_the_generated_message() -> None:
    key = {"path": [{"kind": "Photo", "id": 5}]}
    entity = datastore_v1.types.Entity({"key": key, "properties": {"caption": {"string_value": "sea"}}})

    read = datastore_pb2.Entity.FromString(datastore_v1.types.Entity.serialize(entity))

    assert read.key.path[0].id == 5
    assert read.properties["caption"].string_value == "sea"


def test_no_google_client_is_imported() -> None:
    code = "import sys, gaelocal.protobuf.datastore_pb2; print('google.cloud.datastore_v1' in sys.modules)"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "False"
