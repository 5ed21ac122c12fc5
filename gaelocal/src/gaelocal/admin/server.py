"""The admin server for gcloud: App Engine's Admin API and the parts of other APIs that a deployment needs."""

import socket

from aiohttp import web

from gaelocal.admin.apps import AppViews
from gaelocal.admin.cloud_scheduler import SchedulerViews
from gaelocal.admin.cloud_tasks import TasksViews
from gaelocal.admin.indexes import IndexViews
from gaelocal.admin.instances import InstanceViews
from gaelocal.admin.log_entries import LogViews
from gaelocal.admin.operations import Operations
from gaelocal.admin.parts import AdminParts
from gaelocal.admin.problems import only_the_project, problem_middleware
from gaelocal.admin.projects import ProjectViews
from gaelocal.admin.refusals import RefusalViews
from gaelocal.admin.service_usage import ServiceUsageViews
from gaelocal.admin.services import ServiceViews
from gaelocal.admin.versions import VersionViews
from gaelocal.loopback_server import LoopbackServer, refuse_foreign_requests

MOST_BYTES = 32 * 1024 * 1024
"""A version names each of its files, at most 10,000 of them."""


class AdminServer:
    def __init__(self, sock: socket.socket, parts: AdminParts) -> None:
        middlewares = [
            problem_middleware,
            refuse_foreign_requests(),
            only_the_project(parts.project),
        ]
        app = web.Application(client_max_size=MOST_BYTES, middlewares=middlewares)
        self._operations = Operations(parts.project)
        for views in (
            self._operations,
            AppViews(parts, self._operations),
            ServiceViews(parts, self._operations),
            VersionViews(parts, self._operations),
            InstanceViews(parts, self._operations),
            ServiceUsageViews(),
            ProjectViews(parts.project),
            RefusalViews(),
            IndexViews(parts.data),
            TasksViews(parts.tasks),
            SchedulerViews(parts.scheduler),
            LogViews(parts.logs, parts.project),
        ):
            app.add_routes(views.routes())
        self._server = LoopbackServer(app, sock)

    @property
    def url(self) -> str:
        return self._server.url

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._operations.stop()
        await self._server.stop()
