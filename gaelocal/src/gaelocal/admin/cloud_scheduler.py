"""Cloud Scheduler over REST: v1 for `gcloud scheduler`, v1beta1 for `gcloud app deploy cron.yaml`."""

from aiohttp import web

from gaelocal.google_api.rest_routes import rest_routes
from gaelocal.scheduler.protocol.api import SchedulerApi


class SchedulerViews:
    def __init__(self, api: SchedulerApi) -> None:
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        services = (self._api.v1(), self._api.v1beta1(), self._api.locations())
        return [route for service in services for route in rest_routes(service)]
