"""A memcached that runs elsewhere (`--memcache HOST:PORT`), which is not started or stopped here.

Its availability is not checked: without it everything works, only slower.
"""


class RemoteMemcache:
    def __init__(self, address: str) -> None:
        self.address = address

    async def start(self) -> None:
        """Do nothing: it runs elsewhere."""

    async def stop(self) -> None:
        """Leave it running: it was not started here."""

    def stats(self) -> dict[str, str]:
        """Return its address instead of statistics."""
        return {"elsewhere": self.address}
