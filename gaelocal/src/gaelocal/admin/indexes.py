"""Composite indexes, over the Datastore Admin API and over Firestore's, which newer gcloud commands use."""

import json
import secrets
from pathlib import Path
from typing import Any

from aiohttp import web

from gaelocal.admin.bodies import Resource, objects_of, resource_of
from gaelocal.admin.problems import AdminError, invalid, not_found
from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import ensure_folder, read_json

FIRESTORE = "/v1/projects/{project}/databases/{database}/collectionGroups/{kind}/indexes"
MEANING = ("kind", "ancestor", "properties")


class IndexViews:
    """An index is ready at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "indexes.json"

    def routes(self) -> list[web.RouteDef]:
        one = "/v1/projects/{project}/indexes/{id}"
        return [
            web.get("/v1/projects/{project}/indexes", self._list),
            web.post("/v1/projects/{project}/indexes", self._create),
            web.get(one, self._get),
            web.delete(one, self._delete),
            web.get(FIRESTORE, self._list_firestore),
            web.post(FIRESTORE, self._create_firestore),
            web.get(f"{FIRESTORE}/{{id}}", self._get_firestore),
            web.delete(f"{FIRESTORE}/{{id}}", self._delete),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"indexes": self._kept()})

    async def _list_firestore(self, request: web.Request) -> web.Response:
        group = request.match_info["kind"]
        found = [index for index in self._kept() if group in ("-", index["kind"])]
        return web.json_response({"indexes": [_as_firestore(request, index) for index in found]})

    async def _get_firestore(self, request: web.Request) -> web.Response:
        return web.json_response(_as_firestore(request, self._find(request.match_info["id"])))

    async def _create_firestore(self, request: web.Request) -> web.Response:
        wanted = await resource_of(request)
        return self._add(request, _of_firestore(request.match_info["kind"], wanted))

    async def _create(self, request: web.Request) -> web.Response:
        return self._add(request, await resource_of(request))

    def _add(self, request: web.Request, wanted: Resource) -> web.Response:
        project = request.match_info["project"]
        properties = objects_of(wanted, "properties")
        if not wanted.get("kind") or not properties:
            raise invalid("An index needs a kind and at least one property.")
        if not all(isinstance(each.get("name"), str) and each["name"] for each in properties):
            raise invalid("Each property of an index needs a name.")
        kept = self._kept()
        if any(_meaning(index) == _meaning(wanted) for index in kept):
            raise AdminError(409, "index already exists")
        meaning = {key: wanted[key] for key in MEANING if key in wanted}
        new = {"projectId": project, "indexId": secrets.token_hex(6), "state": "READY", **meaning}
        self._keep([*kept, new])
        return web.json_response(_operation(project, new))

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._find(request.match_info["id"]))

    async def _delete(self, request: web.Request) -> web.Response:
        gone = self._find(request.match_info["id"])
        self._keep([index for index in self._kept() if index != gone])
        return web.json_response(_operation(request.match_info["project"], gone))

    def _find(self, index_id: str) -> Resource:
        for index in self._kept():
            if index["indexId"] == index_id:
                return index
        raise not_found(f"There is no index {index_id}.")

    def _kept(self) -> list[Resource]:
        return read_json(self._file, _indexes, [])

    def _keep(self, indexes: list[Resource]) -> None:
        ensure_folder(self._file.parent)
        write_atomically(self._file, json.dumps(indexes, indent=1))


def _of_firestore(kind: str, wanted: Resource) -> Resource:
    is_ancestor = wanted.get("queryScope") == "COLLECTION_RECURSIVE"
    properties = [
        {
            "name": str(field.get("fieldPath", "")).replace("__name__", "__key__"),
            "direction": field.get("order", "ASCENDING"),
        }
        for field in objects_of(wanted, "fields")
    ]
    ancestor = "ALL_ANCESTORS" if is_ancestor else "NONE"
    return {"kind": kind, "ancestor": ancestor, "properties": properties}


def _as_firestore(request: web.Request, index: Resource) -> Resource:
    database = f"projects/{request.match_info['project']}/databases/{request.match_info['database']}"
    fields = [
        {
            "fieldPath": each["name"].replace("__key__", "__name__"),
            "order": each.get("direction", "ASCENDING"),
        }
        for each in index["properties"]
    ]
    is_ancestor = index.get("ancestor") == "ALL_ANCESTORS"
    return {
        "name": f"{database}/collectionGroups/{index['kind']}/indexes/{index['indexId']}",
        "queryScope": "COLLECTION_RECURSIVE" if is_ancestor else "COLLECTION_GROUP",
        "apiScope": "DATASTORE_MODE_API",
        "fields": fields,
        "state": "READY",
    }


def _indexes(kept: Any) -> list[Resource]:
    return [{**index, "indexId": str(index["indexId"])} for index in kept]


def _meaning(index: Resource) -> Any:
    return [index.get(key) for key in MEANING]


def _operation(project: str, index: Resource) -> Resource:
    kind = "type.googleapis.com/google.datastore.admin.v1.Index"
    name = f"projects/{project}/operations/{index['indexId']}"
    return {"name": name, "done": True, "response": {"@type": kind, **index}}
