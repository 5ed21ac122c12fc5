"""Runs the Datastore alone: `python -m gaelocal.datastore --port 8081 --data DIR`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from gaelocal.datastore.server import DatastoreServer
from gaelocal.yaml_files import ConfigError


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gaelocal.datastore")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free port")
    parser.add_argument("--data", type=Path, default=Path(".gaelocal/datastore"))
    parser.add_argument("--consistency", type=float, default=1.0)
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    server = DatastoreServer(options.data, options.port, options.consistency)
    await server.start()
    sys.stdout.write(f"DATASTORE_EMULATOR_HOST={server.address}\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_options()))
    except ConfigError as error:
        sys.exit(str(error))
