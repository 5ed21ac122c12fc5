"""The choice of a version when several versions share the traffic."""

from collections import Counter

import pytest

from gaelocal.appengine.front_door.traffic_split import choose_shard, set_split_cookie
from gaelocal.appengine.http import Body, Request, Response
from gaelocal.appengine.releases import InvalidSplit, Split


def a_request(cookie: str = "", peer: str = "127.0.0.1") -> Request:
    fields = {b"cookie": cookie.encode()} if cookie else {}
    return Request("GET", "/", "/", "localhost", [], fields, Body(), peer, keep_alive=True)


def set_cookies(response: Response) -> list[bytes]:
    return [value for name, value in response.headers if name == b"Set-Cookie"]


@pytest.mark.parametrize(
    ("shard_by", "allocations", "why"),
    [
        ("COOKIE", {"v1": 0.5, "v2": 0.4}, "add up to 0.9, not to 1"),
        ("COOKIE", {}, "add up to 0, not to 1"),
        ("IP", {"v1": 1.5, "v2": -0.5}, "between 0 and 1"),
        ("MOON", {"v1": 1.0}, "`MOON` is not a way to split traffic; use one of: COOKIE, IP, RANDOM"),
    ],
)
def test_a_split_that_cannot_be_meant_is_refused(
    shard_by: str, allocations: dict[str, float], why: str
) -> None:
    with pytest.raises(InvalidSplit, match=why):
        Split.of(shard_by, allocations)


def test_a_version_with_nothing_is_not_in_the_split() -> None:
    assert Split.of("IP", {"v2": 0.0, "v1": 1.0}) == Split("IP", {"v1": 1.0})


def test_thirds_add_up() -> None:
    assert len(Split.of("RANDOM", {"a": 0.1, "b": 0.2, "c": 0.7}).allocations) == 3


@pytest.mark.parametrize("cookie", ["GOOGAPPUID=437", "a=b; GOOGAPPUID=437", "GOOGAPPUID=437; c=d"])
def test_the_cookie_says_which_shard_and_is_not_set_again(cookie: str) -> None:
    split_choice = choose_shard(a_request(cookie), "COOKIE")
    response = Response(200, [], Body())

    set_split_cookie(split_choice, response)

    assert split_choice.shard == 437
    assert not set_cookies(response)


@pytest.mark.parametrize("cookie", ["", "GOOGAPPUID=1000", "GOOGAPPUID=-1", "XGOOGAPPUID=7", "GOOGAPPUID="])
def test_who_brings_no_number_is_given_the_one_it_drew(cookie: str) -> None:
    split_choice = choose_shard(a_request(cookie), "COOKIE")
    response = Response(200, [], Body())

    set_split_cookie(split_choice, response)

    assert 0 <= split_choice.shard <= 999
    assert set_cookies(response)[0].startswith(b"GOOGAPPUID=%d; Path=/" % split_choice.shard)


def test_a_number_the_service_sets_itself_stands() -> None:
    response = Response(200, [(b"Set-Cookie", b"GOOGAPPUID=5; Path=/")], Body())

    set_split_cookie(choose_shard(a_request(), "COOKIE"), response)

    assert set_cookies(response) == [b"GOOGAPPUID=5; Path=/"]


def test_an_address_draws_the_same_shard_each_time_and_all_of_them_spread() -> None:
    peers = [f"10.0.{each // 250}.{each % 250}" for each in range(1000)]
    shards = [choose_shard(a_request(peer=peer), "IP").shard for peer in peers]

    again = [choose_shard(a_request(peer=peer), "IP").shard for peer in peers]

    assert shards == again
    assert Counter(shard < 250 for shard in shards)[True] == pytest.approx(250, abs=80)
