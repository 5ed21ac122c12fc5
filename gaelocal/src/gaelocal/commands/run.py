"""`gaelocal run`: start everything, print the addresses, stop everything at Ctrl-C."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from gaelocal import options as run_options
from gaelocal.data_folder import PRIVATE
from gaelocal.exit_status import INTERRUPTED
from gaelocal.options import Options, options_of
from gaelocal.project_defaults import data_folder, hint_without
from gaelocal.yaml_files import ConfigError

PANELS = "services, logs, Datastore, Storage, queues, cron, memcache, mail"
"""What the console shows."""

SAME_INTERRUPT_SECONDS = 0.5
HELP = "run a project: its services and everything they use (the default)"
EXAMPLES = run_options.EXAMPLES


def add_arguments(parser: ArgumentParser) -> None:
    run_options.add_arguments(parser)


def run(arguments: Namespace) -> int:
    import uvloop  # noqa: PLC0415 - keeps the other commands quick

    logging.basicConfig(level=logging.WARNING, format="gaelocal | %(levelname)s %(message)s")
    os.umask(PRIVATE)
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # gRPC reports each process that is started beside it
    return uvloop.run(serve(options_of(arguments)))


class Interrupts:
    """Notes Ctrl-C: the first one stops the platform, one more ends this process, and the reaper the others.

    Some programs that run gaelocal pass on the same Ctrl-C again; that does not count.
    """

    def __init__(self, is_stopping: asyncio.Event) -> None:
        self._is_stopping = is_stopping
        self._first = 0.0

    def note(self) -> None:
        now = time.monotonic()
        if not self._is_stopping.is_set():
            self._first = now
            self._is_stopping.set()
        elif now - self._first > SAME_INTERRUPT_SECONDS:
            os._exit(INTERRUPTED)


async def serve(options: Options) -> int:
    """Run the platform until SIGINT or SIGTERM; return the exit status."""
    from gaelocal.cloud import LocalPlatform  # noqa: PLC0415 - keeps the other commands quick

    is_stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, is_stopping.set)
    loop.add_signal_handler(signal.SIGINT, Interrupts(is_stopping).note)
    started = time.monotonic()
    cloud = LocalPlatform(options, lambda: _print_addresses(options, cloud.addresses))
    starting = asyncio.create_task(cloud.start())
    waiting = asyncio.create_task(is_stopping.wait())
    await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
    if is_stopping.is_set():
        starting.cancel()
        await asyncio.wait((starting,))
    else:
        starting.result()
        app = str(cloud.addresses.get("app", ""))
        _print_result(options, cloud.failing, app, time.monotonic() - started)
        await asyncio.to_thread(_print_hint, options, cloud.addresses)
        await waiting
    print("\nStopping … (Ctrl-C again ends everything at once; data is kept)", flush=True)
    await cloud.stop()
    return 0


def _print_addresses(options: Options, addresses: dict[str, str | int]) -> None:
    if options.only:
        return
    app, console = (str(addresses[name]).replace("127.0.0.1", "localhost") for name in ("app", "console"))
    where, program = _where(options), _program()
    lines = [
        "",
        f"  App       {app}",
        f"  Console   {console}    {PANELS}",
        f"  Sign-in   {addresses['oidc']}    the local identity provider: any name works",
        f"  Token     {program} token NAME{where}",
        f'  gcloud    eval "$({program} gcloud-env{where})"',
        f"  Data      {options.data}",
        "",
    ]
    print("\n".join(lines), flush=True)


def _print_result(options: Options, failing: dict[str, str], app: str, seconds: float) -> None:
    """Print what does not answer, and the address, which the log has scrolled away."""
    if options.only == "front-door":
        _print_container_addresses(options)
        return
    if options.only:
        print(f"  The {options.only} are ready.", flush=True)
        return
    for service, reason in failing.items():
        print(f"  {service} does not answer: {reason}")
    state = "Everything else is ready" if failing else "Ready"
    where = app.replace("127.0.0.1", "localhost")
    print(f"  {state} after {seconds:.1f} s: {where}  Press Ctrl-C to stop; data is kept.\n", flush=True)


def _print_hint(options: Options, addresses: dict[str, str | int]) -> None:
    """Print the project's hint for newcomers, if its Datastore is still empty."""
    from gaelocal.data_transfer.entities import Datastore  # noqa: PLC0415 - most projects have no hint

    hint = hint_without(options.app) if options.hint and not options.only else None
    if hint is None:
        return
    kind, message = hint
    datastore = Datastore(f"http://{addresses['datastore']}", str(addresses["project"]))
    try:
        is_missing = not datastore.has_kind(kind)
    except ConfigError:  # a Datastore of another program need not answer HTTP
        return
    if is_missing:
        print(f"  {message}\n", flush=True)


def _print_container_addresses(options: Options) -> None:
    """Print what to open. In containers, the front door starts last, when everything else is ready."""
    lines = ["", f"  App       http://localhost:{options.port_of('app')}"]
    if options.console_at:
        lines.append(f"  Console   http://localhost:{options.console_at.port}    {PANELS}")
    print("\n".join([*lines, ""]), flush=True)


def _program() -> str:
    """Return how the user calls gaelocal from the current folder."""
    called = Path(sys.argv[0])
    if called.name != "gaelocal":
        return f"{os.path.relpath(sys.executable)} -m gaelocal"
    return "gaelocal" if shutil.which("gaelocal") == str(called) else os.path.relpath(called)


def _where(options: Options) -> str:
    """Return the options with which another command finds this platform from the current folder."""
    if options.data != data_folder(options.app):
        return f" --data {options.data}"
    return "" if str(options.app) == "." else f" --app {options.app}"
