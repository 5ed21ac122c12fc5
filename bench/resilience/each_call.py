"""Inject a fault before and after each remote call of each operation, one at a time.

`make each-call-campaign` counts the calls of an operation to Datastore, Cloud Storage, Cloud Tasks, the mail
server, memcached, the metadata server and other services, and repeats the operation with a fault at each of
them: a failure before the call, a lost reply, and both of them final, which ends the request at that point.
memcached also drops connections before and after a command, and it and the services answer with garbage. The
client then repeats its request. After sweeps and tasks, nothing may be stuck: no outbox entry, no photo
without renditions, no file without an owner. When the cache is back, the user's stream is the one that
Datastore has.

The operations cover every route of the three services; a test compares them with the routes of the apps. A
read is tried with an empty and with a full cache, and must give the same answer once the fault is over.
"""

import itertools
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from bench.resilience.command_line import run_campaign_command
from bench.resilience.operations import api, tasks, website
from bench.resilience.operations.scene import Operation, Read, Scene, found
from bench.resilience.repeated_tasks import files_of
from bench.resilience.services import LocalServices, local_services
from tests.faults.faults import Fault, Kind, NthCall, no_faults
from tests.faults.memcache_proxy import PREFIX as CACHE
from tests.faults.proxied_backends import METADATA, SERVICE
from tests.waiting import eventually
from timeline.accounts.users import get_user
from timeline.digests.retention import in_state
from timeline.errors import NotFound
from timeline.exports import archives
from timeline.gcp import memcache

TRIES = 3
MOST_SWEEPS = 2
NUMBERS = itertools.count()
DONE = (200, 201, 202, 204, 302, 303)
SERVER_ERROR = 500
CLEAR_ERRORS = (500, 503)
INTERNALS = ("Traceback", "injected", "google.", "grpc", "PERMISSION_DENIED", "site-packages")
"""Words that an error must not show to a client, as well as the addresses of the services behind it."""
OPERATIONS: tuple[Operation, ...] = (*api.OPERATIONS, *website.OPERATIONS, *tasks.OPERATIONS)
READS: tuple[Read, ...] = (*api.READS, *website.READS, *tasks.READS)
NO_FAULT = Fault(Kind.ERROR)
REFUSED = (Fault(Kind.ERROR), Fault(Kind.ERROR, is_final=True))
LOST = (Fault(Kind.LOST), Fault(Kind.LOST, is_final=True))
BROKEN = (Fault(Kind.DROP), Fault(Kind.GARBAGE))
READING = ("Lookup", "RunQuery", "GET ")
"""Calls that change nothing: their lost reply is the same as a refused call."""
HTTP = (SERVICE, METADATA)
"""Services that only read, too, and whose answers may be anything."""


@dataclass
class Counts:
    operations: int = 0
    reads: int = 0
    remote_calls: int = 0
    cache_calls: int = 0
    service_calls: int = 0
    faults: int = 0
    repeated_requests: int = 0
    never_done: int = 0
    stuck: int = 0
    stale: int = 0
    wrong: int = 0
    unclear_errors: int = 0
    files_left: int = 0

    @property
    def is_clean(self) -> bool:
        left = (self.never_done, self.stuck, self.stale, self.files_left)
        return not (any(left) or self.wrong or self.unclear_errors)

    def note_calls(self, calls: list[str]) -> None:
        self.remote_calls += len(calls)
        self.cache_calls += sum(call.startswith(CACHE) for call in calls)
        self.service_calls += sum(call.startswith(HTTP) for call in calls)

    def note(self, what: str, count: int, problem: str) -> None:
        """Add to a count, and print what caused it."""
        if count:
            setattr(self, what, getattr(self, what) + count)
            print(f"{what.replace('_', ' ')}: {problem}", flush=True)


