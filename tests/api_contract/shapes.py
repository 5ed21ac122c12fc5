"""Compare two JSON schemas and find changes that break clients."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Schema = dict[str, Any]
Direction = Literal["request", "response"]

LOWER_BOUNDS = ("minimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems")
ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Shapes:
    """`before` and `after` are complete documents, in which references are resolved."""

    before: Schema
    after: Schema
    direction: Direction
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def breaks(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """Return the changes that break a client written for the old schema."""
        names = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new:
            if names in self._seen:
                return
            self._seen.add(names)
        old_kinds, new_kinds = kinds(resolved(self.before, old)), kinds(resolved(self.after, new))
        yield from self._kinds(old_kinds, new_kinds, at)
        for kind in sorted(set(old_kinds) & set(new_kinds)):
            yield from self._one_kind(old_kinds[kind], new_kinds[kind], at)

    def _kinds(self, old: dict[str, Schema], new: dict[str, Schema], at: str) -> Iterator[str]:
        if self.direction == "request" and ANYTHING not in new:
            yield from (f"{at}: {kind} is no longer taken" for kind in sorted(set(old) - set(new)))
        if self.direction == "response" and ANYTHING not in old:
            yield from (f"{at}: may now be {kind}" for kind in sorted(set(new) - set(old)))

    def _one_kind(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        yield from self._values(old, new, at)
        yield from self._properties(old, new, at)
        if "items" in old and "items" in new:
            yield from self.breaks(old["items"], new["items"], f"{at}[]")
        if self.direction == "request":
            yield from _narrowed(old, new, at)

    def _values(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if old.get("format") != new.get("format"):
            yield f"{at}: format was {old.get('format')} and is {new.get('format')}"
        known, allowed = old.get("enum"), new.get("enum")
        if self.direction == "request" and allowed is not None:
            if known is None:
                yield f"{at}: only some values are taken now"
            yield from (
                f"{at}: {value!r} is no longer taken" for value in known or () if value not in allowed
            )
        if self.direction == "response" and known is not None:
            if allowed is None:
                yield f"{at}: may now have any value"
            yield from (f"{at}: may now be {value!r}" for value in allowed or () if value not in known)

    def _properties(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        known, offered = old.get("properties", {}), new.get("properties", {})
        was, now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(set(known) - set(offered)):
            yield f"{at}.{name}: removed"
        if self.direction == "request":
            yield from (f"{at}.{name}: is required now" for name in sorted(now - was))
            if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
                yield f"{at}: unknown fields are refused now"
        else:
            yield from (f"{at}.{name}: may be missing now" for name in sorted((was - now) & set(offered)))
        for name in sorted(set(known) & set(offered)):
            yield from self.breaks(known[name], offered[name], f"{at}.{name}")


def resolved(document: Schema, schema: Schema) -> Schema:
    """Resolve `$ref` and merge `allOf` into one schema."""
    while "$ref" in schema:
        schema = looked_up(document, schema["$ref"])
    if "allOf" not in schema:
        return schema
    parts = [resolved(document, part) for part in schema["allOf"]]
    folded: Schema = {key: value for part in parts for key, value in part.items()}
    folded["properties"] = {
        name: value for part in parts for name, value in part.get("properties", {}).items()
    }
    folded["required"] = [name for part in parts for name in part.get("required", ())]
    return folded


def looked_up(document: Schema, reference: str) -> Schema:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


def kinds(schema: Schema) -> dict[str, Schema]:
    """Return the alternatives of a schema by type; references by name."""
    found: dict[str, Schema] = {}
    for part in schema.get("anyOf", schema.get("oneOf", [schema])):
        given = part.get("type", part.get("$ref", _kind_of_values(part)))
        for kind in [given] if isinstance(given, str) else given:
            found[kind] = part
    return found


def _kind_of_values(schema: Schema) -> str:
    if "properties" in schema:
        return "object"
    return "string" if any(isinstance(value, str) for value in schema.get("enum", ())) else ANYTHING


def _narrowed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for bound in LOWER_BOUNDS:
        if new.get(bound, float("-inf")) > old.get(bound, float("-inf")):
            yield f"{at}: {bound} rose from {old.get(bound, 'none')} to {new[bound]}"
    for bound in UPPER_BOUNDS:
        if new.get(bound, float("inf")) < old.get(bound, float("inf")):
            yield f"{at}: {bound} fell from {old.get(bound, 'none')} to {new[bound]}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{at}: must now match {new['pattern']}"
