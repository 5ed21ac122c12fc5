"""Remote calls that run at the same time, because none of them needs the result of another."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

THREADS = 32
"""Four for each of the eight threads that serve requests. They only wait for remote calls."""

_POOL = ThreadPoolExecutor(THREADS, "remote-call")


@contextmanager
def started(call: Callable[[], T]) -> "Iterator[Future[T]]":
    """Run `call` beside the block, which gets its result by `.result()`. The block ends after the call.

    The call must not start further calls: with all threads waiting for others, none would run them.
    """
    running = _POOL.submit(copy_context().run, call)
    try:
        yield running
    finally:
        wait([running])


def together(first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
    """Run both at the same time, the second one in this thread; an error of the second one comes first."""
    with started(first) as running:
        result = second()
    return running.result(), result


def all_together(calls: "list[Callable[[], T]]") -> list[T]:
    """Run all at the same time, the last one in this thread. Raises the first error, after all have ended."""
    running = [_POOL.submit(copy_context().run, call) for call in calls[:-1]]
    try:
        last = [call() for call in calls[-1:]]
    finally:
        wait(running)
    return [*(each.result() for each in running), *last]
