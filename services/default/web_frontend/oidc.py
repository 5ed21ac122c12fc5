"""Sign-in with OpenID Connect: the code flow with PKCE, state and nonce, using Authlib."""

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
TIMEOUT_SECONDS = 10
NOT_COMPLETED = "The sign-in was not completed. Sign in again."
NO_IDENTITY = "The sign-in service did not say who you are. Sign in again."
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors that Authlib does not catch for responses and claims of unexpected types."""


def redirect_to_provider(back_to: str) -> Response:
    """Redirect to the identity provider, and discard sign-ins that were started earlier and abandoned."""
    for begun in [name for name in session if name.startswith("_state_")]:
        session.pop(begun)
    with _translated_errors():
        answer: Response = _provider().authorize_redirect(back_to)
    return answer


def claims_from_provider() -> Claims:
    """Exchange the browser's code for a verified token. Raises Unauthenticated, Unavailable."""
    with _translated_errors(*UNREADABLE):
        token = _provider().authorize_access_token()
        if "userinfo" in token:
            return claims_of(token["userinfo"])
    raise Unauthenticated(NO_IDENTITY)


def _provider() -> Any:
    if EXTENSION not in current_app.extensions:
        _register(current_app)
    return current_app.extensions[EXTENSION].create_client(PROVIDER)


def _register(app: Flask) -> None:
    # Importing Authlib takes a tenth of a second, so it is imported at the first sign-in.
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
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


@contextmanager
def _translated_errors(*unreadable: type[Exception]) -> Iterator[None]:
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        yield
    except RequestException as error:
        raise Unavailable("The sign-in service does not respond. Try again in a moment.") from error
    except (OAuthError, JoseError, *unreadable) as error:
        raise Unauthenticated(NOT_COMPLETED) from error
