"""Makes the bundled services from the emulators they use."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gaelocal.appengine.releases.version_registry import VersionRegistry
from gaelocal.bundled.app_identity import AppIdentity, Tokens
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


class Parts(NamedTuple):
    """`domain` is where a browser reaches the front door; the others are addresses of the emulators."""

    project: str
    domain: str
    datastore: str
    smtp_port: int
    key_file: Path
    tokens: Tokens
    tasks: TasksServer
    registry: VersionRegistry


def bundled_services(parts: Parts) -> Mapping[str, BundledService]:
    """Return the services by the names that Google's package calls them by."""
    datastore = DatastoreV3(DatastoreClient(parts.datastore, parts.project))
    return {
        "app_identity_service": AppIdentity(parts.key_file, f"{parts.project}.appspot.com", parts.tokens),
        "capability_service": Capabilities(),
        "datastore_v3": datastore,
        "mail": Mail(parts.smtp_port),
        "memcache": Memcache(),
        "modules": Modules(parts.registry, lambda: parts.domain),
        "taskqueue": TaskQueue(
            parts.tasks, parts.project, lambda: parts.registry.names, datastore.add_action
        ),
        "user": Users(),
    }
