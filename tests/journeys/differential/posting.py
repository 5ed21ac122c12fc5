"""Post samples through the front door and fetch what becomes of them."""

import io
from collections.abc import Iterable, Iterator

from PIL import Image

from tests.journeys.differential.comparison import Answer
from tests.journeys.differential.samples import Sample
from tests.journeys.platform import Person, Platform

PHOTOS_PER_PERSON = 20
"""So that no limit on what one person may post is met."""


def answers(platform: Platform, samples: Iterable[Sample]) -> Iterator[tuple[Sample, Answer]]:
    person = platform.as_("differ0")
    for number, sample in enumerate(samples):
        if number % PHOTOS_PER_PERSON == 0:
            person = platform.as_(f"differ{number}")
        yield sample, _answer(person, sample)


def _answer(person: Person, sample: Sample) -> Answer:
    posted = person.post_photo(sample.content, sample.title)
    body = posted.json()
    if not posted.ok:
        return Answer(refusal=body["code"])
    photo = person.ready_photo(body["id"])
    if photo["status"] == "failed":
        return Answer(refusal="failed after it was accepted")
    return Answer("", _size(body), _size(photo), _largest(person, photo))


def _size(photo: dict[str, int]) -> tuple[int, int]:
    return photo["width"], photo["height"]


def _largest(person: Person, photo: dict[str, list[dict[str, str]]]) -> Image.Image:
    jpegs = [each for each in photo["renditions"] if each["type"] == "image/jpeg"]
    url = max(jpegs, key=lambda each: int(each["width"]))["url"]
    content = person.platform.get(url).content
    return Image.open(io.BytesIO(content), formats=["JPEG"]).convert("RGB")
