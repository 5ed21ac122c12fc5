"""Typed views: what one takes and gives is read from its annotations, to serve it and to describe it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from hashlib import sha256
from inspect import getdoc
from typing import Any, Generic, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from flask import Response, request

from api_backend.inputs import Input, input_of
from timeline.errors import TimelineError

Body = TypeVar("Body", bound=msgspec.Struct | None)
View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Encoded(Generic[Body]):
    """A body as it goes over the wire, and the hash of its bytes: made once, answered often."""

    content: bytes
    digest: str

    @classmethod
    def of(cls, body: Body) -> Self:
        content = msgspec.json.encode(body)
        return cls(content, sha256(content).hexdigest()[:32])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[Body]):
    """An answer with more than its body. Without an `etag` of its own, the body's hash is one.

    `status` is one of those that the operation may `also` answer.
    """

    body: Body | Encoded[Body]
    etag: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What there is to know about a view. `media_type` is that of what it gives without a model."""

    name: str
    summary: str
    description: str
    status: int
    inputs: dict[str, Input]
    gives: type[msgspec.Struct] | None
    refuses: tuple[type[TimelineError], ...]
    headers: tuple[str, ...]
    media_type: str | None = None
    also: tuple[int, ...] = ()


def operation(
    status: int = 200,
    *,
    also: tuple[int, ...] = (),
    refuses: tuple[type[TimelineError], ...] = (),
    headers: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Make a typed function a Flask view; what is given here is what its annotations cannot say.

    `also` are further statuses of success, with the same body.
    """

    def decorate(view: View) -> View:
        described = replace(_describe(view, status, refuses, headers), also=also)

        @wraps(view)
        def serve(**path: str) -> Response:
            given = {name: taken.read() for name, taken in described.inputs.items() if taken.read}
            return _respond(view(**path, **given), status)

        serve.operation = described  # type: ignore[attr-defined]
        return serve

    return decorate


def described(media_type: str, *, headers: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Describe a plain Flask view, which answers by itself."""

    def decorate(view: View) -> View:
        name, (summary, description) = view.__name__, _words_of(view)
        view.operation = Operation(  # type: ignore[attr-defined]
            name=name,
            summary=summary,
            description=description,
            status=200,
            inputs={},
            gives=None,
            refuses=(),
            headers=headers,
            media_type=media_type,
        )
        return view

    return decorate


def operation_of(view: View) -> Operation | None:
    return getattr(view, "operation", None)


def _describe(
    view: View, status: int, refuses: tuple[type[TimelineError], ...], headers: tuple[str, ...]
) -> Operation:
    hints = get_type_hints(view)
    gives = hints.pop("return")
    if get_origin(gives) is Reply:
        gives = get_args(gives)[0]
    summary, description = _words_of(view)
    return Operation(
        name=view.__name__,
        summary=summary,
        description=description,
        status=status,
        inputs={name: input_of(hint) for name, hint in hints.items()},
        gives=None if gives is type(None) else gives,
        refuses=refuses,
        headers=headers,
    )


def _words_of(view: View) -> tuple[str, str]:
    """The first line of the docstring, and the rest of it."""
    summary, _, rest = (getdoc(view) or "").partition("\n")
    return summary, rest.strip()


def _respond(result: Any, status: int) -> Response:
    reply = result if isinstance(result, Reply) else Reply(body=result)
    if reply.body is None:
        return Response(status=status, headers=dict(reply.headers))
    encoded = reply.body if isinstance(reply.body, Encoded) else Encoded.of(reply.body)
    response = Response(
        encoded.content, reply.status or status, headers=dict(reply.headers), mimetype="application/json"
    )
    response.headers.setdefault("Cache-Control", "no-cache")
    if response.headers["Cache-Control"] != "no-store":  # what nobody keeps, nobody asks for again by its tag
        response.set_etag(reply.etag or encoded.digest)
        if request.method in {"GET", "HEAD"}:
            response.make_conditional(request)
    return response
