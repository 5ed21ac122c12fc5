"""A server for gRPC and HTTP/1.1 on one port, in pure Python on asyncio."""

from gaelocal.http2.server import GrpcServer
from gaelocal.http2.status import GrpcError, Status

__all__ = ["GrpcError", "GrpcServer", "Status"]
