"""Authentication with ID tokens."""

import base64
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.services.api_backend.actors import code_of
from tests.services.api_backend.conftest import Api

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.settings import Settings

Forge = Callable[["Cloud", "Settings"], str]

IN_2100 = 4_102_444_800


def claims(settings: "Settings", **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole: dict[str, Any] = {"iss": settings.oidc_issuer, "aud": settings.oidc_audience, "sub": "eve"}
    whole |= {"iat": now, "exp": now + 60}
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def signed_by_the_provider(cloud: "Cloud", given: dict[str, Any]) -> str:
    return str(cloud.emulators.identity._tokens.key.sign(given, "JWT"))


def no_algorithm(cloud: "Cloud", settings: "Settings") -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims(settings))}."


def signed_by_a_stranger(cloud: "Cloud", settings: "Settings") -> str:
    kid = jwt.get_unverified_header(cloud.token_for("eve"))["kid"]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims(settings), key, "RS256", {"kid": kid})


def signed_with_the_audience(cloud: "Cloud", settings: "Settings") -> str:
    """HS256 with a public value as the secret: algorithm confusion."""
    kid = jwt.get_unverified_header(cloud.token_for("eve"))["kid"]
    return jwt.encode(claims(settings), "x" * 64, "HS256", {"kid": kid})


def altered(cloud: "Cloud", settings: "Settings") -> str:
    header, _, signature = cloud.token_for("eve").split(".")
    other = cloud.token_for("ana").split(".")[1]
    return f"{header}.{other}.{signature}"


def with_claims(**changes: Any) -> Forge:
    return lambda cloud, settings: signed_by_the_provider(cloud, claims(settings, **changes))


def plain(token: str) -> Forge:
    return lambda *_: token


FORGERIES: dict[str, Forge] = {
    "empty": plain(""),
    "nonsense": plain("nonsense"),
    "three dots": plain("a.b.c"),
    "huge": plain("x" * 100_000),
    "expired": lambda cloud, _: cloud.token_for("eve", lifetime=-120),
    "for somebody else": lambda cloud, _: cloud.token_for("eve", audience="another-app"),
    "no algorithm": no_algorithm,
    "a stranger's key": signed_by_a_stranger,
    "another algorithm": signed_with_the_audience,
    "altered": altered,
    "another issuer": with_claims(iss="https://evil.example"),
    "no end": with_claims(exp=None),
    "no subject": with_claims(sub=None),
    "half a character as subject": with_claims(sub="\ud800"),
    "from long before everything": with_claims(iat=-(10**18)),
    "without end": with_claims(exp=float("inf")),
    "from the future": with_claims(nbf=IN_2100),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_an_invalid_token_is_refused(api: Api, cloud: "Cloud", settings: "Settings", forge: Forge) -> None:
    answer = api.with_token(forge(cloud, settings)).post_photo()

    assert code_of(answer) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_the_provider_is_accepted(api: Api, cloud: "Cloud", settings: "Settings") -> None:
    token = signed_by_the_provider(cloud, claims(settings))

    assert api.with_token(token).me().status_code == 200


def test_without_a_token_nothing_is_written(api: Api) -> None:
    answers = [api.post_photo(), api.me(), api.change_me(summary="daily"), api.erase_me()]

    assert {code_of(answer) for answer in answers} == {(401, "unauthenticated")}


def test_another_scheme_is_refused(api: Api) -> None:
    answer = api.get("/api/v1/me", {"Authorization": "Basic YW5hOnNlY3JldA=="})

    assert code_of(answer) == (401, "unauthenticated")


def test_an_invalid_token_does_not_affect_public_routes(api: Api) -> None:
    assert api.with_token("nonsense").everyone().status_code == 200


def test_the_first_request_creates_the_account(api: Api) -> None:
    assert api.get("/api/v1/users/ana").status_code == 404

    account = api.as_("ana").me().get_json()

    assert account["user"] == "ana"
    assert (account["summary"], account["timezone"]) == ("off", "UTC")
    assert api.get("/api/v1/users/ana").get_json()["user"] == "ana"


def test_two_people_with_one_name_get_two_handles(api: Api, cloud: "Cloud", settings: "Settings") -> None:
    def handle_of(subject: str) -> str:
        given = claims(settings, sub=subject, preferred_username="Ana Müller")
        return str(api.with_token(signed_by_the_provider(cloud, given)).me().get_json()["user"])

    assert [handle_of("1"), handle_of("2"), handle_of("1")] == ["ana-muller", "ana-muller-2", "ana-muller"]


@pytest.mark.parametrize("verified", [True, "true"])
def test_without_a_username_the_handle_comes_from_the_email_address(
    api: Api, cloud: "Cloud", settings: "Settings", verified: Any
) -> None:
    given = claims(settings, sub="7", email="Jo.Smith+x@example.com", email_verified=verified)

    account = api.with_token(signed_by_the_provider(cloud, given)).me().get_json()

    assert (account["user"], account["email"]) == ("jo-smith-x", "Jo.Smith+x@example.com")


def test_a_long_name_is_cut_between_characters(api: Api, cloud: "Cloud", settings: "Settings") -> None:
    given = claims(settings, sub="7", preferred_username="ana", name="x" * 77 + "👩\u200d🍳 of Vienna")

    account = api.with_token(signed_by_the_provider(cloud, given)).me().get_json()

    assert account["display_name"] == "x" * 77 + "…"


@pytest.mark.parametrize("verified", [False, None, "false", "True", "yes", 1, [True]])
def test_an_unverified_address_is_ignored(
    api: Api, cloud: "Cloud", settings: "Settings", verified: Any
) -> None:
    given = claims(settings, sub="7", email="victim@example.com", email_verified=verified)

    account = api.with_token(signed_by_the_provider(cloud, given)).me().get_json()

    assert (account["user"], account["email"]) == ("victim", "")