@dataclass
class Campaign:
    services: LocalServices
    counts: Counts
    uncached: Flask
    """api-backend without a cache."""

    def check_operation(self, operation: Operation) -> None:
        self.counts.operations += 1
        calls = self._try(operation, NthCall(0, NO_FAULT), "without a fault")
        self.counts.note_calls(calls)
        for number, call, fault in _faults_of(calls):
            self.counts.faults += 1
            self._try(operation, NthCall(number, fault), _described(number, call, fault))

    def check_reads(self, selected: list[Read]) -> None:
        """All reads share one user, and each of them is tried with an empty and with a full cache."""
        scene = self._reader()
        for read in selected:
            self.counts.reads += 1
            for is_cached in (False, True):
                self._check_read(scene, read, is_cached)

    def _check_read(self, scene: Scene, read: Read, is_cached: bool) -> None:
        plan = NthCall(0, NO_FAULT)
        expected = self._answer(scene, read, plan, is_cached)
        self.counts.note("wrong", expected[0] not in DONE, f"{read.route}: {expected[0]}")
        self.counts.note_calls(plan.calls)
        for number, call, fault in _faults_of(plan.calls):
            self.counts.faults += 1
            where = f"{read.route}, {'cached, ' if is_cached else ''}{_described(number, call, fault)}"
            during = self._answer(scene, read, NthCall(number, fault), is_cached)
            is_clear = during == expected or during[0] in CLEAR_ERRORS
            self.counts.note("wrong", not is_clear, f"{where}: {during} instead of {expected}")
            for _ in range(2):
                after = self._get(scene, read)
                self.counts.note("never_done", after != expected, f"{where}: {after} is not {expected}")
                self._resume_cache()

    def _answer(self, scene: Scene, read: Read, plan: NthCall, is_cached: bool) -> tuple[int, int]:
        self._resume_cache()
        self._empty_cache()
        if is_cached:
            self._get(scene, read)
        self._forget_token()
        self.services.proxies.inject(plan)
        answer = self._get(scene, read)
        self.services.proxies.inject(no_faults)
        return answer

    def _get(self, scene: Scene, read: Read) -> tuple[int, int]:
        """Return the status, and how often the answer mentions the photo."""
        path = scene.filled(read.path)
        if read.service == website.WEB:
            answer = scene.browser.opens(path)
        elif read.service == tasks.TASKS:
            answer = scene.cron(path)
        else:
            answer = scene.call("GET", path, headers=self._service_token() if "internal" in path else None)
        self._check_error(answer, read.route)
        is_text = not str(answer.mimetype).startswith("image/")
        return answer.status_code, answer.get_data(as_text=True).count(scene.photo) if is_text else 0

    def _service_token(self) -> dict[str, str]:
        calls: Any = self.services.backends.services
        return {"Authorization": f"Bearer {calls._current_token()}"}

    def _reader(self) -> Scene:
        """A user who has everything that can be read; another one has deleted their account."""
        scene = self._scene(website.ADMIN)
        leaver = self._scene("leaver")
        receipt = leaver.person.erase_me().headers["Location"].rpartition("/")[2]
        for prepare in (api.has_upload, website.has_avatar, website.has_token, api.has_session):
            prepare(scene)
        scene.values["photo"] = scene.browser.posts("sea")
        self.services.run_tasks()
        scene.call("POST", "/api/v1/me/export")
        self.services.run_tasks()
        export = scene.call("GET", "/api/v1/me/export").get_json()
        page = scene.browser.opens("/").text
        scene.values |= {
            "receipt": receipt,
            "export": export["id"],
            "image": found(r'(/image/[^"/ ]+/[^"/ ]+)', page),
            "static": found(r'(/static/[^"/ ]+/[^" ]+)', page),
            "avatar": website.avatar_of(scene),
        }
        return scene

    def _scene(self, user: str = "") -> Scene:
        user = user or f"user-{next(NUMBERS)}"
        scene = Scene(self.services, user, self.services.person(user))
        scene.person.me()
        return scene

    def _try(self, operation: Operation, plan: NthCall, where: str) -> list[str]:
        scene, name = self._scene(operation.user), f"{operation.name}, {where}"
        operation.prepare(scene)
        self._resume_cache()
        self._stream(self.services.api, scene)
        self.services.proxies.inject(plan)
        answer = operation.run(scene)
        self.services.proxies.inject(no_faults)
        self._check_error(answer, name)
        for _ in range(TRIES):
            if answer.status_code in DONE:
                break
            if answer.status_code in operation.also_done and plan.calls:
                break
            self.counts.repeated_requests += 1
            answer = operation.run(scene)
        is_done = answer.status_code in (*DONE, *operation.also_done)
        self.counts.note("never_done", not is_done, f"{name}: {answer.status_code}")
        self._check_stream(scene, name)
        self._settle(scene)
        self._check_stream(scene, name)
        self._check(operation, scene, name)
        self._forget(scene)
        return plan.calls

    def _check_stream(self, scene: Scene, name: str) -> None:
        """Compare the user's stream with that of Datastore, also when the cache is used again."""
        expected = self._stream(self.uncached, scene)
        for _ in range(2):
            seen = self._stream(self.services.api, scene)
            self.counts.note("stale", seen != expected, f"{name}: {seen} instead of {expected}")
            self._resume_cache()

    def _stream(self, app: Flask, scene: Scene) -> Any:
        """Return the user's photos; the status of an error, whose text names the request."""
        answer = app.test_client().get(f"/api/v1/users/{scene.user}/photos")
        return answer.get_json() if answer.status_code in DONE else answer.status_code

    def _settle(self, scene: Scene) -> None:
        """Let queues and sweeps finish what the request left to them.

        Orphaned files are erased after a day, uploads after three.
        """
        self.services.run_tasks()
        for _ in range(MOST_SWEEPS):
            if not self.services.outbox(scene.user):
                break
            self.services.sweep()
            self.services.run_tasks()
        self.services.clock.offset += timedelta(days=4)
        self.services.sweep()
        self.services.run_tasks()

    def _check(self, operation: Operation, scene: Scene, name: str) -> None:
        services, counts = self.services, self.counts
        stream = services.api.test_client().get(f"/api/v1/users/{scene.user}/photos?limit=100")
        photos = stream.get_json()["results"] if stream.status_code in DONE else []
        counts.note("wrong", len(photos) != operation.photos, f"{name}: {len(photos)} photos")
        counts.note("wrong", not operation.is_done(scene), f"{name}: not effective")
        left = [f"{row.key[2]} {row.values.get('path')}" for row in services.outbox(scene.user)]
        left += [f"photo {photo['status']}" for photo in photos if photo["status"] != "ready"]
        counts.note("stuck", len(left), f"{name}: {left}")
        expected, stored = self._expected_files(scene, photos), scene.files()
        counts.note("files_left", len(stored - expected), f"{name}: {sorted(stored - expected)}")
        counts.note("wrong", len(expected - stored), f"{name}: missing {sorted(expected - stored)}")
        self._check_emails(operation, scene, name)

    def _expected_files(self, scene: Scene, photos: list[Any]) -> set[str]:
        expected = {file for photo in photos for file in files_of(self.services, photo["id"])}
        try:
            avatar = get_user(self.services.backends, scene.user).avatar
        except NotFound:
            return expected
        export = archives.latest_export(self.services.backends, scene.user)
        files = {f"avatars/{scene.user}/{avatar}"} if avatar else set()
        return expected | files | ({export.file} if export else set())

    def _check_emails(self, operation: Operation, scene: Scene, name: str) -> None:
        """An email may be missing only if it is listed as uncertain."""
        address = f"{scene.user}@example.com"
        sent = sum(mail["to"] == address for mail in self.services.cloud.mails())
        listed = sum(user == scene.user for user, _ in in_state(self.services.backends, "uncertain"))
        is_right = sent == operation.emails or sent + listed == operation.emails
        self.counts.note("wrong", not is_right, f"{name}: {sent} emails, {listed} uncertain")

    def _check_error(self, answer: Any, name: str) -> None:
        """Cloud Storage answers uploads itself, with a `requests.Response`."""
        if answer.status_code < SERVER_ERROR or isinstance(answer, requests.Response):
            return
        text, proxies = answer.text, self.services.proxies
        internals = (*INTERNALS, proxies.datastore.address, proxies.tasks.address)
        shown = [word for word in internals if word in text]
        self.counts.note("unclear_errors", len(shown), f"{name}: {shown}")

    def _forget(self, scene: Scene) -> None:
        """Delete the user's rows and files, so that each operation begins with an empty site."""
        backends = self.services.backends
        backends.entities.delete(*scene.rows())
        backends.blobs.delete(sorted(scene.files()))
        (owner,) = backends.entities.get(("User", scene.user))
        if owner is not None and "erased" not in owner.values:
            backends.entities.put(replace(owner, values={**owner.values, "summary": "off", "avatar": ""}))
        self.services.cloud.emulators.mail.clear()
        self._empty_cache()

    def _empty_cache(self) -> None:
        cloud = self.services.cloud
        cloud.run(cloud.emulators.memcache.flush())

    def _resume_cache(self) -> None:
        """End the pause that follows a failure, and send the deletions that it held back."""
        cache: Any = self.services.faulty.cache

        def is_back() -> bool:
            cache._paused_until = 0.0
            return bool(cache.is_alive())

        eventually(is_back)

    def _forget_token(self) -> None:
        """The token for other services is valid for an hour."""
        calls: Any = self.services.faulty.services
        calls._expires = 0.0


