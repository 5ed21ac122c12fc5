"""The OpenAPI document as a page that needs neither script nor network."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from timeline import errors
from timeline.serving.problems import STATUSES

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
section { border-top: 1px solid #8884; padding: .5rem 0; }
h3 code:first-child { background: #06c; border-radius: .25rem; color: #fff; padding: .1rem .4rem; }
table { border-collapse: collapse; width: 100%; }
td { border-bottom: 1px solid #8883; padding: .2rem .8rem .2rem 0; vertical-align: top; }
pre { background: #8881; overflow: auto; padding: .6rem; }
code { font-family: ui-monospace, monospace; }
:target { background: #fc04; }
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

Schema = dict[str, Any]


def page(document: Schema) -> str:
    info = document["info"]
    signing_in = document["components"]["securitySchemes"]["id_token"]["description"]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(info['title'])} API</title><style>{STYLE}</style>",
            f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
            f"<p>{escape(info['description'])}",
            'The same for programs: <a href="/api/openapi.json">OpenAPI 3.1</a>.',
            f"<p><b>Signing in.</b> {escape(signing_in)}",
            "<h2>Operations</h2>",
            *_operations(document),
            "<h2>Schemas</h2>",
            *_schemas(document),
            "<h2>Problems</h2>",
            *_problems(),
            "</html>",
        ]
    )


def _operations(document: Schema) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield _operation(path, method, operation)


def _operation(path: str, method: str, operation: Schema) -> str:
    lock = " <small>signed in</small>" if "security" in operation else ""
    heading = f"<h3><code>{method.upper()}</code> <code>{escape(path)}</code>{lock}</h3>"
    rows = [*_parameters(operation), *_body(operation), *_responses(operation)]
    table = "".join(f"<tr><td><code>{escape(name)}</code><td>{text}" for name, text in rows)
    name = escape(operation["operationId"])
    return f'<section id="{name}">{heading}<p>{escape(operation["summary"])}<table>{table}</table></section>'


def _parameters(operation: Schema) -> Iterator[tuple[str, str]]:
    for parameter in operation["parameters"]:
        yield parameter["name"], f"{parameter['in']}: {_text(parameter.get('description', ''))}"


def _body(operation: Schema) -> Iterator[tuple[str, str]]:
    for mimetype, content in operation.get("requestBody", {}).get("content", {}).items():
        yield mimetype, _content(content["schema"])


def _responses(operation: Schema) -> Iterator[tuple[str, str]]:
    for status, response in operation["responses"].items():
        contents = response.get("content", {}).items()
        models = [_content(content["schema"]) for kind, content in contents if kind == "application/json"]
        yield status, " ".join([_text(response["description"]), *models])


def _content(schema: Schema) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    return f"<pre>{escape(json.dumps(schema, indent=1))}</pre>"


def _schemas(document: Schema) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        written = escape(json.dumps(schema, indent=1))
        yield f'<section id="{escape(name)}"><h3>{escape(name)}</h3><pre>{written}</pre></section>'


def _problems() -> Iterator[str]:
    """A problem's `type` points here."""
    for refusal in sorted(errors.Refusal.__subclasses__(), key=lambda refusal: refusal.code):
        code, status = escape(refusal.code), STATUSES[refusal.code]
        yield f'<p id="{code}"><code>{status} {code}</code> {escape(refusal.message)}'


def _text(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
