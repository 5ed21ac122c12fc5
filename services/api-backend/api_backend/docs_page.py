"""Render the OpenAPI document as an HTML page without scripts and external resources."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from api_backend.docs_curl import curl_command
from api_backend.responses import messages, status_of

STYLE = (Path(__file__).parent / "docs.css").read_text(encoding="utf-8")
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

Schema = dict[str, Any]


def page(document: Schema) -> str:
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(document['info']['title'])} API</title><style>{STYLE}</style>",
            *_navigation(document),
            "<main>",
            *_introduction(document),
            *_operations(document),
            '<h2 id="schemas">Schemas</h2>',
            *_schemas(document),
            '<h2 id="problems">Errors</h2>',
            *_problems(),
            "</main></html>",
        ]
    )


def _navigation(document: Schema) -> Iterator[str]:
    yield '<nav aria-label="Operations"><a href="#top">Start</a>'
    for tag, operations in _by_tag(document):
        yield f"<b>{escape(tag)}</b><ul>"
        for path, method, operation in operations:
            place = escape(path.removeprefix("/api"))
            yield f'<li><a href="#{operation["operationId"]}">{_method(method)} {place}</a>'
        yield "</ul>"
    yield '<b>Reference</b><ul><li><a href="#schemas">Schemas</a>'
    yield '<li><a href="#problems">Errors</a></ul></nav>'


def _introduction(document: Schema) -> Iterator[str]:
    info = document["info"]
    yield f'<h1 id="top">{escape(info["title"])} API {escape(info["version"])}</h1>'
    yield from (f"<p>{_text(part)}" for part in info["description"].split("\n\n"))
    yield '<p>For programs: <a href="/api/openapi.json">OpenAPI 3.1 document</a>.'
    authentication = document["components"]["securitySchemes"]["id_token"]["description"]
    yield f"<p><b>Authentication.</b> {_text(authentication)}"
    yield f"<p>{_text('In the curl commands, `$API` is the address of this site and `$TOKEN` an ID token.')}"
    headers = document["x-headers-on-every-answer"].items()
    rows = [(name, f"<code>{escape(value)}</code>") for name, value in headers]
    yield f"<details><summary>Headers of every response</summary>{_table('', rows)}</details>"


def _operations(document: Schema) -> Iterator[str]:
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    for tag, operations in _by_tag(document):
        yield f"<h2>{escape(tag)}</h2><p>{_text(described[tag])}"
        for path, method, operation in operations:
            yield "".join(_operation(document, path, method, operation))


def _by_tag(document: Schema) -> Iterator[tuple[str, list[tuple[str, str, Schema]]]]:
    order = [tag["name"] for tag in document["tags"]]
    found = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    found.sort(key=lambda each: order.index(each[2]["tags"][0]))
    for tag, operations in groupby(found, key=lambda each: str(each[2]["tags"][0])):
        yield tag, list(operations)


def _operation(document: Schema, path: str, method: str, operation: Schema) -> Iterator[str]:
    name = escape(operation["operationId"])
    lock = ' <span class="lock">signed in</span>' if operation["security"] else ""
    yield f'<article id="{name}">'
    yield f'<h3><a href="#{name}">{_method(method)} <code>{escape(path)}</code></a>{lock}</h3>'
    yield f"<p>{_text(operation['summary'])} {_text(operation.get('description', ''))}"
    yield f"<pre>{escape(curl_command(document, path, method, operation))}</pre>"
    yield _table("Parameters", [*_parameters(operation), *_body(document, operation)])
    yield _table("Responses", _responses(document, operation))
    yield "</article>"


def _parameters(operation: Schema) -> Iterator[tuple[str, str]]:
    for parameter in operation["parameters"]:
        needed = " <small>required</small>" if parameter.get("required") else ""
        kind = f"<small>{parameter['in']}, {_kind(parameter['schema'])}</small>{needed}"
        yield parameter["name"], f"{_text(parameter.get('description', ''))} {kind}"


def _body(document: Schema, operation: Schema) -> Iterator[tuple[str, str]]:
    for mimetype, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "body", f"<code>{escape(mimetype)}</code> {_content(document, content)}"


def _responses(document: Schema, operation: Schema) -> Iterator[tuple[str, str]]:
    for status, response in operation["responses"].items():
        resolved = _resolved(document, response)
        headers = ", ".join(f"<code>{escape(name)}</code>" for name in resolved.get("headers", {}))
        contents = resolved.get("content", {}).items()
        models = [_content(document, content) for kind, content in contents if kind == "application/json"]
        yield (
            status,
            " ".join(
                [_description(resolved), *models, f"<div><small>{headers}</small></div>" if headers else ""]
            ),
        )


def _description(response: Schema) -> str:
    """Link error codes to their messages."""
    return re.sub(r"`(\w+)`", r'<a href="#\1"><code>\1</code></a>', escape(response["description"]))


def _content(document: Schema, content: Schema) -> str:
    examples = [_resolved(document, example)["value"] for example in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    folded = "".join(_folded("Example", example) for example in examples)
    schema = content["schema"]
    if "$ref" not in schema:
        return folded + _folded("Schema", schema)
    name = escape(schema["$ref"].rpartition("/")[2])
    return f'<a href="#{name}">{name}</a>{folded}'


def _schemas(document: Schema) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        rows = [(name, _field(name, field, schema)) for name, field in schema.get("properties", {}).items()]
        heading = f'<h3><a href="#{escape(name)}">{escape(name)}</a></h3>'
        yield f'<article id="{escape(name)}">{heading}<p>{_text(schema.get("description", ""))}'
        yield _table("Fields", rows) + _folded("Schema", schema) + "</article>"


def _field(name: str, field: Schema, schema: Schema) -> str:
    needed = " <small>always present</small>" if name in schema.get("required", ()) else ""
    return f"{_kind(field)}{needed} {_text(field.get('description', ''))}"


def _problems() -> Iterator[str]:
    """List the error codes, to which the `type` of a problem links."""
    yield "<div class=scroll><table><caption>Code, status, and an example of the detail</caption>"
    for code, message in sorted(messages().items()):
        yield f'<tr id="{code}"><th><code>{code}</code><td>{status_of(code)}<td>{escape(message)}'
    yield "</table></div>"


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return escape(str(schema.get("format", schema.get("type", "anything"))))


def _table(caption: str, rows: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th><code>{escape(name)}</code><td>{text}" for name, text in rows)
    return f"<div class=scroll><table><caption>{caption}</caption>{lines}</table></div>" if lines else ""


def _folded(summary: str, value: Any) -> str:
    text = escape(json.dumps(value, indent=1, ensure_ascii=False))
    return f"<details><summary>{summary}</summary><pre>{text}</pre></details>"


def _method(method: str) -> str:
    return f'<span class="verb {method}">{method.upper()}</span>'


def _resolved(document: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    _, _, kind, name = schema["$ref"].split("/")
    found: Schema = document["components"][kind][name]
    return found


def _text(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
