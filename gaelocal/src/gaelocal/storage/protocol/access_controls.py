"""Access control lists of buckets and objects, and the default list for new objects."""

from collections.abc import Callable
from dataclasses import dataclass

from gaelocal.storage.protocol.calls import Call, Reply, Route
from gaelocal.storage.protocol.resources import (
    bucket_access_control,
    default_access_control,
    object_access_control,
)
from gaelocal.storage.state import access
from gaelocal.storage.state.access import Acl
from gaelocal.storage.state.errors import NotFound
from gaelocal.storage.state.records import Fields
from gaelocal.storage.state.store import Store


@dataclass(frozen=True, slots=True)
class _List:
    """One access list: how to show a grant, and how to write the list."""

    kind: str
    acl: Acl
    roles: tuple[str, ...]
    shown: Callable[[Fields], Fields]
    write: Callable[[Acl], object]


Open = Callable[..., _List]


class AccessControlCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        found: list[Route] = []
        for path, opened in (
            ("b/*/acl", self._of_bucket),
            ("b/*/defaultObjectAcl", self._default),
            ("b/*/o/*/acl", self._of_object),
        ):
            found += _routes(path, opened)
        return found

    def _of_bucket(self, call: Call, name: str) -> _List:
        bucket = self._store.bucket(name)
        access.refuse_acl_if_uniform(bucket, "get legacy ACL for a bucket")
        return _List(
            "storage#bucketAccessControls",
            access.bucket_acl(bucket),
            access.BUCKET_ROLES,
            lambda grant: bucket_access_control(bucket, grant, call.origin),
            lambda acl: self._store.change_bucket(name, {"acl": acl}, call.conditions),
        )

    def _default(self, call: Call, name: str) -> _List:
        bucket = self._store.bucket(name)
        access.refuse_acl_if_uniform(bucket, "get legacy ACL for a bucket")
        return _List(
            "storage#objectAccessControls",
            access.default_object_acl(bucket),
            access.OBJECT_ROLES,
            default_access_control,
            lambda acl: self._store.change_bucket(name, {"defaultObjectAcl": acl}, call.conditions),
        )

    def _of_object(self, call: Call, bucket_name: str, name: str) -> _List:
        bucket = self._store.bucket(bucket_name)
        found = self._store.find(bucket_name, name, call.number("generation"))
        access.refuse_acl_if_uniform(bucket, "get legacy ACL for an object")
        return _List(
            "storage#objectAccessControls",
            access.object_acl(found, bucket),
            access.OBJECT_ROLES,
            lambda grant: object_access_control(found, grant, call.origin),
            lambda acl: self._store.change_object(found, found.fields | {"acl": acl}, call.conditions),
        )


def _routes(path: str, opened: Open) -> list[Route]:
    async def list_all(call: Call, *names: str) -> Reply:
        found = opened(call, *names)
        return Reply({"kind": found.kind, "items": [found.shown(grant) for grant in found.acl]})

    async def get(call: Call, *names: str) -> Reply:
        found = opened(call, *names[:-1])
        return Reply(found.shown(_grant_of(found, names[-1])))

    async def insert(call: Call, *names: str) -> Reply:
        return _put(opened(call, *names), call.json)

    async def change(call: Call, *names: str) -> Reply:
        """Change the grant, or add one: Google's Go client grants roles in no other way."""
        found = opened(call, *names[:-1])
        old = [grant for grant in found.acl if grant["entity"] == names[-1]]
        return _put(found, (old[0] if old else {}) | call.json | {"entity": names[-1]})

    async def delete(call: Call, *names: str) -> Reply:
        found = opened(call, *names[:-1])
        gone = _grant_of(found, names[-1])
        found.write([grant for grant in found.acl if grant != gone])
        return Reply(status=204)

    one = f"{path}/*"
    return [
        Route("GET", path, list_all),
        Route("POST", path, insert),
        Route("GET", one, get),
        Route("PUT", one, change),
        Route("PATCH", one, change),
        Route("DELETE", one, delete),
    ]


def _put(found: _List, body: Fields) -> Reply:
    grant = access.checked_grant(body, found.roles)
    found.write(access.with_grant(found.acl, grant))
    return Reply(found.shown(grant))


def _grant_of(found: _List, entity: str) -> Fields:
    for grant in found.acl:
        if grant["entity"] == entity:
            return grant
    raise NotFound(f"The specified entity {entity[:200]!r} is not in the access list.")
