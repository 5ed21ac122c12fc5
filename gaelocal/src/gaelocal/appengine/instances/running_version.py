"""A running or sleeping version: its instances, their number and their load balancing."""

import asyncio
import contextlib
import time
from collections.abc import Mapping

from gaelocal.appengine.http import Response
from gaelocal.appengine.instances.api_tickets import ApiTickets
from gaelocal.appengine.instances.command import missing_program
from gaelocal.appengine.instances.file_access import FileAccess
from gaelocal.appengine.instances.instance import Hours, Instance, InstanceContext
from gaelocal.appengine.instances.instance_request import (
    Broken,
    InstanceRequest,
    InstanceStopped,
    Killed,
    NoInstance,
    NoSuchInstance,
    Unreachable,
)
from gaelocal.appengine.instances.process import EVERYWHERE
from gaelocal.appengine.instances.reaper import Reaper
from gaelocal.appengine.instances.remote_instance import RemoteInstance
from gaelocal.appengine.instances.scaling_policy import policy_of
from gaelocal.appengine.logs import LogBuffer
from gaelocal.appengine.project import DEV, Service
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.supervision import Health

PATIENCE = 15.0
PAUSE = 0.05
MOST_TRIES = 3
HOPELESS_AFTER = 2
DEFAULTS = RuntimeOptions()


