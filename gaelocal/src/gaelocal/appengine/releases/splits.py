"""The traffic split of a service between its versions."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from gaelocal.appengine.releases.errors import InvalidSplit

SHARDS = 1000
"""App Engine cuts the traffic into a thousand: the values of its cookie, and of its hash of an address."""
WAYS = ("UNSPECIFIED", "COOKIE", "IP", "RANDOM")
NEARLY = 1e-6


def any_shard() -> int:
    return random.randrange(SHARDS)  # noqa: S311 - nothing secret depends on it


@dataclass(frozen=True, slots=True)
class Split:
    """`allocations` maps the id of a version to its fraction; other versions get nothing."""

    shard_by: str
    allocations: Mapping[str, float]

    @classmethod
    def of(cls, shard_by: str, allocations: Mapping[str, float]) -> "Split":
        """Check and sort, so that a version whose share grows keeps its clients.

        Raises:
            InvalidSplit: an unknown way, a fraction outside of 0 to 1, or a sum that is not 1.
        """
        if shard_by not in WAYS:
            raise InvalidSplit(
                f"`{shard_by}` is not a way to split traffic; use one of: {', '.join(WAYS[1:])}"
            )
        if not all(0 <= fraction <= 1 for fraction in allocations.values()):
            raise InvalidSplit("each fraction lies between 0 and 1")
        if not math.isclose(sum(allocations.values()), 1, abs_tol=NEARLY):
            raise InvalidSplit(f"the fractions add up to {sum(allocations.values()):g}, not to 1")
        return cls(shard_by, {name: float(part) for name, part in sorted(allocations.items()) if part})

    @classmethod
    def whole(cls, version: str) -> "Split":
        return cls("UNSPECIFIED", {version: 1.0})

    def share(self, version: str) -> float:
        return self.allocations.get(version, 0.0)
