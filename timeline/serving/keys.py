"""The signing keys of an issuer: fetched now and then, however many tokens name keys that nobody knows."""

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
"""Then keys are fetched anew: one that its issuer has withdrawn signs nobody in for longer."""
COOL_DOWN_SECONDS = 30
"""An unknown key id may be a new one: it is looked for once in so long. Issuers publish keys hours ahead."""
PAUSE_SECONDS = 5
"""An issuer that does not answer is left alone for so long; everybody else is told at once."""
STALE_SECONDS = 3_600
"""While the issuer is away its last keys still count for so long: an outage there signs nobody out here."""
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
        """Raises InvalidTokenError for a key the issuer does not have, Unavailable where it is away."""
        self._refresh(key_id)
        found = self._known.get(key_id)
        if self._age() > STALE_SECONDS:
            raise Unavailable("The identity provider does not answer.")
        if found is None:
            raise jwt.InvalidTokenError("its key is unknown")
        return found

    def _refresh(self, key_id: str) -> None:
        """One thread fetches. Whose key is known does not wait for it; whose is not may be helped by it."""
        can_wait = key_id not in self._known or self._age() > STALE_SECONDS
        if self._is_due(key_id) and self._fetching.acquire(blocking=can_wait):
            try:
                if self._is_due(key_id):
                    self._fetch()
            finally:
                self._fetching.release()

    def _is_due(self, key_id: str) -> bool:
        is_wanted = key_id not in self._known or self._age() > FRESH_SECONDS
        return is_wanted and self._clock() >= self._not_before

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
            where = self._issuer.keys_url or _discovered(self._issuer)
            self._client = jwt.PyJWKClient(where, timeout=TIMEOUT_SECONDS)
        return self._client


def _discovered(issuer: Issuer) -> str:
    """OpenID Connect Discovery 1.0: the issuer says where its keys are."""
    where = issuer.discovery_url
    if not where.startswith(("https://", "http://")):
        raise Unavailable("OIDC_ISSUER is not a URL.")
    try:
        with urllib.request.urlopen(where, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only, see above
            return str(json.loads(answer.read(MAX_DOCUMENT))["jwks_uri"])
    except (OSError, ValueError, KeyError, TypeError, HTTPException) as error:
        raise Unavailable("The identity provider does not answer.") from error
