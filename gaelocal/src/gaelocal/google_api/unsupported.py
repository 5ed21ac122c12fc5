"""Refuse the gRPC methods of APIs that are not emulated, with a sentence and without a retry."""

from collections.abc import Callable, Collection

from gaelocal.http2 import GrpcError, Status
from gaelocal.http2.grpc_calls import method_not_found
from gaelocal.unsupported_apis import refusal_of_method


def refusal_of_unsupported(known: Collection[str]) -> Callable[[str], GrpcError]:
    """Return what refuses the path of a method that is not served; `known` are the services that are.

    The status of an unknown service is FAILED_PRECONDITION, because clients retry UNAVAILABLE for minutes.
    """

    def refusal(path: str) -> GrpcError:
        if path.strip("/").partition("/")[0] in known:
            return method_not_found(path)
        return GrpcError(Status.FAILED_PRECONDITION, refusal_of_method(path))

    return refusal
