"""The command line `gaelocal`, the same as `python -m gaelocal`."""

import argparse
import os
import sys
from importlib import import_module

from gaelocal import __version__
from gaelocal.exit_status import INTERRUPTED
from gaelocal.yaml_files import ConfigError

COMMANDS = {
    "run": "run",
    "token": "token",
    "cron": "cron",
    "services": "services",
    "usage": "usage",
    "gcloud-env": "gcloud_env",
    "datastore": "datastore",
    "indexes": "indexes",
    "data": "data",
}
"""The module in gaelocal.commands of each command. Any other first word is an argument of `run`."""

DESCRIPTION = "A local App Engine: a project's services, queues and cron jobs behind one address."


def main(words: list[str]) -> int:
    """Run one command and return the exit status."""
    try:
        arguments = _parse(words)
        return int(arguments.run_command(arguments))
    except ConfigError as error:
        print(f"gaelocal: {error}", file=sys.stderr)
        return 2


def run() -> None:
    """Run the command line of this process and exit with its status."""
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _parse(words: list[str]) -> argparse.Namespace:
    if words[:1] in (["-h"], ["--help"]):
        _overview().print_help()
        sys.exit(0)
    if words[:1] == ["--version"]:
        print(f"gaelocal {__version__}")
        sys.exit(0)
    is_named = bool(words) and words[0] in COMMANDS
    name = words[0] if is_named else "run"
    parser = _parser_of(name)
    return parser.parse_args(words[1:] if is_named else words)


def _parser_of(name: str) -> argparse.ArgumentParser:
    command = import_module(f"gaelocal.commands.{COMMANDS[name]}")
    description = str(command.__doc__).partition(": ")[2]
    parser = argparse.ArgumentParser(
        prog=f"gaelocal {name}",
        description=description[:1].upper() + description[1:],
        epilog=f"examples:{command.EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    parser.set_defaults(run_command=command.run)
    return parser


def _overview() -> argparse.ArgumentParser:
    """Return the parser of `gaelocal --help`: the commands and the options of `run`."""
    lines = "\n".join(
        f"  gaelocal {name:<11} {import_module(f'gaelocal.commands.{module}').HELP}"
        for name, module in COMMANDS.items()
    )
    run_command = import_module("gaelocal.commands.run")
    parser = argparse.ArgumentParser(
        prog="gaelocal",
        usage="gaelocal [COMMAND] [APP] [OPTIONS]",
        description=f"{DESCRIPTION}\n\ncommands (`gaelocal COMMAND --help` shows more):\n{lines}",
        epilog=f"examples:{run_command.EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    run_command.add_arguments(parser)
    return parser


if __name__ == "__main__":
    run()
