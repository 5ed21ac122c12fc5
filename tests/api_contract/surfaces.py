"""Compare two OpenAPI documents and find changes that break clients of the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.api_contract.shapes import Schema, Shapes, looked_up

FIRST_ERROR = 400
"""From this status on, clients must handle new statuses and codes, so both may be added."""


def breaks(before: Schema, after: Schema) -> list[str]:
    """Each finding is one line that is equal in every run, so that it can be declared."""
    return sorted(set(Surfaces(before, after).breaks()))


@dataclass(frozen=True, slots=True)
class Surfaces:
    before: Schema
    after: Schema

    def breaks(self) -> Iterator[str]:
        offered = dict(_operations(self.after))
        for name, old in _operations(self.before):
            if name in offered:
                yield from self._operation(name, old, offered[name])
            else:
                yield f"{name}: removed"

    def _operation(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"{at}: operationId was {old.get('operationId')} and is {new.get('operationId')}"
        if new.get("security") and not old.get("security"):
            yield f"{at}: asks for a sign-in now"
        yield from self._parameters(at, old, new)
        yield from self._body(at, old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(at, old["responses"], new["responses"])

    def _parameters(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        known, offered = _parameters_of(old), _parameters_of(new)
        yield from (f"{at} {name}: removed" for name in sorted(set(known) - set(offered)))
        for name, parameter in sorted(offered.items()):
            was_required = known.get(name, {}).get("required", False)
            if parameter.get("required") and not was_required:
                yield f"{at} {name}: is required now"
            if name in known:
                shapes = Shapes(self.before, self.after, "request")
                yield from shapes.breaks(known[name]["schema"], parameter["schema"], f"{at} {name}")

    def _body(self, at: str, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{at} body: is required now"
        if old:
            content = new["content"] if new else {}
            yield from self._contents(
                f"{at} body", old["content"], content, Shapes(self.before, self.after, "request")
            )

    def _answers(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        for status, answer in old.items():
            if status not in new:
                yield f"{at} {status}: removed"
                continue
            was, now = self._looked_up(self.before, answer), self._looked_up(self.after, new[status])
            lost = set(was.get("headers", {})) - set(now.get("headers", {}))
            yield from (f"{at} {status} header {name}: removed" for name in sorted(lost))
            if int(status) < FIRST_ERROR:
                shapes = Shapes(self.before, self.after, "response")
                yield from self._contents(
                    f"{at} {status}", was.get("content", {}), now.get("content", {}), shapes
                )
            else:
                yield from self._problems(f"{at} {status}", was, now)

    def _contents(self, at: str, old: Schema, new: Schema, shapes: Shapes) -> Iterator[str]:
        for kind, content in old.items():
            if kind in new:
                yield from shapes.breaks(content["schema"], new[kind]["schema"], at)
            else:
                yield f"{at}: no longer {kind}"

    def _problems(self, at: str, old: Schema, new: Schema) -> Iterator[str]:
        for code in sorted(_codes(old) - _codes(new)):
            yield f"{at} {code}: removed"
        shapes = Shapes(self.before, self.after, "response")
        for kind, content in old.get("content", {}).items():
            if kind in new.get("content", {}):
                found = shapes.breaks(
                    _without_codes(content["schema"]), _without_codes(new["content"][kind]["schema"]), at
                )
                yield from found
            else:
                yield f"{at}: no longer {kind}"

    def _looked_up(self, document: Schema, answer: Schema) -> Schema:
        return looked_up(document, answer["$ref"]) if "$ref" in answer else answer


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _parameters_of(operation: Schema) -> dict[str, Schema]:
    return {f"{given['in']} {given['name']}": given for given in operation.get("parameters", ())}


def _codes(answer: Schema) -> set[str]:
    """Return the problem codes, which are in the second part of an `allOf`."""
    parts = [
        part for content in answer.get("content", {}).values() for part in content["schema"].get("allOf", ())
    ]
    return {code for part in parts for code in _code_of(part).get("enum", ())}


def _code_of(schema: Any) -> Schema:
    found: Schema = schema.get("properties", {}).get("code", {})
    return found


def _without_codes(schema: Schema) -> Schema:
    """Return the common part of all problems; codes are compared separately."""
    parts = [part for part in schema.get("allOf", (schema,)) if not _code_of(part).get("enum")]
    return {"allOf": parts}
