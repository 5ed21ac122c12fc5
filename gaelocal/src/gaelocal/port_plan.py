"""Choose the ports of all servers before the first one starts, because each needs the others' addresses."""

import contextlib
import socket
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from gaelocal.options import DEFAULT_PORTS, Options, option_of
from gaelocal.ports import HOST, listening_socket, port_of
from gaelocal.yaml_files import ConfigError

SPOKEN_IN_HTTP = frozenset({"app", "console", "storage", "oidc", "admin", "metadata"})


class PortPlan:
    """Holds a listening socket for every server until the server takes it.

    `before` are the ports of the previous run: they are preferred to other free ones, because the address of
    the identity provider is part of every account's key.
    """

    def __init__(self, options: Options, before: dict[str, int]) -> None:
        self._options = options
        self._before = before
        self._sockets: dict[str, socket.socket] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Take all the ports.

        Raises:
            ConfigError: a port is in use; the message names the port and the option that moves it.
        """
        try:
            for server in DEFAULT_PORTS:
                if self._options.runs(server):
                    self._sockets[server] = self._stack.enter_context(self._listen(server))
        except ConfigError:
            self._stack.close()
            raise
        self._ports = {server: port_of(sock) for server, sock in self._sockets.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def moved(self) -> dict[str, int]:
        """Return the default ports that were in use and have been replaced, by server."""
        wanted = {server: self._options.port_of(server) for server in self._ports}
        return {server: port for server, port in wanted.items() if port not in (0, self._ports[server])}

    def port(self, server: str) -> int:
        """Return the port of a server, also of one in another process."""
        return self._ports.get(server, self._options.port_of(server))

    def listening(self, server: str) -> socket.socket:
        return self._sockets[server]

    def release(self, server: str) -> int:
        """Return the port and stop listening on it, for a server that must bind it itself."""
        self._sockets[server].close()
        return self._ports[server]

    def addresses(self) -> dict[str, str]:
        """Return the address of each server in the form of ready.json and the clients."""
        found = {server: f"{HOST}:{port}" for server, port in self._ports.items()}
        found = {server: f"http://{at}" if server in SPOKEN_IN_HTTP else at for server, at in found.items()}
        if self._options.issuer and "oidc" in found:
            found["oidc"] = self._options.issuer
        return found | self._options.elsewhere()

    def _listen(self, server: str) -> socket.socket:
        wanted = self._options.port_of(server)
        choices = [wanted] if wanted else []
        if not wanted or self._options.may_move(server):
            choices += [self._before[server]] if server in self._before else []
            choices += [0]
        for port in choices[:-1]:
            with contextlib.suppress(ConfigError):
                return self._listen_at(port, server)
        return self._listen_at(choices[-1], server)

    def _listen_at(self, port: int, server: str) -> socket.socket:
        return listening_socket(port, option_of(server), self._options.host)
