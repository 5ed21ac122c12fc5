"""Rate limits: counting across instances, responses, and behaviour without the cache."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from api_backend import create_app
from tests.services.api_backend.actors import ROOT, Actor, code_of
from tests.services.api_backend.conftest import Api
from timeline.gcp.memcache import Memcache
from timeline.rate_limits.limits import DAY
from web_frontend import create_app as create_website

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends

SCALE = 0.002
"""Of every limit: six reads a minute for a person, twelve for an address, two posts, ten of them a day."""
NOWHERE = "127.0.0.1:1"
Scaled = Callable[..., Api]


class Hands:
    """A clock that a test sets; it starts ten seconds after noon."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(hour=12, minute=0, second=10, microsecond=0)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def instance(backends: "Backends", cloud: "Cloud", hands: Hands) -> Scaled:
    """Start another instance of the API with small limits."""

    def start(memcache: str | None = None, scale: float = SCALE) -> Api:
        settings = replace(backends.settings, rate_limit_scale=scale)
        cache = backends.cache if memcache is None else Memcache(memcache, "")
        behind = replace(backends, settings=settings, cache=cache, clock=hands)
        return Api(create_app(behind), cloud.token_for)

    return start


def statuses(times: int, ask: Callable[[], TestResponse]) -> list[int]:
    return [ask().status_code for _ in range(times)]


def reading(actor: Actor, address: str) -> Callable[[], TestResponse]:
    return lambda: actor.get(f"{ROOT}/photos", {"X-Appengine-User-IP": address})


def test_a_response_has_the_remaining_quota(instance: Scaled) -> None:
    answer = instance().as_("ana").post_photo()

    assert answer.status_code == 201
    assert answer.headers["RateLimit-Policy"] == '"posts";q=2;w=60, "posts-daily";q=10;w=86400'
    assert answer.headers["RateLimit"] == f'"posts";r=1;t=50, "posts-daily";r=9;t={DAY // 2 - 10}'


def test_a_limited_caller_is_told_when_to_retry(instance: Scaled, hands: Hands) -> None:
    ana = instance().as_("ana")
    assert statuses(2, ana.post_photo) == [201, 201]

    refused = ana.post_photo()
    hands.moment += timedelta(seconds=int(refused.headers["Retry-After"]))

    assert code_of(refused) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "50"
    assert '"posts";r=0;t=50' in refused.headers["RateLimit"]
    assert ana.post_photo().status_code == 201


def test_a_daily_quota_is_enforced(instance: Scaled, hands: Hands) -> None:
    ana = instance().as_("ana")
    for _ in range(5):
        assert statuses(2, ana.post_photo) == [201, 201]
        hands.moment += timedelta(minutes=1)

    refused = ana.post_photo()
    hands.moment += timedelta(seconds=int(refused.headers["Retry-After"]))

    assert code_of(refused) == (429, "quota_exceeded")
    assert ana.post_photo().status_code == 201


def test_people_have_separate_quotas(instance: Scaled) -> None:
    api = instance()
    ana, bob = api.as_("ana"), api.as_("bob")

    assert statuses(3, ana.post_photo) == [201, 201, 429]
    assert statuses(3, bob.post_photo) == [201, 201, 429]


def test_all_instances_count_together(instance: Scaled) -> None:
    first, second = instance().as_("ana"), instance().as_("ana")

    answers = [each.post_photo().status_code for each in (first, second, first, second)]

    assert answers == [201, 201, 429, 429]


def test_the_website_and_the_api_count_together(
    instance: Scaled, backends: "Backends", cloud: "Cloud", hands: Hands
) -> None:
    settings = replace(backends.settings, rate_limit_scale=SCALE)
    website = create_website(replace(backends, settings=settings, clock=hands)).test_client()
    assert statuses(2, instance().as_("ana").post_photo) == [201, 201]

    refused = website.post("/post/ana/", data={"id_token": cloud.token_for("ana")})

    assert code_of(refused) == (429, "rate_limited")


