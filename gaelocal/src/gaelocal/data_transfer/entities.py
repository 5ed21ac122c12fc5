"""All entities of a Datastore as JSON lines, in the JSON form of Google's REST API."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gaelocal.data_transfer.http import Refused, ask

PAGE = 300
NO_MORE = "NO_MORE_RESULTS"
"""Large entities end an answer before it has PAGE of them."""
COMMIT_ENTITIES = 400
"""A commit of the legacy Datastore holds 500 mutations."""
COMMIT_BYTES = 8_000_000
"""A transaction holds 10 MiB; the JSON form of an entity is larger than its stored form."""


@dataclass(frozen=True, slots=True)
class Datastore:
    """A Datastore over HTTP; `url` has no path."""

    url: str
    project: str
    database: str = ""

    def entities(self) -> Iterator[dict[str, Any]]:
        """Yield all entities of all namespaces as they are at one moment."""
        options = self._snapshot()
        for namespace in self._namespaces(options):
            yield from self._all({}, namespace, options)

    def has_kind(self, kind: str) -> bool:
        """Tell whether the default namespace has an entity of this kind."""
        page = self._page({"kind": [{"name": kind}], "limit": 1}, "", {})
        return bool(page.get("entityResults"))

    def put(self, lines: Iterable[str], source_project: str) -> int:
        """Insert or overwrite the entities and return their number.

        Keys, and references to keys, of `source_project` are changed to this project.
        """
        count = 0
        for batch in _commits(lines):
            entities = [_moved(json.loads(line), source_project, self) for line in batch]
            mutations = [{"upsert": entity} for entity in entities]
            self._call("commit", {"mode": "NON_TRANSACTIONAL", "mutations": mutations})
            count += len(entities)
        return count

    def _snapshot(self) -> dict[str, Any]:
        """Read at the present moment, so that pages agree; Google's emulators may refuse that."""
        options = {"readTime": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")}
        try:
            self._page({"kind": [{"name": "__namespace__"}], "limit": 1}, "", options)
        except Refused:
            return {}
        return options

    def _namespaces(self, options: dict[str, Any]) -> list[str]:
        rows = self._all({"kind": [{"name": "__namespace__"}]}, "", options)
        return [row["key"]["path"][-1].get("name", "") for row in rows]

    def _all(
        self, query: dict[str, Any], namespace: str, options: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        query = {**query, "limit": PAGE}
        while True:
            batch = self._page(query, namespace, options)
            found = batch.get("entityResults", [])
            yield from (row["entity"] for row in found)
            if not found or batch.get("moreResults") == NO_MORE:
                return
            query = {**query, "startCursor": batch["endCursor"]}

    def _page(self, query: dict[str, Any], namespace: str, options: dict[str, Any]) -> Any:
        partition = {"projectId": self.project, "databaseId": self.database, "namespaceId": namespace}
        body = {"partitionId": partition, "query": query, "readOptions": options}
        return self._call("runQuery", body)["batch"]

    def _call(self, method: str, body: dict[str, Any]) -> Any:
        return ask(f"{self.url}/v1/projects/{self.project}:{method}", {"databaseId": self.database, **body})


def _commits(lines: Iterable[str]) -> Iterator[list[str]]:
    """Group lines so that each group is small enough for one commit."""
    commit: list[str] = []
    size = 0
    for line in lines:
        if commit and (len(commit) == COMMIT_ENTITIES or size + len(line) > COMMIT_BYTES):
            yield commit
            commit, size = [], 0
        commit.append(line)
        size += len(line)
    if commit:
        yield commit


def _moved(value: Any, source_project: str, target: Datastore) -> Any:
    """Return JSON whose keys belong to the target instead of the exported project."""
    if isinstance(value, list):
        return [_moved(item, source_project, target) for item in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _moved(item, source_project, target) for name, item in value.items()}
    if "path" in moved and moved.get("partitionId", {}).get("projectId") == source_project:
        moved["partitionId"] |= {"projectId": target.project, "databaseId": target.database}
    return moved
