"""The signing keys of an issuer, fetched at a limited rate even if many tokens name unknown keys."""

import json
import logging
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from threading import Lock

import jwt

from timeline.errors import Unavailable
from timeline.serving.issuers import Issuer

TIMEOUT_SECONDS = 3
FRESH_SECONDS = 300
"""Keys are fetched again after this time, which limits the use of a withdrawn key."""
COOL_DOWN_SECONDS = 30
"""The interval between fetches for unknown key IDs. Issuers publish new keys hours in advance."""
PAUSE_SECONDS = 5
"""Seconds without another fetch after a failure; meanwhile requests fail at once."""
STALE_SECONDS = 3_600
"""The last keys are valid for this long while the issuer is unavailable, so an outage signs nobody out."""
MAX_DOCUMENT = 1 << 20

log = logging.getLogger(__name__)


class Keys:
    """The keys of one issuer, shared by all threads of a process."""

    def __init__(self, issuer: Issuer, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._client: jwt.PyJWKClient | None = None
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._not_before = float("-inf")
        self._fetching = Lock()

    def key(self, key_id: str) -> jwt.PyJWK:
        """Raises InvalidTokenError for an unknown key, and Unavailable if the issuer does not respond."""
        self._refresh(key_id)
        found = self._known.get(key_id)
        if self._age() > STALE_SECONDS:
            raise Unavailable("The identity provider does not respond.")
        if found is None:
            raise jwt.InvalidTokenError("its key is unknown")
        return found

    def _refresh(self, key_id: str) -> None:
        """Fetch in one thread. Other threads wait for it only if they need an unknown key."""
        can_wait = key_id not in self._known or self._age() > STALE_SECONDS
        if self._is_due(key_id) and self._fetching.acquire(blocking=can_wait):
            try:
                if self._is_due(key_id):
                    self._fetch()
            finally:
                self._fetching.release()

    def _is_due(self, key_id: str) -> bool:
        is_needed = key_id not in self._known or self._age() > FRESH_SECONDS
        return is_needed and self._clock() >= self._not_before

    def _age(self) -> float:
        return self._clock() - self._fetched

    def _fetch(self) -> None:
        try:
            keys = self._keys_client().get_signing_keys(refresh=True)
        except (jwt.PyJWTError, Unavailable, OSError, ValueError) as error:
            self._not_before = self._clock() + PAUSE_SECONDS
            log.warning("no keys of %s: %s", self._issuer.url, error)
            return
        self._known = {key.key_id: key for key in keys if key.key_id}
        self._fetched = self._clock()
        self._not_before = self._fetched + COOL_DOWN_SECONDS

    def _keys_client(self) -> jwt.PyJWKClient:
        if self._client is None:
            url = self._issuer.keys_url or _discovered(self._issuer)
            self._client = jwt.PyJWKClient(url, timeout=TIMEOUT_SECONDS)
        return self._client


def _discovered(issuer: Issuer) -> str:
    """Return the URL of the keys from the issuer's discovery document (OpenID Connect Discovery 1.0)."""
    url = issuer.discovery_url
    if not url.startswith(("https://", "http://")):
        raise Unavailable("OIDC_ISSUER is not a URL.")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only, see above
            return str(json.loads(answer.read(MAX_DOCUMENT))["jwks_uri"])
    except (OSError, ValueError, KeyError, TypeError, HTTPException) as error:
        raise Unavailable("The identity provider does not respond.") from error
