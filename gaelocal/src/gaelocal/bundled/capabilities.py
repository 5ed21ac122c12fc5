"""The service `capability_service`: what is implemented here is enabled."""

from collections.abc import Mapping
from typing import Any

from gaelocal.appengine.instances import Caller
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_capabilities_pb2 as pb
from gaelocal.protobuf.bundled_capability_config_pb2 import CapabilityConfig

ENABLED = frozenset({"app_identity_service", "blobstore", "datastore_v3", "images", "mail", "memcache"})
ENABLED_TOO = frozenset({"modules", "taskqueue", "user"})


class Capabilities:
    def methods(self) -> Mapping[str, Method]:
        return {"IsEnabled": Method(pb.IsEnabledRequest, self._is_enabled)}

    def _is_enabled(self, request: Any, _caller: Caller) -> Any:
        is_enabled = request.package in ENABLED | ENABLED_TOO
        response = pb.IsEnabledResponse(
            summary_status=pb.IsEnabledResponse.ENABLED if is_enabled else pb.IsEnabledResponse.DISABLED
        )
        status = CapabilityConfig.ENABLED if is_enabled else CapabilityConfig.DISABLED
        for capability in request.capability or ("*",):
            response.config.add(package=request.package, capability=capability, status=status)
        return response
