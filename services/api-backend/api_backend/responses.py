"""Describe the responses of an operation in OpenAPI: each status with headers, content and examples."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import msgspec

from api_backend.examples import EXAMPLES
from api_backend.operations import Operation
from timeline.errors import Busy, RateLimited, TimelineError, Unavailable
from timeline.serving.problems import INTERNAL, STATUSES, title_of
from timeline.serving.service import STRICT

COMMON_ERRORS: tuple[type[TimelineError], ...] = (Busy, RateLimited, Unavailable)
"""Every operation is rate-limited, and uses services that may be overloaded or unavailable."""
COMMON_HEADERS = STRICT
REQUEST_ID = "4c5f0d6e1a7b4a1f8f6e2a9d3b1c7e55"
ALWAYS = ("RateLimit", "RateLimit-Policy", "X-Request-Id")
WITH_RETRY_AFTER = {"409", "429", "503"}
_TEXT = {"type": "string"}
HEADERS = {
    "Cache-Control": {
        "description": "`no-cache`: store it, and revalidate it with its ETag. `no-store`: do not store it.",
        "schema": _TEXT,
    },
    "ETag": {
        "description": "Send it as If-None-Match to get 304 without a body if nothing changed, "
        "or as If-Match to change the resource only if nobody else has changed it.",
        "schema": _TEXT,
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the response to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": 'The next page, as rel="next" (RFC 8288); absent on the last page.',
        "schema": _TEXT,
    },
    "Location": {
        "description": "The URL of the new resource.",
        "schema": {**_TEXT, "format": "uri-reference"},
    },
    "RateLimit": {
        "description": "The remaining quota and reset time per limit (draft-ietf-httpapi-ratelimit-headers); "
        "absent if limits are disabled.",
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": "The limits: a quota per window in seconds.",
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "Seconds after which to retry; absent if a retry cannot succeed.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"description": "The authentication scheme (RFC 6750).", "schema": _TEXT},
    "X-Robots-Tag": {"description": "`noindex`: search engines must not list this URL.", "schema": _TEXT},
    "X-Request-Id": {
        "description": "The ID of this request in the logs, the same as the `request_id` of a problem.",
        "schema": _TEXT,
    },
}
LINKED = {
    "photo_id": ("PhotoView", "$response.body#/id"),
    "upload_id": ("UploadView", "$response.body#/id"),
    "user": ("PhotoView", "$response.body#/user"),
}
"""The response field that is the value of a path parameter of other operations."""
NEXT_PAGE = {
    "PhotoPage": ("cursor", "$response.body#/next_cursor"),
    "SyncView": ("since", "$response.body#/next"),
}
"""The response field that is the value of the parameter for the next page."""

Schema = dict[str, Any]


class ProblemView(msgspec.Struct):
    """An error (RFC 9457): `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


@dataclass(slots=True)
class Responses:
    """The responses of all operations, which share the collected `problems` and `examples`."""

    operations: Sequence[tuple[str, Operation]]
    problems: dict[str, Schema] = field(default_factory=dict)
    examples: dict[str, Schema] = field(default_factory=dict)

    def of(self, described: Operation, method: str) -> dict[str, Schema]:
        successes = (described.status, *described.also)
        responses = {str(status): self._success(replace(described, status=status)) for status in successes}
        if "ETag" in described.headers and method == "GET":
            responses["304"] = _unchanged(described)
        for status, codes in _by_status(described).items():
            responses[str(status)] = self._problem(status, codes)
        return dict(sorted(responses.items()))

    def content_of(self, model: type[msgspec.Struct]) -> Schema:
        name = model.__name__
        content: Schema = {"schema": reference("schemas", name)}
        if name in EXAMPLES:
            self.examples[name] = {"value": EXAMPLES[name]}
            content["examples"] = {name: reference("examples", name)}
        return {"application/json": content}

    def _success(self, described: Operation) -> Schema:
        content = self._content(described)
        always = [*ALWAYS, *(["Cache-Control"] if content else [])]
        success: Schema = {"description": title_of(described.status)}
        success["headers"] = _headers([*always, *described.headers])
        links = dict(self._links(described))
        return success | ({"content": content} if content else {}) | ({"links": links} if links else {})

    def _content(self, described: Operation) -> Schema | None:
        if described.media_type:
            kind = "object" if described.media_type.endswith("json") else "string"
            return {described.media_type: {"schema": {"type": kind}}}
        return self.content_of(described.model) if described.model else None

    def _links(self, described: Operation) -> Iterator[tuple[str, Schema]]:
        model = described.model.__name__ if described.model else ""
        for path, operation in self.operations:
            linked = {name: LINKED[name] for name in LINKED if f"{{{name}}}" in path}
            if linked and all(source == model for source, _ in linked.values()):
                parameters = {name: expression for name, (_, expression) in linked.items()}
                yield operation.name, {"operationId": operation.name, "parameters": parameters}
        if model in NEXT_PAGE and _takes(described, NEXT_PAGE[model][0]):
            yield "next_page", {"operationId": described.name, "parameters": dict([NEXT_PAGE[model]])}

    def _problem(self, status: int, codes: list[str]) -> Schema:
        name = ".".join(codes)
        self.problems[name] = _problem(status, codes)
        self.examples |= {code: _problem_example(code) for code in codes}
        return reference("responses", name)


def reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def messages() -> dict[str, str]:
    """Return the message of each error code."""
    found = {error.code: error.message for error in TimelineError.__subclasses__()}
    return found | {
        INTERNAL: "An unexpected error occurred.",
        "method_not_allowed": "This path does not support the method. The Allow header lists those it does.",
    }


def status_of(code: str) -> int:
    return HTTPStatus.INTERNAL_SERVER_ERROR if code == INTERNAL else STATUSES[code]


def _by_status(described: Operation) -> dict[int, list[str]]:
    of_inputs = [error for input_ in described.inputs.values() for error in input_.errors]
    codes = {error.code for error in (*described.errors, *of_inputs, *COMMON_ERRORS)} | {INTERNAL}
    statuses = sorted({status_of(code) for code in codes})
    return {status: sorted(code for code in codes if status_of(code) == status) for status in statuses}


def _takes(described: Operation, name: str) -> bool:
    return any(
        parameter["name"] == name for each in described.inputs.values() for parameter in each.parameters
    )


def _unchanged(described: Operation) -> Schema:
    headers = _headers([*ALWAYS, "Cache-Control", *described.headers])
    return {"description": "Not modified since the ETag of If-None-Match.", "headers": headers}


def _problem(status: int, codes: list[str]) -> Schema:
    schema = {"allOf": [reference("schemas", "ProblemView"), {"properties": {"code": {"enum": codes}}}]}
    examples = {code: reference("examples", code) for code in codes}
    names = [*ALWAYS, "Cache-Control"]
    names += ["Retry-After"] if str(status) in WITH_RETRY_AFTER else []
    names += ["WWW-Authenticate"] if status == HTTPStatus.UNAUTHORIZED else []
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _headers(names),
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }


def _problem_example(code: str) -> Schema:
    status, message = status_of(code), messages()[code]
    value = {
        "type": f"/api/docs#{code}",
        "title": title_of(status),
        "status": int(status),
        "code": code,
        "detail": message,
        "request_id": REQUEST_ID,
    }
    return {"summary": message, "value": value}


def _headers(names: Iterable[str]) -> Schema:
    return {name: reference("headers", name) for name in sorted(names)}
