"""A memcached that runs elsewhere (`--memcache HOST:PORT`): nothing to start, nothing to stop.

It is not looked for: without it everything works, only slower.
"""


class RemoteMemcache:
    def __init__(self, address: str) -> None:
        self.address = address

    async def start(self) -> None:
        """Leave it alone."""

    async def stop(self) -> None:
        """Leave it running: it was not started here."""

    def stats(self) -> dict[str, str]:
        """Say where to ask; what it counts is its own."""
        return {"elsewhere": self.address}
