"""Sign-in by OpenID Connect: the code flow with PKCE, state and nonce, through Authlib."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, current_app, session

from timeline.accounts.users import Claims
from timeline.errors import Unauthenticated, Unavailable
from timeline.serving import current_backends
from timeline.serving.claims import claims_of

PROVIDER = "oidc"
EXTENSION = "authlib.integrations.flask_client"
SCOPES = "openid email profile"
SECONDS_TO_ANSWER = 10
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors that Authlib lets through for answers and claims that are not of the types it expects."""


def redirect_to_provider(back_to: str) -> Response:
    """Send the browser to the identity provider; a sign-in begun earlier and left is forgotten."""
    for begun in [name for name in session if name.startswith("_state_")]:
        session.pop(begun)
    with _failures_named():
        answer: Response = _provider().authorize_redirect(back_to)
    return answer


def claims_from_provider() -> Claims:
    """Trade the code that the browser brought for a verified token. Raises Unauthenticated, Unavailable."""
    with _failures_named(*UNREADABLE):
        token = _provider().authorize_access_token()
        if "userinfo" in token:
            return claims_of(token["userinfo"])
    raise Unauthenticated("The identity provider sent no ID token.")


def _provider() -> Any:
    if EXTENSION not in current_app.extensions:
        _register(current_app)
    return current_app.extensions[EXTENSION].create_client(PROVIDER)


def _register(app: Flask) -> None:
    # Authlib and what it needs take a tenth of a second to import: the first sign-in pays, not every start.
    from authlib.integrations.flask_client import OAuth  # noqa: PLC0415

    settings = current_backends().settings
    OAuth(app).register(
        PROVIDER,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.discovery_url,
        client_kwargs={
            "scope": SCOPES,
            "code_challenge_method": "S256",
            "default_timeout": SECONDS_TO_ANSWER,
        },
    )


@contextmanager
def _failures_named(*unreadable: type[Exception]) -> Iterator[None]:
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        yield
    except RequestException as error:
        raise Unavailable("The identity provider does not answer; try again soon.") from error
    except (OAuthError, JoseError, *unreadable) as error:
        raise Unauthenticated("This sign-in did not come to an end; please start again.") from error
