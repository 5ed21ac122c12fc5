"""`gaelocal gcloud-env`: print the variables that point gcloud at the running platform."""

import shlex
from argparse import ArgumentParser, Namespace

from gaelocal.commands.platform_client import add_platform_arguments, data_of
from gaelocal.data_folder import read_ready
from gaelocal.yaml_files import ConfigError

HELP = "print the variables that point gcloud at the running platform"
EXAMPLES = """
  eval "$(gaelocal gcloud-env)"
  gcloud app deploy
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    """Print `export` lines; where no platform runs, print a command that fails.

    The output is for `eval`: if it passed for a success, the next `gcloud app deploy` would go to production.
    """
    from gaelocal.gcloud_environment import gcloud_environment  # noqa: PLC0415 - keeps `token` quick

    folder = data_of(arguments)
    try:
        addresses = read_ready(folder)
    except ConfigError:
        print("false")
        raise
    for name, value in gcloud_environment(addresses, folder).items():
        print(f"export {name}={shlex.quote(value)};")
    return 0
