"""The service `modules`: services, versions and addresses of the running project."""

from collections.abc import Callable, Mapping
from typing import Any

from gaelocal.appengine.instances import Caller, RunningVersion
from gaelocal.appengine.releases.version_registry import ServiceVersions, VersionRegistry
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_modules_pb2 as pb

Error = pb.ModulesServiceError


class Modules:
    """`domain` is where a browser reaches the front door: `localhost:8080`."""

    def __init__(self, registry: VersionRegistry, domain: Callable[[], str]) -> None:
        self._registry = registry
        self._domain = domain

    def methods(self) -> Mapping[str, Method]:
        return {
            "GetModules": Method(pb.GetModulesRequest, self._modules),
            "GetVersions": Method(pb.GetVersionsRequest, self._versions),
            "GetDefaultVersion": Method(pb.GetDefaultVersionRequest, self._default_version),
            "GetNumInstances": Method(pb.GetNumInstancesRequest, self._num_instances),
            "GetHostname": Method(pb.GetHostnameRequest, self._hostname),
        }

    def _modules(self, _request: Any, _caller: Caller) -> Any:
        return pb.GetModulesResponse(module=sorted(self._registry.names))

    def _versions(self, request: Any, caller: Caller) -> Any:
        versions = self._service(request.module or caller.service)
        return pb.GetVersionsResponse(version=[running.service.version for running in versions])

    def _default_version(self, request: Any, caller: Caller) -> Any:
        allocations = self._service(request.module or caller.service).split.allocations
        if not allocations:
            raise ApplicationError(Error.INVALID_VERSION, "no version has traffic")
        return pb.GetDefaultVersionResponse(version=max(sorted(allocations), key=allocations.__getitem__))

    def _num_instances(self, request: Any, caller: Caller) -> Any:
        running = self._version(request.module or caller.service, request.version or caller.version)
        if running.service.scaling.kind != "manual":
            raise ApplicationError(Error.INVALID_VERSION, "only manual scaling has a number of instances")
        return pb.GetNumInstancesResponse(instances=len(running.instances))

    def _hostname(self, request: Any, caller: Caller) -> Any:
        """Return the address of a service, or of one version or instance of it."""
        name = request.module or caller.service
        self._service(name)
        if request.version or request.instance:
            version = request.version or caller.version
            running = self._version(name, version)
            if request.instance and not 0 <= _number(request.instance) < len(running.instances):
                raise ApplicationError(Error.INVALID_INSTANCES, f"no instance `{request.instance}`")
            name = f"{version}.{name}"
        if request.instance:
            name = f"{request.instance}.{name}"
        return pb.GetHostnameResponse(hostname=f"{name}.{self._domain()}")

    def _service(self, name: str) -> ServiceVersions:
        versions = self._registry.get(name)
        if versions is None:
            raise ApplicationError(Error.INVALID_MODULE, f"there is no service `{name}`")
        return versions

    def _version(self, service: str, version: str) -> RunningVersion:
        running = self._service(service).get(version)
        if running is None:
            raise ApplicationError(Error.INVALID_VERSION, f"{service} has no version `{version}`")
        return running


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1
