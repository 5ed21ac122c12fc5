"""Make a curl command for an operation from its parameters and examples."""

import json
import re
import shlex
from typing import Any

Schema = dict[str, Any]


def curl_command(document: Schema, path: str, method: str, operation: Schema) -> str:
    arguments = ["curl"]
    if method != "get" and not ("requestBody" in operation and method == "post"):
        arguments.append(f"-X {method.upper()}")
    if operation["security"]:
        arguments.append('-H "Authorization: Bearer $TOKEN"')
    arguments += _headers(operation)
    for mimetype, content in operation.get("requestBody", {}).get("content", {}).items():
        arguments += _body(document, mimetype, content)
        break
    return " ".join([*arguments, f'"$API{_fill_path(path, operation)}"'])


def _headers(operation: Schema) -> list[str]:
    """Include an Idempotency-Key in every example that supports it."""
    names = [parameter["name"] for parameter in operation["parameters"]]
    return ['-H "Idempotency-Key: $(uuidgen)"'] if "Idempotency-Key" in names else []


def _body(document: Schema, mimetype: str, content: Schema) -> list[str]:
    example = _example(document, content)
    if mimetype == "multipart/form-data":
        return [
            _form_argument(name, content["schema"]["properties"][name], value)
            for name, value in example.items()
        ]
    return [f"-H 'Content-Type: {mimetype}'", f"-d {shlex.quote(json.dumps(example, ensure_ascii=False))}"]


def _form_argument(name: str, schema: Schema, value: Any) -> str:
    is_file = "contentMediaType" in schema
    return f"-F {name}=@photo.jpg" if is_file else f"-F {shlex.quote(f'{name}={value}')}"


def _example(document: Schema, content: Schema) -> Schema:
    if "example" in content:
        example: Schema = content["example"]
        return example
    for name in content.get("examples", ()):
        value: Schema = document["components"]["examples"][name]["value"]
        return value
    return {}


def _fill_path(path: str, operation: Schema) -> str:
    known = {parameter["name"]: parameter.get("example") for parameter in operation["parameters"]}
    return re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1]) or found[1].upper()), path)
