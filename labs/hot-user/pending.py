"""Pending writes: a durable log in the Datastore, and memcache so that they are visible at once.

Each row of the log is the root of an entity group of its own, so writing it never waits for another row. The
commit to the user's group gives each note the ID of its row: committing a row twice changes nothing.
"""

import json
from typing import Any

from cache import Cache

LOG = "PendingNote"
AT_ONCE = 400
"""A commit of the legacy Datastore holds 500 entities."""
SECONDS = 60

Note = dict[str, str]


class Pending:
    def __init__(self, client: Any, cache: Cache, user: str) -> None:
        self._client = client
        self._cache = cache
        self._user = user
        self._key = f"pending:{user}"

    def add(self, note: Note) -> None:
        """Return when the note is durable. Without memcache it is read from the log."""
        row = self._client.entity(self._client.key(LOG, note["id"]), exclude_from_indexes=("text",))
        row.update(user=self._user, text=note["text"])
        self._client.put(row)
        if self._cache.append(self._key, _line(note)) or self._fill([*self._logged(), note]):
            return
        self._cache.append(self._key, _line(note))

    def read(self) -> list[Note]:
        """Return the notes that are not committed yet, and perhaps some that are."""
        found = self._cache.get(self._key)
        if found is not None:
            return [json.loads(line) for line in found.splitlines()]
        notes = self._logged()
        self._fill(notes)
        return notes

    def flush(self) -> int:
        """Commit all notes of the log in one commit, then delete their rows; return their number."""
        notes = self._logged()
        if not notes:
            return 0
        commit = notes[0]["id"]
        self._client.put_multi([self._row_of(note, commit) for note in notes])
        self._client.delete_multi([self._client.key(LOG, note["id"]) for note in notes])
        self._cache.delete(self._key)  # the next reader fills it from the log
        return len(notes)

    def clear(self) -> None:
        self._client.delete_multi([self._client.key(LOG, note["id"]) for note in self._logged()])
        self._cache.delete(self._key)

    def _row_of(self, note: Note, commit: str) -> Any:
        row = self._client.entity(self._client.key("User", "pending", "Note", note["id"]))
        row.update(text=note["text"], commit=commit)
        return row

    def _logged(self) -> list[Note]:
        query = self._client.query(kind=LOG)
        query.add_filter("user", "=", self._user)
        return [{"id": row.key.name, "text": row["text"]} for row in query.fetch(limit=AT_ONCE)]

    def _fill(self, notes: list[Note]) -> bool:
        """Put the notes into memcache, unless somebody else has done so."""
        lines = b"".join(map(_line, notes))
        return self._cache.add(self._key, lines, SECONDS)


def _line(note: Note) -> bytes:
    return json.dumps(note).encode() + b"\n"
