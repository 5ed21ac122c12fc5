"""The real clients of the timeline, connected to the emulators through a proxy for each service."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace

from tests.faults.faults import Plan
from tests.faults.grpc_proxy import GrpcProxy
from tests.faults.http_proxy import HttpProxy
from tests.faults.mail import UnreliableMail
from tests.faults.memcache_proxy import MemcacheProxy
from timeline.backends import connect, disconnect
from timeline.gcp.service_calls import ServiceCalls
from timeline.interfaces import Backends
from timeline.settings import Settings

SERVICE, METADATA = "service ", "metadata "
"""Their names of calls begin with these."""


@dataclass(frozen=True, slots=True)
class Proxies:
    datastore: GrpcProxy
    tasks: GrpcProxy
    storage: HttpProxy
    memcache: MemcacheProxy
    mail: UnreliableMail
    site: HttpProxy
    """For calls to other services. It must be told where the site is."""
    metadata: HttpProxy

    def inject(self, plan: Plan) -> None:
        """Use one plan for the calls to all services."""
        for field in fields(self):
            getattr(self, field.name).plan = plan


@contextmanager
def proxied_backends(settings: Settings) -> Iterator[tuple[Backends, Proxies]]:
    """Connect to the services of `settings` through proxies, without faults at first."""
    with ExitStack() as stack:
        datastore = stack.enter_context(GrpcProxy(settings.datastore_emulator_host))
        tasks = stack.enter_context(GrpcProxy(settings.cloud_tasks_emulator_host))
        storage = stack.enter_context(HttpProxy(settings.storage_emulator_host))
        memcache = stack.enter_context(MemcacheProxy(settings.memcache_host))
        site = stack.enter_context(HttpProxy(settings.public_url, prefix=SERVICE))
        metadata = stack.enter_context(HttpProxy(f"http://{settings.gce_metadata_host}", prefix=METADATA))
        proxied = replace(
            settings,
            datastore_emulator_host=datastore.address,
            cloud_tasks_emulator_host=tasks.address,
            storage_emulator_host=storage.url,
            memcache_host=memcache.address,
        )
        backends = connect(proxied)
        mail = UnreliableMail(backends.mail)
        metadata_host = metadata.url.removeprefix("http://")
        services = ServiceCalls(replace(settings, public_url=site.url, gce_metadata_host=metadata_host))
        try:
            yield (
                replace(backends, mail=mail, services=services),
                Proxies(datastore, tasks, storage, memcache, mail, site, metadata),
            )
        finally:
            services.close()
            disconnect(backends)
