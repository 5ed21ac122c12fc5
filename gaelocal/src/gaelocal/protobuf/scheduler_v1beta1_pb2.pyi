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

class HttpTarget(_message.Message):
    __slots__ = ("uri", "http_method", "headers", "body", "oauth_token", "oidc_token")
    class HeadersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    URI_FIELD_NUMBER: _ClassVar[int]
    HTTP_METHOD_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    OAUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OIDC_TOKEN_FIELD_NUMBER: _ClassVar[int]
    uri: str
    http_method: HttpMethod
    headers: _containers.ScalarMap[str, str]
    body: bytes
    oauth_token: OAuthToken
    oidc_token: OidcToken
    def __init__(self, uri: _Optional[str] = ..., http_method: _Optional[_Union[HttpMethod, str]] = ..., headers: _Optional[_Mapping[str, str]] = ..., body: _Optional[bytes] = ..., oauth_token: _Optional[_Union[OAuthToken, _Mapping]] = ..., oidc_token: _Optional[_Union[OidcToken, _Mapping]] = ...) -> None: ...

class AppEngineHttpTarget(_message.Message):
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

class PubsubTarget(_message.Message):
    __slots__ = ("topic_name", "data", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TOPIC_NAME_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    topic_name: str
    data: bytes
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, topic_name: _Optional[str] = ..., data: _Optional[bytes] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

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

class ListJobsRequest(_message.Message):
    __slots__ = ("parent", "filter", "page_size", "page_token", "legacy_app_engine_cron")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LEGACY_APP_ENGINE_CRON_FIELD_NUMBER: _ClassVar[int]
    parent: str
    filter: str
    page_size: int
    page_token: str
    legacy_app_engine_cron: bool
    def __init__(self, parent: _Optional[str] = ..., filter: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., legacy_app_engine_cron: _Optional[bool] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CreateJobRequest(_message.Message):
    __slots__ = ("parent", "job")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    JOB_FIELD_NUMBER: _ClassVar[int]
    parent: str
    job: Job
    def __init__(self, parent: _Optional[str] = ..., job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class UpdateJobRequest(_message.Message):
    __slots__ = ("job", "update_mask")
    JOB_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    job: Job
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class DeleteJobRequest(_message.Message):
    __slots__ = ("name", "legacy_app_engine_cron")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEGACY_APP_ENGINE_CRON_FIELD_NUMBER: _ClassVar[int]
    name: str
    legacy_app_engine_cron: bool
    def __init__(self, name: _Optional[str] = ..., legacy_app_engine_cron: _Optional[bool] = ...) -> None: ...

class PauseJobRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ResumeJobRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class RunJobRequest(_message.Message):
    __slots__ = ("name", "legacy_app_engine_cron")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEGACY_APP_ENGINE_CRON_FIELD_NUMBER: _ClassVar[int]
    name: str
    legacy_app_engine_cron: bool
    def __init__(self, name: _Optional[str] = ..., legacy_app_engine_cron: _Optional[bool] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ("name", "description", "pubsub_target", "app_engine_http_target", "http_target", "schedule", "time_zone", "user_update_time", "state", "status", "schedule_time", "last_attempt_time", "retry_config", "attempt_deadline", "legacy_app_engine_cron")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Job.State]
        ENABLED: _ClassVar[Job.State]
        PAUSED: _ClassVar[Job.State]
        DISABLED: _ClassVar[Job.State]
        UPDATE_FAILED: _ClassVar[Job.State]
    STATE_UNSPECIFIED: Job.State
    ENABLED: Job.State
    PAUSED: Job.State
    DISABLED: Job.State
    UPDATE_FAILED: Job.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PUBSUB_TARGET_FIELD_NUMBER: _ClassVar[int]
    APP_ENGINE_HTTP_TARGET_FIELD_NUMBER: _ClassVar[int]
    HTTP_TARGET_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    USER_UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_TIME_FIELD_NUMBER: _ClassVar[int]
    LAST_ATTEMPT_TIME_FIELD_NUMBER: _ClassVar[int]
    RETRY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_DEADLINE_FIELD_NUMBER: _ClassVar[int]
    LEGACY_APP_ENGINE_CRON_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    pubsub_target: PubsubTarget
    app_engine_http_target: AppEngineHttpTarget
    http_target: HttpTarget
    schedule: str
    time_zone: str
    user_update_time: _timestamp_pb2.Timestamp
    state: Job.State
    status: _rpc_pb2.Status
    schedule_time: _timestamp_pb2.Timestamp
    last_attempt_time: _timestamp_pb2.Timestamp
    retry_config: RetryConfig
    attempt_deadline: _duration_pb2.Duration
    legacy_app_engine_cron: bool
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., pubsub_target: _Optional[_Union[PubsubTarget, _Mapping]] = ..., app_engine_http_target: _Optional[_Union[AppEngineHttpTarget, _Mapping]] = ..., http_target: _Optional[_Union[HttpTarget, _Mapping]] = ..., schedule: _Optional[str] = ..., time_zone: _Optional[str] = ..., user_update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[Job.State, str]] = ..., status: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ..., schedule_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_attempt_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., retry_config: _Optional[_Union[RetryConfig, _Mapping]] = ..., attempt_deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., legacy_app_engine_cron: _Optional[bool] = ...) -> None: ...

class RetryConfig(_message.Message):
    __slots__ = ("retry_count", "max_retry_duration", "min_backoff_duration", "max_backoff_duration", "max_doublings")
    RETRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_RETRY_DURATION_FIELD_NUMBER: _ClassVar[int]
    MIN_BACKOFF_DURATION_FIELD_NUMBER: _ClassVar[int]
    MAX_BACKOFF_DURATION_FIELD_NUMBER: _ClassVar[int]
    MAX_DOUBLINGS_FIELD_NUMBER: _ClassVar[int]
    retry_count: int
    max_retry_duration: _duration_pb2.Duration
    min_backoff_duration: _duration_pb2.Duration
    max_backoff_duration: _duration_pb2.Duration
    max_doublings: int
    def __init__(self, retry_count: _Optional[int] = ..., max_retry_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., min_backoff_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_backoff_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_doublings: _Optional[int] = ...) -> None: ...
