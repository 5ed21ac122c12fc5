"""`make differential`: post every sample, show it in Chromium, and print where they differ.

Use: python -m tests.journeys.differential [--only PATTERN] [--generated] [--ready FILE]
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from tests.journeys.differential import (
    collected,
    gif_faults,
    heif_faults,
    jpeg_faults,
    png_faults,
    webp_faults,
)
from tests.journeys.differential.chromium import chromium
from tests.journeys.differential.comparison import Result, Verdict, compare, table
from tests.journeys.differential.posting import answers
from tests.journeys.differential.samples import Sample
from tests.journeys.platform import Platform

GENERATORS = (jpeg_faults, png_faults, gif_faults, webp_faults, heif_faults)


def main() -> int:
    options = _options()
    chosen = (each for each in _samples(options) if fnmatchcase(each.title, options.only))
    with _platform(options) as platform:
        results: list[Result] = []
        try:
            results.extend(_results(platform, chosen))
        except KeyboardInterrupt:
            print("Interrupted: the table is that of the files so far.")
    print(table(results))
    return any(result.verdict == Verdict.DIFFERS for result in results)


@contextmanager
def _platform(options: argparse.Namespace) -> Iterator[Platform]:
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        if options.ready:
            platform.addresses = json.loads(options.ready.read_text())
        else:
            platform.start()
        try:
            yield platform
        finally:
            platform.stop()


def generated() -> Iterator[Sample]:
    return chain.from_iterable(each.samples() for each in GENERATORS)


def _samples(options: argparse.Namespace) -> Iterator[Sample]:
    return generated() if options.generated else chain(generated(), collected.samples())


def _results(platform: Platform, samples: Iterator[Sample]) -> Iterator[Result]:
    with chromium() as browser:
        for sample, answer in answers(platform, samples):
            result = compare(sample, answer, browser)
            if result.verdict not in (Verdict.AGREES, Verdict.REFUSED_BY_BOTH):
                print(f"{result.verdict}: {sample.title}: {result.detail}", flush=True)
            yield result


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make differential")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="of titles, such as 'png *'")
    parser.add_argument("--generated", action="store_true", help="leave out the images made by others")
    parser.add_argument("--ready", type=Path, metavar="FILE", help="of a platform that runs already")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
