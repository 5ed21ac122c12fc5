"""OpenAPI 3.1, made from the annotations of the views."""

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
from api_backend.responses import HEADERS, SAME_EVERYWHERE, Answers, ProblemView
from timeline.serving.identity import SIGNED_IN, audience_of

TITLE = "Photo timeline"
VERSION = "1.0.0"
"""Of the contract, not of the deployment: it moves when the surface does."""
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
DESCRIPTION = """\
Post photos, and read timelines of them.

Whatever is refused is answered with a problem (RFC 9457): decide by its `code`, show its `detail`, and name \
its `request_id` when you ask for help. Fields and codes may be added at any time: pass over fields you do \
not know, and treat an unknown code by its status. A path that exists answers a method it does not have with \
405 and `Allow`. In front of the API stands the platform, which answers by itself what cannot reach it: \
413, 414, 431, 502, 503, 504."""
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An OpenID Connect ID token. The first call of a new person creates the account.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag you have: while it is still the one, the answer is 304 without a body.",
    "schema": {"type": "string"},
}

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, and where it is reached."""

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
    answers = Answers([(route.path, route.described) for route in routes])
    paths: dict[str, dict[str, Schema]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, answers)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": _tags(app, routes),
        "paths": paths,
        "components": {
            "schemas": _schemas([route.described for route in routes]),
            "responses": dict(sorted(answers.problems.items())),
            "headers": HEADERS,
            "examples": dict(sorted(answers.examples.items())),
            "securitySchemes": {"id_token": SECURITY},
        },
        "x-headers-on-every-answer": dict(SAME_EVERYWHERE),
    }


def _routes(app: Flask) -> Iterator[Route]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        described = operation_of(view)
        if described is not None:
            methods = [method for method in METHODS if method in (rule.methods or ())]
            is_private = audience_of(view) == SIGNED_IN
            yield from (Route(rule, method, described, is_private) for method in methods)


def _tags(app: Flask, routes: list[Route]) -> list[Schema]:
    """The blueprints, and what their modules say they are."""
    modules = {name: sys.modules[blueprint.import_name] for name, blueprint in app.blueprints.items()}
    return [
        {"name": name, "description": (modules[name].__doc__ or "").strip()}
        for name in dict.fromkeys(route.tag for route in routes)
    ]


def _schemas(described: list[Operation]) -> Mapping[str, Schema]:
    models: set[type[msgspec.Struct]] = {ProblemView}
    models |= {given.model for one in described for given in one.inputs.values() if given.model}
    models |= {one.gives for one in described if one.gives}
    named = sorted(models, key=lambda model: model.__name__)
    _, components = msgspec.json.schema_components(named, ref_template="#/components/schemas/{name}")
    return {name: _without_indentation(schema) for name, schema in sorted(components.items())}


def _without_indentation(schema: Schema) -> Schema:
    """Of the docstring that describes it, which Python keeps before 3.13 only."""
    return schema | {"description": cleandoc(schema["description"])} if "description" in schema else schema


def _operation(route: Route, answers: Answers) -> Schema:
    described = route.described
    operation: Schema = {"tags": [route.tag], "operationId": described.name, "summary": described.summary}
    if described.description:
        operation["description"] = described.description
    operation["parameters"] = _parameters(described, route.method)
    body = _body(described, answers)
    if body:
        operation["requestBody"] = body
    operation["responses"] = answers.of(described, route.method)
    operation["security"] = [{"id_token": []}] if route.is_private else []
    return operation


def _parameters(described: Operation, method: str) -> list[Schema]:
    path = [_path_parameter(name) for name, given in described.inputs.items() if given.is_path]
    conditional = [IF_NONE_MATCH] if method == "GET" and "ETag" in described.headers else []
    given = [parameter for given in described.inputs.values() for parameter in given.parameters]
    return [*path, *given, *conditional]


def _path_parameter(name: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    parameter: Schema = {"name": name, "in": "path", "required": True, "schema": schema}
    if name in PATHS:
        description, example = PATHS[name]
        parameter |= {"description": description, "example": example}
    return parameter


def _body(described: Operation, answers: Answers) -> Schema | None:
    for given in described.inputs.values():
        if given.body or given.model:
            content = answers.content_of(given.model) if given.model else {}
            return {"required": True, "content": {**(given.body or {}), **content}}
    return None
