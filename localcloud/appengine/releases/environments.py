"""Virtual environments, one for each set of requirements that was ever deployed."""

import sys
from collections.abc import Iterable
from pathlib import Path

from localcloud.appengine.project import Service


class Environments:
    def __init__(self, data: Path) -> None:
        self._folder = data / "environments"

    async def ready_for(self, service: Service) -> str:  # noqa: ARG002 - until it builds
        """Give the name of an environment with what requirements.txt says; build it if need be."""
        return ""

    def programs(self, environment: str) -> Path:  # noqa: ARG002 - the same
        """Give the folder of its programs."""
        return Path(sys.executable).parent

    def keep_only(self, environments: Iterable[str]) -> None:
        """Remove what no version needs."""
