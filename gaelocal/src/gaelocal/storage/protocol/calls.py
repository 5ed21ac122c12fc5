"""One call of the JSON API and its reply, free of the HTTP server, so that a batch can carry many."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from gaelocal.storage.state.conditions import Conditions
from gaelocal.storage.state.records import Fields
from gaelocal.storage.state.refusals import Invalid, NotFound

ETAG_HEADERS = ("If-Match", "If-None-Match")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`path` holds the decoded segments after the API's prefix, `origin` how the caller names this server."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str
    body: bytes = b""

    @property
    def json(self) -> Fields:
        """Give the body as an object.

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

    def number(self, name: str) -> int | None:
        text = self.query.get(name)
        if not text:
            return None
        if not text.isdigit():
            raise Invalid(f"Invalid value for {name}: {text!r}")
        return int(text)

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"


@dataclass(frozen=True, slots=True)
class Reply:
    resource: Fields | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """`*` in the pattern stands for one segment, which is handed to the answer after the call."""

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
            return await route.answer(call, *arguments)
    raise NotFound("Not Found")


def split_target(target: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Split what stands in the request line (or a whole URL) into decoded segments and the query.

    Raises:
        Invalid: a segment is not UTF-8.
    """
    parts = urlsplit(target)
    try:
        segments = tuple(unquote(one, errors="strict") for one in parts.path.removeprefix("/").split("/"))
        return segments, dict(parse_qsl(parts.query, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise Invalid("The URL is not valid UTF-8.") from None


def parsed_object(text: bytes) -> Fields:
    try:
        parsed = json.loads(text)
    except ValueError:
        raise Invalid("Parse Error") from None
    if not isinstance(parsed, dict):
        raise Invalid("Parse Error")
    return parsed
