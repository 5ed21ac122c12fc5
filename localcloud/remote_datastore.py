"""A Datastore that runs elsewhere (`--datastore HOST:PORT`): nothing to start, only to look for."""

import asyncio

from localcloud.yaml_files import ConfigError

CONNECT_SECONDS = 5.0


class RemoteDatastore:
    def __init__(self, address: str) -> None:
        self.address = address

    async def start(self) -> None:
        """Look whether somebody listens there.

        Raises:
            ConfigError: nobody does.
        """
        host, port = self.address.rsplit(":", 1)
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            raise ConfigError(f"--datastore {self.address}: nobody answers there ({error})") from error
        writer.close()

    async def stop(self) -> None:
        """Leave it running: it was not started here."""
