"""Long-running operations that are over when their call returns; the last ones can be read again."""

from collections import OrderedDict
from typing import Any

from google.protobuf import empty_pb2

from gaelocal.google_api.errors import not_found
from gaelocal.google_api.methods import HttpRule, Method, Service
from gaelocal.protobuf import longrunning_pb2

MOST_KEPT = 1000


class FinishedOperations:
    def __init__(self) -> None:
        self._operations: OrderedDict[str, Any] = OrderedDict()

    def add(self, operation: Any) -> Any:
        self._operations[operation.name] = operation
        if len(self._operations) > MOST_KEPT:
            self._operations.popitem(last=False)
        return operation

    def service(self, *versions: str) -> Service:
        """Return `google.longrunning.Operations`, for the REST paths of these API versions."""
        path = "{name=projects/*/locations/*/operations/*}"
        rules = tuple(HttpRule("GET", f"/{version}/{path}") for version in versions)
        methods = (
            Method("GetOperation", longrunning_pb2.GetOperationRequest, self._get, rules),
            Method("ListOperations", longrunning_pb2.ListOperationsRequest, self._list),
            Method("DeleteOperation", longrunning_pb2.DeleteOperationRequest, self._delete),
            Method("CancelOperation", longrunning_pb2.CancelOperationRequest, self._cancel),
            Method("WaitOperation", longrunning_pb2.WaitOperationRequest, self._get),
        )
        return Service("google.longrunning.Operations", methods)

    def _get(self, request: Any) -> Any:
        if request.name not in self._operations:
            raise not_found(f"Operation {request.name} does not exist.")
        return self._operations[request.name]

    def _list(self, request: Any) -> Any:
        found = [op for name, op in self._operations.items() if name.startswith(f"{request.name}/")]
        return longrunning_pb2.ListOperationsResponse(operations=found)

    def _delete(self, request: Any) -> Any:
        self._get(request)
        del self._operations[request.name]
        return empty_pb2.Empty()

    def _cancel(self, request: Any) -> Any:
        """Do nothing: an operation is over before it can be cancelled."""
        self._get(request)
        return empty_pb2.Empty()
