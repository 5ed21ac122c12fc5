"""The API at API_URL with API_TOKEN and API_TOKEN2, or else a platform started for the tests."""

import os
from collections.abc import Callable

import pytest
import requests

from tests.journeys.conformance.callers import Caller
from tests.journeys.conformance.surface import Surface

ANSWER_SECONDS = 60
TOKENS = {"ana": "API_TOKEN", "ben": "API_TOKEN2"}

SignIn = Callable[[str], str]


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> str:
    given = os.environ.get("API_URL", "").rstrip("/")
    return given or str(request.getfixturevalue("platform").app)


@pytest.fixture(scope="session")
def is_own_platform() -> bool:
    """True if the tests may create and delete accounts."""
    return not os.environ.get("API_URL")


@pytest.fixture(scope="session")
def surface(url: str) -> Surface:
    answer = requests.get(f"{url}/api/openapi.json", timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    return Surface(answer.json())


@pytest.fixture(scope="session")
def token_of(request: pytest.FixtureRequest, is_own_platform: bool) -> SignIn:
    """Return an ID token; on an external platform there are only ana and ben."""

    def sign_in(name: str) -> str:
        if is_own_platform:
            return str(request.getfixturevalue("platform").as_(f"conforming-{name}").token)
        token = os.environ.get(TOKENS.get(name, ""), "")
        if not token:
            pytest.skip(f"{TOKENS.get(name, 'a token that may be erased')} was not given")
        return token

    return sign_in


@pytest.fixture(scope="session")
def as_(url: str, surface: Surface, token_of: SignIn) -> Callable[[str], Caller]:
    return lambda name: Caller(url, surface, token_of(name))


@pytest.fixture
def nobody(url: str, surface: Surface) -> Caller:
    return Caller(url, surface)


@pytest.fixture
def ana(as_: Callable[[str], Caller]) -> Caller:
    return as_("ana")


@pytest.fixture
def ben(as_: Callable[[str], Caller]) -> Caller:
    return as_("ben")
