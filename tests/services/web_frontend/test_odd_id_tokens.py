"""Sign in on the website with malformed tokens and responses of the identity provider."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.services.web_frontend.visitors import Person
from tests.timeline.serving.providers import Provider, a_token, running_provider, signed
from web_frontend import create_app

if TYPE_CHECKING:
    from timeline.interfaces import Backends


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def visitor(backends: "Backends", provider: Provider) -> Person:
    settings = replace(backends.settings, oidc_issuer=provider.issuer, oidc_client_id="app")
    return Person(create_app(replace(backends, settings=settings)).test_client())


def status_after(visitor: Person, provider: Provider, **claims: Any) -> int:
    """Sign in with an ID token of these claims, and return the status of the response."""
    state, nonce = begin(visitor)
    provider.token_answer = token_answer(a_token(provider, nonce=nonce, **claims))
    return visitor.opens(f"/signin/done?code=any&state={state}").status_code


def begin(visitor: Person) -> tuple[str, str]:
    asked = parse_qs(urlsplit(visitor.opens("/signin").headers["Location"]).query)
    return asked["state"][0], asked["nonce"][0]


def token_answer(id_token: object) -> bytes:
    return json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": id_token}).encode()


def test_a_good_token_signs_in(visitor: Person, provider: Provider) -> None:
    assert status_after(visitor, provider, preferred_username="Åsa") == 303
    assert "asa" in visitor.opens("/user/asa/").text


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *(("sub", odd) for odd in ("\ud800", "", 5, [], {}, "x" * 256)),
        *(("iat", odd) for odd in (-(10**18), 10**400, float("inf"), float("nan"), "x", [])),
    ],
    ids=ascii,
)
def test_a_subject_or_moment_that_cannot_be_is_refused(
    visitor: Person, provider: Provider, claim: str, value: Any
) -> None:
    assert status_after(visitor, provider, **{claim: value}) == 401


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *(("exp", odd) for odd in (float("nan"), "x", [], -1)),
        *(("iss", odd) for odd in (5, [], {}, "\ud800")),
        *(("aud", odd) for odd in (5, [], {"a": 1}, [[]], "\ud800")),
        *(("nbf", odd) for odd in (1e300, "x", [])),
        *(("azp", odd) for odd in ([], {}, 5)),
    ],
    ids=ascii,
)
def test_an_odd_claim_that_identifies_is_refused_or_harmless(
    visitor: Person, provider: Provider, claim: str, value: Any
) -> None:
    assert status_after(visitor, provider, **{claim: value}) in {303, 401}


@pytest.mark.parametrize(
    "value", ["\ud800", 5, [], {}, None, "x" * 5_000], ids=lambda value: ascii(value)[:10]
)
def test_an_odd_claim_that_describes_keeps_nobody_out(
    visitor: Person, provider: Provider, value: Any
) -> None:
    odd = dict.fromkeys(("name", "email", "email_verified", "preferred_username"), value)

    assert status_after(visitor, provider, **odd) == 303


@pytest.mark.parametrize(
    "answer",
    [
        *(b"[]", b"null", b"{}", b'"text"', b"[" * 5_000, b"\xff"),
        *(token_answer(odd) for odd in (None, 5, [], "", "a.b.c", "...")),
        *(token_answer(signed(payload)) for payload in (b"[]", b"null", b"5", b"[" * 4_000, b"\xff")),
    ],
    ids=lambda answer: ascii(answer[:20]),
)
def test_an_odd_answer_of_the_provider_signs_nobody_in(
    visitor: Person, provider: Provider, answer: bytes
) -> None:
    state, _ = begin(visitor)
    provider.token_answer = answer

    assert visitor.opens(f"/signin/done?code=any&state={state}").status_code in {401, 503}