class RunningVersion:
    """A version without traffic has no process: the first request starts it, and it ends when idle.

    `instances` has at least one element, which is stopped while the version sleeps, unless the service cannot
    run here. `pending` counts the requests that wait for an instance.
    """

    def __init__(  # noqa: PLR0913 - all that an instance needs
        self,
        service: Service,
        environment: Mapping[str, str],
        logs: LogBuffer,
        reaper: Reaper,
        health: Health,
        *,
        tickets: ApiTickets | None = None,
        options: RuntimeOptions = DEFAULTS,
        access: FileAccess = EVERYWHERE,
        hours: Hours | None = None,
    ) -> None:
        self.service = service
        self.is_stopped = False
        self._mode = options.scaling
        self._request_seconds = options.request_seconds
        self._environment = environment
        self._changed = asyncio.Event()
        self._context = context = InstanceContext(
            service,
            environment,
            logs,
            reaper,
            self._instance_changed,
            health,
            tickets or ApiTickets(),
            access,
            hours,
        )
        self.instances = _instances(service, context)
        self._next = 0
        self._share = 1.0
        self._policy = policy_of(service, self._share, self._mode)
        self._is_up = False
        self._asked = 0
        self.pending = 0
        self._changing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._ending_idle: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Return the display name: the service alone if it runs from the project's folder."""
        name, version = self.service.name, self.service.version
        return name if version == DEV else f"version {version} of {name}"

    @property
    def deadline(self) -> float:
        """The deadline of a request in seconds; an option of the command line may shorten ten minutes."""
        scaling = self.service.scaling
        is_shortened = self._request_seconds and not scaling.must_start
        return min(scaling.deadline, self._request_seconds) if is_shortened else scaling.deadline

    @property
    def is_up(self) -> bool:
        """Return whether it has processes or is starting them."""
        return self._is_up

    @property
    def is_resident(self) -> bool:
        """Return whether it keeps processes without requests."""
        return not self.is_stopped and self._policy.wanted(0) > 0

    @property
    def is_ready(self) -> bool:
        """Return whether requests can be sent; with manual scaling, whether every instance has started."""
        needed = [instance for instance in self.instances if not instance.is_held]
        if self.service.scaling.kind == "manual" or not needed:
            return all(instance.is_started for instance in needed)
        return any(instance.is_started for instance in needed)

    @property
    def has_given_up(self) -> bool:
        """Return whether it failed to start several times, so that requests fail at once."""
        active = self._active
        return bool(active) and all(
            instance.state != "running" and instance.failures >= HOPELESS_AFTER for instance in active
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
    def fails_to_import(self) -> bool:
        """Return whether it does not start because of what its modules import."""
        return not self.is_ready and any(instance.fails_to_import for instance in self.instances)

    @property
    def share(self) -> float:
        """The fraction of the service's traffic; a version with traffic keeps running."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = share
        self._policy = policy_of(self.service, share, self._mode)
        self._grow(0)
        self._sleep_later()

    def start(self) -> None:
        """Start the instances that it has without requests, at least one."""
        self._is_up = True
        for instance in self.instances:
            instance.is_held = False
        if self.service.scaling.kind == "manual" or self.service.address:
            for instance in self.instances:
                instance.start()
            return
        self._grow(0)
        if self.instances and not self._active:
            self._add_instance()

    async def stop(self, grace: float | None = None) -> None:
        """Stop it; running requests get 30 seconds, or `grace`."""
        for instance in self.instances:
            instance.close_to_requests()
        if grace is not None:  # another shutdown may have begun with its 30 seconds
            self._is_up = False
            await asyncio.gather(*(instance.stop(grace) for instance in self.instances))
        async with self._changing:
            await self._end(grace)

    async def wake(self) -> None:
        """Start it unless it runs or is stopped; wait first if it is shutting down."""
        async with self._changing:
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

    async def renew(self, wanted: str) -> bool:
        """Replace one instance gracefully; return False if there is none with that ID or number."""
        async with self._changing:
            found = [one for one in self.instances if _is_meant(one, wanted) and self._is_up]
            for instance in found:
                await instance.stop()
                if self._is_up:
                    instance.start()
        return bool(found)

    async def stop_instance(self, wanted: str) -> bool:
        """Stop one instance until it is started again; return False if there is none of that ID or number."""
        async with self._changing:
            found = [one for one in self.instances if _is_meant(one, wanted)]
            for instance in found:
                instance.is_held = True
                await instance.stop()
        return bool(found)

    async def start_instance(self, wanted: str) -> bool:
        """Start a stopped instance; return False if there is none with that ID or number."""
        async with self._changing:
            found = [one for one in self.instances if _is_meant(one, wanted)]
            for instance in found:
                instance.is_held = False
                if self._is_up and instance.state == "stopped":
                    instance.start()
        return bool(found)

    async def resize(self, count: int) -> None:
        """Change the number of instances; the ones with the highest numbers are stopped."""
        if self.service.unavailable or self.service.address:
            return
        async with self._changing:
            kept, surplus = self.instances[:count], self.instances[count:]
            added = [Instance(index, self._context) for index in range(len(kept), count)]
            self.instances = [*kept, *added]
            if self._is_up:
                for instance in added:
                    instance.start()
            await asyncio.gather(*(instance.stop() for instance in surplus))

    async def settled(self) -> None:
        """Wait until it is ready or no instance can start."""
        while self._is_up and not (self.is_ready or self.has_given_up):
            await self._change()

    async def exchange(self, instance_request: InstanceRequest) -> Response:
        """Send to a ready instance; wait some seconds for one if necessary.

        Raises:
            NoSuchInstance: the request names an instance that this version does not have.
            InstanceStopped: the instance, or every one, is stopped or stopping.
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
            if self.pending:
                self._notify()
            self._sleep_later()

    async def _exchange(self, instance_request: InstanceRequest) -> Response:
        if not any(_is_meant(instance, instance_request.instance) for instance in self.instances):
            raise NoSuchInstance(instance_request.instance)
        until = asyncio.get_running_loop().time() + min(PATIENCE, instance_request.seconds)
        tries = 0
        if self._policy.spare or not self._policy.pending_seconds:
            self._grow(self._asked)
        while True:
            instance = self._free_instance(instance_request.instance) or await self._wait_for_one(
                instance_request, until
            )
            try:
                return await instance.exchange(instance_request)
            except Unreachable:
                if asyncio.get_running_loop().time() > until:
                    raise NoInstance(self.service.name) from None
            except Killed:
                raise
            except Broken:
                tries += 1
                if not instance_request.is_safe or tries >= MOST_TRIES:
                    raise
            await asyncio.sleep(PAUSE)

    def _free_instance(self, wanted: str | None) -> Instance | None:
        """Choose the instance with the fewest requests, in turn among equals."""
        limit = self._policy.concurrency if wanted is None else None
        free = [
            instance
            for instance in self.instances
            if instance.state == "running"
            and _is_meant(instance, wanted)
            and (limit is None or instance.in_flight < limit)
        ]
        if not free:
            return None
        least = min(instance.in_flight for instance in free)
        equal = [instance for instance in free if instance.in_flight == least]
        self._next += 1
        return equal[self._next % len(equal)]

    async def _wait_for_one(self, instance_request: InstanceRequest, until: float) -> Instance:
        """Wait for a free instance; where all are busy, up to the request's deadline."""
        loop = asyncio.get_running_loop()
        arrived = loop.time()
        self.pending += 1
        try:
            while not (instance := self._free_instance(instance_request.instance)):
                self._check_that_one_may_come(instance_request.instance)
                is_busy = any(one.state == "running" for one in self.instances)
                last = arrived + instance_request.seconds if is_busy else until
                seconds = last - loop.time()
                if seconds <= 0:
                    raise TimeoutError if is_busy else NoInstance(self.service.name)
                if loop.time() - arrived >= self._policy.pending_seconds:
                    self._grow(self._asked)
                else:
                    seconds = min(seconds, self._policy.pending_seconds)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), seconds)
        finally:
            self.pending -= 1
        return instance

    def _check_that_one_may_come(self, wanted: str | None) -> None:
        meant = [instance for instance in self.instances if _is_meant(instance, wanted)]
        if wanted is not None and not meant:
            raise NoSuchInstance(wanted)
        if self.is_stopped and self.service.scaling.must_start:
            raise InstanceStopped(self.service.name)
        if all(instance.is_held for instance in meant) or (wanted and not meant[0].is_active):
            raise InstanceStopped(self.service.name)
        if self.has_given_up or not self._is_up:
            raise NoInstance(self.service.name)

    @property
    def _active(self) -> list[Instance]:
        return [instance for instance in self.instances if instance.is_active]

    def _grow(self, requests: int) -> None:
        """Start the instances that so many requests need, but none for the only one that was stopped."""
        if not self._is_up or self.service.address or self.service.scaling.kind == "manual":
            return
        missing = self._policy.wanted(requests) - len(self._active)
        if self._policy.most == 1:
            missing -= sum(instance.is_held for instance in self.instances)
        for _ in range(missing):
            self._add_instance()

    def _add_instance(self) -> None:
        if not self.instances:
            return
        stopped = [one for one in self.instances if one.state == "stopped" and not one.is_held]
        if stopped:
            stopped[0].start()
            return
        taken = {instance.index for instance in self.instances}
        index = next(number for number in range(len(taken) + 1) if number not in taken)
        self.instances.append(Instance(index, self._context))
        self.instances[-1].start()

    def _surplus(self) -> list[Instance]:
        """Return the idle instances beyond those that are kept, the longest idle first."""
        if self.service.scaling.kind == "manual":
            return []
        count = len(self._active) - self._policy.wanted(self._asked)
        if count <= 0:
            return []
        idle = [instance for instance in self._active if instance.is_idle]
        return sorted(idle, key=lambda instance: instance.idle_since)[:count]

    def _sleep_later(self) -> None:
        """Look again when the next idle instance is to be stopped."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._is_up and (surplus := self._surplus()):
            seconds = surplus[0].idle_since + self._policy.idle_seconds - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, seconds), self._fall_asleep)

    def _fall_asleep(self) -> None:
        self._ending_idle = asyncio.create_task(self._end_idle_instances())

    async def _end_idle_instances(self) -> None:
        async with self._changing:
            oldest = time.monotonic() - self._policy.idle_seconds
            ending = [instance for instance in self._surplus() if instance.idle_since <= oldest]
            if ending and len(ending) == len(self._active):
                self._is_up = False
            for instance in ending:
                instance.close_to_requests()
            await asyncio.gather(*(instance.stop() for instance in ending))
            self._forget_stopped()
        self._sleep_later()

    def _forget_stopped(self) -> None:
        """Keep one row of a version that sleeps."""
        kept = [one for one in self.instances if one.state != "stopped" or one.is_held]
        self.instances = kept or self.instances[:1]

    async def _end(self, grace: float | None) -> None:
        self._is_up = False
        self._sleep_later()
        await asyncio.gather(*(instance.stop(grace) for instance in self.instances))
        if self.service.scaling.kind != "manual":
            self.instances = self.instances[:1]

    async def _change(self) -> None:
        await self._changed.wait()

    def _instance_changed(self) -> None:
        """Wake all waiting tasks; an instance whose start request has ended may be idle from now on."""
        self._notify()
        self._sleep_later()

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
