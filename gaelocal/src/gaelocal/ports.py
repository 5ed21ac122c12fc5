"""Listening ports: any free one, or an error if the chosen one is in use."""

import errno
import itertools
import secrets
import socket
from contextlib import suppress
from typing import NamedTuple

from gaelocal.yaml_files import ConfigError

HOST = "127.0.0.1"
BACKLOG = 1024
SERVER_PORTS = range(20_000, 32_768)
"""Below those of outgoing connections (Linux: from 32768, macOS: from 49152), which could take a port before
its server listens, or while the server starts again."""
ATTEMPTS = 100
"""Of finding a free one there, before the system chooses."""

_numbers = itertools.count(secrets.randbelow(len(SERVER_PORTS)))
"""From a random start: two processes seldom try the same port, and one process none twice."""


class Address(NamedTuple):
    """The address of a server."""

    host: str
    port: int


def listening_socket(port: int, option: str, host: str = HOST) -> socket.socket:
    """Return a socket that listens on `host`, by default this machine only; port 0 takes any free one.

    `option` is what the user would type to choose another port, for the message.

    Raises:
        ConfigError: the port is in use.
    """
    for number in itertools.islice(_numbers, 0 if port else ATTEMPTS):
        with suppress(ConfigError):
            return _listening(SERVER_PORTS[number % len(SERVER_PORTS)], option, host)
    return _listening(port, option, host)


def _listening(port: int, option: str, host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setblocking(False)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise _refusal(port, option, error) from error
    return sock


def free_port(port: int, option: str, host: str = HOST) -> int:
    """Return the port if it is free, or any free one for 0; for servers that bind it themselves.

    Raises:
        ConfigError: the port is in use.
    """
    with listening_socket(port, option, host) as sock:
        return port_of(sock)


def port_of(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


def _refusal(port: int, option: str, error: OSError) -> ConfigError:
    if error.errno == errno.EADDRINUSE:
        return ConfigError(f"port {port} is already in use; choose another one with {option}")
    return ConfigError(f"port {port} cannot be used: {error.strerror}; choose another one with {option}")
