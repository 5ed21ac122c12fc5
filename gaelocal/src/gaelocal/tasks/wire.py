"""The messages of `google.cloud.tasks.v2` as they go over the wire.

They live in a descriptor pool of their own: the generated client costs 20 MB and 0.2 s more, and could not be
loaded beside them in the shared pool. Enums are declared as int32 and options nobody here reads as bytes,
which are the same on the wire.
"""

from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    message_factory,
    timestamp_pb2,
)

PACKAGE = "google.cloud.tasks.v2"
FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "string": FIELD.TYPE_STRING,
    "bytes": FIELD.TYPE_BYTES,
    "int32": FIELD.TYPE_INT32,
    "double": FIELD.TYPE_DOUBLE,
    "bool": FIELD.TYPE_BOOL,
}
WELL_KNOWN = {
    "Any": any_pb2,
    "Duration": duration_pb2,
    "Empty": empty_pb2,
    "FieldMask": field_mask_pb2,
    "Timestamp": timestamp_pb2,
}

MESSAGES = {
    "AppEngineRouting": "1 service string, 2 version string, 3 instance string, 4 host string",
    "AppEngineHttpRequest": "1 http_method int32, 2 app_engine_routing AppEngineRouting,"
    " 3 relative_uri string, 4 headers map string, 5 body bytes",
    "HttpRequest": "1 url string, 2 http_method int32, 3 headers map string, 4 body bytes,"
    " 5 oauth_token bytes, 6 oidc_token bytes",
    "RateLimits": "1 max_dispatches_per_second double, 2 max_burst_size int32,"
    " 3 max_concurrent_dispatches int32",
    "RetryConfig": "1 max_attempts int32, 2 max_retry_duration Duration, 3 min_backoff Duration,"
    " 4 max_backoff Duration, 5 max_doublings int32",
    "Queue": "1 name string, 2 app_engine_routing_override AppEngineRouting, 3 rate_limits RateLimits,"
    " 4 retry_config RetryConfig, 5 state int32, 6 purge_time Timestamp,"
    " 9 stackdriver_logging_config bytes, 10 http_target bytes",
    "Status": "1 code int32, 2 message string, 3 details repeated Any",
    "Attempt": "1 schedule_time Timestamp, 2 dispatch_time Timestamp, 3 response_time Timestamp,"
    " 4 response_status Status",
    "Task": "1 name string, 2 app_engine_http_request AppEngineHttpRequest, 3 http_request HttpRequest,"
    " 4 schedule_time Timestamp, 5 create_time Timestamp, 6 dispatch_deadline Duration,"
    " 7 dispatch_count int32, 8 response_count int32, 9 first_attempt Attempt, 10 last_attempt Attempt,"
    " 11 view int32, 12 retry_config RetryConfig",
    "ListQueuesRequest": "1 parent string, 2 filter string, 3 page_size int32, 4 page_token string",
    "ListQueuesResponse": "1 queues repeated Queue, 2 next_page_token string",
    "GetQueueRequest": "1 name string",
    "CreateQueueRequest": "1 parent string, 2 queue Queue",
    "UpdateQueueRequest": "1 queue Queue, 2 update_mask FieldMask",
    "DeleteQueueRequest": "1 name string",
    "PurgeQueueRequest": "1 name string",
    "PauseQueueRequest": "1 name string",
    "ResumeQueueRequest": "1 name string",
    "ListTasksRequest": "1 parent string, 2 response_view int32, 3 page_size int32, 4 page_token string",
    "ListTasksResponse": "1 tasks repeated Task, 2 next_page_token string",
    "GetTaskRequest": "1 name string, 2 response_view int32",
    "CreateTaskRequest": "1 parent string, 2 task Task, 3 response_view int32",
    "DeleteTaskRequest": "1 name string",
    "RunTaskRequest": "1 name string, 2 response_view int32",
    "BatchCreateTasksRequest": "1 parent string, 2 requests repeated CreateTaskRequest, 3 request_id string",
    "BatchCreateTasksResponse": "1 tasks repeated Task",
    "BatchDeleteTasksRequest": "1 parent string, 2 names repeated string, 3 request_id string",
    "BatchCreateTasksMetadata": "1 start_time Timestamp, 2 end_time Timestamp, 3 state int32,"
    " 4 failed_requests mapint32 Status",
    "BatchDeleteTasksMetadata": "1 start_time Timestamp, 2 end_time Timestamp, 3 state int32,"
    " 4 failed_requests mapint32 Status",
    "Operation": "1 name string, 2 metadata Any, 3 done bool, 4 error Status, 5 response Any",
}


def message_type(name: str) -> Any:
    """Give the class of a message; of this package, or a well-known one."""
    package = "google.protobuf" if name in WELL_KNOWN else PACKAGE
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{package}.{name}"))


def _declare(name: str, fields: str) -> descriptor_pb2.DescriptorProto:
    message = descriptor_pb2.DescriptorProto(name=name)
    for field in fields.split(","):
        number, label, *kind = field.split()
        _declare_field(message, int(number), label, kind)
    return message


def _declare_field(message: Any, number: int, name: str, kind: list[str]) -> None:
    *modifier, type_name = kind
    field = message.field.add(name=name, number=number, label=FIELD.LABEL_OPTIONAL)
    if modifier:
        field.label = FIELD.LABEL_REPEATED
    if modifier in (["map"], ["mapint32"]):
        key = "string" if modifier == ["map"] else "int32"
        type_name = _declare_entry(message, name, key, type_name)
    _set_type(field, type_name)


def _declare_entry(message: Any, name: str, key: str, value: str) -> str:
    """On the wire a map is a repeated message of a key and a value, nested under this very name."""
    entry = message.nested_type.add(name="".join(part.title() for part in name.split("_")) + "Entry")
    entry.options.map_entry = True
    _declare_field(entry, 1, "key", [key])
    _declare_field(entry, 2, "value", [value])
    return f"{message.name}.{entry.name}"


def _set_type(field: Any, type_name: str) -> None:
    if type_name in SCALARS:
        field.type = SCALARS[type_name]
        return
    package = "google.protobuf" if type_name in WELL_KNOWN else PACKAGE
    field.type = FIELD.TYPE_MESSAGE
    field.type_name = f".{package}.{type_name}"


def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="gaelocal/tasks.proto", package=PACKAGE, syntax="proto3")
    for module in WELL_KNOWN.values():
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        file.dependency.append(module.DESCRIPTOR.name)
    file.message_type.extend(_declare(name, fields) for name, fields in MESSAGES.items())
    pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()
AppEngineHttpRequest = message_type("AppEngineHttpRequest")
Attempt = message_type("Attempt")
Duration = message_type("Duration")
Empty = message_type("Empty")
HttpRequest = message_type("HttpRequest")
Operation = message_type("Operation")
Queue = message_type("Queue")
RetryConfig = message_type("RetryConfig")
Task = message_type("Task")
Timestamp = message_type("Timestamp")
