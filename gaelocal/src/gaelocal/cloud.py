"""Assembles the platform: its components, their settings, and the order in which they start."""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from gaelocal.appengine import AppEngine, Layout
from gaelocal.appengine.front_door.sign_in import IdentityProvider
from gaelocal.appengine.logs import OwnMessages
from gaelocal.appengine.project import Service
from gaelocal.atomic_write import write_atomically
from gaelocal.credentials import SERVICE_ACCOUNT
from gaelocal.data_folder import DataFolder
from gaelocal.delivery import Deliver
from gaelocal.google_api_routes import google_api_environment
from gaelocal.options import Options
from gaelocal.placeholders import filled_in
from gaelocal.port_plan import PortPlan
from gaelocal.ports import HOST, Address, free_port, listening_socket, port_of
from gaelocal.required_servers import RequiredServers
from gaelocal.state_files import describe
from gaelocal.supervision import Health, keep_running
from gaelocal.yaml_files import ConfigError

if TYPE_CHECKING:
    from gaelocal.bundled.blob_pages import BlobPages
    from gaelocal.bundled.blobs import BlobStore
    from gaelocal.bundled.methods import BundledService
    from gaelocal.console.datastore.client import DatastoreCalls
    from gaelocal.datastore import DatastoreServer
    from gaelocal.google_emulator import GoogleEmulator
    from gaelocal.remote_datastore import RemoteDatastore


