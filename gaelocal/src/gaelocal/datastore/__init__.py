"""An embedded Datastore: `google.datastore.v1` over gRPC, kept in SQLite."""

from gaelocal.datastore.rules import Rules
from gaelocal.datastore.server import DatastoreServer

__all__ = ["DatastoreServer", "Rules"]
