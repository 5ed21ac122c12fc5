"""The rate limits of the platform, each number with its reason.

Signed-in callers are counted per person, all others per IP address. Windows are fixed and begin at whole
minutes and days of UTC, so a counter is all that is stored; around the end of a window a caller may make
twice the number of requests. `RATE_LIMIT_SCALE` multiplies all limits, and 0 disables them.
"""

from dataclasses import dataclass

MINUTE = 60
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The number of requests per window for a person and an address; None means no limit.

    Exact limits count every request, within each instance while the cache is unavailable. Other limits
    report to the cache in batches, and refuse nothing without it.
    """

    name: str
    seconds: int
    person: int | None = None
    address: int | None = None
    is_exact: bool = True

    @property
    def is_daily(self) -> bool:
        return self.seconds == DAY

    def quota(self, *, is_person: bool, scale: float) -> int | None:
        """Return at least one: to refuse all requests, remove the route."""
        quota = self.person if is_person else self.address
        return None if quota is None else max(1, round(quota * scale))


Limits = tuple[Limit, ...]

UNLIMITED: Limits = ()

READS: Limits = (
    Limit(
        name="reads",
        seconds=MINUTE,
        person=3_000,  # fifty a second; a phone that scrolls as fast as possible makes five
        address=6_000,  # a school or mobile carrier shares one address; still too few to guess IDs
        is_exact=False,  # a read is often cheaper than counting it in the cache
    ),
)
WRITES: Limits = (
    Limit(
        name="writes",
        seconds=MINUTE,
        person=600,  # ten a second: more than a person can do, less than a script in a loop
        address=300,  # writing needs an account, so an address counts only failed attempts
    ),
)
POSTS: Limits = (
    Limit(
        name="posts",
        seconds=MINUTE,
        person=1_200,  # a camera roll sent by a program: twenty a second, faster than a phone's network
        address=300,  # failed attempts, as above
    ),
    Limit(
        name="posts-daily",
        seconds=DAY,
        person=5_000,  # the photos of several years in one day; at 20 MB each, at most 100 GB
    ),
)
UPLOADS: Limits = (
    Limit(
        name="uploads",
        seconds=MINUTE,
        person=600,  # ten a second: used for large files and slow networks
        address=300,  # failed attempts, as above
    ),
    Limit(
        name="uploads-daily",
        seconds=DAY,
        person=5_000,  # the same number as photos; an upload uses no storage before its bytes arrive
    ),
)
EXPORTS: Limits = (
    Limit(
        name="exports-daily",
        seconds=DAY,
        person=20,  # each reads all originals of a person; only the latest export is kept
    ),
    Limit(name="exports", seconds=MINUTE, address=300),  # failed attempts, as above
)
SIGN_INS: Limits = (
    Limit(
        name="sign-ins",
        seconds=MINUTE,
        person=60,  # more than one sign-in a second comes from a program
        address=300,  # two requests each: a class of thirty may sign in within seconds
    ),
)
LOG_LINES: Limits = (
    Limit(
        name="logging",
        seconds=MINUTE,
        person=30,  # a demonstration for people; each request writes an ERROR and a CRITICAL line
        address=30,
    ),
)
