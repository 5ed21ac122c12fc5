"""Cloud Storage's JSON API, signed links included, on SQLite and plain files."""

from gaelocal.storage.server import StorageServer

__all__ = ["StorageServer"]
