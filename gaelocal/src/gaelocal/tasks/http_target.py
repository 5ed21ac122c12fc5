"""Sends tasks to addresses outside the app."""

from typing import TYPE_CHECKING

from gaelocal.delivery import Delivery, DeliveryFailed

if TYPE_CHECKING:
    import aiohttp


class HttpTarget:
    """One pool of connections, made when the first such task is sent."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery) -> int:
        """Send to the URL in `path` and give the status; a redirect is an answer like any other.

        Raises:
            DeliveryFailed: no connection, no answer, or none within the deadline.
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
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise DeliveryFailed(f"{delivery.path}: {error or type(error).__name__}") from error

    async def close(self) -> None:
        if self._session:
            await self._session.close()
