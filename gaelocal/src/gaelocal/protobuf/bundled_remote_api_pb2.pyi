from gaelocal.protobuf import bundled_datastore_pb2 as _bundled_datastore_pb2
from gaelocal.protobuf import bundled_entity_pb2 as _bundled_entity_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Request(_message.Message):
    __slots__ = ("service_name", "method", "request", "request_id", "trace_context")
    SERVICE_NAME_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TRACE_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    service_name: str
    method: str
    request: bytes
    request_id: str
    trace_context: bytes
    def __init__(self, service_name: _Optional[str] = ..., method: _Optional[str] = ..., request: _Optional[bytes] = ..., request_id: _Optional[str] = ..., trace_context: _Optional[bytes] = ...) -> None: ...

class ApplicationError(_message.Message):
    __slots__ = ("code", "detail")
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    code: int
    detail: str
    def __init__(self, code: _Optional[int] = ..., detail: _Optional[str] = ...) -> None: ...

class RpcError(_message.Message):
    __slots__ = ("code", "detail")
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[RpcError.ErrorCode]
        CALL_NOT_FOUND: _ClassVar[RpcError.ErrorCode]
        PARSE_ERROR: _ClassVar[RpcError.ErrorCode]
        SECURITY_VIOLATION: _ClassVar[RpcError.ErrorCode]
        OVER_QUOTA: _ClassVar[RpcError.ErrorCode]
        REQUEST_TOO_LARGE: _ClassVar[RpcError.ErrorCode]
        CAPABILITY_DISABLED: _ClassVar[RpcError.ErrorCode]
        FEATURE_DISABLED: _ClassVar[RpcError.ErrorCode]
        BAD_REQUEST: _ClassVar[RpcError.ErrorCode]
        RESPONSE_TOO_LARGE: _ClassVar[RpcError.ErrorCode]
        CANCELLED: _ClassVar[RpcError.ErrorCode]
        REPLAY_ERROR: _ClassVar[RpcError.ErrorCode]
        DEADLINE_EXCEEDED: _ClassVar[RpcError.ErrorCode]
    UNKNOWN: RpcError.ErrorCode
    CALL_NOT_FOUND: RpcError.ErrorCode
    PARSE_ERROR: RpcError.ErrorCode
    SECURITY_VIOLATION: RpcError.ErrorCode
    OVER_QUOTA: RpcError.ErrorCode
    REQUEST_TOO_LARGE: RpcError.ErrorCode
    CAPABILITY_DISABLED: RpcError.ErrorCode
    FEATURE_DISABLED: RpcError.ErrorCode
    BAD_REQUEST: RpcError.ErrorCode
    RESPONSE_TOO_LARGE: RpcError.ErrorCode
    CANCELLED: RpcError.ErrorCode
    REPLAY_ERROR: RpcError.ErrorCode
    DEADLINE_EXCEEDED: RpcError.ErrorCode
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    code: int
    detail: str
    def __init__(self, code: _Optional[int] = ..., detail: _Optional[str] = ...) -> None: ...

class Response(_message.Message):
    __slots__ = ("response", "exception", "application_error", "java_exception", "rpc_error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_ERROR_FIELD_NUMBER: _ClassVar[int]
    JAVA_EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    RPC_ERROR_FIELD_NUMBER: _ClassVar[int]
    response: bytes
    exception: bytes
    application_error: ApplicationError
    java_exception: bytes
    rpc_error: RpcError
    def __init__(self, response: _Optional[bytes] = ..., exception: _Optional[bytes] = ..., application_error: _Optional[_Union[ApplicationError, _Mapping]] = ..., java_exception: _Optional[bytes] = ..., rpc_error: _Optional[_Union[RpcError, _Mapping]] = ...) -> None: ...

class TransactionRequest(_message.Message):
    __slots__ = ("precondition", "puts", "deletes", "allow_multiple_eg")
    class Precondition(_message.Message):
        __slots__ = ("key", "hash")
        KEY_FIELD_NUMBER: _ClassVar[int]
        HASH_FIELD_NUMBER: _ClassVar[int]
        key: _bundled_entity_pb2.Reference
        hash: bytes
        def __init__(self, key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., hash: _Optional[bytes] = ...) -> None: ...
    PRECONDITION_FIELD_NUMBER: _ClassVar[int]
    PUTS_FIELD_NUMBER: _ClassVar[int]
    DELETES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MULTIPLE_EG_FIELD_NUMBER: _ClassVar[int]
    precondition: _containers.RepeatedCompositeFieldContainer[TransactionRequest.Precondition]
    puts: _bundled_datastore_pb2.PutRequest
    deletes: _bundled_datastore_pb2.DeleteRequest
    allow_multiple_eg: bool
    def __init__(self, precondition: _Optional[_Iterable[_Union[TransactionRequest.Precondition, _Mapping]]] = ..., puts: _Optional[_Union[_bundled_datastore_pb2.PutRequest, _Mapping]] = ..., deletes: _Optional[_Union[_bundled_datastore_pb2.DeleteRequest, _Mapping]] = ..., allow_multiple_eg: _Optional[bool] = ...) -> None: ...

class TransactionQueryResult(_message.Message):
    __slots__ = ("result", "entity_group_key", "entity_group")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ENTITY_GROUP_KEY_FIELD_NUMBER: _ClassVar[int]
    ENTITY_GROUP_FIELD_NUMBER: _ClassVar[int]
    result: _bundled_datastore_pb2.QueryResult
    entity_group_key: _bundled_entity_pb2.Reference
    entity_group: _bundled_entity_pb2.EntityProto
    def __init__(self, result: _Optional[_Union[_bundled_datastore_pb2.QueryResult, _Mapping]] = ..., entity_group_key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., entity_group: _Optional[_Union[_bundled_entity_pb2.EntityProto, _Mapping]] = ...) -> None: ...
