"""The service `datastore_v3`, which `google.appengine.ext.ndb` and `db` call, on the Datastore emulator."""

from gaelocal.bundled.datastore.service import DatastoreV3

__all__ = ["DatastoreV3"]
