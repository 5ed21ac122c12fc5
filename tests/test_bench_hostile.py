"""The campaign of hostile images measures valid ones like any other."""

from pathlib import Path

from bench.hostile import post_all
from bench.operations import metered_platform
from tests import pictures
from tests.hostile_pictures import Hostile


def test_photos_of_both_queues_are_processed_and_measured(tmp_path: Path) -> None:
    small = Hostile("small", pictures.a_jpeg())
    large = Hostile("large", pictures.a_png(4000, 4000))

    with metered_platform(tmp_path) as platform:
        findings = post_all(platform, [small, large])

    assert findings.ends == {"ready": 2}
    assert findings.defects == []
    assert findings.worst["memory of the decoding process"][0] > 1_000_000
