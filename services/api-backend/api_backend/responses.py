"""What an operation may answer, as OpenAPI writes it: each status with headers, content and examples."""

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

HAPPENS_ANYWHERE: tuple[type[TimelineError], ...] = (Busy, RateLimited, Unavailable)
"""Every caller is counted, and behind every operation stand services that may be crowded or down."""
SAME_EVERYWHERE = STRICT
REQUEST_ID = "4c5f0d6e1a7b4a1f8f6e2a9d3b1c7e55"
ALWAYS = ("RateLimit", "RateLimit-Policy", "X-Request-Id")
WITH_RETRY_AFTER = {"409", "429", "503"}
_TEXT = {"type": "string"}
HEADERS = {
    "Cache-Control": {
        "description": "`no-cache`: keep it, and ask again with its ETag. `no-store`: nothing to keep.",
        "schema": _TEXT,
    },
    "ETag": {
        "description": "Send it back as If-None-Match, and an unchanged answer costs no bytes; "
        "as If-Match, and a change is made only to what you have seen.",
        "schema": _TEXT,
    },
    "Idempotent-Replayed": {
        "description": "`true` when this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {"description": 'The next page, as rel="next" (RFC 8288); absent at the end.', "schema": _TEXT},
    "Location": {"description": "Where the new resource is.", "schema": {**_TEXT, "format": "uri-reference"}},
    "RateLimit": {
        "description": "What is left of each limit, and until when (draft-ietf-httpapi-ratelimit-headers); "
        "absent where limits are off.",
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": "The limits themselves: how much in how many seconds.",
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "After how many seconds the same request may do; absent where repeating is of no use.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"description": "How to sign in (RFC 6750).", "schema": _TEXT},
    "X-Robots-Tag": {"description": "`noindex`: nothing for search engines.", "schema": _TEXT},
    "X-Request-Id": {
        "description": "The name of this request in the logs; the same as `request_id` of a problem.",
        "schema": _TEXT,
    },
}
LINKED = {
    "photo_id": ("PhotoView", "$response.body#/id"),
    "upload_id": ("UploadView", "$response.body#/id"),
    "user": ("PhotoView", "$response.body#/user"),
}
"""Which field of which answer leads on to the operations with that name in their path."""
GOES_ON = {
    "PhotoPage": ("cursor", "$response.body#/next_cursor"),
    "SyncView": ("since", "$response.body#/next"),
}
"""Which field of a list is which parameter of its next page."""

Schema = dict[str, Any]


class ProblemView(msgspec.Struct):
    """Why a request was not granted (RFC 9457). Programs decide by `code`, people read `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


@dataclass(slots=True)
class Answers:
    """Of all operations (with their paths); `problems` and `examples` are shared by them."""

    operations: Sequence[tuple[str, Operation]]
    problems: dict[str, Schema] = field(default_factory=dict)
    examples: dict[str, Schema] = field(default_factory=dict)

    def of(self, described: Operation, method: str) -> dict[str, Schema]:
        successes = (described.status, *described.also)
        answers = {str(status): self._success(replace(described, status=status)) for status in successes}
        if "ETag" in described.headers and method == "GET":
            answers["304"] = _unchanged(described)
        for status, codes in _by_status(described).items():
            answers[str(status)] = self._problem(status, codes)
        return dict(sorted(answers.items()))

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
        return self.content_of(described.gives) if described.gives else None

    def _links(self, described: Operation) -> Iterator[tuple[str, Schema]]:
        model = described.gives.__name__ if described.gives else ""
        for path, operation in self.operations:
            wanted = {name: LINKED[name] for name in LINKED if f"{{{name}}}" in path}
            if wanted and all(source == model for source, _ in wanted.values()):
                parameters = {name: expression for name, (_, expression) in wanted.items()}
                yield operation.name, {"operationId": operation.name, "parameters": parameters}
        if model in GOES_ON and _takes(described, GOES_ON[model][0]):
            yield "next_page", {"operationId": described.name, "parameters": dict([GOES_ON[model]])}

    def _problem(self, status: int, codes: list[str]) -> Schema:
        name = ".".join(codes)
        self.problems[name] = _problem(status, codes)
        self.examples |= {code: _problem_example(code) for code in codes}
        return reference("responses", name)


def reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def messages() -> dict[str, str]:
    """What each code means, in words for people."""
    told = {refusal.code: refusal.message for refusal in TimelineError.__subclasses__()}
    return told | {
        INTERNAL: "Something went wrong on our side.",
        "method_not_allowed": "The path has no such method; Allow names those it has.",
    }


def status_of(code: str) -> int:
    return HTTPStatus.INTERNAL_SERVER_ERROR if code == INTERNAL else STATUSES[code]


def _by_status(described: Operation) -> dict[int, list[str]]:
    taken = [refusal for given in described.inputs.values() for refusal in given.refuses]
    codes = {refusal.code for refusal in (*described.refuses, *taken, *HAPPENS_ANYWHERE)} | {INTERNAL}
    statuses = sorted({status_of(code) for code in codes})
    return {status: sorted(code for code in codes if status_of(code) == status) for status in statuses}


def _takes(described: Operation, name: str) -> bool:
    return any(given["name"] == name for taken in described.inputs.values() for given in taken.parameters)


def _unchanged(described: Operation) -> Schema:
    headers = _headers([*ALWAYS, "Cache-Control", *described.headers])
    return {"description": "Unchanged since the ETag of If-None-Match.", "headers": headers}


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
