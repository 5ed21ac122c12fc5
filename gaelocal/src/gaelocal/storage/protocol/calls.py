"""One call of the JSON API and its reply, independent of the HTTP server, so that a batch can carry many."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from gaelocal.storage.protocol.customer_keys import CustomerKey
from gaelocal.storage.protocol.partial_response import selected
from gaelocal.storage.protocol.response_fields import demand_fields
from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.errors import Invalid, NotFound
from gaelocal.storage.state.records import Fields

ETAG_HEADERS = ("If-Match", "If-None-Match")
NUMBER = re.compile(r"[0-9]{1,18}")
PROJECTIONS = ("full", "noAcl")
_OVERRIDE = "X-HTTP-Method-Override"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`path` holds the decoded segments after the API's prefix, `origin` is this server as seen by clients.

    `headers` ignores the case of names; `pairs` is the query with repeated names, `raw_path` is not decoded.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str
    pairs: tuple[tuple[str, str], ...] = ()
    raw_path: str = ""
    body: bytes = b""

    @property
    def json(self) -> Fields:
        """Return the body as an object.

        Raises:
            Invalid: it is anything else.
        """
        return parsed_object(self.body) if self.body else {}

    @property
    def conditions(self) -> Conditions:
        return Conditions.of(self.condition_texts)

    @property
    def condition_texts(self) -> dict[str, str]:
        named = {name: text for name, text in self.query.items() if name.startswith("if")}
        return named | {name: self.headers[name] for name in ETAG_HEADERS if name in self.headers}

    @property
    def customer_key(self) -> str | None:
        """The SHA-256 of the customer-supplied encryption key, in base64."""
        return CustomerKey.in_headers(self.headers)

    @property
    def source_customer_key(self) -> str | None:
        return CustomerKey.in_headers(self.headers, "x-goog-copy-source-")

    def with_query(self, form: bytes) -> "Call":
        """Add the parameters of a form to the query.

        Raises:
            Invalid: the form is not UTF-8.
        """
        pairs = self.pairs + _pairs(form.decode("latin-1"))
        return replace(self, query=dict(pairs), pairs=pairs)

    def number(self, name: str) -> int | None:
        text = self.query.get(name)
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise Invalid(f"Invalid value for {name}: {text[:100]!r}")
        return int(text)

    def all_values(self, name: str) -> list[str]:
        """Return the values of a parameter that may be repeated."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    def demanded_fields(self, pattern: str) -> str:
        """Return `fields` for a call of this pattern, before the call changes anything.

        Raises:
            Invalid: the selection or the projection is not one of Cloud Storage.
        """
        projection, mask = self.query.get("projection"), self.query.get("fields", "")
        if projection and projection not in PROJECTIONS:
            raise Invalid(
                f"Invalid string value: '{projection[:100]}'. Allowed values: [full, noAcl]",
                reason="invalidParameter",
                location="projection",
            )
        if mask:
            demand_fields(mask, self.method, pattern)
        return mask


@dataclass(frozen=True, slots=True)
class Reply:
    resource: Fields | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """`*` in the pattern stands for one segment, which is passed to `answer` after the call."""

    method: str
    pattern: str
    answer: Answer

    def arguments(self, call: Call) -> list[str] | None:
        wanted = self.pattern.split("/")
        if self.method != call.method or len(wanted) != len(call.path):
            return None
        pairs = list(zip(wanted, call.path, strict=True))
        if any(want not in ("*", have) for want, have in pairs):
            return None
        return [have for want, have in pairs if want == "*"]


async def answered(routes: list[Route], call: Call) -> Reply:
    for route in routes:
        arguments = route.arguments(call)
        if arguments is not None:
            mask = call.demanded_fields(route.pattern)
            reply = await route.answer(call, *arguments)
            return (
                replace(reply, resource=selected(reply.resource, mask)) if mask and reply.resource else reply
            )
    raise NotFound("Not Found")


def meant_method(method: str, headers: Mapping[str, str]) -> str:
    """Return the method; clients whose HTTP library lacks PATCH send POST and name it in a header.

    Raises:
        Invalid: the header names no method.
    """
    wanted = headers.get(_OVERRIDE)
    if wanted is None or method != "POST":
        return method
    if wanted.upper() not in _METHODS:
        raise Invalid(f"Invalid value for {_OVERRIDE}: {wanted[:40]!r}")
    return wanted.upper()


def split_target(target: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Split a request target or a URL into decoded segments and the pairs of the query.

    Raises:
        Invalid: it is no URL, or a segment is not UTF-8.
    """
    try:
        parts = urlsplit(target)
        segments = tuple(unquote(one, errors="strict") for one in parts.path.removeprefix("/").split("/"))
        return segments, _pairs(parts.query)
    except UnicodeDecodeError:
        raise Invalid("The URL is not valid UTF-8.") from None
    except ValueError:
        raise Invalid("The URL is malformed.") from None


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise Invalid("The query is not valid UTF-8.") from None


def parsed_object(text: bytes) -> Fields:
    """Parse JSON; Google's Go client sends `null` where it has no object.

    Raises:
        Invalid: it is no JSON, is nested too deeply, or is no object.
    """
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("Parse Error", reason="parseError") from None
    if parsed is None:
        return {}
    if not isinstance(parsed, dict):
        raise Invalid("Parse Error", reason="parseError")
    return parsed
