"""Generate the OpenAPI 3.1 document from the annotations of the views."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from api_backend.examples import PATHS
from api_backend.operations import Operation, operation_of
from api_backend.responses import COMMON_HEADERS, HEADERS, ProblemView, Responses, messages, status_of
from timeline.serving.identity import SIGNED_IN, audience_of

TITLE = "Photo timeline"
VERSION = "1.1.0"
"""The version of the API, not of the deployment."""
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
DESCRIPTION = """\
Post photos and read timelines.

Errors are problems (RFC 9457): handle them by `code`, show `detail` to people, and quote `request_id` when \
you ask for help. Fields and codes may be added at any time: ignore unknown fields, and handle an unknown \
code by its status. An unsupported method gets 405 with `Allow`. App Engine itself may also respond with \
413, 414, 431, 502, 503 or 504."""
CONTACT = {"name": "The operators of this photo timeline"}
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An OpenID Connect ID token. The first request of a new user creates the account.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of your stored response. If it is current, the response is 304 without a body.",
    "schema": {"type": "string"},
}

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation with its path and method."""

    rule: Rule
    method: str
    described: Operation
    is_private: bool

    @property
    def path(self) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule.rule)

    @property
    def tag(self) -> str:
        return str(self.rule.endpoint).partition(".")[0]


def document(app: Flask) -> Schema:
    routes = list(_routes(app))
    responses = Responses([(route.path, route.described) for route in routes])
    paths: dict[str, dict[str, Schema]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, responses)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": f"{DESCRIPTION}\n\n{_error_table()}",
            "contact": CONTACT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": _tags(app, routes),
        "paths": paths,
        "components": {
            "schemas": _schemas([route.described for route in routes]),
            "responses": dict(sorted(responses.problems.items())),
            "headers": HEADERS,
            "examples": dict(sorted(responses.examples.items())),
            "securitySchemes": {"id_token": SECURITY},
        },
        "x-headers-on-every-answer": dict(COMMON_HEADERS),
    }


def _routes(app: Flask) -> Iterator[Route]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        described = operation_of(view)
        if described is not None and not rule.rule.endswith("/"):  # an alias of the same path without it
            methods = [method for method in METHODS if method in (rule.methods or ())]
            is_private = audience_of(view) == SIGNED_IN
            yield from (Route(rule, method, described, is_private) for method in methods)


def _tags(app: Flask, routes: list[Route]) -> list[Schema]:
    """Return a tag per blueprint, described by the docstring of its module."""
    modules = {name: sys.modules[blueprint.import_name] for name, blueprint in app.blueprints.items()}
    return [
        {
            "name": name,
            "description": (modules[name].__doc__ or "").strip(),
            "x-displayName": name.replace("_", " ").capitalize(),
        }
        for name in dict.fromkeys(route.tag for route in routes)
    ]


def _error_table() -> str:
    """List the error codes; /api/docs leads the `type` of a problem to this table."""
    rows = [f"| `{code}` | {status_of(code)} | {text} |" for code, text in sorted(messages().items())]
    return "\n".join(["## Errors", "", "| code | status | example of the detail |", "|---|---|---|", *rows])


def _schemas(described: list[Operation]) -> Mapping[str, Schema]:
    models: set[type[msgspec.Struct]] = {ProblemView}
    models |= {each.model for one in described for each in one.inputs.values() if each.model}
    models |= {one.model for one in described if one.model}
    named = sorted(models, key=lambda model: model.__name__)
    _, components = msgspec.json.schema_components(named, ref_template="#/components/schemas/{name}")
    return {name: _without_indentation(schema) for name, schema in sorted(components.items())}


def _without_indentation(schema: Schema) -> Schema:
    """Of the docstring that describes it, which Python keeps before 3.13 only."""
    return schema | {"description": cleandoc(schema["description"])} if "description" in schema else schema


def _operation(route: Route, responses: Responses) -> Schema:
    described = route.described
    operation: Schema = {"tags": [route.tag], "operationId": described.name, "summary": described.summary}
    if described.description:
        operation["description"] = described.description
    operation["parameters"] = _parameters(described, route.method)
    body = _body(described, responses)
    if body:
        operation["requestBody"] = body
    operation["responses"] = responses.of(described, route.method)
    operation["security"] = [{"id_token": []}] if route.is_private else []
    return operation


def _parameters(described: Operation, method: str) -> list[Schema]:
    path = [_path_parameter(name) for name, each in described.inputs.items() if each.is_path]
    conditional = [IF_NONE_MATCH] if method == "GET" and "ETag" in described.headers else []
    others = [parameter for each in described.inputs.values() for parameter in each.parameters]
    return [*path, *others, *conditional]


def _path_parameter(name: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    parameter: Schema = {"name": name, "in": "path", "required": True, "schema": schema}
    if name in PATHS:
        description, example = PATHS[name]
        parameter |= {"description": description, "example": example}
    return parameter


def _body(described: Operation, responses: Responses) -> Schema | None:
    for each in described.inputs.values():
        if each.body or each.model:
            content = responses.content_of(each.model) if each.model else {}
            return {"required": True, "content": {**(each.body or {}), **content}}
    return None
