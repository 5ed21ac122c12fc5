"""Signing in from a command line: authorization code with PKCE, back to the loopback (RFC 8252, 7636)."""

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

ANSWER_SECONDS = 30
PATIENCE_SECONDS = 300
"""Long enough to find a password; a terminal that waits for ever helps nobody."""
PAGE = "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>You can close this page."

Show = Callable[[str], object]


class SignInFailed(Exception):
    """Says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An OpenID Connect provider, as it describes itself."""

    url: str
    authorize: str
    token: str

    @classmethod
    def discover(cls, url: str) -> "Issuer":
        where = url.rstrip("/") + "/.well-known/openid-configuration"
        try:
            answer = requests.get(where, timeout=ANSWER_SECONDS)
            answer.raise_for_status()
            found = answer.json()
            return cls(
                url=found["issuer"], authorize=found["authorization_endpoint"], token=found["token_endpoint"]
            )
        except (requests.RequestException, ValueError, KeyError) as error:
            raise SignInFailed(f"{url} does not say how to sign in there.") from error


def sign_in(issuer: Issuer, client_id: str, *, client_secret: str = "", show: Show = webbrowser.open) -> str:
    """Give an ID token. `show` opens a page for the person who signs in."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _Landing(("127.0.0.1", 0), _Handler) as landing:
        landing.timeout = PATIENCE_SECONDS
        back = f"http://127.0.0.1:{landing.server_port}/"
        show(f"{issuer.authorize}?{urlencode(_question(client_id, back, verifier, state))}")
        code = _code_of(landing.wait(), state)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": client_id,
        "code_verifier": verifier,
        **({"client_secret": client_secret} if client_secret else {}),
    }
    return _exchange(issuer, form)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified: only to show whose it is and when it ends."""
    try:
        body = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _question(client_id: str, back: str, verifier: str, state: str) -> dict[str, str]:
    digest = hashlib.sha256(verifier.encode()).digest()
    return {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": "openid profile email",
        "state": state,
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


def _code_of(answer: dict[str, str], state: str) -> str:
    if not secrets.compare_digest(answer.get("state", ""), state):
        raise SignInFailed("The answer was not to our question.")
    if "code" not in answer:
        raise SignInFailed(answer.get("error_description") or answer.get("error") or "No code came back.")
    return answer["code"]


def _exchange(issuer: Issuer, form: dict[str, str]) -> str:
    try:
        answer = requests.post(issuer.token, data=form, timeout=ANSWER_SECONDS)
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInFailed(f"{issuer.url} does not answer.") from error
    if "id_token" not in found:
        raise SignInFailed(str(found.get("error_description") or found.get("error") or "No token came back."))
    return str(found["id_token"])


class _Landing(HTTPServer):
    """Waits on the loopback for the one request that brings the answer."""

    answer: dict[str, str] | None = None
    timed_out = False

    def wait(self) -> dict[str, str]:
        while self.answer is None and not self.timed_out:
            self.handle_request()
        if self.answer is None:
            raise SignInFailed("Nobody signed in.")
        return self.answer

    def handle_timeout(self) -> None:
        self.timed_out = True


class _Handler(BaseHTTPRequestHandler):
    server: _Landing

    def do_GET(self) -> None:
        """Browsers also ask for icons: only what carries a state is the answer."""
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
        """A terminal is no access log."""
