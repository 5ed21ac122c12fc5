"""A Datastore that runs elsewhere (`--datastore HOST:PORT`): only its availability is checked."""

import asyncio

from gaelocal.yaml_files import ConfigError

CONNECT_SECONDS = 5.0
PATIENCE = 120.0  # Google's emulator, started beside this for the first time on a busy machine, took 40
PAUSE = 0.5


class RemoteDatastore:
    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self.address = address
        self._patience = patience

    async def start(self) -> None:
        """Wait until a server listens there.

        Raises:
            ConfigError: none does within `patience` seconds.
        """
        until = asyncio.get_running_loop().time() + self._patience
        while (refusal := await self._refusal()) is not None:
            if asyncio.get_running_loop().time() >= until:
                raise refusal
            await asyncio.sleep(PAUSE)

    async def stop(self) -> None:
        """Leave it running: it was not started here."""

    async def _refusal(self) -> ConfigError | None:
        host, port = self.address.rsplit(":", 1)
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            return ConfigError(f"--datastore {self.address}: no server responds there ({error})")
        writer.close()
        return None
