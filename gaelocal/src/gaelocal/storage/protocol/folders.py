"""Managed folders, and the folders of buckets with a hierarchical namespace."""

import secrets
from dataclasses import replace

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import folder_resource
from gaelocal.storage.state.database import LIVE
from gaelocal.storage.state.errors import Conflict, Invalid, NotFound, PreconditionFailed
from gaelocal.storage.state.fields import fields_of, text
from gaelocal.storage.state.listing import MAX_RESULTS, Listing
from gaelocal.storage.state.names import checked_object_name
from gaelocal.storage.state.records import Folder
from gaelocal.storage.state.store import Store

MANAGED = "managedFolders"
HIERARCHICAL = "folders"
_checked_body = fields_of(
    {"name": text}, ("kind", "id", "bucket", "selfLink", "metageneration", "createTime", "updateTime")
)


class FolderCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            *self._routes_of(MANAGED),
            *self._routes_of(HIERARCHICAL),
            Route("POST", "b/*/folders/*/renameTo/folders/*", self.rename),
        ]

    def _routes_of(self, kind: str) -> list[Route]:
        async def list_all(call: Call, bucket: str) -> Reply:
            return self._list(call, bucket, kind)

        async def create(call: Call, bucket: str) -> Reply:
            return self._create(call, bucket, kind)

        async def get(call: Call, bucket: str, name: str) -> Reply:
            return Reply(folder_resource(self._find(bucket, kind, name), call.origin))

        async def delete(call: Call, bucket: str, name: str) -> Reply:
            return self._delete(call, bucket, kind, name)

        return [
            Route("GET", f"b/*/{kind}", list_all),
            Route("POST", f"b/*/{kind}", create),
            Route("GET", f"b/*/{kind}/*", get),
            Route("DELETE", f"b/*/{kind}/*", delete),
        ]

    def _list(self, call: Call, bucket: str, kind: str) -> Reply:
        self._store.bucket(bucket)
        limit = min(call.number("pageSize") or call.number("maxResults") or MAX_RESULTS, MAX_RESULTS)
        after = call.query.get("pageToken", "").encode()
        found = self._store.database.folders(bucket, kind, call.query.get("prefix", ""))
        rest = [folder for folder in found if folder.name.encode() > after]
        if call.query.get("delimiter"):
            start = len(call.query.get("prefix", ""))
            rest = [folder for folder in rest if folder.name.count("/", start) == 1]
        items = [folder_resource(folder, call.origin) for folder in rest[:limit]]
        more = {"nextPageToken": rest[limit - 1].name} if len(rest) > limit else {}
        return Reply({"kind": f"storage#{kind}", **({"items": items} if items else {}), **more})

    def _create(self, call: Call, bucket: str, kind: str) -> Reply:
        self._demand_kind(bucket, kind)
        name = _folder_name(_checked_body("", call.json).get("name"))
        with self._store.change():
            if self._store.database.folder(bucket, kind, name):
                raise Conflict("The folder you tried to create already exists.", code="Conflict")
            self._demand_parent(call, bucket, kind, name)
            folder = self._put(bucket, kind, name)
        return Reply(folder_resource(folder, call.origin))

    def _delete(self, call: Call, bucket: str, kind: str, name: str) -> Reply:
        with self._store.change():
            folder = self._find(bucket, kind, name)
            listing = Listing(prefix=folder.name, limit=1)
            is_empty = not self._store.list(bucket, listing).objects
            below = self._store.database.folders(bucket, kind, folder.name)
            if not (is_empty and below == [folder]) and not call.flag("allowNonEmpty"):
                raise Conflict("The folder you tried to delete is not empty.", code="Conflict")
            self._store.database.delete_folder(folder)
        return Reply(status=204)

    async def rename(self, call: Call, bucket: str, name: str, new_name: str) -> Reply:
        """Rename a folder with everything in it; the operation is done when it is returned."""
        source, new = self._find(bucket, HIERARCHICAL, name), _folder_name(new_name)
        if self._store.database.folder(bucket, HIERARCHICAL, new):
            raise Conflict("The destination folder already exists.", code="Conflict")
        if new.startswith(source.name):
            raise Invalid("A folder cannot be moved into itself.")
        while found := self._store.database.objects(
            LIVE, bucket, (source.name.encode(), -1), source.name.encode() + b"\xff", MAX_RESULTS
        ):
            for one in found:
                self._store.move(one, new + one.name.removeprefix(source.name))
        with self._store.change():
            for folder in self._store.database.folders(bucket, HIERARCHICAL, source.name):
                self._store.database.delete_folder(folder)
                self._store.database.put_folder(
                    replace(folder, name=new + folder.name.removeprefix(source.name))
                )
        operation = f"projects/_/buckets/{bucket}/operations/{secrets.token_hex(8)}"
        renamed = folder_resource(self._find(bucket, HIERARCHICAL, new), call.origin)
        return Reply({"kind": "storage#operation", "name": operation, "done": True, "response": renamed})

    def _demand_kind(self, bucket: str, kind: str) -> None:
        row = self._store.bucket(bucket)
        if not row.is_uniform:
            raise PreconditionFailed("Folders require uniform bucket-level access to be enabled.")
        if kind == HIERARCHICAL and not row.setting("hierarchicalNamespace", "enabled"):
            raise Conflict("The bucket does not support hierarchical namespace.", code="Conflict")

    def _demand_parent(self, call: Call, bucket: str, kind: str, name: str) -> None:
        parts = name.removesuffix("/").split("/")[:-1]
        if kind == MANAGED:
            return
        for depth in range(1, len(parts) + 1):
            parent = "/".join(parts[:depth]) + "/"
            if self._store.database.folder(bucket, kind, parent):
                continue
            if not call.flag("recursive"):
                raise NotFound(f"The parent folder {parent!r} does not exist.")
            self._put(bucket, kind, parent)

    def _put(self, bucket: str, kind: str, name: str) -> Folder:
        now = self._store.clock()
        folder = Folder(bucket=bucket, kind=kind, name=name, metageneration=1, created=now, updated=now)
        self._store.database.put_folder(folder)
        return folder

    def _find(self, bucket: str, kind: str, name: str) -> Folder:
        self._store.bucket(bucket)
        found = self._store.database.folder(bucket, kind, _folder_name(name))
        if found is None:
            raise NotFound("The specified folder does not exist.")
        return found


def _folder_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip("/"):
        raise Invalid("Required parameter: name", reason="required")
    checked = checked_object_name(name)
    return checked if checked.endswith("/") else f"{checked}/"
