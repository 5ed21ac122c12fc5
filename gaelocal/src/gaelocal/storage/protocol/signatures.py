"""V4 signed links, checked as cloud.google.com/storage/docs/authentication/signatures says."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from gaelocal.storage.state.refusals import Expired, Forbidden, Invalid

ALGORITHM = "GOOG4-RSA-SHA256"
LONGEST = 7 * 24 * 3600
# How far the clock of who signs may be ahead of this one.
SKEW = 15 * 60
Verify = Callable[[str, bytes, bytes], bool]
_NEEDED = ("X-Goog-Credential", "X-Goog-Date", "X-Goog-Expires", "X-Goog-SignedHeaders", "X-Goog-Signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """`path` decoded and with its leading slash."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def is_signed(self) -> bool:
        return any(name in self.query for name in ("X-Goog-Algorithm", "X-Goog-Signature", "Signature"))

    def demand(self, verify: Verify, now: float) -> None:
        """Let the request pass, or say why not.

        Raises:
            Invalid: the link is malformed.
            Expired: its time is over.
            Forbidden: the signature is not one of the signer for exactly this request.
        """
        self._demand_form()
        signed = self._signed_at()
        expires = signed + int(self.query["X-Goog-Expires"])
        if now > expires:
            raise Expired("The provided token has expired. Request signature expired.")
        if now + SKEW < signed:
            raise Forbidden("The difference between the request time and this server is too large.")
        email = self.query["X-Goog-Credential"].partition("/")[0]
        if not verify(email, self._signature(), self._text_to_sign().encode()):
            raise Forbidden(
                "Access denied. The request signature we calculated does not match the one you provided. "
                "Check your signing method and key: gaelocal knows only its own service account.",
                "SignatureDoesNotMatch",
            )

    def _demand_form(self) -> None:
        if missing := [name for name in _NEEDED if name not in self.query]:
            raise Invalid(f"Invalid argument: {missing[0]} is missing; only V4 signed links are read here.")
        if self.query.get("X-Goog-Algorithm") != ALGORITHM:
            raise Invalid(f"Invalid argument: X-Goog-Algorithm must be {ALGORITHM}.")
        seconds = self.query["X-Goog-Expires"]
        if not seconds.isdecimal() or int(seconds) > LONGEST:
            raise Invalid("Invalid argument: X-Goog-Expires must be a number of at most 604800 seconds.")

    def _signed_at(self) -> float:
        try:
            return datetime.strptime(self.query["X-Goog-Date"], "%Y%m%dT%H%M%S%z").timestamp()
        except ValueError:
            raise Invalid("Invalid argument: X-Goog-Date is not an ISO 8601 basic format date.") from None

    def _signature(self) -> bytes:
        try:
            return bytes.fromhex(self.query["X-Goog-Signature"])
        except ValueError:
            return b""

    def _text_to_sign(self) -> str:
        scope = self.query["X-Goog-Credential"].partition("/")[2]
        digest = hashlib.sha256(self._canonical().encode()).hexdigest()
        return "\n".join((ALGORITHM, self.query["X-Goog-Date"], scope, digest))

    def _canonical(self) -> str:
        pairs = [(name, text) for name, text in self.query.items() if name != "X-Goog-Signature"]
        query = "&".join(sorted(f"{quote(name, safe='~')}={quote(text, safe='~')}" for name, text in pairs))
        names = self.query["X-Goog-SignedHeaders"].split(";")
        headers = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names)
        payload = self.headers.get("x-goog-content-sha256", "UNSIGNED-PAYLOAD")
        lines = (self.method, quote(self.path, safe="/~"), query, headers, ";".join(names), payload)
        return "\n".join(lines)