def test_anonymous_callers_are_counted_by_address(instance: Scaled) -> None:
    api = instance()

    assert statuses(13, reading(api, "203.0.113.7")) == [200] * 12 + [429]
    assert reading(api, "203.0.113.8")().status_code == 200


def test_all_addresses_of_an_ipv6_network_count_together(instance: Scaled) -> None:
    api = instance()
    addresses = [f"2001:db8:0:7::{number:x}" for number in range(12)]

    assert [reading(api, address)().status_code for address in addresses] == [200] * 12
    assert reading(api, "2001:db8:0:7:ffff::1")().status_code == 429
    assert reading(api, "2001:db8:0:8::1")().status_code == 200


def test_an_ipv4_address_and_its_mapped_form_count_together(instance: Scaled) -> None:
    api = instance()
    statuses(12, reading(api, "203.0.113.7"))

    assert reading(api, "::ffff:203.0.113.7")().status_code == 429
    assert reading(api, "::ffff:203.0.113.8")().status_code == 200


def test_a_signed_in_caller_is_not_limited_by_address(instance: Scaled) -> None:
    api = instance()
    statuses(13, reading(api, "203.0.113.7"))

    assert statuses(7, reading(api.as_("ana"), "203.0.113.7")) == [200] * 6 + [429]


def test_guessing_ids_is_limited(instance: Scaled) -> None:
    api = instance()

    assert statuses(13, lambda: api.photo("0" * 16 + "-ana")) == [404] * 12 + [429]


def test_guessing_tokens_is_limited(instance: Scaled) -> None:
    forger = instance(scale=0.01).with_token("nonsense")

    assert statuses(4, forger.me)[-1] == 401
    assert statuses(4, forger.post_photo) == [401, 401, 401, 429]


def test_reads_are_not_limited_without_the_cache(instance: Scaled) -> None:
    for memcache in ("", NOWHERE):
        assert statuses(20, reading(instance(memcache), "203.0.113.7")) == [200] * 20


def test_without_the_cache_each_instance_counts_writes_for_itself(instance: Scaled) -> None:
    for memcache in ("", NOWHERE):
        first, second = instance(memcache).as_("ana"), instance(memcache).as_("ana")

        assert statuses(3, first.post_photo) == [201, 201, 429]
        assert statuses(1, second.post_photo) == [201]


def test_an_emptied_cache_does_not_reset_exact_limits(instance: Scaled, cloud: "Cloud") -> None:
    ana = instance().as_("ana")
    assert statuses(2, ana.post_photo) == [201, 201]

    cloud.run(forget_everything(cloud))

    assert ana.post_photo().status_code == 429


async def forget_everything(cloud: "Cloud") -> None:
    import asyncio

    host, port = cloud.addresses["memcache"].rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"flush_all\r\n")
    assert await reader.readline() == b"OK\r\n"
    writer.close()
    await writer.wait_closed()


def test_scale_zero_disables_all_limits(instance: Scaled) -> None:
    api = instance(scale=0)

    answer = api.everyone()

    assert statuses(20, reading(api, "203.0.113.7")) == [200] * 20
    assert "RateLimit" not in answer.headers


def test_health_checks_are_not_counted(instance: Scaled) -> None:
    api = instance()

    assert statuses(20, lambda: api.get("/healthz")) == [200] * 20


def test_exports_have_a_daily_limit(instance: Scaled) -> None:
    ana = instance(scale=0.1).as_("ana")

    answers = [ana.call("POST", f"{ROOT}/me/export") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert code_of(answers[-1]) == (429, "quota_exceeded")


def test_every_operation_documents_rate_limiting(api: Api) -> None:
    paths = api.get("/api/openapi.json").get_json()["paths"]

    assert all("429" in told["responses"] for methods in paths.values() for told in methods.values())
