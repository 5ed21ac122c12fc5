"""Pessimistic locking: a commit waits for the transactions that have read what it writes."""

import asyncio
from collections.abc import Iterable

from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.datastore.rules import Rules
from gaelocal.datastore.state.transactions import Transaction, Transactions

CONTENTION = "too much contention on these datastore entities. please try again."


class Locks:
    """Read locks: with pessimistic rules, transactions lock what they read until they end."""

    def __init__(self, transactions: Transactions, rules: Rules) -> None:
        self._transactions = transactions
        self._rules = rules

    def are_free(self, keys: Iterable[bytes], own: Transaction | None) -> bool:
        """Return whether no other transaction has read one of the keys."""
        return not self._rules.pessimistic or not self._holders(frozenset(keys), own)

    async def until_free(self, keys: Iterable[bytes], own: Transaction | None) -> None:
        """Wait until the other transactions that have read one of the keys are over.

        Raises:
            DatastoreError: ABORTED where that takes too long, or where one of them waits for `own`.
        """
        wanted = frozenset(keys)
        if own is not None:
            own.waits_for = wanted
        deadline = asyncio.get_running_loop().time() + self._rules.lock_seconds
        while holders := self._holders(wanted, own):
            seconds = deadline - asyncio.get_running_loop().time()
            if seconds <= 0 or (own is not None and any(_is_deadlock(own, other) for other in holders)):
                raise DatastoreError(Code.ABORTED, CONTENTION)
            await self._transactions.until_one_ends(seconds)

    def _holders(self, keys: frozenset[bytes], own: Transaction | None) -> list[Transaction]:
        return [
            other
            for other in self._transactions.writing()
            if other is not own and any(other.has_read(key) for key in keys)
        ]


def _is_deadlock(own: Transaction, other: Transaction) -> bool:
    return any(own.has_read(key) for key in other.waits_for)
