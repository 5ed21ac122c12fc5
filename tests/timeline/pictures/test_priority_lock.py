"""The decoder lock prefers the shortest job, but no job waits forever."""

import threading
from collections.abc import Callable

from tests.waiting import eventually
from timeline.pictures.priority_lock import MAX_OVERTAKEN, PriorityLock


class Queue:
    """Jobs that wait for a lock, in the order in which they got it."""

    def __init__(self) -> None:
        self.lock = PriorityLock()
        self.order: list[str] = []
        self.threads: list[threading.Thread] = []

    def add(self, name: str, work: float, then: Callable[[], None] = lambda: None) -> None:
        before = len(self.lock._waiters)
        thread = threading.Thread(target=self._run, args=(name, work, then))
        thread.start()
        self.threads.append(thread)
        eventually(lambda: len(self.lock._waiters) > before)

    def _run(self, name: str, work: float, then: Callable[[], None]) -> None:
        with self.lock.hold(work):
            self.order.append(name)
            then()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()


def test_the_shortest_waiting_job_is_next() -> None:
    queue = Queue()

    with queue.lock.hold():
        for name, work in (("long", 50), ("short", 1), ("medium", 10)):
            queue.add(name, work)
    queue.join()

    assert queue.order == ["short", "medium", "long"]


def test_equal_jobs_keep_their_order() -> None:
    queue = Queue()

    with queue.lock.hold():
        for name in "abcd":
            queue.add(name, 5)
    queue.join()

    assert queue.order == ["a", "b", "c", "d"]


def test_a_long_job_is_overtaken_only_so_often() -> None:
    queue = Queue()

    with queue.lock.hold():
        queue.add("long", 50)
        for number in range(MAX_OVERTAKEN + 3):
            queue.add(f"short {number}", 1)
    queue.join()

    assert queue.order.index("long") == MAX_OVERTAKEN
