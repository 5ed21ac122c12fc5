"""ID tokens: issuer, audience and expiry."""

import base64
import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.timeline.serving.providers import Provider, a_token, signed
from timeline.accounts import users
from timeline.errors import Unauthenticated, Unavailable
from timeline.serving.issuers import IssuerInvalid, issuers_of
from timeline.serving.tokens import CACHE_SECONDS, LEEWAY_SECONDS, MAX_CACHED, Tokens
from timeline.settings import Settings

if TYPE_CHECKING:
    from timeline.interfaces import Backends

GOOGLE = "https://accounts.google.com"
FIREBASE = "https://securetoken.google.com/our-project"


def tokens_of(issuer: str = "", audience: str = "app", more: str = "") -> Tokens:
    return Tokens(issuers_of(Settings(oidc_issuer=issuer, oidc_audience=audience, oidc_more_issuers=more)))


@pytest.fixture
def phones(provider: Provider) -> Tokens:
    """Settings that accept tokens of Google and Firebase with the provider's keys."""
    more = f"{GOOGLE} web android keys={provider.keys_url}; {FIREBASE} our-project keys={provider.keys_url}"
    return tokens_of(more=more)


def test_both_forms_of_googles_issuer_are_accepted(phones: Tokens, provider: Provider) -> None:
    found = [phones.verify(a_token(provider, iss=iss, aud="web")) for iss in (GOOGLE, "accounts.google.com")]

    assert {(claims.issuer, claims.subject) for claims in found} == {(GOOGLE, "1")}


@pytest.mark.parametrize("audience", ["web", "android", ["web"]])
def test_each_configured_client_is_an_audience(phones: Tokens, provider: Provider, audience: Any) -> None:
    token = a_token(provider, iss=GOOGLE, aud=audience, azp="the android app, as Google writes it")

    assert phones.verify(token).subject == "1"


def test_keys_are_found_where_services_reach_the_issuer(provider: Provider) -> None:
    """In containers, the issuer's own address is reachable by browsers only."""
    issuer = "http://localhost:9"
    inside = f"{provider.issuer}/.well-known/openid-configuration"
    tokens = Tokens(issuers_of(Settings(oidc_issuer=issuer, oidc_audience="app", oidc_discovery_url=inside)))

    assert tokens.verify(a_token(provider, iss=issuer)).issuer == issuer


