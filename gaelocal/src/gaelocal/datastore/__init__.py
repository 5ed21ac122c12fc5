"""A Datastore emulator: `google.datastore.v1` over gRPC and HTTP, stored in SQLite."""

from gaelocal.datastore.rules import Rules
from gaelocal.datastore.server import DatastoreServer

__all__ = ["DatastoreServer", "Rules"]
