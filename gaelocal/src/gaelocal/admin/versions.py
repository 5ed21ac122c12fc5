"""App Engine Admin API v1: the versions of a service."""

from collections.abc import Awaitable
from datetime import UTC

from aiohttp import web

from gaelocal.admin.bodies import Resource, mask_of, resource_of, section, whole_number_of
from gaelocal.admin.operations import Operations
from gaelocal.admin.parts import AdminParts
from gaelocal.admin.paths import VERSION, VERSIONS
from gaelocal.admin.problems import invalid, unsupported
from gaelocal.admin.uploads import uploaded_files
from gaelocal.appengine.releases import NewVersion, Version

INSTANCE_COUNT = ("manualScaling", "manualScaling.instances", "manual_scaling", "manual_scaling.instances")
ONLY_FULL = ("envVariables", "handlers", "deployment", "buildEnvVariables")


class VersionViews:
    def __init__(self, parts: AdminParts, operations: Operations) -> None:
        self._parts = parts
        self._operations = operations

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(VERSIONS, self._list),
            web.post(VERSIONS, self._create),
            web.get(VERSION, self._get),
            web.patch(VERSION, self._patch),
            web.delete(VERSION, self._delete),
            web.post(f"{VERSIONS}/{{version:[^/:]+}}:restart", self._restart),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        found = self._parts.releases.list_versions(request.match_info["service"])
        return web.json_response({"versions": [self._described(request, version) for version in found]})

    async def _get(self, request: web.Request) -> web.Response:
        service, version = _which(request)
        return web.json_response(self._described(request, self._parts.releases.get_version(service, version)))

    async def _create(self, request: web.Request) -> web.Response:
        wanted, service = await resource_of(request), request.match_info["service"]
        version = str(wanted.get("id", ""))

        async def deploy() -> Resource:
            files = await uploaded_files(wanted, self._parts.uploaded)
            resource = {key: value for key, value in wanted.items() if key not in ("deployment", "id")}
            new = NewVersion(service=service, id=version, files=files, resource=resource)
            return self._resource(await self._parts.releases.create_version(new))

        def progress() -> str:
            return "".join(self._parts.logs.last_lines(service, version, 1))

        name = self._name(service, version)
        return await self._operations.run("Versions.CreateVersion", name, deploy, progress)

    async def _patch(self, request: web.Request) -> web.Response:
        wanted, (service, version) = await resource_of(request), _which(request)
        mask = mask_of(request)
        if mask == ["servingStatus"]:
            change = self._set_status(service, version, wanted.get("servingStatus"))
        elif len(mask) == 1 and mask[0] in INSTANCE_COUNT:
            scaling = section(wanted, "manualScaling") or section(wanted, "manual_scaling")
            count = whole_number_of(scaling.get("instances"), "manualScaling.instances")
            change = self._parts.releases.set_instance_count(service, version, count)
        else:
            raise unsupported(
                "gaelocal can change only servingStatus and manualScaling.instances of a version; deploy "
                "again to change other settings."
            )

        async def follow() -> Resource:
            return self._resource(await change)

        return await self._operations.run("Versions.UpdateVersion", self._name(service, version), follow)

    def _set_status(self, service: str, version: str, status: object) -> Awaitable[Version]:
        if status not in ("SERVING", "STOPPED"):
            raise invalid("`servingStatus` must be SERVING or STOPPED.")
        releases = self._parts.releases
        change = releases.start_version if status == "SERVING" else releases.stop_version
        return change(service, version)

    async def _restart(self, request: web.Request) -> web.Response:
        """Stop and start a version; App Engine has no such method."""
        service, version = _which(request)

        async def restart() -> Resource:
            return self._resource(await self._parts.control.restart_version(service, version))

        return await self._operations.run("Versions.RestartVersion", self._name(service, version), restart)

    async def _delete(self, request: web.Request) -> web.Response:
        service, version = _which(request)

        async def remove() -> Resource:
            await self._parts.releases.delete_version(service, version)
            return {}

        return await self._operations.run("Versions.DeleteVersion", self._name(service, version), remove)

    def _name(self, service: str, version: str) -> str:
        return f"apps/{self._parts.project}/services/{service}/versions/{version}"

    def _described(self, request: web.Request, version: Version) -> Resource:
        resource = self._resource(version)
        if request.query.get("view") == "FULL":
            return resource
        return {key: value for key, value in resource.items() if key not in ONLY_FULL}

    def _resource(self, version: Version) -> Resource:
        created = version.created.astimezone(UTC).isoformat(timespec="milliseconds")
        return {
            **version.resource,
            "name": self._name(version.service, version.id),
            "id": version.id,
            "servingStatus": version.status,
            "createTime": created.replace("+00:00", "Z"),
            "createdBy": "you",
            "diskUsageBytes": str(version.size),
            "versionUrl": f"http://{version.id}-dot-{version.service}.{self._parts.domain}",
        }


def _which(request: web.Request) -> tuple[str, str]:
    return request.match_info["service"], request.match_info["version"]
