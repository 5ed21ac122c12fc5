import datetime

from gaelocal.protobuf import rpc_pb2 as _rpc_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HttpMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HTTP_METHOD_UNSPECIFIED: _ClassVar[HttpMethod]
    POST: _ClassVar[HttpMethod]
    GET: _ClassVar[HttpMethod]
    HEAD: _ClassVar[HttpMethod]
    PUT: _ClassVar[HttpMethod]
    DELETE: _ClassVar[HttpMethod]
    PATCH: _ClassVar[HttpMethod]
    OPTIONS: _ClassVar[HttpMethod]
HTTP_METHOD_UNSPECIFIED: HttpMethod
POST: HttpMethod
GET: HttpMethod
HEAD: HttpMethod
PUT: HttpMethod
DELETE: HttpMethod
PATCH: HttpMethod
OPTIONS: HttpMethod

class PullMessage(_message.Message):
    __slots__ = ("payload", "tag")
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    payload: bytes
    tag: str
    def __init__(self, payload: _Optional[bytes] = ..., tag: _Optional[str] = ...) -> None: ...

class PathOverride(_message.Message):
    __slots__ = ("path",)
    PATH_FIELD_NUMBER: _ClassVar[int]
    path: str
    def __init__(self, path: _Optional[str] = ...) -> None: ...

class QueryOverride(_message.Message):
    __slots__ = ("query_params",)
    QUERY_PARAMS_FIELD_NUMBER: _ClassVar[int]
    query_params: str
    def __init__(self, query_params: _Optional[str] = ...) -> None: ...

