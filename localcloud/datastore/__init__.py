"""An embedded Datastore: `google.datastore.v1` over gRPC, kept in SQLite."""

from localcloud.datastore.server import DatastoreServer

__all__ = ["DatastoreServer"]
