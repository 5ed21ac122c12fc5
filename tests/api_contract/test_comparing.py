"""The comparison finds changes that break clients, and accepts others."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api_contract.surfaces import breaks

Document = dict[str, Any]
Change = Callable[[Document], object]

DOCUMENT: Document = {
    "paths": {
        "/photos": {
            "get": {
                "operationId": "list",
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 100},
                    }
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}},
                    },
                    "400": {"$ref": "#/components/responses/bad"},
                },
                "security": [],
            },
            "post": {
                "operationId": "post",
                "requestBody": {
                    "required": False,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}},
                },
                "responses": {"201": {}},
                "security": [],
            },
        }
    },
    "components": {
        "schemas": {
            "Page": {
                "type": "object",
                "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Photo"}}},
                "required": ["results"],
            },
            "Photo": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "status": {"enum": ["ready", "failed"]},
                    "next": {"anyOf": [{"$ref": "#/components/schemas/Photo"}, {"type": "null"}]},
                },
                "required": ["id", "status"],
            },
            "Draft": {
                "type": "object",
                "properties": {
                    "caption": {"anyOf": [{"type": "string", "maxLength": 500}, {"type": "null"}]},
                    "summary": {"type": "string", "enum": ["daily", "off"]},
                },
                "required": [],
            },
            "Problem": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        },
        "responses": {
            "bad": {
                "headers": {},
                "content": {
                    "application/problem+json": {
                        "schema": {
                            "allOf": [
                                {"$ref": "#/components/schemas/Problem"},
                                {"properties": {"code": {"enum": ["invalid_limit"]}}},
                            ]
                        }
                    }
                },
            }
        },
    },
}


def get(document: Document) -> Document:
    found: Document = document["paths"]["/photos"]["get"]
    return found


def body(document: Document) -> Document:
    found: Document = document["paths"]["/photos"]["post"]["requestBody"]
    return found


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def codes(document: Document) -> list[str]:
    content = document["components"]["responses"]["bad"]["content"]["application/problem+json"]
    found: list[str] = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return found


def limit(document: Document) -> Document:
    found: Document = get(document)["parameters"][0]["schema"]
    return found


def draft(document: Document, name: str) -> Document:
    found: Document = schema(document, "Draft")["properties"][name]
    return found


def photo(document: Document) -> Document:
    found: Document = schema(document, "Photo")["properties"]
    return found


BREAKING: dict[str, tuple[Change, str]] = {
    "a path": (lambda d: d["paths"].pop("/photos"), "GET /photos: removed"),
    "a method": (lambda d: d["paths"]["/photos"].pop("post"), "POST /photos: removed"),
    "a name": (
        lambda d: get(d).update(operationId="other"),
        "GET /photos: operationId was list and is other",
    ),
    "a sign-in": (
        lambda d: get(d).update(security=[{"id_token": []}]),
        "GET /photos: asks for a sign-in now",
    ),
    "a status": (lambda d: get(d)["responses"].pop("200"), "GET /photos 200: removed"),
    "an error status": (lambda d: get(d)["responses"].pop("400"), "GET /photos 400: removed"),
    "a header": (
        lambda d: get(d)["responses"]["200"]["headers"].pop("ETag"),
        "GET /photos 200 header ETag: removed",
    ),
    "a code": (lambda d: codes(d).__setitem__(0, "other"), "GET /photos 400 invalid_limit: removed"),
    "a media type": (
        lambda d: body(d)["content"].update({"text/plain": body(d)["content"].pop("application/json")}),
        "POST /photos body: no longer application/json",
    ),
    "a field": (lambda d: photo(d).pop("id"), "GET /photos 200.results[].id: removed"),
    "a field that may be missing": (
        lambda d: schema(d, "Photo").update(required=["id"]),
        "GET /photos 200.results[].status: may be missing now",
    ),
    "a type of an answer": (
        lambda d: photo(d).update(id={"type": "integer"}),
        "GET /photos 200.results[].id: may now be integer",
    ),
    "a field that may be null": (
        lambda d: photo(d).update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "GET /photos 200.results[].id: may now be null",
    ),
    "a new value": (
        lambda d: photo(d)["status"]["enum"].append("new"),
        "GET /photos 200.results[].status: may now be 'new'",
    ),
    "a format": (
        lambda d: photo(d)["id"].update(format="uuid"),
        "GET /photos 200.results[].id: format was None and is uuid",
    ),
    "a parameter": (lambda d: get(d).update(parameters=[]), "GET /photos query limit: removed"),
    "a parameter now required": (
        lambda d: get(d)["parameters"][0].update(required=True),
        "GET /photos query limit: is required now",
    ),
    "a new required parameter": (
        lambda d: get(d)["parameters"].append({"name": "x", "in": "query", "required": True, "schema": {}}),
        "GET /photos query x: is required now",
    ),
    "a lower maximum": (
        lambda d: limit(d).update(maximum=50),
        "GET /photos query limit: maximum fell from 100 to 50",
    ),
    "a higher minimum": (
        lambda d: limit(d).update(minimum=2),
        "GET /photos query limit: minimum rose from 1 to 2",
    ),
    "a type of an input": (
        lambda d: limit(d).update(type="string"),
        "GET /photos query limit: integer is no longer taken",
    ),
    "a required body": (lambda d: body(d).update(required=True), "POST /photos body: is required now"),
    "a new required field": (
        lambda d: schema(d, "Draft").update(required=["caption"]),
        "POST /photos body.caption: is required now",
    ),
    "strictness": (
        lambda d: schema(d, "Draft").update(additionalProperties=False),
        "POST /photos body: unknown fields are refused now",
    ),
    "no null": (
        lambda d: draft(d, "caption")["anyOf"].pop(),
        "POST /photos body.caption: null is no longer taken",
    ),
    "a shorter text": (
        lambda d: draft(d, "caption")["anyOf"][0].update(maxLength=9),
        "POST /photos body.caption: maxLength fell from 500 to 9",
    ),
    "a pattern": (
        lambda d: draft(d, "summary").update(pattern="^x$"),
        "POST /photos body.summary: must now match ^x$",
    ),
    "a value less": (
        lambda d: draft(d, "summary").update(enum=["off"]),
        "POST /photos body.summary: 'daily' is no longer taken",
    ),
}
HARMLESS: dict[str, Change] = {
    "a path": lambda d: d["paths"].update({"/new": {}}),
    "an answer": lambda d: get(d)["responses"].update({"429": {}}),
    "a header": lambda d: get(d)["responses"]["200"]["headers"].update({"Link": {}}),
    "a code": lambda d: codes(d).append("invalid_cursor"),
    "a field": lambda d: photo(d).update(caption={"type": "string"}),
    "a value less to expect": lambda d: photo(d)["status"]["enum"].pop(),
    "an optional parameter": lambda d: get(d)["parameters"].append(
        {"name": "x", "in": "query", "schema": {}}
    ),
    "a wider parameter": lambda d: limit(d).update(minimum=0, maximum=200),
    "an optional field to send": lambda d: schema(d, "Draft")["properties"].update(place={"type": "string"}),
    "a value more to send": lambda d: draft(d, "summary")["enum"].append("weekly"),
    "a longer text": lambda d: draft(d, "caption")["anyOf"][0].update(maxLength=900),
    "words": lambda d: get(d).update(summary="Photos."),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_break_is_found(name: str) -> None:
    change, line = BREAKING[name]
    changed = copy.deepcopy(DOCUMENT)
    change(changed)

    assert line in breaks(DOCUMENT, changed)


@pytest.mark.parametrize("name", HARMLESS)
def test_additions_are_not_breaks(name: str) -> None:
    changed = copy.deepcopy(DOCUMENT)
    HARMLESS[name](changed)

    assert changed != DOCUMENT
    assert breaks(DOCUMENT, changed) == []


def test_a_document_does_not_break_itself() -> None:
    assert breaks(DOCUMENT, DOCUMENT) == []
