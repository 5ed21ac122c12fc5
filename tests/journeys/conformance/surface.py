"""The server's OpenAPI document, and checks of responses against it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import requests

OF_THE_TRANSPORT = {
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
    "x-cloud-trace-context",
}
"""Headers that HTTP and the front end add to every response."""
OF_ALL = "x-headers-on-every-answer"
METHODS = {"get", "post", "put", "patch", "delete"}

Described = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    described: Described

    @property
    def name(self) -> str:
        return str(self.described["operationId"])

    @property
    def is_private(self) -> bool:
        return bool(self.described.get("security"))

    def names(self, place: str) -> list[str]:
        """Return the parameters of one location: path, query or header."""
        return [given["name"] for given in self.described.get("parameters", ()) if given["in"] == place]


@dataclass(frozen=True, slots=True)
class Surface:
    document: Described

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method in METHODS & set(methods):
                yield Operation(method.upper(), path, methods[method])

    def find(self, method: str, path: str) -> Operation | None:
        """Sort literal paths before those with parameters."""
        fitting = [
            each
            for each in self.operations()
            if each.method == method and _pattern(each.path).fullmatch(path)
        ]
        return min(fitting, key=lambda each: each.path.count("{"), default=None)

    def example_bodies(self, operation: Operation) -> Iterator[tuple[str, Described]]:
        """Return the media types of its bodies, each with an example."""
        contents = operation.described.get("requestBody", {}).get("content", {})
        for mimetype, content in contents.items():
            examples = [self.resolve(each)["value"] for each in content.get("examples", {}).values()]
            yield mimetype, dict(examples[0] if examples else self._example_fields(content["schema"]))

    def _example_fields(self, schema: Described) -> Described:
        fields = self.resolve(schema)["properties"]
        return {name: field["examples"][0] for name, field in fields.items() if "examples" in field}

    def check(self, operation: Operation, answer: requests.Response) -> None:
        """Fail if the document does not describe this response."""
        where = f"{operation.method} {operation.path}: {answer.status_code} {answer.text[:300]}"
        answers = operation.described["responses"]
        assert str(answer.status_code) in answers, f"an undocumented status: {where}"
        described = self.resolve(answers[str(answer.status_code)])
        self._check_headers(described, answer, where)
        self._check_content(described, answer, where)

    def resolve(self, given: Described) -> Described:
        while "$ref" in given:
            found: Any = self.document
            for name in given["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            given = found
        return given

    def _check_headers(self, described: Described, answer: requests.Response, where: str) -> None:
        everywhere = self.document.get(OF_ALL, {})
        known = {name.lower() for name in (*described.get("headers", {}), *everywhere)} | OF_THE_TRANSPORT
        sent = {name.lower() for name in answer.headers if not name.lower().startswith("access-control-")}
        assert sent <= known, f"undocumented headers {sent - known}: {where}"
        wrong = {name for name, value in everywhere.items() if name not in answer.headers}
        assert not wrong, f"missing headers {wrong}: {where}"
        assert answer.headers.get("X-Request-Id"), f"no request id: {where}"
        for name, header in described.get("headers", {}).items():
            if name in answer.headers:
                schema = self.resolve(header)["schema"]
                assert jsonschema_rs.is_valid(schema, answer.headers[name]), f"header {name}: {where}"

    def _check_content(self, described: Described, answer: requests.Response, where: str) -> None:
        contents = described.get("content")
        if not contents:
            assert not answer.content, f"an undocumented body: {where}"
            return
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        assert kind in contents, f"an undocumented type {kind}: {where}"
        if kind.endswith("json"):
            self._validate(contents[kind]["schema"], answer.json(), where)

    def _validate(self, schema: Described, value: Any, where: str) -> None:
        whole = {**schema, "components": self.document["components"]}
        validator = jsonschema_rs.validator_for(whole, validate_formats=True)
        errors = [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]
        assert not errors, f"{errors}: {where}"


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
