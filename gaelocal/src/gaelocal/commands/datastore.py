"""`gaelocal datastore`: run the Datastore emulator alone."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "run the Datastore emulator alone"
EXAMPLES = """
  gaelocal datastore --port 8081
  export DATASTORE_EMULATOR_HOST=127.0.0.1:8081
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8081, metavar="PORT", help="0 takes a free port")
    parser.add_argument("--data", type=Path, default=Path(".gaelocal/datastore"), metavar="DIR")
    parser.add_argument(
        "--consistency", type=float, default=1.0, metavar="0.0..1.0", help="how often a global query is fresh"
    )


def run(arguments: Namespace) -> int:
    from gaelocal.datastore.alone import serve_alone  # noqa: PLC0415 - keeps `token` quick

    return serve_alone(arguments.data, arguments.port, arguments.consistency)
