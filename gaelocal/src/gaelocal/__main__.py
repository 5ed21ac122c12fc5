"""`python -m gaelocal`: start everything, print the URLs, stop all of it at Ctrl-C."""

import asyncio
import os
import signal
import sys

import uvloop

from gaelocal import commands
from gaelocal.cloud import LocalCloud
from gaelocal.options import Options, parse_options
from gaelocal.yaml_files import ConfigError


def main(words: list[str]) -> int:
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # it reports each process that is started beside it
    try:
        if words[:1] in (["token"], ["cron"], ["gcloud-env"]):
            return commands.run(words)
        return uvloop.run(serve(parse_options(words)))
    except ConfigError as error:
        print(f"gaelocal: {error}", file=sys.stderr)
        return 2


async def serve(options: Options) -> int:
    """Run the platform until it is told to stop; give the exit status."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, told.set)
    cloud = LocalCloud(options)
    starting = asyncio.create_task(cloud.start())
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
    if told.is_set():
        starting.cancel()
        await asyncio.wait((starting,))
    else:
        starting.result()
        _print_addresses(cloud)
        await waiting
    print("\nStopping …", flush=True)
    await cloud.stop()
    return 0


def _print_addresses(cloud: LocalCloud) -> None:
    if cloud.options.only:
        print(f"  The {cloud.options.only} can be reached.", flush=True)
        return
    where = cloud.addresses
    app, console = (str(where[name]).replace("127.0.0.1", "localhost") for name in ("app", "console"))
    data = "" if str(cloud.options.data) == ".gaelocal" else f" --data {cloud.options.data}"
    lines = [
        "",
        f"  The app      {app}",
        f"  The console  {console}",
        f"  Sign in with any name: {where['oidc']} plays the identity provider. Mail goes to the console.",
        f"  A token      {_python()} -m gaelocal token NAME{data}",
        f'  gcloud       eval "$({_python()} -m gaelocal gcloud-env{data})" points it here',
        "  Ctrl-C stops all of it; what was posted stays.",
        "",
    ]
    print("\n".join(lines), flush=True)


def _python() -> str:
    """Give the interpreter the way one would type it here."""
    here = os.path.relpath(sys.executable)
    return min(here, sys.executable, key=len)


def run() -> None:
    """Run the command line of this process and exit with its status."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