def test_firebase_tokens_are_accepted(phones: Tokens, provider: Provider) -> None:
    token = a_token(
        provider,
        iss=FIREBASE,
        aud="our-project",
        sub="uid-of-firebase",
        auth_time=int(time.time()),
        email="ana@example.com",
        email_verified=False,
        firebase={"sign_in_provider": "password"},
    )

    claims = phones.verify(token)

    assert (claims.issuer, claims.subject) == (FIREBASE, "uid-of-firebase")
    assert (claims.email, claims.email_verified) == ("ana@example.com", False)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": GOOGLE, "aud": "our-project"},
        {"iss": FIREBASE, "aud": "web"},
        {"iss": GOOGLE, "aud": "app"},
        {"iss": FIREBASE, "aud": "their-project"},
        {"iss": "https://securetoken.google.com/their-project", "aud": "our-project"},
        {"iss": "https://accounts.google.com/", "aud": "web"},
        {"iss": "http://accounts.google.com", "aud": "web"},
        {"iss": GOOGLE, "aud": ["web", "somebody"]},
        {"iss": GOOGLE, "aud": ["web", "somebody"], "azp": "somebody"},
        {"iss": GOOGLE, "aud": "web", "sub": ""},
        {"iss": GOOGLE, "aud": "web", "sub": "x" * 256},
        {"iss": GOOGLE, "aud": []},
        {"iss": None, "aud": "web"},
        {"iss": GOOGLE, "aud": None},
        {"iss": GOOGLE, "aud": "web", "iat": None},
    ],
)
def test_a_token_of_another_issuer_or_for_another_audience_is_refused(
    phones: Tokens, provider: Provider, claims: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        phones.verify(a_token(provider, **claims))


ODD_VALUES = (
    *(True, -1, 0, 10**400, -(10**18), 1e300, -1e300, float("inf"), float("-inf"), float("nan"), 0.5),
    *(
        "",
        "1",
        "99999999999",
        "\ud800",
        "a\udfffb",
        "\x00",
        "x" * 5_000,
        [],
        [[]],
        ["app", {}],
        ["\ud800"],
        {},
        {"a": 1},
    ),
)
IDENTIFYING = ("iss", "aud", "sub", "exp", "iat", "nbf", "azp")
DESCRIBING = ("preferred_username", "email", "email_verified", "name")


@pytest.mark.parametrize("claim", IDENTIFYING)
@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(value)[:20])
def test_an_unusual_claim_is_refused_or_ignored(
    backends: "Backends", provider: Provider, claim: str, value: Any
) -> None:
    token = a_token(provider, **{claim: value})

    with contextlib.suppress(Unauthenticated):
        users.identify(backends, tokens_of(provider.issuer).verify(token))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *(("sub", odd) for odd in ("\ud800", "a\udfffb", "", "x" * 256, 1, True, [], {}, ["1"])),
        *(("iat", odd) for odd in (-1, -(10**18), 10**400, 1e300, float("inf"), float("nan"), "1", True, [])),
        *(("exp", odd) for odd in (10**400, 1e300, float("inf"), float("nan"), "99999999999", True, [])),
        *(("iss", odd) for odd in (1, [], {}, "\ud800")),
        *(("aud", odd) for odd in (1, {"app": 1}, [["app"]], "\ud800")),
        *(("nbf", odd) for odd in (float("inf"), float("nan"), 1e300, "x", [])),
    ],
    ids=ascii,
)
def test_identifying_claims_must_be_valid(provider: Provider, claim: str, value: Any) -> None:
    with pytest.raises(Unauthenticated):
        tokens_of(provider.issuer).verify(a_token(provider, **{claim: value}))


@pytest.mark.parametrize("claim", DESCRIBING)
@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(value)[:20])
def test_descriptive_claims_never_prevent_a_sign_in(
    backends: "Backends", provider: Provider, claim: str, value: Any
) -> None:
    claims = tokens_of(provider.issuer).verify(a_token(provider, **{claim: value}))

    caller = users.identify(backends, claims)

    assert users.get_user(backends, caller.handle).email == ""


def test_half_an_emoji_at_the_end_of_a_name_is_left_out(provider: Provider) -> None:
    claims = tokens_of(provider.issuer).verify(
        a_token(provider, name="Ana \ud83d", email="a@b.example\ud800")
    )

    assert (claims.name, claims.email) == ("Ana ", "")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 4_000,
        b'{"iss":' * 500,
        b'{"iat":' + b"9" * 5_000 + b"}",
    ],
    ids=lambda payload: ascii(payload[:12]),
)
def test_a_payload_other_than_an_object_is_refused(provider: Provider, payload: bytes) -> None:
    with pytest.raises(Unauthenticated):
        tokens_of(provider.issuer).verify(signed(payload))


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"null",
        b'{"alg":[]}',
        b'{"alg":"RS256","kid":{}}',
        b"[" * 4_000,
        b'{"alg":"RS256","crit":1}',
        b"\xff",
    ],
)
def test_an_invalid_header_is_refused(provider: Provider, header: bytes) -> None:
    _, payload, signature = a_token(provider).split(".")
    forged = base64.urlsafe_b64encode(header).decode().rstrip("=")

    with pytest.raises(Unauthenticated):
        tokens_of(provider.issuer).verify(f"{forged}.{payload}.{signature}")


def test_with_several_audiences_azp_must_be_ours(phones: Tokens, provider: Provider) -> None:
    token = a_token(provider, iss=GOOGLE, aud=["web", "somebody"], azp="android")

    assert phones.verify(token).subject == "1"


