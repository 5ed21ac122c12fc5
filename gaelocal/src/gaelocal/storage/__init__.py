"""An emulator of Cloud Storage (JSON and XML API) on SQLite and plain files."""

from gaelocal.storage.server import StorageServer

__all__ = ["StorageServer"]