def run_campaign(folder: Path, operations: int, reads: int, only: str, seed: int) -> Counts:
    """The numbers limit how many operations and reads are checked; 0 means all. The seed chooses them.

    `only` selects those whose name or route contains this text.
    """
    counts, chance = Counts(), random.Random(seed)
    with local_services(folder) as services:
        campaign = Campaign(services, counts, _uncached_api(services))
        for operation in _chosen([each for each in OPERATIONS if only in each.name], operations, chance):
            campaign.check_operation(operation)
        campaign.check_reads(_chosen([each for each in READS if only in each.route], reads, chance))
    return counts


def _uncached_api(services: LocalServices) -> Flask:
    from api_backend import create_app

    cache = memcache.connect(replace(services.backends.settings, memcache_host=""))
    return create_app(replace(services.backends, cache=cache))


def _chosen(everything: list[Any], limit: int, chance: random.Random) -> list[Any]:
    return chance.sample(everything, min(limit or len(everything), len(everything)))


def _faults_of(calls: list[str]) -> Iterator[tuple[int, str, Fault]]:
    """Yield the number and name of each call with each of its faults."""
    for number, call in enumerate(calls, 1):
        for fault in _faults_at(call):
            yield number, call, fault


def _faults_at(call: str) -> tuple[Fault, ...]:
    if call.startswith(HTTP):
        return (*REFUSED, *BROKEN)
    if call.startswith(CACHE):
        kinds = (Kind.ERROR, Kind.DROP, Kind.LOST, Kind.GARBAGE)
        return tuple(Fault(kind) for kind in kinds if kind is not Kind.GARBAGE or "get" in call)
    return REFUSED if call.startswith(READING) else (*REFUSED, *LOST)


def _described(number: int, call: str, fault: Fault) -> str:
    return f"{'final ' if fault.is_final else ''}{fault.kind} at call {number}, {call}"


def main() -> int:
    return run_campaign_command(__doc__, {"operations": 0, "reads": 0, "only": ""}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