class UriOverride(_message.Message):
    __slots__ = ("scheme", "host", "port", "path_override", "query_override", "uri_override_enforce_mode")
    class Scheme(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SCHEME_UNSPECIFIED: _ClassVar[UriOverride.Scheme]
        HTTP: _ClassVar[UriOverride.Scheme]
        HTTPS: _ClassVar[UriOverride.Scheme]
    SCHEME_UNSPECIFIED: UriOverride.Scheme
    HTTP: UriOverride.Scheme
    HTTPS: UriOverride.Scheme
    class UriOverrideEnforceMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        URI_OVERRIDE_ENFORCE_MODE_UNSPECIFIED: _ClassVar[UriOverride.UriOverrideEnforceMode]
        IF_NOT_EXISTS: _ClassVar[UriOverride.UriOverrideEnforceMode]
        ALWAYS: _ClassVar[UriOverride.UriOverrideEnforceMode]
    URI_OVERRIDE_ENFORCE_MODE_UNSPECIFIED: UriOverride.UriOverrideEnforceMode
    IF_NOT_EXISTS: UriOverride.UriOverrideEnforceMode
    ALWAYS: UriOverride.UriOverrideEnforceMode
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    PATH_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    QUERY_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    URI_OVERRIDE_ENFORCE_MODE_FIELD_NUMBER: _ClassVar[int]
    scheme: UriOverride.Scheme
    host: str
    port: int
    path_override: PathOverride
    query_override: QueryOverride
    uri_override_enforce_mode: UriOverride.UriOverrideEnforceMode
    def __init__(self, scheme: _Optional[_Union[UriOverride.Scheme, str]] = ..., host: _Optional[str] = ..., port: _Optional[int] = ..., path_override: _Optional[_Union[PathOverride, _Mapping]] = ..., query_override: _Optional[_Union[QueryOverride, _Mapping]] = ..., uri_override_enforce_mode: _Optional[_Union[UriOverride.UriOverrideEnforceMode, str]] = ...) -> None: ...

class HttpTarget(_message.Message):
    __slots__ = ("uri_override", "http_method", "header_overrides", "oauth_token", "oidc_token")
    class Header(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class HeaderOverride(_message.Message):
        __slots__ = ("header",)
        HEADER_FIELD_NUMBER: _ClassVar[int]
        header: HttpTarget.Header
        def __init__(self, header: _Optional[_Union[HttpTarget.Header, _Mapping]] = ...) -> None: ...
    URI_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    HTTP_METHOD_FIELD_NUMBER: _ClassVar[int]
    HEADER_OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    OAUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OIDC_TOKEN_FIELD_NUMBER: _ClassVar[int]
    uri_override: UriOverride
    http_method: HttpMethod
    header_overrides: _containers.RepeatedCompositeFieldContainer[HttpTarget.HeaderOverride]
    oauth_token: OAuthToken
    oidc_token: OidcToken
    def __init__(self, uri_override: _Optional[_Union[UriOverride, _Mapping]] = ..., http_method: _Optional[_Union[HttpMethod, str]] = ..., header_overrides: _Optional[_Iterable[_Union[HttpTarget.HeaderOverride, _Mapping]]] = ..., oauth_token: _Optional[_Union[OAuthToken, _Mapping]] = ..., oidc_token: _Optional[_Union[OidcToken, _Mapping]] = ...) -> None: ...

class HttpRequest(_message.Message):
    __slots__ = ("url", "http_method", "headers", "body", "oauth_token", "oidc_token")
    class HeadersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    URL_FIELD_NUMBER: _ClassVar[int]
    HTTP_METHOD_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    OAUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OIDC_TOKEN_FIELD_NUMBER: _ClassVar[int]
    url: str
    http_method: HttpMethod
    headers: _containers.ScalarMap[str, str]
    body: bytes
    oauth_token: OAuthToken
    oidc_token: OidcToken
    def __init__(self, url: _Optional[str] = ..., http_method: _Optional[_Union[HttpMethod, str]] = ..., headers: _Optional[_Mapping[str, str]] = ..., body: _Optional[bytes] = ..., oauth_token: _Optional[_Union[OAuthToken, _Mapping]] = ..., oidc_token: _Optional[_Union[OidcToken, _Mapping]] = ...) -> None: ...

class AppEngineHttpQueue(_message.Message):
    __slots__ = ("app_engine_routing_override",)
    APP_ENGINE_ROUTING_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    app_engine_routing_override: AppEngineRouting
    def __init__(self, app_engine_routing_override: _Optional[_Union[AppEngineRouting, _Mapping]] = ...) -> None: ...

class AppEngineHttpRequest(_message.Message):
    __slots__ = ("http_method", "app_engine_routing", "relative_uri", "headers", "body")
    class HeadersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    HTTP_METHOD_FIELD_NUMBER: _ClassVar[int]
    APP_ENGINE_ROUTING_FIELD_NUMBER: _ClassVar[int]
    RELATIVE_URI_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    http_method: HttpMethod
    app_engine_routing: AppEngineRouting
    relative_uri: str
    headers: _containers.ScalarMap[str, str]
    body: bytes
    def __init__(self, http_method: _Optional[_Union[HttpMethod, str]] = ..., app_engine_routing: _Optional[_Union[AppEngineRouting, _Mapping]] = ..., relative_uri: _Optional[str] = ..., headers: _Optional[_Mapping[str, str]] = ..., body: _Optional[bytes] = ...) -> None: ...

class AppEngineRouting(_message.Message):
    __slots__ = ("service", "version", "instance", "host")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    service: str
    version: str
    instance: str
    host: str
    def __init__(self, service: _Optional[str] = ..., version: _Optional[str] = ..., instance: _Optional[str] = ..., host: _Optional[str] = ...) -> None: ...

class OAuthToken(_message.Message):
    __slots__ = ("service_account_email", "scope")
    SERVICE_ACCOUNT_EMAIL_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    service_account_email: str
    scope: str
    def __init__(self, service_account_email: _Optional[str] = ..., scope: _Optional[str] = ...) -> None: ...

class OidcToken(_message.Message):
    __slots__ = ("service_account_email", "audience")
    SERVICE_ACCOUNT_EMAIL_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    service_account_email: str
    audience: str
    def __init__(self, service_account_email: _Optional[str] = ..., audience: _Optional[str] = ...) -> None: ...

class ListQueuesRequest(_message.Message):
    __slots__ = ("parent", "filter", "page_size", "page_token", "read_mask")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    READ_MASK_FIELD_NUMBER: _ClassVar[int]
    parent: str
    filter: str
    page_size: int
    page_token: str
    read_mask: _field_mask_pb2.FieldMask
    def __init__(self, parent: _Optional[str] = ..., filter: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., read_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class ListQueuesResponse(_message.Message):
    __slots__ = ("queues", "next_page_token")
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    queues: _containers.RepeatedCompositeFieldContainer[Queue]
    next_page_token: str
    def __init__(self, queues: _Optional[_Iterable[_Union[Queue, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetQueueRequest(_message.Message):
    __slots__ = ("name", "read_mask")
    NAME_FIELD_NUMBER: _ClassVar[int]
    READ_MASK_FIELD_NUMBER: _ClassVar[int]
    name: str
    read_mask: _field_mask_pb2.FieldMask
    def __init__(self, name: _Optional[str] = ..., read_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class CreateQueueRequest(_message.Message):
    __slots__ = ("parent", "queue")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    queue: Queue
    def __init__(self, parent: _Optional[str] = ..., queue: _Optional[_Union[Queue, _Mapping]] = ...) -> None: ...

class UpdateQueueRequest(_message.Message):
    __slots__ = ("queue", "update_mask")
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    queue: Queue
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, queue: _Optional[_Union[Queue, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class DeleteQueueRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class PurgeQueueRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class PauseQueueRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ResumeQueueRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListTasksRequest(_message.Message):
    __slots__ = ("parent", "response_view", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_VIEW_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    response_view: Task.View
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., response_view: _Optional[_Union[Task.View, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTasksResponse(_message.Message):
    __slots__ = ("tasks", "next_page_token")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    next_page_token: str
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetTaskRequest(_message.Message):
    __slots__ = ("name", "response_view")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_VIEW_FIELD_NUMBER: _ClassVar[int]
    name: str
    response_view: Task.View
    def __init__(self, name: _Optional[str] = ..., response_view: _Optional[_Union[Task.View, str]] = ...) -> None: ...

class CreateTaskRequest(_message.Message):
    __slots__ = ("parent", "task", "response_view")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_VIEW_FIELD_NUMBER: _ClassVar[int]
    parent: str
    task: Task
    response_view: Task.View
    def __init__(self, parent: _Optional[str] = ..., task: _Optional[_Union[Task, _Mapping]] = ..., response_view: _Optional[_Union[Task.View, str]] = ...) -> None: ...

class BatchCreateTasksRequest(_message.Message):
    __slots__ = ("parent", "requests", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    requests: _containers.RepeatedCompositeFieldContainer[CreateTaskRequest]
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., requests: _Optional[_Iterable[_Union[CreateTaskRequest, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteTaskRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class BatchDeleteTasksRequest(_message.Message):
    __slots__ = ("parent", "names", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    names: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., names: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class BatchDeleteTasksMetadata(_message.Message):
    __slots__ = ("start_time", "end_time", "state", "failed_requests")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[BatchDeleteTasksMetadata.State]
        RUNNING: _ClassVar[BatchDeleteTasksMetadata.State]
        SUCCEEDED: _ClassVar[BatchDeleteTasksMetadata.State]
        PARTIALLY_SUCCEEDED: _ClassVar[BatchDeleteTasksMetadata.State]
        FAILED: _ClassVar[BatchDeleteTasksMetadata.State]
    STATE_UNSPECIFIED: BatchDeleteTasksMetadata.State
    RUNNING: BatchDeleteTasksMetadata.State
    SUCCEEDED: BatchDeleteTasksMetadata.State
    PARTIALLY_SUCCEEDED: BatchDeleteTasksMetadata.State
    FAILED: BatchDeleteTasksMetadata.State
    class FailedRequestsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: _rpc_pb2.Status
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ...) -> None: ...
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAILED_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    state: BatchDeleteTasksMetadata.State
    failed_requests: _containers.MessageMap[int, _rpc_pb2.Status]
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[BatchDeleteTasksMetadata.State, str]] = ..., failed_requests: _Optional[_Mapping[int, _rpc_pb2.Status]] = ...) -> None: ...

class RunTaskRequest(_message.Message):
    __slots__ = ("name", "response_view")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_VIEW_FIELD_NUMBER: _ClassVar[int]
    name: str
    response_view: Task.View
    def __init__(self, name: _Optional[str] = ..., response_view: _Optional[_Union[Task.View, str]] = ...) -> None: ...

class BatchCreateTasksResponse(_message.Message):
    __slots__ = ("tasks",)
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    def __init__(self, tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ...) -> None: ...

class BatchCreateTasksMetadata(_message.Message):
    __slots__ = ("start_time", "end_time", "state", "failed_requests")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[BatchCreateTasksMetadata.State]
        RUNNING: _ClassVar[BatchCreateTasksMetadata.State]
        SUCCEEDED: _ClassVar[BatchCreateTasksMetadata.State]
        FAILED: _ClassVar[BatchCreateTasksMetadata.State]
        CANCELLED: _ClassVar[BatchCreateTasksMetadata.State]
        PARTIALLY_SUCCEEDED: _ClassVar[BatchCreateTasksMetadata.State]
    STATE_UNSPECIFIED: BatchCreateTasksMetadata.State
    RUNNING: BatchCreateTasksMetadata.State
    SUCCEEDED: BatchCreateTasksMetadata.State
    FAILED: BatchCreateTasksMetadata.State
    CANCELLED: BatchCreateTasksMetadata.State
    PARTIALLY_SUCCEEDED: BatchCreateTasksMetadata.State
    class FailedRequestsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: _rpc_pb2.Status
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ...) -> None: ...
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAILED_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    state: BatchCreateTasksMetadata.State
    failed_requests: _containers.MessageMap[int, _rpc_pb2.Status]
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[BatchCreateTasksMetadata.State, str]] = ..., failed_requests: _Optional[_Mapping[int, _rpc_pb2.Status]] = ...) -> None: ...

class UpdateCmekConfigRequest(_message.Message):
    __slots__ = ("cmek_config", "update_mask")
    CMEK_CONFIG_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    cmek_config: CmekConfig
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, cmek_config: _Optional[_Union[CmekConfig, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class GetCmekConfigRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CmekConfig(_message.Message):
    __slots__ = ("name", "kms_key")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KMS_KEY_FIELD_NUMBER: _ClassVar[int]
    name: str
    kms_key: str
    def __init__(self, name: _Optional[str] = ..., kms_key: _Optional[str] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("name", "app_engine_http_request", "http_request", "pull_message", "schedule_time", "create_time", "dispatch_deadline", "dispatch_count", "response_count", "first_attempt", "last_attempt", "view", "retry_config")
    class View(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VIEW_UNSPECIFIED: _ClassVar[Task.View]
        BASIC: _ClassVar[Task.View]
        FULL: _ClassVar[Task.View]
    VIEW_UNSPECIFIED: Task.View
    BASIC: Task.View
    FULL: Task.View
    NAME_FIELD_NUMBER: _ClassVar[int]
    APP_ENGINE_HTTP_REQUEST_FIELD_NUMBER: _ClassVar[int]
    HTTP_REQUEST_FIELD_NUMBER: _ClassVar[int]
    PULL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_TIME_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_DEADLINE_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIRST_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    LAST_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    RETRY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    name: str
    app_engine_http_request: AppEngineHttpRequest
    http_request: HttpRequest
    pull_message: PullMessage
    schedule_time: _timestamp_pb2.Timestamp
    create_time: _timestamp_pb2.Timestamp
    dispatch_deadline: _duration_pb2.Duration
    dispatch_count: int
    response_count: int
    first_attempt: Attempt
    last_attempt: Attempt
    view: Task.View
    retry_config: RetryConfig
    def __init__(self, name: _Optional[str] = ..., app_engine_http_request: _Optional[_Union[AppEngineHttpRequest, _Mapping]] = ..., http_request: _Optional[_Union[HttpRequest, _Mapping]] = ..., pull_message: _Optional[_Union[PullMessage, _Mapping]] = ..., schedule_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., dispatch_deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., dispatch_count: _Optional[int] = ..., response_count: _Optional[int] = ..., first_attempt: _Optional[_Union[Attempt, _Mapping]] = ..., last_attempt: _Optional[_Union[Attempt, _Mapping]] = ..., view: _Optional[_Union[Task.View, str]] = ..., retry_config: _Optional[_Union[RetryConfig, _Mapping]] = ...) -> None: ...

class Attempt(_message.Message):
    __slots__ = ("schedule_time", "dispatch_time", "response_time", "response_status")
    SCHEDULE_TIME_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_TIME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_TIME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_STATUS_FIELD_NUMBER: _ClassVar[int]
    schedule_time: _timestamp_pb2.Timestamp
    dispatch_time: _timestamp_pb2.Timestamp
    response_time: _timestamp_pb2.Timestamp
    response_status: _rpc_pb2.Status
    def __init__(self, schedule_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., dispatch_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., response_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., response_status: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ...) -> None: ...

class Queue(_message.Message):
    __slots__ = ("name", "app_engine_http_queue", "http_target", "rate_limits", "retry_config", "state", "purge_time", "task_ttl", "tombstone_ttl", "stackdriver_logging_config", "type_", "stats")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Queue.State]
        RUNNING: _ClassVar[Queue.State]
        PAUSED: _ClassVar[Queue.State]
        DISABLED: _ClassVar[Queue.State]
    STATE_UNSPECIFIED: Queue.State
    RUNNING: Queue.State
    PAUSED: Queue.State
    DISABLED: Queue.State
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Queue.Type]
        PULL: _ClassVar[Queue.Type]
        PUSH: _ClassVar[Queue.Type]
    TYPE_UNSPECIFIED: Queue.Type
    PULL: Queue.Type
    PUSH: Queue.Type
    NAME_FIELD_NUMBER: _ClassVar[int]
    APP_ENGINE_HTTP_QUEUE_FIELD_NUMBER: _ClassVar[int]
    HTTP_TARGET_FIELD_NUMBER: _ClassVar[int]
    RATE_LIMITS_FIELD_NUMBER: _ClassVar[int]
    RETRY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PURGE_TIME_FIELD_NUMBER: _ClassVar[int]
    TASK_TTL_FIELD_NUMBER: _ClassVar[int]
    TOMBSTONE_TTL_FIELD_NUMBER: _ClassVar[int]
    STACKDRIVER_LOGGING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    TYPE__FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    name: str
    app_engine_http_queue: AppEngineHttpQueue
    http_target: HttpTarget
    rate_limits: RateLimits
    retry_config: RetryConfig
    state: Queue.State
    purge_time: _timestamp_pb2.Timestamp
    task_ttl: _duration_pb2.Duration
    tombstone_ttl: _duration_pb2.Duration
    stackdriver_logging_config: StackdriverLoggingConfig
    type_: Queue.Type
    stats: QueueStats
    def __init__(self, name: _Optional[str] = ..., app_engine_http_queue: _Optional[_Union[AppEngineHttpQueue, _Mapping]] = ..., http_target: _Optional[_Union[HttpTarget, _Mapping]] = ..., rate_limits: _Optional[_Union[RateLimits, _Mapping]] = ..., retry_config: _Optional[_Union[RetryConfig, _Mapping]] = ..., state: _Optional[_Union[Queue.State, str]] = ..., purge_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., task_ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., tombstone_ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., stackdriver_logging_config: _Optional[_Union[StackdriverLoggingConfig, _Mapping]] = ..., type_: _Optional[_Union[Queue.Type, str]] = ..., stats: _Optional[_Union[QueueStats, _Mapping]] = ...) -> None: ...

class RateLimits(_message.Message):
    __slots__ = ("max_dispatches_per_second", "max_burst_size", "max_concurrent_dispatches")
    MAX_DISPATCHES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    MAX_BURST_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_DISPATCHES_FIELD_NUMBER: _ClassVar[int]
    max_dispatches_per_second: float
    max_burst_size: int
    max_concurrent_dispatches: int
    def __init__(self, max_dispatches_per_second: _Optional[float] = ..., max_burst_size: _Optional[int] = ..., max_concurrent_dispatches: _Optional[int] = ...) -> None: ...

class RetryConfig(_message.Message):
    __slots__ = ("max_attempts", "max_retry_duration", "min_backoff", "max_backoff", "max_doublings")
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    MAX_RETRY_DURATION_FIELD_NUMBER: _ClassVar[int]
    MIN_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    MAX_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    MAX_DOUBLINGS_FIELD_NUMBER: _ClassVar[int]
    max_attempts: int
    max_retry_duration: _duration_pb2.Duration
    min_backoff: _duration_pb2.Duration
    max_backoff: _duration_pb2.Duration
    max_doublings: int
    def __init__(self, max_attempts: _Optional[int] = ..., max_retry_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., min_backoff: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_backoff: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_doublings: _Optional[int] = ...) -> None: ...

class StackdriverLoggingConfig(_message.Message):
    __slots__ = ("sampling_ratio",)
    SAMPLING_RATIO_FIELD_NUMBER: _ClassVar[int]
    sampling_ratio: float
    def __init__(self, sampling_ratio: _Optional[float] = ...) -> None: ...

class QueueStats(_message.Message):
    __slots__ = ("tasks_count", "oldest_estimated_arrival_time", "executed_last_minute_count", "concurrent_dispatches_count", "effective_execution_rate")
    TASKS_COUNT_FIELD_NUMBER: _ClassVar[int]
    OLDEST_ESTIMATED_ARRIVAL_TIME_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_LAST_MINUTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONCURRENT_DISPATCHES_COUNT_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_EXECUTION_RATE_FIELD_NUMBER: _ClassVar[int]
    tasks_count: int
    oldest_estimated_arrival_time: _timestamp_pb2.Timestamp
    executed_last_minute_count: int
    concurrent_dispatches_count: int
    effective_execution_rate: float
    def __init__(self, tasks_count: _Optional[int] = ..., oldest_estimated_arrival_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., executed_last_minute_count: _Optional[int] = ..., concurrent_dispatches_count: _Optional[int] = ..., effective_execution_rate: _Optional[float] = ...) -> None: ...
