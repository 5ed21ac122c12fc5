"""`gaelocal token USER`: print an ID token of the local identity provider."""

import urllib.parse
from argparse import ArgumentParser, Namespace

from gaelocal.commands.platform_client import add_platform_arguments, addresses_of, ask

HELP = "print an ID token for a user"
EXAMPLES = """
  TOKEN=$(gaelocal token ana)
  curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/api/v1/me
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", help="any name; the token's preferred_username")
    add_platform_arguments(parser)


def run(arguments: Namespace) -> int:
    query = urllib.parse.urlencode({"user": arguments.user})
    print(ask(f"{addresses_of(arguments)['oidc']}/token?{query}"))
    return 0
