"""The Datastore emulator as a program of its own."""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from gaelocal.datastore.rules import Rules
from gaelocal.datastore.server import DatastoreServer


def serve_alone(data: Path, port: int, rules: Rules) -> int:
    """Serve until the process is told to stop; print the address as a client's variable first.

    Raises:
        ConfigError: the port or the data folder cannot be used.
    """
    uvloop.run(_serve(DatastoreServer(data, port, rules)))
    return 0


async def _serve(server: DatastoreServer) -> None:
    await server.start()
    sys.stdout.write(f"DATASTORE_EMULATOR_HOST={server.address}\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await server.stop()
