"""A service that runs: its instances, and which of them gets the next request."""

import asyncio
import contextlib
from collections.abc import Mapping

from localcloud.appengine.instances.command import check_command
from localcloud.appengine.instances.errand import Broken, Errand, NoInstance, Unreachable
from localcloud.appengine.instances.guard import Guard
from localcloud.appengine.instances.instance import Instance, Surroundings
from localcloud.appengine.logs import LogBook
from localcloud.appengine.project import Service
from localcloud.appengine.wire import Answer

PATIENCE = 15.0
PAUSE = 0.05
MOST_TRIES = 3
HOPELESS_AFTER = 2


class RunningService:
    def __init__(self, service: Service, environment: Mapping[str, str], logs: LogBook, guard: Guard) -> None:
        self.service = service
        self._environment = environment
        self._changed = asyncio.Event()
        around = Surroundings(service, environment, logs, guard, self._tell)
        self.instances = [Instance(index, around) for index in range(service.scaling.instances)]
        self._next = 0

    @property
    def is_ready(self) -> bool:
        return all(instance.state == "running" for instance in self.instances)

    @property
    def is_hopeless(self) -> bool:
        """Whether it did not start however often it was tried: then nobody is kept waiting."""
        return all(
            instance.state != "running" and instance.failures >= HOPELESS_AFTER for instance in self.instances
        )

    def check(self) -> None:
        check_command(self.service, {**self._environment, "PORT": "0", "GAE_INSTANCE": "0"})

    def start(self) -> None:
        for instance in self.instances:
            instance.start()

    async def stop(self, grace: float) -> None:
        await asyncio.gather(*(instance.stop(grace) for instance in self.instances))

    async def settled(self) -> None:
        """Wait until all instances answer, or none can start."""
        while not (self.is_ready or self.is_hopeless):
            await self._change()

    async def ready(self) -> None:
        while not self.is_ready:
            await self._change()

    async def exchange(self, errand: Errand) -> Answer:
        """Send to an instance that is ready, and wait some seconds for one if need be.

        Raises:
            NoInstance: none became ready.
            Broken: the answer broke off, and the errand may not be sent twice or broke off thrice.
            TimeoutError: no answer within the errand's seconds.
        """
        until = asyncio.get_running_loop().time() + min(PATIENCE, errand.seconds)
        tries = 0
        while True:
            instance = await self._choose(errand, until)
            try:
                return await instance.exchange(errand)
            except Unreachable:
                if asyncio.get_running_loop().time() > until:
                    raise NoInstance(self.service.name) from None
            except Broken:
                tries += 1
                if not errand.is_safe or tries >= MOST_TRIES:
                    raise
            await asyncio.sleep(PAUSE)

    async def _choose(self, errand: Errand, until: float) -> Instance:
        """Take turns among the ready ones."""
        while True:
            ready = [i for i in self.instances if i.state == "running" and _is_meant(i, errand.instance)]
            if ready:
                self._next += 1
                return ready[self._next % len(ready)]
            seconds = until - asyncio.get_running_loop().time()
            if seconds <= 0 or self.is_hopeless:
                raise NoInstance(self.service.name)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._change(), seconds)

    async def _change(self) -> None:
        await self._changed.wait()

    def _tell(self) -> None:
        """Wake everyone who waits for a change; who waits from now on waits for the next."""
        self._changed.set()
        self._changed = asyncio.Event()


def _is_meant(instance: Instance, wanted: str | None) -> bool:
    return wanted is None or wanted in (str(instance.index), instance.id)
