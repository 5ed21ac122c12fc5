"""Assembles the platform: its components, their settings, and the order in which they start."""

import asyncio
import json
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
from gaelocal.atomic_write import write_atomically
from gaelocal.data_folder import DataFolder
from gaelocal.delivery import Deliver
from gaelocal.google_api_routes import google_api_environment
from gaelocal.options import Options
from gaelocal.port_plan import PortPlan
from gaelocal.ports import HOST, Address, listening_socket, port_of
from gaelocal.state_files import describe
from gaelocal.supervision import Health, keep_running
from gaelocal.yaml_files import ConfigError

if TYPE_CHECKING:
    from gaelocal.bundled.blob_pages import BlobPages
    from gaelocal.bundled.blobs import BlobStore
    from gaelocal.bundled.methods import BundledService


class Server(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


@runtime_checkable
class Resettable(Protocol):
    async def reset(self) -> None: ...


class Emulators:
    """The emulators behind the services: Datastore, Storage, Tasks, cron, memcache, mail, identity.

    `deliver` sends a task or a cron job to a service.
    """

    def __init__(
        self, options: Options, plan: PortPlan, deliver: Deliver, health: Health | None = None
    ) -> None:
        from gaelocal import emulators  # noqa: PLC0415 - see LocalPlatform: loaded beside the services

        health = health or Health()
        self.memcache = emulators.memcache(options, plan)
        self.identity = emulators.identity(options, plan)
        self.mail = emulators.mail(options, plan, health)
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

    `addresses` is the content of ready.json, `health` the state of every long-running component.
    """

    def __init__(self, options: Options, announce: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.announce = announce
        self.failing: dict[str, str] = {}
        self.health = Health()
        self.folder = DataFolder(options.data)
        self.addresses: dict[str, str | int] = {}
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
        self._api_socket = self._stack.enter_context(listening_socket(0, "--port"))
        engine = AppEngine(
            app=options.app,
            port=plan.release("app") if options.runs("app") else 0,
            project=options.project,
            environment={} if options.only else service_environment(options, plan),
            data=options.data / "appengine",
            layout=layout(options, plan, self._api_socket),
            health=self.health,
            files=options.files,
            installs=options.install,
            log_level=options.log_level,
            watches=options.watch and not options.only,
        )
        self._stack.push_async_callback(engine.stop)
        if options.only == "front-door":
            self._report_usage(engine)
            await engine.start()
        else:
            await self._start_with_emulators(plan, engine)
        self.failing = engine.failing()
        self._write_ready_files()

    async def _start_with_emulators(self, plan: PortPlan, engine: AppEngine) -> None:
        if not self.options.only:
            # Programs that ask for credentials while they are loaded find the file from the first moment.
            await asyncio.to_thread(_write_service_account, self.options, plan)
        services = asyncio.create_task(engine.start())
        try:
            # Loading the protocol definitions takes most of a second: in a thread, so that meanwhile the
            # engine starts the services, which load theirs on the other core.
            await asyncio.to_thread(import_module, "gaelocal.emulators")
            await asyncio.to_thread(import_module, "gaelocal.admin")
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
        from gaelocal.secrets import secrets_service  # noqa: PLC0415 - the same

        if not self.options.runs("datastore"):
            print(f"gaelocal: looking for the Datastore at {self.options.datastore} …", flush=True)
        emulators = Emulators(self.options, plan, engine.send, self.health)
        emulators.tasks.add_service(secrets_service(dict(self.options.secrets)))
        emulators.tasks.add_service(logging_service(engine.logs.keep))
        await emulators.start(self._stack)
        parts = ConsoleParts(
            mail=emulators.mail,
            tasks=emulators.tasks,
            scheduler=emulators.scheduler,
            memcache=emulators.memcache,
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
        identity=_identity_provider(options, plan),
        api_server=None if options.only else Address(HOST, port_of(api_socket)),
    )


def _identity_provider(options: Options, plan: PortPlan) -> IdentityProvider | None:
    if not options.runs("oidc"):
        return None
    return IdentityProvider(plan.addresses()["oidc"], f"http://{HOST}:{plan.port('oidc')}")


def service_environment(options: Options, plan: PortPlan) -> Mapping[str, str]:
    """Return the variables that every service gets; they override `env_variables` of app.yaml."""
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
        "PUBLIC_URL": f"http://localhost:{plan.port('app')}",
        **dict(options.env),
    }
