"""Blobs of the Blobstore are objects of the Cloud Storage emulator; a blob key contains bucket and name."""

import asyncio
import base64
import binascii
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request

from gaelocal.bundled.datastore.client import DatastoreClient
from gaelocal.bundled.datastore.keys import STORED_BLOB_INFO
from gaelocal.direct_http import open_directly
from gaelocal.protobuf.datastore_pb2 import CommitRequest, Key, Mutation

PREFIX = "encoded_gs_key:"
SECONDS = 60
NOT_FOUND = 404
SESSION_SECONDS = 10 * 60
"""How long an upload address is good for, unless the caller says otherwise."""
MOST_SESSIONS = 10_000


class Files(Protocol):
    """The reading side of the storage emulator."""

    def file_of(self, bucket: str, name: str) -> Path: ...
    def content_type_of(self, bucket: str, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class UploadSession:
    """The upload that an upload address allows; a limit of 0 means no limit."""

    success_path: str
    bucket: str
    folder: str
    is_cloud_storage: bool
    most_bytes: int
    most_bytes_per_blob: int
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBlob:
    content: bytes
    content_type: str
    filename: str
    md5: str
    created: float


def blob_key(path: str) -> str:
    """Return the key of `/gs/BUCKET/NAME`."""
    return PREFIX + base64.urlsafe_b64encode(path.encode()).decode()


def place_of(key: str) -> tuple[str, str]:
    """Return the bucket and the name of a blob.

    Raises:
        LookupError: it is not a key that was made here.
    """
    try:
        path = base64.urlsafe_b64decode(key.removeprefix(PREFIX)).decode()
    except (binascii.Error, ValueError):
        path = ""
    bucket, _, name = path.removeprefix("/gs/").partition("/")
    if not (key.startswith(PREFIX) and path.startswith("/gs/") and name):
        raise LookupError(f"`{key}` is not a blob key")
    return bucket, name


class BlobStore:
    def __init__(self, files: Files, storage: str, bucket: str, datastore: DatastoreClient) -> None:
        self.files = files
        self._storage = storage
        self._bucket = bucket
        self._datastore = datastore
        self._sessions: dict[str, UploadSession] = {}

    def begin_upload(self, success_path: str, place: str, limits: tuple[int, int], seconds: int) -> str:
        """Return the name of a new upload session; `place` is `BUCKET/FOLDER` for Cloud Storage."""
        bucket, _, folder = place.partition("/")
        session = UploadSession(
            success_path=success_path,
            bucket=bucket or self._bucket,
            folder=f"{folder}/" if folder else ("" if bucket else "blobstore/"),
            is_cloud_storage=bool(bucket),
            most_bytes=limits[0],
            most_bytes_per_blob=limits[1],
            expires=time.time() + (seconds or SESSION_SECONDS),
        )
        name = secrets.token_urlsafe(24)
        self._sessions[name] = session
        if len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return name

    def take_session(self, name: str) -> UploadSession | None:
        """Return a session, once."""
        session = self._sessions.pop(name, None)
        return session if session and session.expires > time.time() else None

    async def add(self, session: UploadSession, blob: NewBlob) -> str:
        """Keep a blob and return its key."""
        name = session.folder + secrets.token_hex(16)
        address = f"{self._storage}/upload/storage/v1/b/{quote(session.bucket)}/o?uploadType=media&name="
        headers = {"Content-Type": blob.content_type}
        await asyncio.to_thread(_send, "POST", address + quote(name, safe=""), blob.content, headers)
        key = blob_key(f"/gs/{session.bucket}/{name}")
        if not session.is_cloud_storage:
            await self._write_info(key, blob)
        return key

    async def delete(self, key: str) -> None:
        """Delete a blob; one that does not exist is no error."""
        bucket, name = place_of(key)
        address = f"{self._storage}/storage/v1/b/{quote(bucket)}/o/{quote(name, safe='')}"
        await asyncio.to_thread(_send, "DELETE", address)
        await self._commit(Mutation(delete=self._info_key(key)))

    async def _write_info(self, key: str, blob: NewBlob) -> None:
        """Write the entity that `blobstore.BlobInfo` reads."""
        mutation = Mutation(upsert={"key": self._info_key(key)})
        properties = mutation.upsert.properties
        properties["content_type"].string_value = blob.content_type
        properties["creation"].timestamp_value.FromMicroseconds(int(blob.created * 1_000_000))
        properties["filename"].string_value = blob.filename
        properties["md5_hash"].string_value = blob.md5
        properties["size"].integer_value = len(blob.content)
        await self._commit(mutation)

    async def _commit(self, mutation: Mutation) -> None:
        mode = CommitRequest.NON_TRANSACTIONAL
        await self._datastore.call("Commit", mode=mode, mutations=[mutation])

    def _info_key(self, key: str) -> Key:
        partition = {"project_id": self._datastore.project}
        return Key(partition_id=partition, path=[{"kind": STORED_BLOB_INFO, "name": key}])


def _send(
    method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Any:
    request = Request(address, body, dict(headers or {}), method=method)  # noqa: S310 - the Cloud Storage emulator
    try:
        with open_directly(request, timeout=SECONDS) as answer:
            return json.loads(answer.read() or b"{}")
    except HTTPError as error:
        if method == "DELETE" and error.code == NOT_FOUND:
            return {}
        raise
