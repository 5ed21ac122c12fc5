"""The short version of `make differential`: some files of every group, posted and shown in Chromium."""

from collections import defaultdict
from itertools import islice

import pytest

from tests.browser import CHROMIUM
from tests.journeys.differential.__main__ import generated
from tests.journeys.differential.chromium import chromium
from tests.journeys.differential.comparison import Verdict, compare
from tests.journeys.differential.posting import answers
from tests.journeys.differential.samples import Sample
from tests.journeys.platform import Platform

FILES_PER_GROUP = 2


def chosen() -> list[Sample]:
    """Evenly spread over each group; large ones take too long here."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in generated():
        groups[sample.group].append(sample)
    return [
        sample
        for group in groups.values()
        for sample in islice(group, 0, None, max(1, len(group) // FILES_PER_GROUP))
        if "larger than a rendition" not in sample.name
    ]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
def test_photos_look_as_chromium_shows_them(platform: Platform) -> None:
    samples = chosen()

    with chromium() as browser:
        results = [compare(sample, answer, browser) for sample, answer in answers(platform, samples)]

    assert {result.sample.format for result in results} >= {"JPEG", "PNG", "GIF", "WebP", "AVIF", "HEIC"}
    assert {r.sample.title: r.detail for r in results if r.verdict == Verdict.DIFFERS} == {}
    assert sum(result.verdict == Verdict.AGREES for result in results) > len(results) * 3 // 4
