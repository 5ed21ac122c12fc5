"""OpenAPI 3.1, made from the annotations of the views."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from api_backend.operations import Operation, operation_of
from timeline.errors import RateLimited, Refusal, Unavailable
from timeline.serving.identity import SIGNED_IN, audience_of
from timeline.serving.problems import STATUSES

TITLE = "Photo timeline"
VERSION = "1.0.0"
"""Of the contract, not of the deployment: it moves when the surface does."""
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
REF = "#/components/schemas/{name}"
HEADERS = {
    "ETag": "Send it back as If-None-Match, and an unchanged answer costs no bytes.",
    "Link": 'The next page, as rel="next" (RFC 8288); absent at the end.',
    "Location": "Where the new photo is.",
    "Idempotent-Replayed": "`true` when this is the answer to an earlier request with the same key.",
}

Schema = dict[str, Any]


class ProblemView(msgspec.Struct):
    """Why a request was not granted (RFC 9457). Programs decide by `code`, people read `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


def document(app: Flask) -> Schema:
    found = list(_operations(app))
    components = _schemas([described for _, _, described in found])
    paths: dict[str, dict[str, Schema]] = {}
    for rule, method, described in found:
        is_private = audience_of(app.view_functions[rule.endpoint]) == SIGNED_IN
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(described, method, is_private=is_private)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": "Post photos, and read timelines of them.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"id_token": SECURITY}},
    }


SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An OpenID Connect ID token. The first call of a new person creates the account.",
}


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        described = operation_of(app.view_functions[rule.endpoint])
        if described is not None:
            methods = [method for method in METHODS if method in (rule.methods or ())]
            yield from ((rule, method, described) for method in methods)


def _schemas(described: list[Operation]) -> Mapping[str, Schema]:
    taken = [given.model for one in described for given in one.inputs.values() if given.model]
    models = {*taken, *(one.gives for one in described if one.gives), ProblemView}
    _, components = msgspec.json.schema_components(sorted(models, key=_name), ref_template=REF)
    return components


def _name(model: type[msgspec.Struct]) -> str:
    return model.__name__


def _operation(described: Operation, method: str, *, is_private: bool) -> Schema:
    operation: Schema = {
        "operationId": described.name,
        "summary": described.summary,
        "parameters": _parameters(described),
        "responses": _responses(described, method),
    }
    body = _body(described)
    if body:
        operation["requestBody"] = body
    if is_private:
        operation["security"] = [{"id_token": []}]
    return operation


def _parameters(described: Operation) -> list[Schema]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name, given in described.inputs.items()
        if given.is_path
    ]
    return path + [parameter for given in described.inputs.values() for parameter in given.parameters]


def _body(described: Operation) -> Schema | None:
    for given in described.inputs.values():
        if given.body:
            return given.body
        if given.model:
            content = {"application/json": {"schema": _ref(given.model)}}
            return {"required": True, "content": content}
    return None


def _responses(described: Operation, method: str) -> dict[str, Schema]:
    responses = {str(described.status): _success(described)}
    if "ETag" in described.headers and method == "GET":
        responses["304"] = {"description": "Unchanged since the ETag of If-None-Match."}
    taken = [refusal for given in described.inputs.values() for refusal in given.refuses]
    refusals: set[type[Refusal]] = {*described.refuses, *taken, RateLimited, Unavailable}
    for status in sorted({STATUSES[refusal.code] for refusal in refusals}):
        responses[str(status)] = _refusal(sorted(_with_status(refusals, status)))
    return responses


def _with_status(refusals: set[type[Refusal]], status: int) -> list[str]:
    return [refusal.code for refusal in refusals if STATUSES[refusal.code] == status]


def _success(described: Operation) -> Schema:
    success: Schema = {"description": HTTPStatus(described.status).phrase}
    if described.gives:
        success["content"] = {"application/json": {"schema": _ref(described.gives)}}
    if described.headers:
        success["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in described.headers
        }
    return success


def _refusal(codes: list[str]) -> Schema:
    schema = {"allOf": [_ref(ProblemView), {"properties": {"code": {"enum": codes}}}]}
    named = ", ".join(f"`{code}`" for code in codes)
    return {"description": named, "content": {"application/problem+json": {"schema": schema}}}


def _ref(model: type[msgspec.Struct]) -> Schema:
    return {"$ref": REF.format(name=_name(model))}
