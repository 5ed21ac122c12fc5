"""Compare a photo of this service with what Chromium shows of the same file."""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from PIL import Image, ImageChops, ImageStat

from tests.journeys.differential.chromium import Chromium, Shown
from tests.journeys.differential.exceptions import EXCEPTIONS
from tests.journeys.differential.samples import Sample
from timeline.pictures.encoder import encode_jpeg
from timeline.pictures.resampler import from_pillow, shrink

BLOCK = 16
MAX_DIFFERENCE, MAX_DIFFERENCE_SCALED = 6.0, 10.0
"""Of 255: the mean over the pixels and channels of a block. libjpeg scales down in its own way."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result for a file: the code of a refusal, or the sizes and the largest rendition of a photo.

    `first` is the size in the answer to the post, `final` that of the photo when it was ready.
    """

    refusal: str = ""
    first: tuple[int, int] = (0, 0)
    final: tuple[int, int] = (0, 0)
    rendition: Image.Image | None = None


class Verdict(StrEnum):
    AGREES = "agrees"
    REFUSED_BY_BOTH = "refused by both"
    SHOWN_ONLY_HERE = "shown only here"
    EXCEPTION = "exception"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Result:
    sample: Sample
    verdict: Verdict
    detail: str = ""


def compare(sample: Sample, answer: Answer, browser: Chromium) -> Result:
    shown = browser.show(sample.reference or sample.content)
    if shown is None or (shown.is_empty and not _is_blank(answer)):
        return Result(sample, Verdict.REFUSED_BY_BOTH if answer.refusal else Verdict.SHOWN_ONLY_HERE)
    fault = _fault(answer, shown)
    reason = reason_for(sample)
    if not fault:
        return Result(sample, Verdict.AGREES)
    return Result(sample, Verdict.EXCEPTION if reason else Verdict.DIFFERS, f"{fault} {reason}".strip())


def reason_for(sample: Sample) -> str:
    return next((reason for pattern, reason in EXCEPTIONS.items() if fnmatchcase(sample.title, pattern)), "")


def block_difference(one: Image.Image, other: Image.Image) -> float:
    """Return the largest mean difference of a block, averaged over its pixels and channels."""
    blocks = ImageChops.difference(one, other).reduce(BLOCK)
    return max(sum(pixel) / len(pixel) for pixel in blocks.get_flattened_data())


def as_rendition(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale and encode an image as renditions are: neither filters nor JPEG's losses are compared."""
    pixels = from_pillow(image)
    content = encode_jpeg("full", pixels if image.size == size else shrink(pixels, size)).content
    return Image.open(io.BytesIO(content), formats=["JPEG"]).convert("RGB")


def table(results: Iterable[Result]) -> str:
    """Return the number of files by format and verdict."""
    counts: Counter[tuple[str, Verdict]] = Counter()
    for result in results:
        counts[result.sample.format, result.verdict] += 1
    formats = sorted({name for name, _ in counts})
    head = f"{'':8}{'files':>8}" + "".join(f"{verdict:>18}" for verdict in Verdict)
    rows = [head]
    for name in [*formats, "all"]:
        row = [
            sum(counts[each, verdict] for each in (formats if name == "all" else [name]))
            for verdict in Verdict
        ]
        rows.append(f"{name:8}{sum(row):>8}" + "".join(f"{count:>18}" for count in row))
    return "\n".join(rows)


def _fault(answer: Answer, shown: Shown) -> str:
    if answer.refusal:
        return f"refused here as {answer.refusal}."
    size = (shown.width, shown.height)
    if not answer.first == answer.final == size:
        return f"sizes {answer.first} and {answer.final} here, {size} there."
    assert answer.rendition is not None
    difference = block_difference(answer.rendition, as_rendition(shown.drawn(), answer.rendition.size))
    most = MAX_DIFFERENCE if answer.rendition.size == size else MAX_DIFFERENCE_SCALED
    return f"colours differ by {difference:.1f}." if difference > most else ""


def _is_blank(answer: Answer) -> bool:
    """Tell whether the rendition is completely white, like that of a transparent image."""
    return answer.rendition is not None and min(ImageStat.Stat(answer.rendition).mean) > 254
