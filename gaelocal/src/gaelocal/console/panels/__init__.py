"""The panels of the console: one module each, with the views of its pages and actions."""

from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from gaelocal.console.pages import Pages
from gaelocal.console.panels.cron import CronPanel
from gaelocal.console.panels.datastore import DatastorePanel
from gaelocal.console.panels.logs import LogsPanel
from gaelocal.console.panels.mail import MailPanel
from gaelocal.console.panels.memcache import MemcachePanel
from gaelocal.console.panels.overview import OverviewPanel
from gaelocal.console.panels.queues import QueuesPanel
from gaelocal.console.panels.services import ServicesPanel
from gaelocal.console.panels.storage import StoragePanel
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.usage_history import UsageHistory


class Panel(Protocol):
    def routes(self) -> list[web.RouteDef]: ...


PANELS: tuple[Callable[[ConsoleParts, Pages], Panel], ...] = (
    OverviewPanel,
    LogsPanel,
    DatastorePanel,
    StoragePanel,
    QueuesPanel,
    CronPanel,
    MemcachePanel,
    MailPanel,
)


def panel_routes(parts: ConsoleParts, pages: Pages, history: UsageHistory) -> list[web.RouteDef]:
    panels = [*(panel(parts, pages) for panel in PANELS), ServicesPanel(parts, pages, history)]
    return [route for panel in panels for route in panel.routes()]
