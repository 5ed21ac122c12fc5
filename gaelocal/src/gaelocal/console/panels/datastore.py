"""The Datastore panel: kinds, queries, entities, indexes."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from gaelocal.console.datastore import values
from gaelocal.console.datastore.entities import Entities, new_key, properties_of
from gaelocal.console.datastore.indexes import describe_indexes
from gaelocal.console.datastore.queries import OPERATORS, PAGE_SIZES, FilterRow, Queries, QueryForm, Results
from gaelocal.console.pages import Pages, address_of, back_to, form_of
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import ConsoleError
from gaelocal.datastore.errors import Code, DatastoreError
from gaelocal.protobuf.datastore_pb2 import Entity

MOST_COLUMNS = 40
STATUSES = {Code.NOT_FOUND: 404, Code.ALREADY_EXISTS: 409, Code.ABORTED: 409, Code.UNAVAILABLE: 503}
PANEL = "datastore"


class DatastorePanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._project = parts.addresses.get("project", "")
        self._queries = Queries(parts.datastore, self._project)
        self._entities = Entities(parts.datastore, self._project)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/datastore", self._query),
            web.get("/datastore/indexes", self._indexes),
            web.get("/datastore/entity", self._entity),
            web.get("/datastore/new", self._new),
            web.post("/datastore/create", self._create),
            web.post("/datastore/save", self._save),
            web.post("/datastore/save-json", self._save_json),
            web.post("/datastore/delete", self._delete),
        ]

    async def _query(self, request: web.Request) -> web.Response:
        form = QueryForm.of(request.query)
        results, problem = None, ""
        try:
            if form.kind or form.gql:
                results = await self._queries.run(form)
        except DatastoreError as error:
            problem = error.message
        except ConsoleError as error:
            problem = error.detail
        kinds, namespaces, outage = await self._kinds(form)
        return self._pages.render(
            request,
            PANEL,
            "datastore.html",
            form=form,
            mode=_mode(request, form),
            kinds=kinds,
            namespaces=namespaces,
            rows=_rows(results),
            columns=_columns(results)[:MOST_COLUMNS],
            hidden_columns=len(_columns(results)[MOST_COLUMNS:]),
            results=results,
            problem=problem or outage,
            filter_rows=[*form.filters, FilterRow()],
            operators=OPERATORS,
            filter_types={name: values.TYPES[name] for name in values.FILTER_TYPES},
            sizes=PAGE_SIZES,
        )

    async def _kinds(self, form: QueryForm) -> tuple[list[tuple[str, int]], list[str], str]:
        """Return the kinds with their counts, the namespaces, and why they cannot be read."""
        partition = values.partition_of(self._project, form.database, form.namespace)
        try:
            namespaces = await self._queries.namespaces(form.database)
            names = await self._queries.kinds(partition)
            counts = [(name, await self._queries.count(name, partition)) for name in names]
        except DatastoreError as error:
            return [], [], error.message
        return counts, sorted({*namespaces, form.namespace, ""}), ""

    async def _indexes(self, request: web.Request) -> web.Response:
        return self._pages.render(
            request, PANEL, "datastore_indexes.html", **describe_indexes(self._parts.datastore)
        )

    async def _entity(self, request: web.Request) -> web.Response:
        key = self._key(request.query.get("key", ""))
        entity, version = await _refusals_as_errors(self._entities.find(key))
        parent = values.parent_of(key)
        return self._pages.render(
            request,
            PANEL,
            "datastore_entity.html",
            kind=key.path[-1].kind,
            name=values.identifier(key.path[-1]),
            key=key,
            key_text=values.key_text(key),
            key_id=values.key_id(key),
            path=_path(key),
            parent=values.key_id(parent) if parent else "",
            properties=[_property(name, value) for name, value in sorted(entity.properties.items())],
            size=entity.ByteSize(),
            version=version,
            json=values.json_of(entity),
            types=values.TYPES,
        )

    async def _new(self, request: web.Request) -> web.Response:
        kind, namespace = request.query.get("kind", ""), request.query.get("ns", "")
        database = request.query.get("db", "")
        properties = await self._sample(kind, namespace, database)
        return self._pages.render(
            request,
            PANEL,
            "datastore_new.html",
            kind=kind,
            namespace=namespace,
            database=database,
            parent=request.query.get("parent", ""),
            properties=properties,
            types=values.TYPES,
        )

    async def _sample(self, kind: str, namespace: str, database: str) -> list[dict[str, Any]]:
        """Return the properties of an existing entity of the kind, without values, as a start."""
        if not kind:
            return []
        try:
            form = QueryForm(kind=kind, namespace=namespace, database=database, size=1)
            found = (await self._queries.run(form)).entities
        except DatastoreError:
            return []
        rows = [
            _property(name, value) for entity in found for name, value in sorted(entity.properties.items())
        ]
        return [row | {"text": ""} for row in rows]

    async def _create(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        partition = values.partition_of(self._project, str(form.get("db", "")), str(form.get("ns", "")))
        entity = properties_of(form, Entity(), partition)
        entity.key.CopyFrom(new_key(form, partition))
        key = await _refusals_as_errors(self._entities.insert(entity))
        return self._pages.done(_entity_address(key), f"{values.key_text(key)} was created.")

    async def _save(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        key = self._key(str(form.get("key", "")))
        known, _ = await _refusals_as_errors(self._entities.find(key))
        entity = properties_of(form, known, key.partition_id)
        return await self._update(key, entity, form)

    async def _save_json(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        entity = values.entity_of_json(str(form.get("json", "")))
        return await self._update(self._key(str(form.get("key", ""))), entity, form)

    async def _update(self, key: Any, entity: Any, form: Any) -> web.Response:
        version = str(form.get("version", ""))
        if not (version.isascii() and version.isdigit()):
            raise ConsoleError(
                400, "invalid_version", "The form lacks the version of the entity. Open it again."
            )
        entity.key.CopyFrom(key)
        await _refusals_as_errors(self._entities.update(entity, int(version[:18])))
        return self._pages.done(_entity_address(key), "Saved.")

    async def _delete(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        keys = [self._key(text) for text in form.getall("key", [])]
        if not keys:
            raise ConsoleError(400, "nothing_selected", "Select the entities to delete first.")
        await _refusals_as_errors(self._entities.delete(keys))
        what = values.key_text(keys[0]) if len(keys) == 1 else f"{len(keys)} entities"
        return self._pages.done(back_to(form, "/datastore"), f"{what} deleted.")

    def _key(self, text: str) -> Any:
        return values.key_of(text, values.partition_of(self._project))


async def _refusals_as_errors(work: Any) -> Any:
    try:
        return await work
    except DatastoreError as error:
        raise ConsoleError(STATUSES.get(error.code, 400), error.code.name.lower(), error.message) from None


def _mode(request: web.Request, form: QueryForm) -> str:
    return "gql" if form.gql or request.query.get("mode") == "gql" else "kind"


def _entity_address(key: Any) -> str:
    return address_of("/datastore/entity", {"key": values.key_id(key)})


def _columns(results: Results | None) -> list[str]:
    """Return the names of the properties of a page, the most frequent first."""
    counts: dict[str, int] = {}
    for entity in results.entities if results else ():
        for name in sorted(entity.properties):
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def _rows(results: Results | None) -> list[dict[str, Any]]:
    entities: Iterable[Any] = results.entities if results else ()
    return [
        {
            "key": values.key_id(entity.key),
            "key_text": values.key_text(entity.key),
            "kind": entity.key.path[-1].kind,
            "name": values.cut(values.identifier(entity.key.path[-1])),
            "path": [(kind, values.cut(name)) for kind, name in _path(entity.key)[:-1]],
            "cells": {name: _cell(value) for name, value in entity.properties.items()},
        }
        for entity in entities
        if entity.key.path
    ]


def _cell(value: Any) -> dict[str, str]:
    kind = values.type_of(value)
    link = _entity_address(value.key_value) if kind == "key" else ""
    return {"type": kind, "text": values.short_text(value), "link": link}


def _path(key: Any) -> list[tuple[str, str]]:
    """Return the kind and the identifier of each element of the path."""
    return [(element.kind, values.identifier(element)) for element in key.path]


def _property(name: str, value: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": values.type_of(value),
        "text": values.text_of(value),
        "indexed": not value.exclude_from_indexes,
        "link": _entity_address(value.key_value) if values.type_of(value) == "key" else "",
    }
