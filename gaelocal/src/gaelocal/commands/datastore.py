"""`gaelocal datastore`: run the Datastore emulator alone."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from gaelocal.options import add_datastore_rules

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
    add_datastore_rules(parser)
    parser.add_argument(
        "--index-file",
        type=Path,
        default=Path("index.yaml"),
        metavar="FILE",
        help="file with the composite indexes of the project",
    )


def run(arguments: Namespace) -> int:
    from gaelocal.datastore.alone import serve_alone  # noqa: PLC0415 - keeps `token` quick
    from gaelocal.datastore.rules import Rules  # noqa: PLC0415 - the same

    rules = Rules(
        consistency=arguments.consistency,
        pessimistic=arguments.locking == "pessimistic",
        index_file=arguments.index_file,
        require_indexes=arguments.require_indexes,
        commits_per_second=arguments.commits_per_second,
    )
    return serve_alone(arguments.data, arguments.port, rules)
