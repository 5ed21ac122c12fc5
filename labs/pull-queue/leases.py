"""A pull queue in Datastore: workers lease related items in batches, and delete them when they are done.

All items of a tag are one entity group. Leasing is a transaction of an ancestor query and the writes, so no
two workers get the same item. A lease that expires makes its items available again; the number of leases of
an item tells whether a late worker still holds it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MOST_AT_ONCE = 100
"""As many items as one lease may hold."""
AVAILABLE = datetime(1970, 1, 1, tzinfo=UTC)
"""The end of a lease that nobody has."""


class LeaseLost(Exception):
    """The lease has expired and another worker has the items, or they are done."""


@dataclass(frozen=True, slots=True)
class Item:
    """`tries` counts the leases of this item."""

    id: int
    text: str
    tries: int
    worker: str
    leased_until: datetime


class Tag:
    """The items of one tag, for example all thumbnails of one album."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._key = client.key("Tag", name)

    def add(self, texts: list[str]) -> None:
        keys = self._client.allocate_ids(self._client.key("Item", parent=self._key), len(texts))
        rows = [self._client.entity(key) for key in keys]
        for row, text in zip(rows, texts, strict=True):
            row.update(text=text, tries=0, worker="", leased_until=AVAILABLE)
        self._client.put_multi(rows)

    def lease(self, worker: str, count: int, duration: timedelta) -> list[Item]:
        """Lease up to `count` items that nobody holds now."""
        now = datetime.now(UTC)
        with self._client.transaction():
            query = self._client.query(kind="Item", ancestor=self._key)
            query.add_filter("leased_until", "<", now)
            rows = list(query.fetch(limit=min(count, MOST_AT_ONCE)))
            for row in rows:
                row.update(worker=worker, leased_until=now + duration, tries=row["tries"] + 1)
            self._client.put_multi(rows)
        return [_item(row) for row in rows]

    def finish(self, leased: list[tuple[int, int]]) -> None:
        """Delete items that were leased, each with its number of tries at that time.

        Raises:
            LeaseLost: another worker has leased one of them since, or has finished it. None is deleted.
        """
        keys = {self._client.key("Item", number, parent=self._key): tries for number, tries in leased}
        with self._client.transaction() as transaction:
            rows = {row.key: row for row in self._client.get_multi(list(keys), transaction=transaction)}
            if any(key not in rows or rows[key]["tries"] != tries for key, tries in keys.items()):
                raise LeaseLost
            self._client.delete_multi(list(keys))

    def items(self) -> list[Item]:
        query = self._client.query(kind="Item", ancestor=self._key)
        return [_item(row) for row in query.fetch(limit=MOST_AT_ONCE)]


def _item(row: Any) -> Item:
    return Item(row.key.id, row["text"], row["tries"], row["worker"], row["leased_until"])
