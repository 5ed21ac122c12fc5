"""Backends whose next transaction has already begun, beside the calls that identify the caller."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from timeline.interfaces import Backends, BegunTransaction, Entities, Transaction

T = TypeVar("T")


def with_begun(backends: Backends, begun: BegunTransaction | None) -> Backends:
    return backends if begun is None else replace(backends, entities=_Begun(backends.entities, begun))


class _Begun:
    """Implements interfaces.Entities; the first `transact` uses the transaction."""

    def __init__(self, entities: Entities, begun: BegunTransaction) -> None:
        self._entities = entities
        self._begun: list[BegunTransaction] = [begun]

    def transact(self, work: Callable[[Transaction], T], begun: BegunTransaction | None = None) -> T:
        return self._entities.transact(work, self._begun.pop() if self._begun else begun)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entities, name)