@pytest.mark.parametrize(
    ("claim", "seconds", "is_taken"),
    [
        ("exp", -LEEWAY_SECONDS + 15, True),
        ("exp", -LEEWAY_SECONDS - 15, False),
        ("iat", LEEWAY_SECONDS - 15, True),
        ("iat", LEEWAY_SECONDS + 15, False),
        ("nbf", LEEWAY_SECONDS - 15, True),
        ("nbf", LEEWAY_SECONDS + 15, False),
    ],
)
def test_clock_skew_is_tolerated_within_the_leeway(
    provider: Provider, claim: str, seconds: int, is_taken: bool
) -> None:
    token = a_token(provider, **{claim: int(time.time()) + seconds})
    tokens = tokens_of(provider.issuer)

    if is_taken:
        assert tokens.verify(token).subject == "1"
    else:
        with pytest.raises(Unauthenticated):
            tokens.verify(token)


def test_a_cached_token_expires(provider: Provider) -> None:
    moment = time.time()
    tokens = Tokens(issuers_of(Settings(oidc_issuer=provider.issuer, oidc_audience="app")), lambda: moment)
    token = a_token(provider, exp=int(moment) + 1)
    assert tokens.verify(token) is tokens.verify(token)

    moment += 2
    again = tokens.verify(token)

    assert again is not tokens.verify(token)


def test_a_token_is_not_trusted_for_longer_than_its_key(provider: Provider) -> None:
    moment = time.time()
    tokens = Tokens(issuers_of(Settings(oidc_issuer=provider.issuer, oidc_audience="app")), lambda: moment)
    token = a_token(provider, exp=int(moment) + 9_000)
    first = tokens.verify(token)

    moment += CACHE_SECONDS + 1

    assert tokens.verify(token) is not first


def test_a_bounded_number_of_tokens_is_cached(provider: Provider) -> None:
    tokens = tokens_of(provider.issuer)
    claims = tokens.verify(a_token(provider))
    tokens._cached = {str(number): (float("inf"), claims) for number in range(MAX_CACHED)}

    tokens.verify(a_token(provider, sub="2"))

    assert len(tokens._cached) <= MAX_CACHED


def test_many_unknown_key_ids_cause_one_fetch(provider: Provider) -> None:
    tokens = tokens_of(provider.issuer)

    for number in range(20):
        with pytest.raises(Unauthenticated):
            tokens.verify(a_token(provider, kid=f"unknown-{number}"))

    assert provider.asked["/keys"] == 1


def test_an_unknown_issuer_is_never_asked_for_keys(provider: Provider) -> None:
    with pytest.raises(Unauthenticated):
        tokens_of("https://accounts.google.com").verify(a_token(provider))

    assert not provider.asked


def test_an_unavailable_provider_is_a_503(provider: Provider) -> None:
    token = a_token(provider, iss="http://127.0.0.1:1")

    with pytest.raises(Unavailable):
        tokens_of("http://127.0.0.1:1").verify(token)


@pytest.mark.parametrize(("issuer", "audience"), [("", "app"), ("here", ""), ("here", " ")])
def test_without_issuer_or_audience_no_token_is_accepted(
    provider: Provider, issuer: str, audience: str
) -> None:
    tokens = tokens_of(provider.issuer if issuer else "", audience)

    with pytest.raises(Unauthenticated):
        tokens.verify(a_token(provider))


@pytest.mark.parametrize(
    "text", ["accounts.example app", "https://id.example", "https://id.example app keys=file:///etc/passwd"]
)
def test_an_invalid_issuer_setting_fails_at_start(text: str) -> None:
    with pytest.raises(IssuerInvalid, match="OIDC_MORE_ISSUERS"):
        tokens_of(more=text)


def test_an_issuer_named_twice_has_the_audiences_of_both() -> None:
    found = issuers_of(
        Settings(oidc_issuer=GOOGLE, oidc_audience="web, ios", oidc_more_issuers=f"{GOOGLE} android ;")
    )

    assert found[GOOGLE].audiences == {"web", "ios", "android"}
