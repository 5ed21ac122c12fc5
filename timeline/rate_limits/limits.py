"""How much one caller may ask for: every limit of the platform, each number with its reason.

A person is whoever proved an account; an address is everybody else behind it. Windows are fixed and begin at
whole minutes and days of UTC, so that nothing but a counter has to be kept: around the turn of a window a
caller may get twice the number. `RATE_LIMIT_SCALE` multiplies all of them, and 0 switches them off.
"""

from dataclasses import dataclass

MINUTE = 60
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many requests in so many seconds; None counts nobody of that kind.

    What is exact is counted to the last request, and by each instance for itself while the cache is away.
    What is not is told to the cache now and then only, and never refused without it.
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
        """Never below one: who wants nobody to come takes the route away."""
        quota = self.person if is_person else self.address
        return None if quota is None else max(1, round(quota * scale))


Limits = tuple[Limit, ...]

UNLIMITED: Limits = ()

READS: Limits = (
    Limit(
        name="reads",
        seconds=MINUTE,
        person=3_000,  # fifty a second: a phone that scrolls as fast as it can asks for five
        address=6_000,  # a school or a mobile carrier behind one address; and still no way to try out ids
        is_exact=False,  # a read is often cheaper than telling the cache of it
    ),
)
WRITES: Limits = (
    Limit(
        name="writes",
        seconds=MINUTE,
        person=600,  # ten a second: more than a thumb can do, less than a script in a loop
        address=300,  # who may write proves an account: at an address only failed tries are counted
    ),
)
POSTS: Limits = (
    Limit(
        name="posts",
        seconds=MINUTE,
        person=1_200,  # a camera roll sent by a program: twenty a second, which no phone's network does
        address=300,  # failed tries, as above
    ),
    Limit(
        name="posts-daily",
        seconds=DAY,
        person=5_000,  # the pictures of several years in one day; at 20 MB each, at most 100 GB of storage
    ),
)
UPLOADS: Limits = (
    Limit(
        name="uploads",
        seconds=MINUTE,
        person=600,  # ten a second: these are the large ones, or those of a bad network
        address=300,  # failed tries, as above
    ),
    Limit(
        name="uploads-daily",
        seconds=DAY,
        person=5_000,  # as many as may become photos; none takes storage before its bytes arrive
    ),
)
EXPORTS: Limits = (
    Limit(
        name="exports-daily",
        seconds=DAY,
        person=20,  # each reads all originals of a person once; nobody needs more than the latest
    ),
    Limit(name="exports", seconds=MINUTE, address=300),  # failed tries, as above
)
SIGN_INS: Limits = (
    Limit(
        name="sign-ins",
        seconds=MINUTE,
        person=60,  # somebody who signs in again; whoever does so once a second is a program
        address=300,  # two requests each: a class of thirty that begins its lesson signs in within seconds
    ),
)
