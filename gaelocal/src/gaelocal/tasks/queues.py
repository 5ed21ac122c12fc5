"""All queues: their settings on disk, and the dispatcher of each."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gaelocal.clock import Clock
from gaelocal.protobuf import tasks_pb2
from gaelocal.supervision import Health
from gaelocal.tasks.attempts import Attempts
from gaelocal.tasks.errors import no_queue, queue_existed
from gaelocal.tasks.protocol.messages import queue_message, queue_of
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_dispatcher import QueueDispatcher
from gaelocal.tasks.state.queue_state import QUEUE_NAME_SECONDS, Origin, Queue, State, follow_file
from gaelocal.tasks.state.store import Store

ANYWHERE = "-"
"""The location under which a queue of queue.yaml is kept: it is found in every location."""


class Queues:
    def __init__(self, store: Store, attempts: Attempts, clock: Clock, health: Health) -> None:
        self._store = store
        self._attempts = attempts
        self._clock = clock
        self._health = health
        self._dispatchers: dict[str, QueueDispatcher] = {}

    def __iter__(self) -> Iterator[QueueDispatcher]:
        return (self._dispatchers[name] for name in sorted(self._dispatchers))

    def __contains__(self, name: str) -> bool:
        return name in self._dispatchers

    def open(self, configs: Sequence[QueueConfig]) -> None:
        """Start with the queues on disk, then apply queue.yaml, unless another one was deployed since.

        A queue that was removed from the file is disabled.
        """
        kept = [
            queue_of(tasks_pb2.Queue.FromString(blob), Origin(origin))
            for origin, blob in self._store.queues()
        ]
        known = {queue.config.name: queue for queue in kept}
        is_deployed = any(queue.origin is Origin.DEPLOYED for queue in kept)
        wanted = {} if is_deployed else {config.name: config for config in configs}
        for name, queue in known.items():
            has_left = queue.origin is Origin.FILE and not is_deployed
            if name not in wanted:
                self.put(replace(queue, state=State.DISABLED) if has_left else queue)
        for name, config in wanted.items():
            self.put(follow_file(known.get(name), config))

    def deploy(self, config: QueueConfig) -> Queue:
        """Apply the settings that were deployed; from now on the queue.yaml of the folder is ignored."""
        known = self._dispatchers[config.name].queue if config.name in self._dispatchers else Queue(config)
        return self.put(replace(known, config=config, origin=Origin.DEPLOYED))

    async def close(self) -> None:
        await asyncio.gather(*(dispatcher.stop() for dispatcher in self._dispatchers.values()))

    def dispatcher(self, name: str) -> QueueDispatcher:
        """Return the dispatcher of a queue.

        Raises:
            ApiError: there is no such queue.
        """
        if name not in self._dispatchers:
            raise no_queue()
        return self._dispatchers[name]

    def put(self, queue: Queue) -> Queue:
        """Keep a new or changed queue and apply its settings."""
        name = queue.config.name
        kept = queue_message(queue, f"projects/-/locations/{queue.location or ANYWHERE}/queues/{name}")
        self._store.keep_queue(name, queue.origin, kept.SerializeToString())
        if name in self._dispatchers:
            self._dispatchers[name].follow(queue)
            return queue
        self._dispatchers[name] = QueueDispatcher(
            queue, self._store, self._attempts, self._clock, self._health
        )
        self._dispatchers[name].start()
        return queue

    async def remove(self, name: str) -> None:
        """Delete a queue and its tasks, and reserve its name for a while."""
        dispatcher = self.dispatcher(name)
        del self._dispatchers[name]
        await dispatcher.stop()
        self._store.drop_queue(name, self._clock.now() + QUEUE_NAME_SECONDS)

    def check_not_reserved(self, name: str) -> None:
        """Check that no queue of this name was deleted a short time ago.

        Raises:
            ApiError: one was.
        """
        if self._store.is_reserved(name, self._clock.now()):
            raise queue_existed()

    def set_state(self, name: str, state: State) -> Queue:
        return self.put(replace(self.dispatcher(name).queue, state=state))

    def purge(self, name: str) -> Queue:
        queue = self.dispatcher(name).queue
        now = self._clock.now()
        self._store.purge(name, now + queue.tombstone_seconds)
        return self.put(replace(queue, purged_at=now))
