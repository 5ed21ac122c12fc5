"""The limit of the legacy Datastore: few commits per second to one entity group."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

from gaelocal.datastore.errors import Code, DatastoreError

PATIENCE_SECONDS = 5.0
"""A commit that would wait longer fails, as the legacy Datastore lets it time out."""
CONTENTION = "too much contention on these datastore entities. please try again. entity group: {group}"
_GROUPS_KEPT = 10_000

Group = tuple[str, str, str, str]
"""Database, namespace, kind, and name or ID of the root."""


class CommitRate:
    """Commits to one entity group get their turn one after the other; other groups are not delayed."""

    def __init__(
        self,
        per_second: float,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] = asyncio.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._next_turn: dict[Group, float] = {}

    async def wait(self, request: Any) -> None:
        """Return when it is the turn of this commit.

        Raises:
            DatastoreError: ABORTED, because too many commits to one of its groups are waiting already.
        """
        now, groups = self._clock(), groups_of(request)
        turn = max((self._next_turn.get(group, now) for group in groups), default=now)
        if turn - now > self._patience:
            await self._sleep(self._patience)
            group = max(groups, key=lambda group: self._next_turn.get(group, now))
            raise DatastoreError(Code.ABORTED, CONTENTION.format(group=f"{group[2]} {group[3]}"))
        turn = max(turn, now)
        self._forget_past(now)
        for group in groups:
            self._next_turn[group] = turn + self._interval
        if turn > now:
            await self._sleep(turn - now)

    def _forget_past(self, now: float) -> None:
        if len(self._next_turn) > _GROUPS_KEPT:
            self._next_turn = {group: turn for group, turn in self._next_turn.items() if turn > now}


def groups_of(request: Any) -> set[Group]:
    """Return the entity groups that a CommitRequest writes; a root without a name yet has none."""
    keys = (_key_of(mutation) for mutation in request.mutations)
    return set(_groups(key for key in keys if key.path and key.path[0].WhichOneof("id_type")))


def _groups(keys: Iterable[Any]) -> Iterable[Group]:
    for key in keys:
        root, partition = key.path[0], key.partition_id
        yield (partition.database_id, partition.namespace_id, root.kind, root.name or str(root.id))


def _key_of(mutation: Any) -> Any:
    operation = mutation.WhichOneof("operation")
    target = getattr(mutation, operation) if operation else mutation
    return target if operation == "delete" else target.key
