"""The Datastore over HTTP on the port of gRPC: JSON and protobuf bodies."""

import base64
import json
from http.client import HTTPConnection
from typing import Any

import grpc
import pytest
from google.cloud import datastore
from tests.datastore.entities import put

PROJECT = "photo-timeline"


def send(
    address: str, method: str, path: str, body: bytes = b"", content_type: str = "application/json"
) -> tuple[int, bytes]:
    connection = HTTPConnection(address, timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": content_type})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def call(address: str, method: str, **body: Any) -> tuple[int, Any]:
    status, answer = send(address, "POST", f"/v1/projects/{PROJECT}:{method}", json.dumps(body).encode())
    return status, json.loads(answer)


def test_the_root_says_that_it_runs(address: str) -> None:
    assert send(address, "GET", "/") == (200, b"Ok\n")


def test_a_reset_deletes_all_entities_as_in_googles_emulator(address: str, client: datastore.Client) -> None:
    put(client, "Photo", "a", caption="sea")

    assert send(address, "POST", "/reset") == (200, b"Resetting...\n")
    assert list(client.query(kind="Photo").fetch()) == []
    put(client, "Photo", "b")
    assert [photo.key.name for photo in client.query(kind="Photo").fetch()] == ["b"]


def test_what_grpc_has_written_is_read_as_json(address: str, client: datastore.Client) -> None:
    put(client, "Photo", "a", caption="sea", n=2**53 + 1, raw=b"\xff", at=None)
    path = [{"kind": "Photo", "name": "a"}]

    status, answer = call(
        address, "lookup", keys=[{"partitionId": {"namespaceId": client.namespace}, "path": path}]
    )

    assert status == 200
    assert answer["found"][0]["entity"]["properties"] == {
        "caption": {"stringValue": "sea"},
        "n": {"integerValue": str(2**53 + 1)},
        "raw": {"blobValue": base64.b64encode(b"\xff").decode()},
        "at": {"nullValue": None},
    }


def test_what_json_has_written_is_read_by_grpc(address: str, connect: Any) -> None:
    client = connect(namespace="")
    entity = {"key": {"path": [{"kind": "Rest", "name": "a"}]}, "properties": {"n": {"integerValue": "7"}}}

    status, _ = call(address, "commit", mode="NON_TRANSACTIONAL", mutations=[{"upsert": entity}])

    assert status == 200
    assert dict(client.get(client.key("Rest", "a")) or {}) == {"n": 7}


@pytest.mark.parametrize(
    ("method", "body", "status", "code"),
    [
        ("lookup", {"keyz": []}, 400, "INVALID_ARGUMENT"),
        ("lookup", {"projectId": "another"}, 400, "INVALID_ARGUMENT"),
        ("lookup", {"readOptions": {"readTime": "0001-01-01T00:00:00Z"}}, 400, "FAILED_PRECONDITION"),
        (
            "commit",
            {
                "mode": "NON_TRANSACTIONAL",
                "mutations": [{"update": {"key": {"path": [{"kind": "A", "id": "1"}]}}}],
            },
            404,
            "NOT_FOUND",
        ),
    ],
)
def test_failures_carry_the_status(
    address: str, method: str, body: dict[str, Any], status: int, code: str
) -> None:
    found, answer = call(address, method, **body)

    assert (found, answer["error"]["code"], answer["error"]["status"]) == (status, status, code)


def test_an_unknown_method_is_not_found(address: str) -> None:
    assert send(address, "POST", f"/v1/projects/{PROJECT}:fly", b"{}")[0] == 404


def test_the_client_without_grpc_works_unmodified(
    address: str, monkeypatch: pytest.MonkeyPatch, client: datastore.Client
) -> None:
    put(client, "Photo", "a", n=1)
    monkeypatch.setenv("DATASTORE_EMULATOR_HOST", address)
    over_http = datastore.Client(PROJECT, namespace=client.namespace, _use_grpc=False)

    found = [dict(entity) for entity in over_http.query(kind="Photo").fetch()]

    assert found == [{"n": 1}]
    over_http._http.close()


def test_large_answers_and_compressed_requests_pass(address: str, client: datastore.Client) -> None:
    for number in range(8):
        entity = datastore.Entity(client.key("Large", number + 1), exclude_from_indexes=("body",))
        entity["body"] = "x" * 900_000
        client.put(entity)
    api = client._datastore_api.transport
    with grpc.insecure_channel(address, compression=grpc.Compression.Gzip) as channel:
        lookup = channel.unary_unary("/google.datastore.v1.Datastore/Lookup")
        with pytest.raises(grpc.RpcError) as refused:
            lookup(b"")
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT

    assert api is not None
    assert [len(entity["body"]) for entity in client.query(kind="Large").fetch()] == [900_000] * 8


def test_a_deadline_that_is_over_fails_the_call(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        lookup = channel.unary_unary("/google.datastore.v1.Datastore/Lookup")
        with pytest.raises(grpc.RpcError) as late:
            lookup(b"\x42\x01p", timeout=1e-9)

    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
