"""Direct HTTP calls to the other services, with an ID token of the account under which this service runs."""

import base64
import json
import time
from threading import Lock
from typing import Any, cast

import requests

from timeline.errors import Unavailable
from timeline.interfaces import audience_of_services
from timeline.settings import Settings

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 2.0
"""A page waits for the call, so it is short; a repetition doubles it at most."""
METADATA_SECONDS = 1.0
ATTEMPTS = 2
PAUSE_SECONDS = 0.1
TEMPORARY = frozenset({429, 500, 502, 503, 504})
RENEWED_BEFORE = 60.0
"""A token is not sent in its last minute."""
IDENTITY_PATH = "/computeMetadata/v1/instance/service-accounts/default/identity"


def connect(settings: Settings) -> "ServiceCalls":
    return ServiceCalls(settings)


class ServiceCalls:
    """Implements interfaces.Services."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc: both could get the token
        self._lock = Lock()
        self._token, self._expires = "", 0.0

    def get(self, path: str, trace: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._current_token()}"}
        if trace:
            headers["X-Cloud-Trace-Context"] = f"{trace}/1;o=1"
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_SECONDS)
            found = self._attempt(path, headers)
            if found is not None:
                return found
        raise Unavailable("The service does not respond.")

    def close(self) -> None:
        self._session.close()

    def _attempt(self, path: str, headers: dict[str, str]) -> dict[str, Any] | None:
        """Return the answer, or None if the call may be repeated."""
        try:
            answer = self._session.get(
                f"{self._settings.public_url}{path}",
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
            if answer.status_code in TEMPORARY:
                return None
            if answer.status_code != requests.codes.ok:
                raise Unavailable(f"The service answers {answer.status_code}.")
            return cast("dict[str, Any]", answer.json())
        except (requests.ConnectionError, requests.Timeout):
            return None
        except requests.RequestException as error:
            raise Unavailable("The service gave an unexpected answer.") from error

    def _current_token(self) -> str:
        with self._lock:
            if time.time() > self._expires - RENEWED_BEFORE:
                self._token = self._new_token()
                self._expires = _expiry_of(self._token)
            return self._token

    def _new_token(self) -> str:
        """Ask the metadata server, which only this instance can reach."""
        try:
            answer = self._session.get(
                f"http://{self._settings.gce_metadata_host}{IDENTITY_PATH}",
                params={"audience": audience_of_services(self._settings), "format": "full"},
                headers={"Metadata-Flavor": "Google"},
                timeout=METADATA_SECONDS,
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise Unavailable("The metadata server does not respond.") from error
        return answer.text.strip()


def _expiry_of(token: str) -> float:
    """Return `exp` of our own token, whose signature only the receiver needs to check."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (LookupError, TypeError, ValueError) as error:
        raise Unavailable("The metadata server returned no ID token.") from error
