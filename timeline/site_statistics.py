"""The numbers of users and photos: api-backend counts them, the website asks it over HTTP."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from timeline.accounts.users import USER
from timeline.errors import Unavailable
from timeline.interfaces import Backends, Scan
from timeline.photos.model import KIND as PHOTO
from timeline.seals import Seal, Unreadable

PATH = "/api/internal/statistics"
MOST = 10_000
"""Rows that are counted of each kind: 10,000 keys take a second or two."""
AT_ONCE = 1_000
FRESH = timedelta(seconds=30)
KEPT_SECONDS = 7 * 24 * 3600
"""The last answer is shown for a week while api-backend does not respond."""
CACHE_KEY = "statistics:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatistics:
    """`users` and `photos` stop at MOST. `is_current` is false for the last answer of an API that is down."""

    users: int
    photos: int
    version: str
    counted: datetime
    is_current: bool = True


def count(backends: Backends) -> dict[str, Any]:
    """Count the rows, for the answer of api-backend."""
    return {
        "users": _count(backends, USER),
        "photos": _count(backends, PHOTO),
        "version": backends.settings.gae_version,
        "counted": backends.clock.now().isoformat(),
    }


def fetch(backends: Backends, trace: str = "") -> SiteStatistics | None:
    """Ask api-backend, at most once in 30 seconds; return its last answer if it is down, None without any."""
    cached = _cached(backends)
    if cached and backends.clock.now() - cached.counted < FRESH:
        return cached
    try:
        answer = _parsed(backends.services.get(PATH, trace))
    except Unavailable:
        return None if cached is None else SiteStatistics(**{**asdict(cached), "is_current": False})
    _keep(backends, answer)
    return answer


def _parsed(fields: dict[str, Any]) -> SiteStatistics:
    """Raises Unavailable for an answer of another form."""
    try:
        return SiteStatistics(
            users=int(fields["users"]),
            photos=int(fields["photos"]),
            version=str(fields["version"]),
            counted=datetime.fromisoformat(fields["counted"]),
        )
    except (LookupError, TypeError, ValueError) as error:
        raise Unavailable("api-backend gave an unexpected answer.") from error


def _cached(backends: Backends) -> SiteStatistics | None:
    stored = backends.cache.get(CACHE_KEY)
    if stored is None:
        return None
    try:
        return _parsed(_seal(backends).read(stored))
    except (Unreadable, Unavailable):
        return None


def _keep(backends: Backends, answer: SiteStatistics) -> None:
    fields = {name: getattr(answer, name) for name in ("users", "photos", "version")}
    sealed = _seal(backends).write({**fields, "counted": answer.counted.isoformat()})
    backends.cache.delete(CACHE_KEY)
    backends.cache.add(CACHE_KEY, sealed, KEPT_SECONDS)


def _seal(backends: Backends) -> Seal:
    return Seal(backends.settings.secret_key, CACHE_KEY)


def _count(backends: Backends, kind: str) -> int:
    count, after = 0, None
    while count < MOST:
        found = backends.entities.scan(Scan(kind=kind, after=after, limit=AT_ONCE, keys_only=True))
        count += len(found)
        if len(found) < AT_ONCE:
            break
        after = found[-1].key
    return count
