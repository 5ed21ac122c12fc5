"""The proxies forward unchanged calls, and inject each fault as it is described."""

import smtplib
import socket
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from google.api_core import exceptions

from tests.faults.faults import Fault, Kind, NthCall, RandomFaults, Switch
from tests.faults.proxied_backends import Proxies, proxied_backends
from tests.faults.tcp_proxy import TcpProxy
from tests.waiting import eventually
from timeline.interfaces import Backends, Entity, Task

if TYPE_CHECKING:
    from timeline.settings import Settings

ROW = Entity(("User", "ana"), {"name": "Ana"})


@pytest.fixture
def proxied(backends: Backends) -> Iterator[tuple[Backends, Proxies]]:
    """Backends through proxies; the fixture `backends` has created the bucket."""
    with proxied_backends(backends.settings) as both:
        yield both


def test_without_faults_everything_passes(proxied: tuple[Backends, Proxies]) -> None:
    backends, _ = proxied
    backends.entities.put(ROW)
    backends.blobs.add("originals/ana/x", b"bytes" * 100_000, "image/jpeg")
    backends.tasks.add(Task(queue="renditions", path="/tasks/renditions/", name="first"))

    assert backends.entities.get(ROW.key) == [ROW]
    assert backends.blobs.read("originals/ana/x") == b"bytes" * 100_000
    assert backends.cache.add("key", b"value", 60)
    assert backends.cache.get("key") == b"value"


def test_an_error_comes_before_the_call_and_a_lost_reply_after_it(
    proxied: tuple[Backends, Proxies], backends: Backends
) -> None:
    through, proxies = proxied
    task = Task(queue="renditions", path="/tasks/renditions/", name="second")
    for kind, is_done in ((Kind.ERROR, False), (Kind.LOST, True)):
        row = Entity(("User", kind), {})
        proxies.datastore.plan = Switch()
        proxies.datastore.plan.fault = Fault(kind, status="NOT_FOUND")

        with pytest.raises(exceptions.NotFound):
            through.entities.put(row)
        assert (backends.entities.get(row.key) == [row]) is is_done

    proxies.tasks.plan = NthCall(1, Fault(Kind.LOST))
    through.tasks.add(task)
    assert proxies.tasks.plan.calls == ["CreateTask", "CreateTask"], "the client has repeated the call"


@pytest.mark.parametrize(
    "fault", [Fault(Kind.ERROR), Fault(Kind.LOST), Fault(Kind.DROP), Fault(Kind.LOST, status="503")]
)
def test_an_upload_survives_one_fault(
    proxied: tuple[Backends, Proxies], backends: Backends, fault: Fault
) -> None:
    through, proxies = proxied
    proxies.storage.plan = NthCall(1, fault)

    through.blobs.add("originals/ana/y", b"content", "image/jpeg")

    assert backends.blobs.read("originals/ana/y") == b"content"
    assert len(proxies.storage.plan.calls) >= 2


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.DROP, Kind.LOST])
def test_a_faulty_cache_is_an_empty_one(proxied: tuple[Backends, Proxies], kind: Kind) -> None:
    through, proxies = proxied
    through.cache.add("key", b"value", 60)
    proxies.memcache.plan = switch = Switch()
    switch.fault = Fault(kind)

    assert through.cache.get("key") is None
    assert switch.calls


def test_garbage_from_the_cache_has_the_form_of_a_value(proxied: tuple[Backends, Proxies]) -> None:
    through, proxies = proxied
    through.cache.add("key", b"value", 60)
    proxies.memcache.plan = NthCall(1, Fault(Kind.GARBAGE))

    garbage = through.cache.get("key")

    assert garbage is not None
    assert len(garbage) == len(b"value")
    assert garbage != b"value"
    assert through.cache.get("key") == b"value"


def test_commands_sent_together_are_one_call_to_the_cache(proxied: tuple[Backends, Proxies]) -> None:
    through, proxies = proxied
    proxies.memcache.plan = plan = NthCall(0, Fault(Kind.ERROR))

    value, token, _ = through.cache.add_and_gets("key", b"v" * 200_000, 60)
    through.cache.fill("key", b"w", token, 60)
    assert eventually(lambda: len(plan.calls) == 2)  # the client does not wait for a reply to cas
    through.cache.delete("key", "other")

    assert value == b"v" * 200_000
    assert plan.calls == ["memcached add gets", "memcached cas", "memcached delete delete"]


def test_every_service_has_a_proxy(proxied: tuple[Backends, Proxies]) -> None:
    """The campaign with a fault at each call misses a service without one."""
    through, proxies = proxied
    local = {"settings", "clock"}
    of_services = {"entities": "datastore", "blobs": "storage", "cache": "memcache", "services": "site"}

    remote = {field.name for field in fields(through)} - local

    assert {of_services.get(name, name) for name in remote} | {"metadata"} == {
        field.name for field in fields(proxies)
    }


def test_a_mail_server_behind_a_proxy_may_stay_silent(settings: "Settings") -> None:
    switch = Switch()
    with TcpProxy(f"{settings.smtp_host}:{settings.smtp_port}", switch) as proxy:
        host, _, port = proxy.address.rpartition(":")
        assert smtplib.SMTP(host, int(port), timeout=60).noop()[0] == 250

        switch.fault = Fault(Kind.HANG)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtplib.SMTP(host, int(port), timeout=0.2)


def test_a_seed_repeats_its_decisions() -> None:
    first, second, other = (
        RandomFaults(seed, 0.3, [Fault(Kind.ERROR), Fault(Kind.LOST)]) for seed in (1, 1, 2)
    )
    decisions = [[plan("call") for _ in range(200)] for plan in (first, second, other)]

    assert decisions[0] == decisions[1] != decisions[2]
    assert first.injected == sum(fault is not None for fault in decisions[0])


def test_a_stopped_proxy_refuses_connections(settings: "Settings") -> None:
    with TcpProxy(settings.memcache_host) as proxy:
        host, _, port = proxy.address.rpartition(":")

    with pytest.raises(ConnectionError):
        socket.create_connection((host, int(port)), timeout=5)
