"""Creates each emulator from the options."""

from gaelocal.appengine.project import config_file
from gaelocal.credentials import Credentials
from gaelocal.datastore import DatastoreServer, Rules
from gaelocal.delivery import Deliver
from gaelocal.google_emulator import GoogleEmulator
from gaelocal.identity import IdentityServer
from gaelocal.mail import InboundMail, MailServer
from gaelocal.memcache import MemcacheServer
from gaelocal.metadata import MetadataServer
from gaelocal.options import Options
from gaelocal.port_plan import PortPlan
from gaelocal.remote_datastore import RemoteDatastore
from gaelocal.remote_memcache import RemoteMemcache
from gaelocal.scheduler import Scheduler, read_jobs
from gaelocal.scheduler.protocol.api import SchedulerApi
from gaelocal.storage import StorageServer
from gaelocal.storage.service_account import EMAIL as SERVICE_ACCOUNT
from gaelocal.supervision import Health
from gaelocal.tasks import TasksServer, read_queues
from gaelocal.yaml_files import ConfigError


def memcache(options: Options, plan: PortPlan) -> MemcacheServer | RemoteMemcache:
    if options.memcache:
        return RemoteMemcache(options.memcache)
    return MemcacheServer(plan.listening("memcache"))


def identity(options: Options, plan: PortPlan) -> IdentityServer:
    return IdentityServer(
        options.data / "identity",
        plan.listening("oidc"),
        audience=options.project,
        issuer=options.issuer,
    )


def mail(options: Options, plan: PortPlan, deliver: Deliver, health: Health) -> MailServer:
    inbound = InboundMail(options.project, deliver, health)
    return MailServer(options.data / "mail", plan.listening("smtp"), health, inbound)


def storage(options: Options, plan: PortPlan, health: Health) -> StorageServer:
    bucket = f"{options.project}.appspot.com"
    buckets = (bucket, code_bucket(options))  # every App Engine project is given both
    return StorageServer(
        options.data / "storage",
        plan.listening("storage"),
        buckets=buckets,
        key_file=options.key_file,
        health=health,
    )


def code_bucket(options: Options) -> str:
    """Name the bucket into which gcloud uploads the files of a deploy."""
    return f"staging.{options.project}.appspot.com"


def datastore(
    options: Options, plan: PortPlan, health: Health
) -> DatastoreServer | GoogleEmulator | RemoteDatastore:
    if options.datastore == "embedded":
        return DatastoreServer(
            options.data / "datastore",
            plan.listening("datastore"),
            Rules(
                consistency=options.consistency,
                pessimistic=options.locking == "pessimistic",
                index_file=config_file(options.app, "index.yaml"),
                require_indexes=options.require_indexes,
                commits_per_second=options.commits_per_second,
            ),
            host=options.host,
            health=health,
        )
    if options.commits_per_second:
        raise ConfigError("--commits-per-second needs gaelocal's own Datastore (--datastore embedded)")
    if options.datastore in ("google", "firestore"):
        folder = options.data / f"datastore-{options.datastore}"
        port = plan.release("datastore")
        return GoogleEmulator(
            options.datastore, folder, port, options.consistency, options.project, health=health
        )
    return RemoteDatastore(options.datastore)


def tasks(
    options: Options, plan: PortPlan, deliver: Deliver, credentials: Credentials, health: Health
) -> TasksServer:
    return TasksServer(
        options.data / "tasks",
        plan.listening("tasks"),
        read_queues(config_file(options.app, "queue.yaml", options.files)),
        deliver,
        health=health,
        host=options.host,
        project=options.project,
        app_address=f"localhost:{plan.port('app')}",
        credentials=credentials,
    )


def metadata(options: Options, plan: PortPlan, tokens: Credentials) -> MetadataServer:
    return MetadataServer(plan.listening("metadata"), options.project, SERVICE_ACCOUNT, tokens)


def scheduler(options: Options, deliver: Deliver, credentials: Credentials, health: Health) -> Scheduler:
    jobs = read_jobs(config_file(options.app, "cron.yaml", options.files))
    return Scheduler(options.data / "scheduler", jobs, deliver, health=health, credentials=credentials)


def scheduler_api(options: Options, plan: PortPlan, scheduler: Scheduler, tasks: TasksServer) -> SchedulerApi:
    """Return the API of the scheduler, which is served over gRPC on the port of Cloud Tasks."""
    api = SchedulerApi(scheduler, options.project, f"localhost:{plan.port('app')}")
    for service in (api.v1(), api.v1beta1()):
        tasks.add_service(service)
    return api
