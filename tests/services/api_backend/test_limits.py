"""Limits: who is counted, by how many instances, what is answered, and what happens without the cache."""

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
    """A clock that stands still until somebody moves its hands; it shows ten seconds past noon."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(hour=12, minute=0, second=10, microsecond=0)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def instance(backends: "Backends", cloud: "Cloud", hands: Hands) -> Scaled:
    """Start one more instance of the API, with small limits."""

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


def test_an_answer_says_what_is_left(instance: Scaled) -> None:
    answer = instance().as_("ana").post_photo()

    assert answer.status_code == 201
    assert answer.headers["RateLimit-Policy"] == '"posts";q=2;w=60, "posts-daily";q=10;w=86400'
    assert answer.headers["RateLimit"] == f'"posts";r=1;t=50, "posts-daily";r=9;t={DAY // 2 - 10}'


def test_who_asks_too_much_is_told_when_to_go_on(instance: Scaled, hands: Hands) -> None:
    ana = instance().as_("ana")
    assert statuses(2, ana.post_photo) == [201, 201]

    refused = ana.post_photo()
    hands.moment += timedelta(seconds=int(refused.headers["Retry-After"]))

    assert code_of(refused) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "50"
    assert '"posts";r=0;t=50' in refused.headers["RateLimit"]
    assert ana.post_photo().status_code == 201


def test_a_day_has_an_end_too(instance: Scaled, hands: Hands) -> None:
    ana = instance().as_("ana")
    for _ in range(5):
        assert statuses(2, ana.post_photo) == [201, 201]
        hands.moment += timedelta(minutes=1)

    refused = ana.post_photo()
    hands.moment += timedelta(seconds=int(refused.headers["Retry-After"]))

    assert code_of(refused) == (429, "quota_exceeded")
    assert ana.post_photo().status_code == 201


def test_one_person_does_not_use_up_what_another_has(instance: Scaled) -> None:
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


def test_strangers_are_counted_by_their_address(instance: Scaled) -> None:
    api = instance()

    assert statuses(13, reading(api, "203.0.113.7")) == [200] * 12 + [429]
    assert reading(api, "203.0.113.8")().status_code == 200


def test_all_addresses_of_one_line_are_one(instance: Scaled) -> None:
    api = instance()
    addresses = [f"2001:db8:0:7::{number:x}" for number in range(12)]

    assert [reading(api, address)().status_code for address in addresses] == [200] * 12
    assert reading(api, "2001:db8:0:7:ffff::1")().status_code == 429
    assert reading(api, "2001:db8:0:8::1")().status_code == 200


def test_an_address_of_the_old_protocol_is_one_however_it_is_written(instance: Scaled) -> None:
    api = instance()
    statuses(12, reading(api, "203.0.113.7"))

    assert reading(api, "::ffff:203.0.113.7")().status_code == 429
    assert reading(api, "::ffff:203.0.113.8")().status_code == 200


def test_who_is_signed_in_does_not_share_the_fate_of_an_address(instance: Scaled) -> None:
    api = instance()
    statuses(13, reading(api, "203.0.113.7"))

    assert statuses(7, reading(api.as_("ana"), "203.0.113.7")) == [200] * 6 + [429]


def test_trying_out_ids_ends(instance: Scaled) -> None:
    api = instance()

    assert statuses(13, lambda: api.photo("0" * 16 + "-ana")) == [404] * 12 + [429]


def test_trying_out_tokens_ends(instance: Scaled) -> None:
    forger = instance(scale=0.01).with_token("nonsense")

    assert statuses(4, forger.me)[-1] == 401
    assert statuses(4, forger.post_photo) == [401, 401, 401, 429]


def test_reads_go_on_without_the_cache(instance: Scaled) -> None:
    for memcache in ("", NOWHERE):
        assert statuses(20, reading(instance(memcache), "203.0.113.7")) == [200] * 20


def test_without_the_cache_each_instance_counts_writes_for_itself(instance: Scaled) -> None:
    for memcache in ("", NOWHERE):
        first, second = instance(memcache).as_("ana"), instance(memcache).as_("ana")

        assert statuses(3, first.post_photo) == [201, 201, 429]
        assert statuses(1, second.post_photo) == [201]


def test_a_cache_that_forgot_everything_frees_nobody_of_what_this_instance_saw(
    instance: Scaled, cloud: "Cloud"
) -> None:
    ana = instance().as_("ana")
    assert statuses(2, ana.post_photo) == [201, 201]

    cloud.background.run(forget_everything(cloud))

    assert ana.post_photo().status_code == 429


async def forget_everything(cloud: "Cloud") -> None:
    import asyncio

    host, port = cloud.addresses["memcache"].rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"flush_all\r\n")
    assert await reader.readline() == b"OK\r\n"
    writer.close()
    await writer.wait_closed()


def test_nobody_is_counted_where_limits_are_off(instance: Scaled) -> None:
    api = instance(scale=0)

    answer = api.everyone()

    assert statuses(20, reading(api, "203.0.113.7")) == [200] * 20
    assert "RateLimit" not in answer.headers


def test_what_the_platform_asks_is_not_counted(instance: Scaled) -> None:
    api = instance()

    assert statuses(20, lambda: api.get("/healthz")) == [200] * 20


def test_archives_have_a_limit_of_a_day(instance: Scaled) -> None:
    ana = instance(scale=0.1).as_("ana")

    answers = [ana.call("POST", f"{ROOT}/me/export") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert code_of(answers[-1]) == (429, "quota_exceeded")


def test_every_operation_may_be_refused_for_being_too_much(api: Api) -> None:
    paths = api.get("/api/openapi.json").get_json()["paths"]

    assert all("429" in told["responses"] for methods in paths.values() for told in methods.values())
