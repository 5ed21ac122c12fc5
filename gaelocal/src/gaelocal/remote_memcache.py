"""A memcached server that gaelocal neither starts nor stops (`--memcache HOST:PORT`).

Its availability is not checked, because services also work without it, but more slowly.
"""


class RemoteMemcache:
    def __init__(self, address: str) -> None:
        self.address = address

    async def start(self) -> None:
        """Do nothing, because the server is already running."""

    async def stop(self) -> None:
        """Do nothing, because the server must keep running."""

    def stats(self) -> dict[str, str]:
        """Return the address of the server instead of statistics."""
        return {"elsewhere": self.address}
