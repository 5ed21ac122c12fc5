"""Signed URLs, versions 2 and 4 (cloud.google.com/storage/docs/authentication/signatures)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from gaelocal.storage.state.errors import Expired, Forbidden, Invalid, Unsupported

ALGORITHM = "GOOG4-RSA-SHA256"
LONGEST_SECONDS = 7 * 24 * 3600
# How far the clock of the signer may be ahead of this one.
SKEW = 15 * 60
Verify = Callable[[str, bytes, bytes], bool]
_NEEDED_V4 = tuple(
    f"x-goog-{name}" for name in ("credential", "date", "expires", "signedheaders", "signature")
)
_NEEDED_V2 = ("GoogleAccessId", "Expires", "Signature")
# Version 2 signs the path; these parameters may be added to it unsigned.
_UNSIGNED_V2 = frozenset(
    {"response-content-type", "response-content-disposition", "generation", "userProject"}
)
_SECRET_HEADERS = frozenset({"x-goog-encryption-key", "x-goog-encryption-key-sha256"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """`path` is decoded and begins with a slash; `raw_path` is as it was sent."""

    method: str
    path: str
    raw_path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def is_signed(self) -> bool:
        names = {name.lower() for name in self.query}
        return "Signature" in self.query or bool(names & {"x-goog-algorithm", "x-goog-signature"})

    def demand(self, verify: Verify, now: float) -> None:
        """Check the signature.

        Raises:
            Invalid: the URL is malformed.
            Expired: its time is over.
            Forbidden: it was not signed by a known account for exactly this request.
        """
        if "Signature" in self.query:
            self._demand_v2(verify, now)
        else:
            self._demand_v4(verify, now)

    def _demand_v4(self, verify: Verify, now: float) -> None:
        named = {name.lower(): text for name, text in self.query.items()}  # gcloud writes small letters
        _demand_parameters(_NEEDED_V4, named)
        if named.get("x-goog-algorithm") != ALGORITHM:
            raise Unsupported(f"gaelocal's Cloud Storage checks signatures of {ALGORITHM} only.")
        demand_time(signing_time(named["x-goog-date"]), _seconds(named["x-goog-expires"]), now)
        email = named["x-goog-credential"].partition("/")[0]
        signature = hex_signature(named["x-goog-signature"])
        if not any(verify(email, signature, text.encode()) for text in self._texts_v4(named)):
            raise not_signed()

    def _demand_v2(self, verify: Verify, now: float) -> None:
        _demand_parameters(_NEEDED_V2, self.query)
        expires = self.query["Expires"]
        if not expires.isascii() or not expires.isdecimal():
            raise Invalid("Invalid argument: Expires must be a number of seconds.")
        if now > int(expires[:15]):
            raise Expired("The provided token has expired. Request has expired.")
        signature = base64_signature(self.query["Signature"])
        email = self.query["GoogleAccessId"]
        if not any(verify(email, signature, text.encode()) for text in self._texts_v2()):
            raise not_signed()

    def _texts_v4(self, named: Mapping[str, str]) -> Iterator[str]:
        scope = named["x-goog-credential"].partition("/")[2]
        signed_headers = named["x-goog-signedheaders"].split(";")
        for host in self._hosts():
            canonical = self._canonical(host, signed_headers)
            digest = hashlib.sha256(canonical.encode(errors="surrogateescape")).hexdigest()
            yield "\n".join((ALGORITHM, named["x-goog-date"], scope, digest))

    def _hosts(self) -> list[str]:
        """Node signs the host without its port."""
        host = self.headers.get("Host", "")
        return [host, host.rpartition(":")[0]] if ":" in host else [host]

    def _canonical(self, host: str, names: list[str]) -> str:
        pairs = [(name, text) for name, text in self.query.items() if name.lower() != "x-goog-signature"]
        query = "&".join(sorted(f"{quote(name, safe='~')}={quote(text, safe='~')}" for name, text in pairs))
        values = {name: host if name == "host" else self.headers.get(name, "") for name in names}
        headers = "".join(f"{name}:{' '.join(text.split())}\n" for name, text in values.items())
        payload = self.headers.get("x-goog-content-sha256", "UNSIGNED-PAYLOAD")
        lines = (self.method, quote(self.path, safe="/~"), query, headers, ";".join(names), payload)
        return "\n".join(lines)

    def _texts_v2(self) -> Iterator[str]:
        """Yield what a signer may have signed: clients differ in how they write the resource."""
        headers = sorted(
            f"{name.lower()}:{' '.join(text.split())}"
            for name, text in self.headers.items()
            if name.lower().startswith("x-goog-") and name.lower() not in _SECRET_HEADERS
        )
        md5, kind = self.headers.get("Content-MD5", ""), self.headers.get("Content-Type", "")
        for resource in self._resources_v2():
            yield "\n".join((self.method, md5, kind, self.query["Expires"], *headers, resource))

    def _resources_v2(self) -> Iterator[str]:
        rest = sorted((name.lower(), text) for name, text in self.query.items() if name not in _NEEDED_V2)
        signed = [(name, text) for name, text in rest if name not in _UNSIGNED_V2]
        paths = dict.fromkeys((self.raw_path, quote(self.path, safe="/~")))
        for path in paths:
            if not signed:
                yield path
            else:
                yield f"{path}?{urlencode(signed)}"
                yield f"{path}?{'&'.join(name for name, text in signed if not text)}"
            if rest != signed:
                yield f"{path}?{urlencode(rest)}"


def _demand_parameters(needed: Iterable[str], query: Mapping[str, str]) -> None:
    if missing := [name for name in needed if name not in query]:
        raise Invalid(f"Invalid argument: {missing[0]} is missing.")


def _seconds(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 10  # noqa: PLR2004
    if not is_number or int(text) > LONGEST_SECONDS:
        raise Invalid("Invalid argument: X-Goog-Expires must be a number of at most 604800 seconds.")
    return int(text)


def signing_time(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp()
    except ValueError:
        raise Invalid("Invalid argument: X-Goog-Date is not an ISO 8601 basic format date.") from None


def demand_time(signed: float, seconds: int, now: float) -> None:
    if now > signed + seconds:
        raise Expired("The provided token has expired. Request signature expired.")
    if now + SKEW < signed:
        raise Forbidden("The difference between the request time and this server is too large.")


def hex_signature(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def base64_signature(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def not_signed() -> Forbidden:
    return Forbidden(
        "Access denied. The request signature we calculated does not match the one you provided. "
        "Check your signing method and key: gaelocal knows only its own service account.",
        code="SignatureDoesNotMatch",
    )
