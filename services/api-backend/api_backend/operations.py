"""Typed views: their annotations define how requests are parsed and how OpenAPI describes them."""

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
from timeline.serving.revalidation import revalidated

Body = TypeVar("Body", bound=msgspec.Struct | None)
View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Encoded(Generic[Body]):
    """An encoded body and its hash, made once and used for many responses."""

    content: bytes
    digest: str

    @classmethod
    def of(cls, body: Body) -> Self:
        content = msgspec.json.encode(body)
        return cls(content, sha256(content).hexdigest()[:32])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[Body]):
    """A response with headers or a status. Without an `etag`, the hash of the body is used.

    `status` is one of the operation's `also` statuses.
    """

    body: Body | Encoded[Body]
    etag: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The description of a view. `media_type` is that of a response without a model."""

    name: str
    summary: str
    description: str
    status: int
    inputs: dict[str, Input]
    model: type[msgspec.Struct] | None
    errors: tuple[type[TimelineError], ...]
    headers: tuple[str, ...]
    media_type: str | None = None
    also: tuple[int, ...] = ()


def operation(
    status: int = 200,
    *,
    also: tuple[int, ...] = (),
    errors: tuple[type[TimelineError], ...] = (),
    headers: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Turn a typed function into a Flask view; the arguments add what its annotations do not contain.

    `also` are other success statuses with the same body.
    """

    def decorate(view: View) -> View:
        described = replace(_describe(view, status, errors, headers), also=also)

        @wraps(view)
        def serve(**path: str) -> Response:
            inputs = {name: each.read() for name, each in described.inputs.items() if each.read}
            return _respond(view(**path, **inputs), status)

        serve.operation = described  # type: ignore[attr-defined]
        return serve

    return decorate


def described(media_type: str, *, headers: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Describe a plain Flask view, which returns a Response itself."""

    def decorate(view: View) -> View:
        name, (summary, description) = view.__name__, _docstring_of(view)
        view.operation = Operation(  # type: ignore[attr-defined]
            name=name,
            summary=summary,
            description=description,
            status=200,
            inputs={},
            model=None,
            errors=(),
            headers=headers,
            media_type=media_type,
        )
        return view

    return decorate


def operation_of(view: View) -> Operation | None:
    return getattr(view, "operation", None)


def _describe(
    view: View, status: int, errors: tuple[type[TimelineError], ...], headers: tuple[str, ...]
) -> Operation:
    hints = get_type_hints(view)
    model = hints.pop("return")
    if get_origin(model) is Reply:
        model = get_args(model)[0]
    summary, description = _docstring_of(view)
    return Operation(
        name=view.__name__,
        summary=summary,
        description=description,
        status=status,
        inputs={name: input_of(hint) for name, hint in hints.items()},
        model=None if model is type(None) else model,
        errors=errors,
        headers=headers,
    )


def _docstring_of(view: View) -> tuple[str, str]:
    """Return the first line of the docstring and the rest."""
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
    if response.headers["Cache-Control"] != "no-store":  # a response that is not stored is never revalidated
        response.set_etag(reply.etag or encoded.digest)
        if request.method in {"GET", "HEAD"}:
            revalidated(response)
    return response
