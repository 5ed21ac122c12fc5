"""Sign in from a command line: authorization code with PKCE and a loopback redirect (RFC 8252, 7636)."""

import base64
import hashlib
import json
import secrets
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from photo_timeline.errors import PhotoTimelineError

TIMEOUT_SECONDS = 30
SIGN_IN_SECONDS = 300
"""The time for a person to sign in."""
PAGE = "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>You can close this page."

Show = Callable[[str], object]


class SignInFailed(PhotoTimelineError):
    """The message has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The endpoints of an OpenID Connect provider."""

    url: str
    authorize: str
    token: str

    @classmethod
    def discover(cls, url: str) -> "Issuer":
        document = url.rstrip("/") + "/.well-known/openid-configuration"
        try:
            response = requests.get(document, timeout=TIMEOUT_SECONDS)
            response.raise_for_status()
            found = response.json()
            return cls(
                url=found["issuer"], authorize=found["authorization_endpoint"], token=found["token_endpoint"]
            )
        except (requests.RequestException, ValueError, KeyError) as error:
            raise SignInFailed(f"{url} has no OpenID Connect discovery document.") from error


def sign_in(issuer: Issuer, client_id: str, *, client_secret: str = "", show: Show = webbrowser.open) -> str:
    """Return an ID token. `show` opens the sign-in page."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _RedirectServer(("127.0.0.1", 0), _Handler) as server:
        server.timeout = SIGN_IN_SECONDS
        redirect_uri = f"http://127.0.0.1:{server.server_port}/"
        request = _authorization_request(client_id, redirect_uri, verifier, state)
        show(f"{issuer.authorize}?{urlencode(request)}")
        code = _code_of(server.wait(), state)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "code_verifier": verifier,
        **({"client_secret": client_secret} if client_secret else {}),
    }
    return _exchange(issuer, form)


def claims_of(token: str) -> dict[str, Any]:
    """Return the unverified claims of a token, to show its user and expiry."""
    try:
        body = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _authorization_request(client_id: str, redirect_uri: str, verifier: str, state: str) -> dict[str, str]:
    digest = hashlib.sha256(verifier.encode()).digest()
    return {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid profile email",
        "state": state,
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


def _code_of(answer: dict[str, str], state: str) -> str:
    if not secrets.compare_digest(answer.get("state", ""), state):
        raise SignInFailed("The response does not belong to this sign-in. Try again.")
    if "code" not in answer:
        raise SignInFailed(
            answer.get("error_description")
            or answer.get("error")
            or "The identity provider returned no code."
        )
    return answer["code"]


def _exchange(issuer: Issuer, form: dict[str, str]) -> str:
    try:
        response = requests.post(issuer.token, data=form, timeout=TIMEOUT_SECONDS)
        found = response.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInFailed(f"{issuer.url} does not respond.") from error
    if "id_token" not in found:
        raise SignInFailed(
            str(
                found.get("error_description")
                or found.get("error")
                or "The identity provider returned no token."
            )
        )
    return str(found["id_token"])


class _RedirectServer(HTTPServer):
    """Waits on the loopback interface for the redirect with the response."""

    answer: dict[str, str] | None = None
    timed_out = False

    def wait(self) -> dict[str, str]:
        while self.answer is None and not self.timed_out:
            self.handle_request()
        if self.answer is None:
            raise SignInFailed("The sign-in was not completed in time.")
        return self.answer

    def handle_timeout(self) -> None:
        self.timed_out = True


class _Handler(BaseHTTPRequestHandler):
    server: _RedirectServer

    def do_GET(self) -> None:
        """Accept the request with a state; browsers also request icons."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        is_answer = "state" in query
        if is_answer:
            self.server.answer = query
        title = "Signed in" if "code" in query else "Not signed in"
        content = PAGE.format(title=title).encode()
        self.send_response(200 if is_answer else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Log nothing to the terminal."""
