"""Calls of the command line to the App Engine Admin API of a running platform."""

from argparse import Namespace
from typing import Any

from gaelocal.commands.platform_client import addresses_of, ask_json
from gaelocal.yaml_files import ConfigError

Resource = dict[str, Any]


class AdminClient:
    """`app` is the path of the application, `services` that of its services."""

    def __init__(self, arguments: Namespace) -> None:
        addresses = addresses_of(arguments)
        if "admin" not in addresses:
            raise ConfigError("this platform runs without the Admin API, which can change nothing here")
        self._url = addresses["admin"]
        self.app = f"v1/apps/{addresses['project']}"
        self.services = f"{self.app}/services"

    def get(self, path: str) -> Resource:
        """Return a resource.

        Raises:
            ConfigError: it does not exist, or the platform does not answer.
        """
        found: Resource = ask_json(f"{self._url}/{path}")
        return found

    def change(self, method: str, path: str, body: Resource | None = None) -> Resource:
        """Start an operation, wait until it is done, and return its result.

        Raises:
            ConfigError: it is refused or fails; the message gives the reason.
        """
        operation: Resource = ask_json(f"{self._url}/{path}", method, body or {})
        while not operation["done"]:
            operation = self.get(f"v1/{operation['name']}")
        if "error" in operation:
            raise ConfigError(str(operation["error"]["message"]))
        return dict(operation.get("response", {}))