class Server(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


@runtime_checkable
class Resettable(Protocol):
    async def reset(self) -> None: ...


class Emulators:
    """The emulators behind the services: Datastore, Storage, Tasks, cron, memcache, mail, identity.

    `deliver` sends a task, a cron job or a mail to a service.
    """

    def __init__(
        self, options: Options, plan: PortPlan, deliver: Deliver, health: Health | None = None
    ) -> None:
        from gaelocal import emulators  # noqa: PLC0415 - see LocalPlatform: loaded beside the services

        health = health or Health()
        self.memcache = emulators.memcache(options, plan)
        self.identity = emulators.identity(options, plan)
        self.mail = emulators.mail(options, plan, deliver, health)
        self.storage = emulators.storage(options, plan, health)
        self.datastore = emulators.datastore(options, plan, health)
        self.tasks = emulators.tasks(options, plan, deliver, self.identity, health)
        self.scheduler = emulators.scheduler(options, deliver, self.identity, health)
        self.scheduler_api = emulators.scheduler_api(options, plan, self.scheduler, self.tasks)
        self.metadata = emulators.metadata(options, plan, self.identity)

    async def start(self, stack: AsyncExitStack) -> None:
        """Start all of them; `stack` stops them again in the reverse order."""
        for server in self._servers():
            await server.start()
            stack.push_async_callback(server.stop)

    async def reset(self) -> None:
        """Delete all data of services and tests within milliseconds.

        Raises:
            ConfigError: the Datastore or memcache is not gaelocal's own.
        """
        for server in (self.datastore, self.storage, self.tasks, self.memcache):
            if not isinstance(server, Resettable):
                raise ConfigError(f"{type(server).__name__} cannot be emptied: gaelocal does not run it")
            await server.reset()
        self.mail.clear()

    def _servers(self) -> tuple[Server, ...]:
        return (
            self.memcache,
            self.identity,
            self.metadata,
            self.mail,
            self.storage,
            self.datastore,
            self.tasks,
            self.scheduler,
        )


class LocalPlatform:
    """A local App Engine for one project folder.

    `addresses` is the content of ready.json, `environment` the variables of every service, `health` the state
    of every long-running component.
    """

    def __init__(self, options: Options, announce: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.announce = announce
        self.failing: dict[str, str] = {}
        self.health = Health()
        self.folder = DataFolder(options.data)
        self.addresses: dict[str, str | int] = {}
        self.environment: Mapping[str, str] = {}
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Start everything; return when every service is ready or has failed (`failing`).

        `announce` is called as soon as the addresses can be used, before the services are up.

        Raises:
            ConfigError: an option, a port, a yaml file or the disk is wrong; nothing is left running.
        """
        asyncio.get_running_loop().set_exception_handler(self.health.note_loop_error)
        try:
            await self._start()
        except OSError as error:
            await self.stop()
            raise ConfigError(f"{error.filename or self.options.data} {describe(error)}") from error
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self._stack.aclose()
        self.folder.close()

    async def _start(self) -> None:
        options = self.options
        self.folder.open(empty_first=options.fresh)
        plan = self._stack.enter_context(PortPlan(options, self.folder.last_ports()))
        addresses = plan.addresses()
        self.addresses = {**addresses, "project": options.project, "pid": os.getpid()}
        if "tasks" in addresses:
            self.addresses["scheduler"] = addresses["tasks"]  # one gRPC server for both
        _report_moved_ports(plan)
        google_ports = {name: free_port(0, "--emulator") for name in options.emulators}
        own = {f"{name.upper()}_EMULATOR_HOST": f"{HOST}:{port}" for name, port in google_ports.items()}
        own |= await self._debugger_environment()
        self.addresses |= {name: f"{HOST}:{port}" for name, port in google_ports.items()}
        if not options.only:
            self.environment = service_environment(options, plan, own)
        self._api_socket = self._stack.enter_context(listening_socket(0, "--port"))
        engine = AppEngine(
            app=options.app,
            port=plan.release("app") if options.runs("app") else 0,
            project=options.project,
            environment=self.environment,
            data=options.data / "appengine",
            layout=layout(options, plan, self._api_socket),
            health=self.health,
            files=options.files,
            installs=options.install,
            log_level=options.log_level,
            watches=options.watch and not options.only,
            options=options.runtime,
        )
        if not options.only:
            required = RequiredServers(options, self.health, addresses["tasks"], engine.tell)
            self._stack.push_async_callback(required.stop)
            engine.variables_for = partial(self._variables_for, required, engine)
        own_messages, own_log = OwnMessages(engine.logs), logging.getLogger("gaelocal")
        own_log.addHandler(own_messages)
        self._stack.callback(own_log.removeHandler, own_messages)
        self._stack.push_async_callback(engine.stop)
        if options.only == "front-door":
            self._report_usage(engine)
            await engine.start()
        else:
            await self._start_google_emulators(google_ports)
            await self._start_with_emulators(plan, engine)
        self.failing = engine.failing()
        self._write_ready_files()

    def _variables_for(
        self, required: RequiredServers, engine: AppEngine, service: Service
    ) -> Mapping[str, str]:
        """Return the values of placeholders in app.yaml, and the addresses of what the service calls."""
        chosen = dict(self.options.env)
        filled = filled_in(service.env_variables, self.options.project)
        filled = {name: value for name, value in filled.items() if name not in chosen}
        for name, value in filled.items():
            given = service.env_variables[name]
            engine.tell(
                "NOTICE", str(service.refuse("env_variables", f"{name} is `{value}` here, not `{given}`"))
            )
        return {**filled, **required.variables_for(service)}

    async def _debugger_environment(self) -> dict[str, str]:
        """Return the variables for `breakpoint()`, and start the debugger's terminal for `--attach`."""
        hook = {"PYTHONBREAKPOINT": "gaelocal_breakpoint.set_trace"}
        if not self.options.attach:
            return hook
        from gaelocal.debugger import DebuggerTerminal  # noqa: PLC0415 - most run without

        terminal = DebuggerTerminal(self.options.attach)
        await terminal.start()
        self._stack.push_async_callback(terminal.stop)
        # gunicorn ends a worker that does not answer for 30 seconds.
        return {**hook, "GAELOCAL_DEBUGGER": terminal.address, "GUNICORN_CMD_ARGS": "--timeout 0"}

    async def _start_google_emulators(self, ports: Mapping[str, int]) -> None:
        """Start those of `--emulator`, before the services, which may call them while they load."""
        if not ports:
            return
        from gaelocal.google_emulator import google_emulator  # noqa: PLC0415 - most run without

        data, project = self.options.data, self.options.project
        emulators = [google_emulator(api, data, project, port, self.health) for api, port in ports.items()]
        print(f"gaelocal: starting Google's emulator of {', '.join(ports)} …", flush=True)
        for emulator in emulators:
            self._stack.push_async_callback(emulator.stop)
        await asyncio.gather(*(emulator.start() for emulator in emulators))

    async def _start_with_emulators(self, plan: PortPlan, engine: AppEngine) -> None:
        prepared = None
        if not self.options.only:
            # Programs that ask for credentials while they are loaded find the file from the first moment.
            prepared = asyncio.create_task(asyncio.to_thread(_write_service_account, self.options, plan))
        services = asyncio.create_task(engine.start(prepared))
        try:
            # Loading the protocol definitions takes most of a second: in a thread, so that meanwhile the
            # engine starts the services, which load theirs on the other core.
            await asyncio.to_thread(import_module, "gaelocal.emulators")
            await asyncio.to_thread(import_module, "gaelocal.admin")
            if prepared is not None:
                await prepared  # the storage emulator reads the same file
            await self._start_emulators(plan, engine)
            if services.done():
                services.result()  # an error in the yaml files
            self.announce()
            await services
        finally:
            services.cancel()

    def _report_usage(self, engine: AppEngine) -> None:
        """Report to another process's console how many requests each service got."""
        if (console := self.options.console_at) is None:
            return
        from gaelocal.appengine.usage_sender import send_usage  # noqa: PLC0415 - other runs do not need it

        component = self.health.component("reports to the console")
        report = partial(send_usage, console, engine.requests_by_service, component)
        task = asyncio.create_task(keep_running(component, report))
        self._stack.callback(task.cancel)

    async def _start_emulators(self, plan: PortPlan, engine: AppEngine) -> None:
        from gaelocal.cloud_logging import logging_service  # noqa: PLC0415 - the same
        from gaelocal.console import Console, ConsoleParts  # noqa: PLC0415 - the same
        from gaelocal.resource_manager import projects_service  # noqa: PLC0415 - the same
        from gaelocal.secrets import secrets_service  # noqa: PLC0415 - the same

        if not self.options.runs("datastore"):
            print(f"gaelocal: looking for the Datastore at {self.options.datastore} …", flush=True)
        emulators = Emulators(self.options, plan, engine.send, self.health)
        emulators.tasks.add_service(secrets_service(dict(self.options.secrets)))
        emulators.tasks.add_service(logging_service(engine.logs.keep))
        policy = self.options.data / "resource-manager" / "iam.json"
        emulators.tasks.add_service(projects_service(policy, self.options.project))
        await emulators.start(self._stack)
        parts = ConsoleParts(
            mail=emulators.mail,
            tasks=emulators.tasks,
            scheduler=emulators.scheduler,
            memcache=emulators.memcache,
            datastore=_datastore_calls(emulators.datastore),
            storage=emulators.storage,
            engine=engine,
            health=self.health,
            addresses={name: str(value) for name, value in self.addresses.items()},
        )
        servers: list[Server] = [Console(plan.listening("console"), parts)]
        if self.options.runs("admin"):
            servers.append(self._admin(plan, emulators, engine))
        if not self.options.only:
            servers.append(self._bundled_services(plan, emulators, engine))
        for server in servers:
            await server.start()
            self._stack.push_async_callback(server.stop)

    def _admin(self, plan: PortPlan, emulators: Emulators, engine: AppEngine) -> Server:
        from gaelocal.admin import AdminParts, AdminServer  # noqa: PLC0415 - the same
        from gaelocal.emulators import code_bucket  # noqa: PLC0415 - the same

        parts = AdminParts(
            project=self.options.project,
            domain=f"localhost:{plan.port('app')}",
            data=self.options.data / "admin",
            code_bucket=code_bucket(self.options),
            uploaded=emulators.storage.file_of,
            releases=engine.releases,
            traffic=engine.traffic,
            control=engine.control,
            tasks=emulators.tasks.api,
            scheduler=emulators.scheduler_api,
            logs=engine.logs,
        )
        return AdminServer(plan.listening("admin"), parts)

    def _bundled_services(self, plan: PortPlan, emulators: Emulators, engine: AppEngine) -> Server:
        from gaelocal.bundled import ApiServer  # noqa: PLC0415 - the same

        where = plan.addresses()

        @cache
        def blobs() -> "BlobStore":
            from gaelocal.bundled.services import blob_store  # noqa: PLC0415 - most run without

            return blob_store(self.options.project, emulators.storage, where["storage"], where["datastore"])

        def pages() -> "BlobPages":
            from gaelocal.bundled.blob_pages import BlobPages  # noqa: PLC0415 - the same

            return BlobPages(blobs())

        def load() -> "Mapping[str, BundledService]":
            from gaelocal.bundled.services import Parts, bundled_services  # noqa: PLC0415 - the same

            return bundled_services(
                Parts(
                    project=self.options.project,
                    blobs=blobs(),
                    domain=f"localhost:{plan.port('app')}",
                    datastore=where["datastore"],
                    smtp_port=plan.port("smtp"),
                    key_file=_key_file(self.options),
                    tokens=emulators.identity,
                    tasks=emulators.tasks,
                    registry=engine.registry,
                )
            )

        engine.serve_blobs(pages)
        return ApiServer(self._api_socket, engine.tickets, load)

    def _write_ready_files(self) -> None:
        content = {**self.addresses, **({"failing": self.failing} if self.failing else {})}
        self.folder.write_ready(content)
        if self.options.ready_file:
            write_atomically(self.options.ready_file, json.dumps(content))


def _write_service_account(options: Options, plan: PortPlan) -> None:
    """Write the key file of GOOGLE_APPLICATION_CREDENTIALS, as the storage emulator does when it starts."""
    from gaelocal.storage.service_account import ServiceAccount  # noqa: PLC0415 - the same

    file = _key_file(options)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ServiceAccount(file).write(f"{plan.addresses()['storage']}/token")


def _datastore_calls(datastore: "DatastoreServer | GoogleEmulator | RemoteDatastore") -> "DatastoreCalls":
    from gaelocal.console.datastore.client import RemoteDatastoreCalls  # noqa: PLC0415 - the same
    from gaelocal.datastore import DatastoreServer  # noqa: PLC0415 - the same

    if isinstance(datastore, DatastoreServer):
        return datastore
    return RemoteDatastoreCalls(datastore.address)


def _key_file(options: Options) -> Path:
    return (options.key_file or options.data / "storage" / "service-account.json").resolve()


def _report_moved_ports(plan: PortPlan) -> None:
    if moved := plan.moved():
        servers = ", ".join(f"{port} ({server})" for server, port in moved.items())
        print(f"gaelocal: in use by another process: {servers}. Free ports are used instead.", flush=True)


def layout(options: Options, plan: PortPlan, api_socket: socket.socket) -> Layout:
    return Layout(
        host=options.host,
        has_front_door=options.runs("app"),
        starts_services=not options.only,
        services_at=options.services_at,
        https_redirects=options.https_redirects,
        edge_cache=options.edge_cache,
        identity=_identity_provider(options, plan),
        api_server=None if options.only else Address(HOST, port_of(api_socket)),
    )


def _identity_provider(options: Options, plan: PortPlan) -> IdentityProvider | None:
    if not options.runs("oidc"):
        return None
    return IdentityProvider(plan.addresses()["oidc"], f"http://{HOST}:{plan.port('oidc')}")


def service_environment(
    options: Options, plan: PortPlan, more: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Return the variables that every service gets; they override `env_variables` of app.yaml.

    `more` are those of the debugger and of Google's emulators.
    """
    where = plan.addresses()
    return {
        "GOOGLE_CLOUD_PROJECT": options.project,
        "DATASTORE_EMULATOR_HOST": where["datastore"],
        "DATASTORE_PROJECT_ID": options.project,
        "STORAGE_EMULATOR_HOST": where["storage"],
        "GOOGLE_APPLICATION_CREDENTIALS": str(_key_file(options)),
        "CLOUD_TASKS_EMULATOR_HOST": where["tasks"],
        **google_api_environment(where),
        "MEMCACHE_HOST": where["memcache"],
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(plan.port("smtp")),
        "SMTP_SECURITY": "none",
        "SMTP_USER": "",
        "SMTP_PASSWORD": "",
        "OIDC_ISSUER": where["oidc"],
        "OIDC_AUDIENCE": options.project,
        "OIDC_CLIENT_ID": options.project,
        "OIDC_CLIENT_SECRET": "local",
        "SERVICE_ACCOUNT": SERVICE_ACCOUNT,
        "PUBLIC_URL": f"http://localhost:{plan.port('app')}",
        **(more or {}),
        **dict(options.env),
    }
