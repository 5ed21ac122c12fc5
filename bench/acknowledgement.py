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
from pathlib import Path
from typing import Any

from bench.operations import settings_for
from tests.pictures import a_jpeg, a_noisy_jpeg

ROUNDS = 60
AIM = 1.2


def main() -> int:
    from tests.cloud import running_cloud

    logging.disable()
    picture = a_noisy_jpeg(4000, 3000)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cloud(Path(folder), "embedded", 1.0) as cloud,
        a_phone(cloud) as (post, write),
    ):
        return measure(lambda: post(picture), lambda: write(picture), len(picture))


def measure(post: Callable[[], object], write: Callable[[], object], size: int) -> int:
    """Measure both alternately, so that varying load affects both."""
    ratio = statistics.median(seconds_of(post) / seconds_of(write) for _ in range(ROUNDS))
    print(f"a photo of {size / 1e6:.1f} MB posted ÷ one object and one commit    {ratio:.2f}  (aim {AIM})")
    return int(ratio > AIM)


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
        answer = actor.post_photo(picture)
        assert answer.status_code == 201, answer.text

    for _ in range(3):
        post(PIXEL)
        write(PIXEL)
    yield post, write
    disconnect(backends)
    rows._datastore_api.transport.close()
    objects.close()


PIXEL = a_jpeg(8, 8)

if __name__ == "__main__":
    sys.exit(main())
