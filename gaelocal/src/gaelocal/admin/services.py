"""App Engine Admin API v1: the services and how their traffic is split."""

from collections.abc import Awaitable, Mapping

from aiohttp import web

from gaelocal.admin.bodies import Resource, mask_of, number_of, resource_of, section
from gaelocal.admin.operations import Operations
from gaelocal.admin.parts import AdminParts
from gaelocal.admin.paths import SERVICE, SERVICES
from gaelocal.admin.problems import invalid, unsupported
from gaelocal.appengine.releases.ingress import Ingress

NETWORK_SETTINGS = ("networkSettings", "network_settings")
INGRESS: Mapping[str, Ingress] = {
    "INGRESS_TRAFFIC_ALLOWED_ALL": "all",
    "INGRESS_TRAFFIC_ALLOWED_INTERNAL_ONLY": "internal-only",
    "INGRESS_TRAFFIC_ALLOWED_INTERNAL_AND_LB": "internal-and-cloud-load-balancing",
}


class ServiceViews:
    def __init__(self, parts: AdminParts, operations: Operations) -> None:
        self._parts = parts
        self._operations = operations

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(SERVICES, self._list),
            web.get(SERVICE, self._get),
            web.patch(SERVICE, self._patch),
            web.delete(SERVICE, self._delete),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        names = self._parts.releases.services()
        return web.json_response({"services": [self._resource(name) for name in names]})

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._resource(request.match_info["service"]))

    async def _patch(self, request: web.Request) -> web.Response:
        """Change the split or the ingress setting; a gradual migration takes effect at once."""
        wanted, service = await resource_of(request), request.match_info["service"]
        mask = mask_of(request)
        if mask == ["split"]:
            change = self._split(service, section(wanted, "split"))
        elif all(path.partition(".")[0] in NETWORK_SETTINGS for path in mask):
            change = self._ingress(service, section(wanted, "networkSettings"))
        else:
            raise unsupported("gaelocal can change only the split and the ingress setting of a service.")

        async def follow() -> Resource:
            await change
            return self._resource(service)

        return await self._operations.run("Services.UpdateService", self._name(service), follow)

    def _split(self, service: str, split: Resource) -> Awaitable[object]:
        shard_by = str(split.get("shardBy") or "UNSPECIFIED").upper()  # `versions migrate` writes `ip`
        shares = {name: number_of(part, name) for name, part in section(split, "allocations").items()}
        return self._parts.traffic.set_split(service, shard_by, shares)

    def _ingress(self, service: str, settings: Resource) -> Awaitable[object]:
        written = str(settings.get("ingressTrafficAllowed") or "INGRESS_TRAFFIC_ALLOWED_ALL")
        if written not in INGRESS:
            raise invalid(f"`ingressTrafficAllowed` must be one of {', '.join(INGRESS)}.")
        return self._parts.traffic.set_ingress(service, INGRESS[written])

    async def _delete(self, request: web.Request) -> web.Response:
        service = request.match_info["service"]

        async def remove() -> Resource:
            await self._parts.releases.delete_service(service)
            return {}

        return await self._operations.run("Services.DeleteService", self._name(service), remove)

    def _name(self, service: str) -> str:
        return f"apps/{self._parts.project}/services/{service}"

    def _resource(self, service: str) -> Resource:
        split = self._parts.traffic.split_of(service)
        split_resource = {"shardBy": split.shard_by, "allocations": dict(split.allocations)}
        ingress = self._parts.traffic.ingress_of(service)
        allowed = next(name for name, setting in INGRESS.items() if setting == ingress)
        return {
            "name": self._name(service),
            "id": service,
            "split": split_resource,
            "networkSettings": {"ingressTrafficAllowed": allowed},
        }
