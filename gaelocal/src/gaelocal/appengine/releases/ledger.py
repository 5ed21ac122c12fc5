"""What must be the same after a restart, in one file: the versions, their traffic, the dispatch rules."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gaelocal.appengine.project import Rule
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.version import Version
from gaelocal.atomic_write import write_atomically

FILE = "releases.json"


class Ledger:
    """`stopped` holds pairs of service and version, also of `dev`; `rules` None: dispatch.yaml is right."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self.versions: dict[tuple[str, str], Version] = {}
        self.splits: dict[str, Split] = {}
        self.stopped: set[tuple[str, str]] = set()
        self.rules: tuple[Rule, ...] | None = None

    def load(self) -> None:
        if not self._file.exists():
            return
        kept = json.loads(self._file.read_text(encoding="utf-8"))
        versions = [_version(row) for row in kept["versions"]]
        self.versions = {(each.service, each.id): each for each in versions}
        self.splits = {name: Split(*row) for name, row in kept["splits"].items()}
        self.stopped = {(service, version) for service, version in kept["stopped"]}
        self.rules = None if kept["rules"] is None else tuple(Rule.of(*row) for row in kept["rules"])

    def save(self) -> None:
        kept = {
            "versions": [_row(version) for version in self.versions.values()],
            "splits": {name: [split.shard_by, split.allocations] for name, split in self.splits.items()},
            "stopped": sorted(self.stopped),
            "rules": None if self.rules is None else [[rule.url, rule.service] for rule in self.rules],
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, json.dumps(kept, indent=1))

    def of(self, service: str) -> list[Version]:
        """Give the deployed versions of a service, the newest last."""
        found = [version for version in self.versions.values() if version.service == service]
        return sorted(found, key=lambda version: version.created)

    @property
    def services(self) -> set[str]:
        return {service for service, _ in self.versions}


def _row(version: Version) -> dict[str, Any]:
    row = dataclasses.asdict(version)
    del row["status"]
    return {**row, "created": version.created.isoformat()}


def _version(row: Mapping[str, Any]) -> Version:
    return Version(**{**row, "created": datetime.fromisoformat(row["created"])})
