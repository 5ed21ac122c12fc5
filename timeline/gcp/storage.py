"""The Cloud Storage client: objects that are written once and never change."""

# mypy: disable-error-code="no-untyped-call"

import base64
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import BinaryIO
from urllib.parse import urlencode

import google_crc32c
from google.api_core.exceptions import NotFound as ObjectNotFound
from google.api_core.exceptions import PreconditionFailed, ServiceUnavailable, from_http_response
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage  # type: ignore[attr-defined]
from google.cloud.storage.retry import DEFAULT_RETRY

from timeline import errors
from timeline.gcp.retries import OUTAGE_SECONDS, translated
from timeline.gcp.signing import Signer
from timeline.gcp.storage_address import PublicAddress
from timeline.interfaces import Blob
from timeline.settings import Settings

TIMEOUTS = (1.0, 5.0)
"""Seconds to connect, and to wait for each part of a response."""
JOIN_TIMEOUTS = (1.0, 20.0)
"""Only tasks join objects, and no user waits for them."""
PING_SECONDS = 1.5
RETRY_SECONDS = OUTAGE_SECONDS - sum(TIMEOUTS)
"""The last retry may then take its whole timeout."""
RETRY = DEFAULT_RETRY.with_delay(initial=0.05, maximum=0.5).with_timeout(RETRY_SECONDS)


def connect(settings: Settings) -> "Storage":
    signer = Signer(settings.google_application_credentials)
    return Storage(_client(settings), settings.bucket, signer, PublicAddress.of(settings))


class Storage:
    """Implements interfaces.Blobs."""

    def __init__(
        self, client: storage.Client, bucket: str, signer: Signer, address: PublicAddress | None = None
    ) -> None:
        self._client = client
        self._address = address or PublicAddress()
        self._signer = signer
        self._bucket = client.bucket(bucket)

    def add(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Generation 0 means "only if absent", so a retry after a lost response fails and can be ignored."""
        try:
            with translated("Cloud Storage"):
                if isinstance(content, bytes):
                    RETRY(self._send)(name, content, content_type)
                else:
                    self._send_stream(name, content, content_type)
        except PreconditionFailed:
            return

    def begin(self, name: str, content_type: str, size: int, origin: str | None = None) -> str:
        with translated("Cloud Storage"):
            session = self._bucket.blob(name).create_resumable_upload_session(
                content_type=content_type,
                size=size,
                origin=origin,
                checksum=None,
                if_generation_match=0,
                timeout=TIMEOUTS,
                retry=RETRY,
            )
        return self._address.publish(str(session))

    def cancel(self, url: str) -> None:
        """Ignore the response: 499 if the session was cancelled, and another 4xx if there was none."""
        with translated("Cloud Storage"):
            self._client._http.delete(self._address.internalise(url), timeout=TIMEOUTS)

    def find(self, name: str) -> Blob | None:
        with translated("Cloud Storage"):
            blob = self._bucket.get_blob(name, timeout=TIMEOUTS, retry=RETRY)
        return None if blob is None else _blob_of(blob)

    def read_range(self, name: str, first: int, last: int) -> bytes:
        """Skip the checksum, which exists only for whole objects."""
        try:
            with translated("Cloud Storage"):
                content = self._bucket.blob(name).download_as_bytes(
                    start=first, end=last, checksum=None, raw_download=True, timeout=TIMEOUTS, retry=RETRY
                )
        except ObjectNotFound as error:
            raise errors.NotFound from error
        return bytes(content)

    def read(self, name: str) -> bytes:
        try:
            with translated("Cloud Storage"):
                content = self._bucket.blob(name).download_as_bytes(timeout=TIMEOUTS, retry=RETRY)
        except ObjectNotFound as error:
            raise errors.NotFound from error
        return bytes(content)

    def list(self, prefix: str, limit: int, start: str = "") -> Sequence[Blob]:
        with translated("Cloud Storage"):
            found = self._client.list_blobs(
                self._bucket,
                prefix=prefix,
                max_results=limit,
                start_offset=start or None,
                timeout=TIMEOUTS,
                retry=RETRY,
            )
            return [_blob_of(blob) for blob in found]

    def join(self, name: str, parts: Sequence[str], content_type: str) -> None:
        joined = self._bucket.blob(name)
        joined.content_type = content_type
        sources = [self._bucket.blob(part) for part in parts]
        try:
            with translated("Cloud Storage"):
                joined.compose(sources, if_generation_match=0, timeout=JOIN_TIMEOUTS, retry=RETRY)
        except ObjectNotFound as error:
            raise errors.NotFound from error
        except PreconditionFailed:
            return

    def link(self, name: str, seconds: int, save_as: str) -> str:
        disposition = f'attachment; filename="{save_as}"'
        return str(
            self._bucket.blob(name).generate_signed_url(
                version="v4",
                api_access_endpoint=self._address.public or None,
                expiration=timedelta(seconds=seconds),
                response_disposition=disposition,
                **self._signer.options(),
            )
        )

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self._delete(name)

    def ping(self) -> None:
        with translated("Cloud Storage"):
            found = self._client.list_blobs(self._bucket, max_results=1, timeout=PING_SECONDS, retry=None)
            list(found)

    def close(self) -> None:
        self._client.close()

    def _send(self, name: str, content: bytes, content_type: str) -> None:
        """Upload the bytes alone; the library would add a part with metadata, which both sides must parse."""
        query = urlencode({"uploadType": "media", "name": name, "ifGenerationMatch": 0})
        checksum = base64.b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode()
        answer = self._client._http.post(
            f"{self._client._connection.API_BASE_URL}/upload/storage/v1{self._bucket.path}/o?{query}",
            data=content,
            headers={"Content-Type": content_type, "X-Goog-Hash": f"crc32c={checksum}"},
            timeout=TIMEOUTS,
        )
        if not answer.ok:
            raise from_http_response(answer)
        if answer.json().get("crc32c") != checksum:
            self._delete(name)
            raise ServiceUnavailable("The stored bytes are not those that were sent.")

    def _send_stream(self, name: str, stream: BinaryIO, content_type: str) -> None:
        self._bucket.blob(name).upload_from_file(
            stream,
            size=_size_of(stream),
            content_type=content_type,
            if_generation_match=0,
            timeout=TIMEOUTS,
            retry=RETRY,
        )

    def _delete(self, name: str) -> None:
        try:
            with translated("Cloud Storage"):
                self._bucket.blob(name).delete(timeout=TIMEOUTS, retry=RETRY)
        except ObjectNotFound:
            return


def _blob_of(blob: storage.Blob) -> Blob:
    return Blob(blob.name, blob.size, blob.content_type, blob.time_created)


def _size_of(stream: BinaryIO) -> int:
    """Return the remaining size: the client sends content of a known small size in one call."""
    start = stream.tell()
    end = stream.seek(0, io.SEEK_END)
    stream.seek(start)
    return end - start


def _client(settings: Settings) -> storage.Client:
    """The library's emulator variable counts for a whole process; this is the same for one client."""
    project = settings.google_cloud_project
    if not settings.storage_emulator_host:
        return storage.Client(project=project)
    options = {"api_endpoint": settings.storage_emulator_host}
    return storage.Client(project=project, credentials=AnonymousCredentials(), client_options=options)
