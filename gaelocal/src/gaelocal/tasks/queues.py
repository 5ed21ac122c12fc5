"""All queues: what is kept of them, and the lane that works each of them off."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gaelocal.clock import Clock
from gaelocal.tasks import wire
from gaelocal.tasks.attempts import Attempts
from gaelocal.tasks.lane import Lane
from gaelocal.tasks.messages import queue_message, queue_of
from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_state import Origin, Queue, State, follow_file
from gaelocal.tasks.refusal import no_queue
from gaelocal.tasks.store import Store

NOWHERE = "projects/p/locations/l"
"""A queue is kept as its message, and a message wants a name; the location is never read again."""


class Queues:
    def __init__(self, store: Store, attempts: Attempts, clock: Clock) -> None:
        self._store = store
        self._attempts = attempts
        self._clock = clock
        self._lanes: dict[str, Lane] = {}

    def __iter__(self) -> Iterator[Lane]:
        return (self._lanes[name] for name in sorted(self._lanes))

    def __contains__(self, name: str) -> bool:
        return name in self._lanes

    def open(self, configs: Sequence[QueueConfig]) -> None:
        """Start with what is kept, then do as queue.yaml says, unless another one was deployed since.

        A queue that left the file is disabled.
        """
        kept = [
            queue_of(wire.Queue.FromString(blob), Origin(origin)) for origin, blob in self._store.queues()
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
        """Let a queue work by what was deployed; from now on queue.yaml has no say any more."""
        known = self._lanes[config.name].queue if config.name in self._lanes else Queue(config)
        return self.put(replace(known, config=config, origin=Origin.DEPLOYED))

    async def close(self) -> None:
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values()))

    def lane(self, name: str) -> Lane:
        """Give the lane of a queue.

        Raises:
            Refusal: there is no such queue.
        """
        if name not in self._lanes:
            raise no_queue()
        return self._lanes[name]

    def put(self, queue: Queue) -> Queue:
        """Keep a queue, new or changed, and work by it."""
        name = queue.config.name
        self._store.keep_queue(name, queue.origin, queue_message(queue, NOWHERE).SerializeToString())
        if name in self._lanes:
            self._lanes[name].follow(queue)
            return queue
        self._lanes[name] = Lane(queue, self._store, self._attempts, self._clock)
        self._lanes[name].start()
        return queue

    async def remove(self, name: str) -> None:
        lane = self.lane(name)
        del self._lanes[name]
        await lane.stop()
        self._store.drop_queue(name)

    def set_state(self, name: str, state: State) -> Queue:
        return self.put(replace(self.lane(name).queue, state=state))

    def purge(self, name: str) -> Queue:
        queue = self.lane(name).queue
        now = self._clock.now()
        self._store.purge(name, now + queue.tombstone_seconds)
        return self.put(replace(queue, purged_at=now))
