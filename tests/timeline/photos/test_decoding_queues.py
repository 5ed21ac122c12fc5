"""Which queue a photo waits in: large images and heavy users do not delay the others."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.timeline.photos.test_model import PHOTO
from timeline.photos.decoding_queues import (
    LARGE_QUEUE,
    MAX_OUTSTANDING,
    RENDITIONS_QUEUE,
    choose_queue,
    decoding_work,
    subtract,
)

if TYPE_CHECKING:
    from timeline.interfaces import Backends
    from timeline.photos.model import Photo


def a_photo(content_type: str = "image/jpeg", width: int = 4000, height: int = 3000) -> "Photo":
    """Each of another user."""
    return replace(PHOTO, content_type=content_type, width=width, height=height, user=uuid.uuid4().hex)


@pytest.mark.parametrize(
    ("content_type", "width", "height", "queue"),
    [
        ("image/jpeg", 4000, 3000, RENDITIONS_QUEUE),
        ("image/heic", 4032, 3024, RENDITIONS_QUEUE),
        ("image/jpeg", 7000, 7000, LARGE_QUEUE),
        ("image/webp", 7000, 7000, LARGE_QUEUE),
        ("image/heic", 5700, 4300, LARGE_QUEUE),
    ],
)
def test_the_work_decides(
    backends: "Backends", content_type: str, width: int, height: int, queue: str
) -> None:
    assert choose_queue(backends, a_photo(content_type, width, height)) == queue


def test_a_user_with_much_outstanding_work_waits_behind_the_others(backends: "Backends") -> None:
    photo, of_another = a_photo(), a_photo()
    within_limit = MAX_OUTSTANDING // decoding_work(photo)

    queues = [choose_queue(backends, photo) for _ in range(within_limit + 5)]

    assert queues == [RENDITIONS_QUEUE] * within_limit + [LARGE_QUEUE] * 5
    assert choose_queue(backends, of_another) == RENDITIONS_QUEUE


def test_large_images_count_as_outstanding_too(backends: "Backends") -> None:
    small = a_photo()
    large = replace(small, content_type="image/webp", width=7000, height=7000)

    for _ in range(3):
        choose_queue(backends, large)

    assert choose_queue(backends, small) == LARGE_QUEUE


def test_work_that_is_done_no_longer_counts(backends: "Backends") -> None:
    photo = a_photo(width=5000, height=5000)
    posted = MAX_OUTSTANDING // decoding_work(photo)
    for _ in range(posted):
        choose_queue(backends, photo)

    for _ in range(posted):
        subtract(backends, photo)

    assert choose_queue(backends, photo) == RENDITIONS_QUEUE
