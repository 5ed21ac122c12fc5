"""The command line of an instance: the entrypoint of app.yaml with its variables filled in."""

import re
import shlex
import shutil
from collections.abc import Mapping

from gaelocal.appengine.project import Service

NEEDS_SHELL = re.compile(r"[;&|<>()`\n*?]|^\w+=|\$\{\w+[^\w}]")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
EVERY_ADDRESS = re.compile(r"(?<![\w.\]]{2})(?:0\.0\.0\.0|\*|\[::\])?:(\$\{PORT\}|\$PORT\b)")
PRODUCTION_PORT = re.compile(r"(?<=[:=\s])8080(?=\s|$)")
"""The value of $PORT on App Engine, which entrypoints also write out; here it is the front door's."""


def command_line(service: Service, environment: Mapping[str, str]) -> list[str]:
    """Split the entrypoint as a shell would and fill in its variables.

    `:$PORT` becomes `127.0.0.1:$PORT`: a direct client of an instance could forge the platform's headers.
    8080 becomes `$PORT`, which is 8080 on App Engine.
    """
    entrypoint = EVERY_ADDRESS.sub(r"127.0.0.1:\1", PRODUCTION_PORT.sub("$PORT", service.entrypoint))
    if NEEDS_SHELL.search(entrypoint):
        return ["/bin/sh", "-c", entrypoint]
    return [_filled_in(word, environment) for word in shlex.split(entrypoint)]


def missing_program(service: Service, environment: Mapping[str, str]) -> str:
    """Return the program of the entrypoint if it is not installed, else nothing.

    Raises:
        ConfigError: it cannot be split.
    """
    try:
        program = command_line(service, environment)[0]
    except ValueError as error:
        raise service.refuse("entrypoint", f"`entrypoint` cannot be read: {error}") from None
    if "/" in program:
        return "" if (service.folder / program).is_file() else program
    return "" if shutil.which(program, path=environment["PATH"]) else program


def _filled_in(word: str, environment: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: environment.get(match[1] or match[2], ""), word)
