"""A running or sleeping version: its instances and their load balancing."""

import asyncio
import contextlib
from collections.abc import Mapping

from gaelocal.appengine.http import Response
from gaelocal.appengine.instances.api_tickets import ApiTickets
from gaelocal.appengine.instances.command import missing_program
from gaelocal.appengine.instances.instance import Instance, InstanceContext
from gaelocal.appengine.instances.instance_request import (
    Broken,
    InstanceRequest,
    NoInstance,
    NoSuchInstance,
    Unreachable,
)
from gaelocal.appengine.instances.reaper import Reaper
from gaelocal.appengine.instances.remote_instance import RemoteInstance
from gaelocal.appengine.logs import LogBuffer
from gaelocal.appengine.project import DEV, Service
from gaelocal.supervision import Health

PATIENCE = 15.0
PAUSE = 0.05
MOST_TRIES = 3
HOPELESS_AFTER = 2


class RunningVersion:
    """A version without traffic has no process: the first request starts it, and it ends when idle."""

    def __init__(  # noqa: PLR0913 - all that an instance needs
        self,
        service: Service,
        environment: Mapping[str, str],
        logs: LogBuffer,
        reaper: Reaper,
        health: Health,
        *,
        tickets: ApiTickets | None = None,
    ) -> None:
        self.service = service
        self.is_stopped = False
        self._environment = environment
        self._changed = asyncio.Event()
        context = InstanceContext(
            service, environment, logs, reaper, self._notify, health, tickets or ApiTickets()
        )
        self.instances = _instances(service, context)
        self._next = 0
        self._share = 1.0
        self._is_up = False
        self._asked = 0
        self._turning = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._falling_asleep: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Return the display name: the service alone if it runs from the project's folder."""
        name, version = self.service.name, self.service.version
        return name if version == DEV else f"version {version} of {name}"

    @property
    def is_up(self) -> bool:
        """Return whether it has processes or is starting them."""
        return self._is_up

    @property
    def is_resident(self) -> bool:
        """Return whether it keeps processes without requests."""
        return not self.is_stopped and self._idle_seconds is None

    @property
    def is_ready(self) -> bool:
        return all(instance.state == "running" for instance in self.instances)

    @property
    def has_given_up(self) -> bool:
        """Return whether it failed to start several times, so that requests fail at once."""
        return all(
            instance.state != "running" and instance.failures >= HOPELESS_AFTER for instance in self.instances
        )

    def check(self) -> str:
        """Return why its program cannot be started; empty if no problem is known.

        Raises:
            ConfigError: its entrypoint cannot be read.
        """
        if self.service.address or self.service.unavailable:
            return self.service.unavailable
        program = missing_program(self.service, {**self._environment, "PORT": "0", "GAE_INSTANCE": "0"})
        return f"the program `{program}` of the entrypoint is not installed" if program else ""

    @property
    def failure(self) -> str:
        """Return in one line why it does not respond; empty while it does."""
        if self.is_ready:
            return self.service.unavailable if self.service.needs_program else ""
        return next((i.failure for i in self.instances if i.failure), "it does not start")

    @property
    def share(self) -> float:
        """The fraction of the service's traffic; a version with traffic keeps running."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = share
        self._sleep_later()

    def start(self) -> None:
        self._is_up = True
        for instance in self.instances:
            instance.start()

    async def stop(self, grace: float | None = None) -> None:
        """Stop it within `grace` seconds; the default depends on its scaling."""
        async with self._turning:
            await self._end(self._notice if grace is None else grace)

    async def wake(self) -> None:
        """Start it unless it runs or is stopped; wait first if it is shutting down."""
        async with self._turning:
            if not self._is_up and not self.is_stopped:
                self.start()

    async def responds(self) -> bool:
        """Start it if it sleeps, and return whether it responds; it does not go to sleep meanwhile."""
        self._asked += 1
        try:
            await self.wake()
            await self.settled()
            return self.is_ready
        finally:
            self._asked -= 1
            self._sleep_later()

    async def renew(self, instance_id: str) -> bool:
        """Replace one instance gracefully; return False if there is none with that ID."""
        async with self._turning:
            found = [one for one in self.instances if one.id == instance_id and self._is_up]
            for instance in found:
                await instance.stop(self._notice)
                instance.start()
        return bool(found)

    async def settled(self) -> None:
        """Wait until all instances are ready or none can start."""
        while self._is_up and not (self.is_ready or self.has_given_up):
            await self._change()

    async def ready(self) -> None:
        while self._is_up and not self.is_ready:
            await self._change()

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        """Send to a ready instance; wait some seconds for one if necessary.

        Raises:
            NoSuchInstance: the request names an instance that this version does not have.
            NoInstance: no instance became ready.
            Broken: the response broke off, and the request must not be repeated or failed three times.
            TimeoutError: no response within the request's deadline.
        """
        self._asked += 1
        try:
            if not self._is_up:
                await self.wake()
            return await self._exchange(instance_request)
        finally:
            self._asked -= 1
            self._sleep_later()

    async def _exchange(self, instance_request: InstanceRequest) -> Response:
        if not any(_is_meant(instance, instance_request.instance) for instance in self.instances):
            raise NoSuchInstance(instance_request.instance)
        until = asyncio.get_running_loop().time() + min(PATIENCE, instance_request.seconds)
        tries = 0
        while True:
            instance = await self._choose(instance_request, until)
            try:
                return await instance.exchange(instance_request)
            except Unreachable:
                if asyncio.get_running_loop().time() > until:
                    raise NoInstance(self.service.name) from None
            except Broken:
                tries += 1
                if not instance_request.is_safe or tries >= MOST_TRIES:
                    raise
            await asyncio.sleep(PAUSE)

    async def _choose(self, instance_request: InstanceRequest, until: float) -> Instance:
        """Choose a ready instance, round-robin."""
        while True:
            ready = [
                i for i in self.instances if i.state == "running" and _is_meant(i, instance_request.instance)
            ]
            if ready:
                self._next += 1
                return ready[self._next % len(ready)]
            seconds = until - asyncio.get_running_loop().time()
            if seconds <= 0 or self.has_given_up or not self._is_up:
                raise NoInstance(self.service.name)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._change(), seconds)

    @property
    def _notice(self) -> float:
        return self.service.scaling.shutdown_seconds

    @property
    def _idle_seconds(self) -> float | None:
        """Return the seconds without a request after which it sleeps; None means never.

        Versions in the project's folder run while they have traffic, also with basic scaling: the next
        request of the developer should not wait.
        """
        if self.service.scaling.kind == "manual":
            return None
        if self._share and (self.service.scaling.kind == "automatic" or self.service.version == DEV):
            return None
        return self.service.scaling.idle_timeout

    def _sleep_later(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        seconds = self._idle_seconds
        if self._is_up and not self._asked and seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._fall_asleep)

    def _fall_asleep(self) -> None:
        self._falling_asleep = asyncio.create_task(self._end_if_idle())

    async def _end_if_idle(self) -> None:
        async with self._turning:
            if not self._asked and self._idle_seconds is not None:
                await self._end(self._notice)

    async def _end(self, grace: float) -> None:
        self._is_up = False
        self._sleep_later()
        await asyncio.gather(*(instance.stop(grace) for instance in self.instances))

    async def _change(self) -> None:
        await self._changed.wait()

    def _notify(self) -> None:
        """Wake all tasks that wait for a change; later waiters wait for the next change."""
        self._changed.set()
        self._changed = asyncio.Event()


def _instances(service: Service, context: InstanceContext) -> list[Instance]:
    if service.unavailable:
        return []
    if service.address:
        return [RemoteInstance(0, context, service.address)]
    return [Instance(index, context) for index in range(service.scaling.instances)]


def _is_meant(instance: Instance, wanted: str | None) -> bool:
    return wanted is None or wanted in (str(instance.index), instance.id)
