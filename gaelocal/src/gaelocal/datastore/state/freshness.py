"""Eventual consistency, simulated: the writes that a global query does not see yet."""

import random
from collections.abc import Callable

from gaelocal.datastore.state.keys import group_of
from gaelocal.datastore.state.tables import Stored


class Freshness:
    """Keeps the last applied state of every entity group that has unapplied writes.

    A get, an ancestor query or a transaction that reads a group applies its writes; so does, with probability
    `consistency`, each global query. After a restart everything is applied.
    """

    def __init__(self, consistency: float, dice: Callable[[], float] = random.random) -> None:
        self.consistency = consistency
        self._dice = dice
        self._unapplied: dict[bytes, dict[bytes, Stored | None]] = {}

    def wrote(self, key: bytes, before: Stored | None) -> None:
        if self.consistency < 1.0:
            self._unapplied.setdefault(group_of(key), {}).setdefault(key, before)

    def touch(self, key: bytes) -> None:
        if self._unapplied:
            self._unapplied.pop(group_of(key), None)

    def view(self) -> dict[bytes, Stored | None]:
        """Decide at random for each group whether it is seen, and return the past of those that are not."""
        kept = {group: past for group, past in self._unapplied.items() if self._dice() >= self.consistency}
        self._unapplied = kept
        return {key: stored for past in kept.values() for key, stored in past.items()}
