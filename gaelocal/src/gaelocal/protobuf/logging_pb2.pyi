import datetime

from gaelocal.protobuf import api_pb2 as _api_pb2
from gaelocal.protobuf import logging_type_pb2 as _logging_type_pb2
from gaelocal.protobuf import rpc_pb2 as _rpc_pb2
from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LogEntry(_message.Message):
    __slots__ = ("log_name", "resource", "proto_payload", "text_payload", "json_payload", "timestamp", "receive_timestamp", "severity", "insert_id", "http_request", "labels", "operation", "trace", "span_id", "trace_sampled", "source_location", "split")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    LOG_NAME_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    PROTO_PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    TEXT_PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    JSON_PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    RECEIVE_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    INSERT_ID_FIELD_NUMBER: _ClassVar[int]
    HTTP_REQUEST_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    SPAN_ID_FIELD_NUMBER: _ClassVar[int]
    TRACE_SAMPLED_FIELD_NUMBER: _ClassVar[int]
    SOURCE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    SPLIT_FIELD_NUMBER: _ClassVar[int]
    log_name: str
    resource: _api_pb2.MonitoredResource
    proto_payload: _any_pb2.Any
    text_payload: str
    json_payload: _struct_pb2.Struct
    timestamp: _timestamp_pb2.Timestamp
    receive_timestamp: _timestamp_pb2.Timestamp
    severity: _logging_type_pb2.LogSeverity
    insert_id: str
    http_request: _logging_type_pb2.HttpRequest
    labels: _containers.ScalarMap[str, str]
    operation: LogEntryOperation
    trace: str
    span_id: str
    trace_sampled: bool
    source_location: LogEntrySourceLocation
    split: LogSplit
    def __init__(self, log_name: _Optional[str] = ..., resource: _Optional[_Union[_api_pb2.MonitoredResource, _Mapping]] = ..., proto_payload: _Optional[_Union[_any_pb2.Any, _Mapping]] = ..., text_payload: _Optional[str] = ..., json_payload: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receive_timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., severity: _Optional[_Union[_logging_type_pb2.LogSeverity, str]] = ..., insert_id: _Optional[str] = ..., http_request: _Optional[_Union[_logging_type_pb2.HttpRequest, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., operation: _Optional[_Union[LogEntryOperation, _Mapping]] = ..., trace: _Optional[str] = ..., span_id: _Optional[str] = ..., trace_sampled: _Optional[bool] = ..., source_location: _Optional[_Union[LogEntrySourceLocation, _Mapping]] = ..., split: _Optional[_Union[LogSplit, _Mapping]] = ...) -> None: ...

class LogEntryOperation(_message.Message):
    __slots__ = ("id", "producer", "first", "last")
    ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    id: str
    producer: str
    first: bool
    last: bool
    def __init__(self, id: _Optional[str] = ..., producer: _Optional[str] = ..., first: _Optional[bool] = ..., last: _Optional[bool] = ...) -> None: ...

class LogEntrySourceLocation(_message.Message):
    __slots__ = ("file", "line", "function")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    file: str
    line: int
    function: str
    def __init__(self, file: _Optional[str] = ..., line: _Optional[int] = ..., function: _Optional[str] = ...) -> None: ...

class LogSplit(_message.Message):
    __slots__ = ("uid", "index", "total_splits")
    UID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SPLITS_FIELD_NUMBER: _ClassVar[int]
    uid: str
    index: int
    total_splits: int
    def __init__(self, uid: _Optional[str] = ..., index: _Optional[int] = ..., total_splits: _Optional[int] = ...) -> None: ...

class DeleteLogRequest(_message.Message):
    __slots__ = ("log_name",)
    LOG_NAME_FIELD_NUMBER: _ClassVar[int]
    log_name: str
    def __init__(self, log_name: _Optional[str] = ...) -> None: ...

class WriteLogEntriesRequest(_message.Message):
    __slots__ = ("log_name", "resource", "labels", "entries", "partial_success", "dry_run")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    LOG_NAME_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_SUCCESS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    log_name: str
    resource: _api_pb2.MonitoredResource
    labels: _containers.ScalarMap[str, str]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    partial_success: bool
    dry_run: bool
    def __init__(self, log_name: _Optional[str] = ..., resource: _Optional[_Union[_api_pb2.MonitoredResource, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ..., partial_success: _Optional[bool] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class WriteLogEntriesResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WriteLogEntriesPartialErrors(_message.Message):
    __slots__ = ("log_entry_errors",)
    class LogEntryErrorsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: _rpc_pb2.Status
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ...) -> None: ...
    LOG_ENTRY_ERRORS_FIELD_NUMBER: _ClassVar[int]
    log_entry_errors: _containers.MessageMap[int, _rpc_pb2.Status]
    def __init__(self, log_entry_errors: _Optional[_Mapping[int, _rpc_pb2.Status]] = ...) -> None: ...

class ListLogEntriesRequest(_message.Message):
    __slots__ = ("resource_names", "filter", "order_by", "page_size", "page_token")
    RESOURCE_NAMES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    resource_names: _containers.RepeatedScalarFieldContainer[str]
    filter: str
    order_by: str
    page_size: int
    page_token: str
    def __init__(self, resource_names: _Optional[_Iterable[str]] = ..., filter: _Optional[str] = ..., order_by: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLogEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListMonitoredResourceDescriptorsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMonitoredResourceDescriptorsResponse(_message.Message):
    __slots__ = ("resource_descriptors", "next_page_token")
    RESOURCE_DESCRIPTORS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    resource_descriptors: _containers.RepeatedCompositeFieldContainer[_api_pb2.MonitoredResourceDescriptor]
    next_page_token: str
    def __init__(self, resource_descriptors: _Optional[_Iterable[_Union[_api_pb2.MonitoredResourceDescriptor, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListLogsRequest(_message.Message):
    __slots__ = ("parent", "resource_names", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_NAMES_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    resource_names: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., resource_names: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLogsResponse(_message.Message):
    __slots__ = ("log_names", "next_page_token")
    LOG_NAMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    log_names: _containers.RepeatedScalarFieldContainer[str]
    next_page_token: str
    def __init__(self, log_names: _Optional[_Iterable[str]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TailLogEntriesRequest(_message.Message):
    __slots__ = ("resource_names", "filter", "buffer_window")
    RESOURCE_NAMES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    BUFFER_WINDOW_FIELD_NUMBER: _ClassVar[int]
    resource_names: _containers.RepeatedScalarFieldContainer[str]
    filter: str
    buffer_window: _duration_pb2.Duration
    def __init__(self, resource_names: _Optional[_Iterable[str]] = ..., filter: _Optional[str] = ..., buffer_window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TailLogEntriesResponse(_message.Message):
    __slots__ = ("entries", "suppression_info")
    class SuppressionInfo(_message.Message):
        __slots__ = ("reason", "suppressed_count")
        class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            REASON_UNSPECIFIED: _ClassVar[TailLogEntriesResponse.SuppressionInfo.Reason]
            RATE_LIMIT: _ClassVar[TailLogEntriesResponse.SuppressionInfo.Reason]
            NOT_CONSUMED: _ClassVar[TailLogEntriesResponse.SuppressionInfo.Reason]
        REASON_UNSPECIFIED: TailLogEntriesResponse.SuppressionInfo.Reason
        RATE_LIMIT: TailLogEntriesResponse.SuppressionInfo.Reason
        NOT_CONSUMED: TailLogEntriesResponse.SuppressionInfo.Reason
        REASON_FIELD_NUMBER: _ClassVar[int]
        SUPPRESSED_COUNT_FIELD_NUMBER: _ClassVar[int]
        reason: TailLogEntriesResponse.SuppressionInfo.Reason
        suppressed_count: int
        def __init__(self, reason: _Optional[_Union[TailLogEntriesResponse.SuppressionInfo.Reason, str]] = ..., suppressed_count: _Optional[int] = ...) -> None: ...
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    SUPPRESSION_INFO_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    suppression_info: _containers.RepeatedCompositeFieldContainer[TailLogEntriesResponse.SuppressionInfo]
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ..., suppression_info: _Optional[_Iterable[_Union[TailLogEntriesResponse.SuppressionInfo, _Mapping]]] = ...) -> None: ...
