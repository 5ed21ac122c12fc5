"""Puts the calls on the wire: `google.cloud.tasks.v2.CloudTasks` over gRPC."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from gaelocal.sqlite_files import OUTAGE
from gaelocal.tasks import wire
from gaelocal.tasks.batch_service import BatchService
from gaelocal.tasks.queue_service import QueueService
from gaelocal.tasks.refusal import Refusal
from gaelocal.tasks.task_service import TaskService

SERVICE = f"{wire.PACKAGE}.CloudTasks"
Method = Callable[[Any], Any]
Wait = Callable[[], Awaitable[None]]
READING = frozenset({"ListQueues", "GetQueue", "ListTasks", "GetTask"})


def rpc_handler(
    queues: QueueService, tasks: TaskService, batches: BatchService, until_writable: Wait
) -> grpc.GenericRpcHandler:
    """Give the methods by their names; gRPC itself answers UNIMPLEMENTED to every other."""
    methods: dict[str, Method] = {
        "ListQueues": queues.list,
        "GetQueue": queues.get,
        "CreateQueue": queues.create,
        "UpdateQueue": queues.update,
        "DeleteQueue": queues.delete,
        "PurgeQueue": queues.purge,
        "PauseQueue": queues.pause,
        "ResumeQueue": queues.resume,
        "ListTasks": tasks.list,
        "GetTask": tasks.get,
        "CreateTask": tasks.create,
        "DeleteTask": tasks.delete,
        "RunTask": tasks.run,
        "BatchCreateTasks": batches.create,
        "BatchDeleteTasks": batches.delete,
    }
    handlers = {name: _handler(name, method, until_writable) for name, method in methods.items()}
    return grpc.method_handlers_generic_handler(SERVICE, handlers)


def _handler(name: str, method: Method, until_writable: Wait) -> grpc.RpcMethodHandler:
    async def answer(request: Any, context: Any) -> Any:
        try:
            if name not in READING:
                await until_writable()
            result = method(request)
            return await result if inspect.isawaitable(result) else result
        except Refusal as refusal:
            await context.abort(refusal.code, refusal.message)
        except OUTAGE as error:
            await context.abort(grpc.StatusCode.UNAVAILABLE, f"The queues cannot be written: {error}.")

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=wire.message_type(f"{name}Request").FromString,
        response_serializer=_serialize,
    )


def _serialize(message: Any) -> bytes:
    return bytes(message.SerializeToString())
