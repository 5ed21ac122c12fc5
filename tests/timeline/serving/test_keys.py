"""The keys of an issuer: fetching, caching, and outages."""

from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from tests.timeline.serving.providers import Provider
from timeline.errors import Unavailable
from timeline.serving.issuers import Issuer
from timeline.serving.keys import COOL_DOWN_SECONDS, FRESH_SECONDS, PAUSE_SECONDS, STALE_SECONDS, Keys


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def keys(provider: Provider, hands: Hands) -> Keys:
    return Keys(Issuer(provider.issuer, frozenset({"app"})), hands)


def test_keys_are_fetched_once(keys: Keys, provider: Provider) -> None:
    found = {keys.key("known").key_id for _ in range(20)}

    assert found == {"known"}
    assert provider.asked == {"/.well-known/openid-configuration": 1, "/keys": 1}


def test_many_threads_cause_one_fetch(keys: Keys, provider: Provider) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: keys.key("known").key_id, range(40)))

    assert found == {"known"}
    assert provider.asked["/keys"] == 1


def test_fetches_for_unknown_key_ids_are_limited(keys: Keys, provider: Provider, hands: Hands) -> None:
    keys.key("known")

    for number in range(3 * 50):
        hands.seconds += COOL_DOWN_SECONDS / 50
        with pytest.raises(jwt.InvalidTokenError):
            keys.key(f"unknown-{number}")

    assert provider.asked["/keys"] <= 1 + 3
    assert provider.asked["/.well-known/openid-configuration"] == 1


def test_a_new_key_is_found_after_the_cool_down(keys: Keys, provider: Provider, hands: Hands) -> None:
    keys.key("known")
    provider.key_ids = ["known", "new"]
    hands.seconds += COOL_DOWN_SECONDS

    assert keys.key("new").key_id == "new"


def test_a_withdrawn_key_is_dropped(keys: Keys, provider: Provider, hands: Hands) -> None:
    keys.key("known")
    provider.key_ids = ["new"]
    hands.seconds += FRESH_SECONDS + 1

    with pytest.raises(jwt.InvalidTokenError):
        keys.key("known")


def test_known_keys_stay_valid_while_the_issuer_is_unavailable(
    keys: Keys, provider: Provider, hands: Hands
) -> None:
    keys.key("known")
    provider.is_broken = True

    hands.seconds += STALE_SECONDS - 1
    assert keys.key("known").key_id == "known"

    hands.seconds += 2
    with pytest.raises(Unavailable):
        keys.key("known")


def test_a_failing_issuer_is_asked_once_per_pause(keys: Keys, provider: Provider, hands: Hands) -> None:
    provider.is_broken = True

    for _ in range(20):
        with pytest.raises(Unavailable):
            keys.key("known")
    assert sum(provider.asked.values()) == 1

    provider.is_broken = False
    hands.seconds += PAUSE_SECONDS
    assert keys.key("known").key_id == "known"
