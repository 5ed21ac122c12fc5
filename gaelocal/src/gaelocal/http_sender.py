"""Send requests to addresses outside the app."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from gaelocal.delivery import Delivery, DeliveryFailed

if TYPE_CHECKING:
    import aiohttp

LONGEST_RETRY_AFTER = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """`retry_after` is in seconds; 0 without that header."""

    status: int
    retry_after: float = 0.0


class HttpSender:
    """One pool of connections, made when the first request is sent."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery) -> HttpResponse:
        """Send to the URL in `path`; a redirect is a response like any other.

        Raises:
            DeliveryFailed: no connection, no response, or none within the deadline.
        """
        import aiohttp  # noqa: PLC0415 - most projects have no such task

        self._session = self._session or aiohttp.ClientSession(auto_decompress=False)
        try:
            async with self._session.request(
                delivery.method,
                delivery.path,
                headers=delivery.headers,
                skip_auto_headers=("Content-Type",),
                data=delivery.body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=delivery.deadline),
            ) as response:
                await response.read()
                return HttpResponse(response.status, _seconds(response.headers.get("Retry-After", "")))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise DeliveryFailed(f"{delivery.path}: {error or type(error).__name__}") from error

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _seconds(written: str) -> float:
    """Read a Retry-After, which is a number of seconds or a date."""
    if written.strip().isdigit():
        return min(float(written), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return 0.0
    now = datetime.now(UTC)
    ahead = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(ahead.total_seconds(), 0.0), LONGEST_RETRY_AFTER)
