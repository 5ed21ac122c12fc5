"""The parts of App Engine that run in this process, and the addresses of the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gaelocal.appengine.front_door.sign_in import IdentityProvider
from gaelocal.appengine.project import Service
from gaelocal.ports import HOST, Address
from gaelocal.yaml_files import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`services_at` names the services that are started elsewhere; without `starts_services`, all are.

    `https_redirects` makes the front door apply `secure: always`; with `edge_cache` it serves public
    responses again. `identity` is the sign-in provider, `api_server` the address of the bundled services.
    """

    host: str = HOST
    has_front_door: bool = True
    starts_services: bool = True
    services_at: Mapping[str, Address] = field(default_factory=dict)
    https_redirects: bool = False
    edge_cache: bool = False
    identity: IdentityProvider | None = None
    api_server: Address | None = None

    def place(self, services: Mapping[str, Service]) -> list[Service]:
        """Return the services with the addresses of those that run elsewhere.

        Raises:
            ConfigError: an address belongs to no service, or a service has none and may not be started here.
        """
        for name in self.services_at:
            if name not in services:
                raise ConfigError(
                    f"--services-at: there is no service `{name}`; there are: {', '.join(services)}"
                )
        for name in services:
            if not (self.starts_services or services[name].unavailable or name in self.services_at):
                raise ConfigError(f"--only starts no services: say where `{name}` runs with --services-at")
        return self.place_some(services.values())

    def place_some(self, services: Iterable[Service]) -> list[Service]:
        """Return services with the addresses at which they run elsewhere."""
        return [replace(service, address=self.services_at.get(service.name)) for service in services]
