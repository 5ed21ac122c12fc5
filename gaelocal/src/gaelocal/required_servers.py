"""Servers that a project's client libraries call: Google's emulators and Redis, started by the first call."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from gaelocal.appengine.project import Service
from gaelocal.appengine.project.requirements import requirement_names, requirements_of
from gaelocal.google_emulator import google_emulator, is_installed
from gaelocal.on_demand import OnDemandServer
from gaelocal.options import Options
from gaelocal.placeholders import is_example
from gaelocal.ports import HOST, free_port
from gaelocal.redis_server import RedisServer
from gaelocal.supervision import Health

CLIENTS = {
    "google-cloud-firestore": "firestore",
    "firebase-admin": "firestore",
    "google-cloud-pubsub": "pubsub",
    "google-cloud-bigtable": "bigtable",
    "google-cloud-spanner": "spanner",
}
"""The packages whose calls an emulator answers, and the name of this emulator in `--emulator`."""
CLIENTS_OF_REDIS = frozenset({"redis", "aioredis", "django-redis", "flask-redis", "rq", "walrus"})
HOSTS = ("REDIS_HOST", "REDISHOST")
"""The names in Google's samples."""
PORTS = ("REDIS_PORT", "REDISPORT")
URLS = ("REDIS_URL",)
PASSWORDS = ("REDIS_PASSWORD", "REDISPASSWORD", "REDIS_AUTH", "REDIS_AUTH_STRING")
HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
SWITCH_OFF = "--emulator none disables this"


class RequiredServers:
    """Finds out from requirements.txt what a service calls, and returns variables with the addresses.

    A server starts with the first connection; projects that name a client, but do not call it, pay for a
    listening socket. `refusing` is the address that answers gRPC calls of an emulator that does not start.
    """

    def __init__(
        self, options: Options, health: Health, refusing: str, tell: Callable[[str, str], None]
    ) -> None:
        self._options = options
        self._health = health
        self._refusing = refusing
        self._tell = tell
        self._servers: dict[str, OnDemandServer] = {}

    async def stop(self) -> None:
        for server in self._servers.values():
            await server.stop()

    def variables_for(self, service: Service) -> Mapping[str, str]:
        """Return the variables for a service; those of `--env` win over them."""
        if not self._options.uses_required_servers or service.address or service.unavailable:
            return {}
        names = requirement_names(requirements_of(service.folder))
        found = self._of_google(names)
        if names & CLIENTS_OF_REDIS and not names_a_redis(
            {**service.env_variables, **dict(self._options.env)}
        ):
            found |= self._of_redis(service.env_variables)
        return {name: value for name, value in found.items() if name not in dict(self._options.env)}

    def _of_google(self, names: frozenset[str]) -> dict[str, str]:
        wanted = {CLIENTS[name] for name in names if name in CLIENTS} - set(self._options.emulators)
        return {
            f"{api.upper()}_EMULATOR_HOST": f"{HOST}:{self._google(api)}"
            for api in wanted
            if is_installed(api)
        }

    def _google(self, api: str) -> int:
        if api not in self._servers:
            options = self._options
            emulator = google_emulator(
                api, options.data, options.project, free_port(0, "--emulator"), self._health
            )
            line = f"starting Google's emulator of {api}, which a service calls ({SWITCH_OFF}) …"
            self._open(api, OnDemandServer(emulator, self._teller(line), self._warn, self._refusing))
        return self._servers[api].address.port

    def _of_redis(self, given: Mapping[str, str]) -> dict[str, str]:
        if "redis" not in self._servers:
            line = f"starting a private redis-server, to which a service connects ({SWITCH_OFF}) …"
            server = RedisServer(self._options.data / "redis")
            self._open("redis", OnDemandServer(server, self._teller(line), self._warn))
        port = self._servers["redis"].address.port
        return {
            **dict.fromkeys(HOSTS, HOST),
            **dict.fromkeys(PORTS, str(port)),
            **dict.fromkeys(URLS, f"redis://{HOST}:{port}/0"),
            **{name: "" for name in PASSWORDS if name in given},
        }

    def _open(self, name: str, server: OnDemandServer) -> None:
        self._servers[name] = server
        server.open()

    def _teller(self, line: str) -> Callable[[], None]:
        return lambda: self._tell("NOTICE", line)

    def _warn(self, reason: str) -> None:
        self._tell("WARNING", reason)


def names_a_redis(variables: Mapping[str, str]) -> bool:
    """Return whether the variables name a Redis that may be reachable from this machine."""
    values = [variables[name] for name in (*HOSTS, *URLS) if name in variables]
    return any(map(_is_reachable, values))


def _is_reachable(value: str) -> bool:
    """Return whether a host or a URL is neither a placeholder nor in a private network such as Google's."""
    host = (urlsplit(value).hostname or "") if "://" in value else value
    if not HOST_NAME.fullmatch(host) or is_example(host):
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or "." in host
    return address.is_loopback or not address.is_private
