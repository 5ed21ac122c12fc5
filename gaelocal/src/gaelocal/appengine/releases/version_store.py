"""The state that survives a restart, in one file: the versions, their traffic, the dispatch rules."""

import contextlib
import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gaelocal.appengine.project import Rule
from gaelocal.appengine.releases.errors import NotStored
from gaelocal.appengine.releases.ingress import Ingress, ingress_of
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.version import Version
from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import ensure_folder, make_folder, read_json

FILE = "releases.json"
CHANGEABLE = ("versions", "splits", "stopped", "counts", "ingress", "rules")


class VersionStore:
    """`stopped` holds pairs of service and version, also of `dev`. Without `rules`, dispatch.yaml applies.

    `counts` maps such a pair to a number of instances that differs from app.yaml, `ingress` a service to
    its setting.
    """

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self.is_complete = True
        self.versions: dict[tuple[str, str], Version] = {}
        self.splits: dict[str, Split] = {}
        self.stopped: set[tuple[str, str]] = set()
        self.counts: dict[tuple[str, str], int] = {}
        self.ingress: dict[str, Ingress] = {}
        self.rules: tuple[Rule, ...] | None = None

    def load(self) -> None:
        """Read the file. A damaged file is moved aside; the uploaded files are kept."""
        make_folder(self._file.parent)
        self.is_complete = not self._file.exists() or read_json(self._file, self._take, False)

    def _take(self, kept: Any) -> bool:
        versions = [_version(row) for row in kept["versions"]]
        splits = {name: Split(*row) for name, row in kept["splits"].items()}
        stopped = {(service, version) for service, version in kept["stopped"]}
        self.rules = None if kept["rules"] is None else tuple(Rule.of(*row) for row in kept["rules"])
        self.versions = {(each.service, each.id): each for each in versions}
        self.splits, self.stopped = splits, stopped
        self.ingress = {name: ingress_of(setting) for name, setting in kept.get("ingress", {}).items()}
        self.counts = {(service, version): count for service, version, count in kept.get("counts", [])}
        return True

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Save what the block has changed; if that fails, the state is the one before.

        Raises:
            NotStored: the file cannot be written.
        """
        before = {name: copy.copy(getattr(self, name)) for name in CHANGEABLE}
        try:
            yield
            self.save()
        except BaseException as error:
            for name, value in before.items():
                setattr(self, name, value)
            if not isinstance(error, OSError):
                raise
            reason = error.strerror or type(error).__name__
            raise NotStored(f"the change cannot be stored ({reason}); nothing was changed") from error

    def save(self) -> None:
        kept = {
            "versions": [_row(version) for version in self.versions.values()],
            "splits": {name: [split.shard_by, split.allocations] for name, split in self.splits.items()},
            "stopped": sorted(self.stopped),
            "counts": [[*key, count] for key, count in sorted(self.counts.items())],
            "ingress": self.ingress,
            "rules": None if self.rules is None else [[rule.url, rule.service] for rule in self.rules],
        }
        ensure_folder(self._file.parent)
        write_atomically(self._file, json.dumps(kept, indent=1))

    def of(self, service: str) -> list[Version]:
        """Return the deployed versions of a service, the newest last."""
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
