"""Makes the bundled services from the emulators they use."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gaelocal.appengine.releases.version_registry import VersionRegistry
from gaelocal.bundled.app_identity import AppIdentity, Tokens
from gaelocal.bundled.blobs import BlobStore, Files
from gaelocal.bundled.blobstore import Blobstore, Images
from gaelocal.bundled.capabilities import Capabilities
from gaelocal.bundled.datastore import DatastoreV3
from gaelocal.bundled.datastore.client import DatastoreClient
from gaelocal.bundled.mail import Mail
from gaelocal.bundled.memcache import Memcache
from gaelocal.bundled.methods import BundledService
from gaelocal.bundled.modules import Modules
from gaelocal.bundled.taskqueue import TaskQueue
from gaelocal.bundled.users import Users
from gaelocal.tasks import TasksServer


@dataclass(frozen=True, slots=True)
class Parts:
    """`domain` is where a browser reaches the front door; the others are addresses of the emulators."""

    project: str
    domain: str
    datastore: str
    smtp_port: int
    key_file: Path
    tokens: Tokens
    blobs: BlobStore
    tasks: TasksServer
    registry: VersionRegistry


def blob_store(project: str, files: Files, storage: str, datastore: str) -> BlobStore:
    bucket = f"{project}.appspot.com"
    return BlobStore(files, storage, bucket, DatastoreClient(datastore, project))


def bundled_services(parts: Parts) -> Mapping[str, BundledService]:
    """Return the services by the names that Google's package calls them by."""
    datastore = DatastoreV3(DatastoreClient(parts.datastore, parts.project))
    return {
        "app_identity_service": AppIdentity(parts.key_file, f"{parts.project}.appspot.com", parts.tokens),
        "blobstore": Blobstore(parts.blobs),
        "capability_service": Capabilities(),
        "datastore_v3": datastore,
        "images": Images(),
        "mail": Mail(parts.smtp_port),
        "memcache": Memcache(),
        "modules": Modules(parts.registry, lambda: parts.domain),
        "taskqueue": TaskQueue(
            parts.tasks, parts.project, lambda: parts.registry.names, datastore.add_action
        ),
        "user": Users(),
    }
