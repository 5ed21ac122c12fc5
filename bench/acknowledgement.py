"""Time to post a photo to the API ÷ time of one object write and one commit with the bare clients."""

# mypy: disable-error-code="no-untyped-call"

import io
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bench.figures import report
from bench.operations import settings_for
from tests.pictures import a_jpeg, a_noisy_jpeg

ROUNDS = 40
AIM = 1.4


def main() -> int:
    from tests.cloud import running_cloud

    logging.disable()
    picture = a_noisy_jpeg(4000, 3000)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cloud(Path(folder), "embedded", 1.0) as cloud,
        a_phone(cloud) as (post, write),
    ):
        measure(lambda: post(picture), lambda: write(picture), len(picture))
    return 0


def measure(post: Callable[[], object], write: Callable[[], object], size: int) -> None:
    """Measure both alternately, so that varying load affects both."""
    ratio = statistics.median(seconds_of(post) / seconds_of(write) for _ in range(ROUNDS))
    report(f"a photo of {size / 1e6:.1f} MB posted ÷ one object and one commit", ratio, at_most=AIM)


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def a_phone(cloud: Any) -> Iterator[tuple[Callable[[bytes], object], Callable[[bytes], object]]]:
    """Yield a function that posts a photo to the API and one that stores it with the bare clients."""
    sys.path.append("services/api-backend")
    from api_backend import create_app
    from tests.services.api_backend.actors import Actor
    from timeline.backends import connect, disconnect
    from timeline.gcp import datastore, storage

    settings = replace(settings_for(cloud), rate_limit_scale=1_000)
    backends = connect(settings)
    rows, objects = datastore._client(settings), storage._client(settings)
    bucket = objects.create_bucket(settings.bucket)
    actor = Actor(create_app(backends).test_client(), cloud.token_for("ana"))
    numbers = iter(range(1_000_000))

    def write(picture: bytes) -> None:
        from google.cloud.datastore import Entity

        number = next(numbers)
        blob = bucket.blob(f"bare/{number}")
        blob.upload_from_file(
            io.BytesIO(picture), size=len(picture), content_type="image/jpeg", if_generation_match=0
        )
        row = Entity(rows.key("User", "bare", "Photo", str(number)), exclude_from_indexes=("caption",))
        row.update({"id": str(number), "caption": "sea", "width": 4000, "height": 3000})
        rows.put(row)

    def post(picture: bytes) -> None:
        kind, body = form_of(picture)
        answer = actor.call("POST", "/api/v1/photos", data=body, content_type=kind)
        assert answer.status_code == 201, answer.text

    for _ in range(3):
        post(PIXEL)
        write(PIXEL)
    yield post, write
    disconnect(backends)
    rows._datastore_api.transport.close()
    objects.close()


@cache
def form_of(picture: bytes) -> tuple[str, bytes]:
    """Return the content type and the body that the phone sends; encoding it is not the server's work."""
    boundary, body = encode_multipart(
        {"image": FileStorage(io.BytesIO(picture), "photo.jpg"), "caption": "sea"}
    )
    return f"multipart/form-data; boundary={boundary}", body


PIXEL = a_jpeg(8, 8)

if __name__ == "__main__":
    sys.exit(main())
