from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MemcacheServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[MemcacheServiceError.ErrorCode]
        UNSPECIFIED_ERROR: _ClassVar[MemcacheServiceError.ErrorCode]
        NAMESPACE_NOT_SET: _ClassVar[MemcacheServiceError.ErrorCode]
        PERMISSION_DENIED: _ClassVar[MemcacheServiceError.ErrorCode]
        INVALID_VALUE: _ClassVar[MemcacheServiceError.ErrorCode]
        UNAVAILABLE: _ClassVar[MemcacheServiceError.ErrorCode]
    OK: MemcacheServiceError.ErrorCode
    UNSPECIFIED_ERROR: MemcacheServiceError.ErrorCode
    NAMESPACE_NOT_SET: MemcacheServiceError.ErrorCode
    PERMISSION_DENIED: MemcacheServiceError.ErrorCode
    INVALID_VALUE: MemcacheServiceError.ErrorCode
    UNAVAILABLE: MemcacheServiceError.ErrorCode
    def __init__(self) -> None: ...

class AppOverride(_message.Message):
    __slots__ = ("app_id",)
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    def __init__(self, app_id: _Optional[str] = ...) -> None: ...

class MemcacheGetRequest(_message.Message):
    __slots__ = ("key", "name_space", "for_cas", "override", "for_peek")
    KEY_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    FOR_CAS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    FOR_PEEK_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedScalarFieldContainer[bytes]
    name_space: str
    for_cas: bool
    override: AppOverride
    for_peek: bool
    def __init__(self, key: _Optional[_Iterable[bytes]] = ..., name_space: _Optional[str] = ..., for_cas: _Optional[bool] = ..., override: _Optional[_Union[AppOverride, _Mapping]] = ..., for_peek: _Optional[bool] = ...) -> None: ...

class ItemTimestamps(_message.Message):
    __slots__ = ("expiration_time_sec", "last_access_time_sec", "delete_lock_time_sec")
    EXPIRATION_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    LAST_ACCESS_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    DELETE_LOCK_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    expiration_time_sec: int
    last_access_time_sec: int
    delete_lock_time_sec: int
    def __init__(self, expiration_time_sec: _Optional[int] = ..., last_access_time_sec: _Optional[int] = ..., delete_lock_time_sec: _Optional[int] = ...) -> None: ...

class MemcacheGetResponse(_message.Message):
    __slots__ = ("item", "get_status")
    class GetStatusCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        HIT: _ClassVar[MemcacheGetResponse.GetStatusCode]
        MISS: _ClassVar[MemcacheGetResponse.GetStatusCode]
        TRUNCATED: _ClassVar[MemcacheGetResponse.GetStatusCode]
        DEADLINE_EXCEEDED: _ClassVar[MemcacheGetResponse.GetStatusCode]
        UNREACHABLE: _ClassVar[MemcacheGetResponse.GetStatusCode]
        OTHER_ERROR: _ClassVar[MemcacheGetResponse.GetStatusCode]
    HIT: MemcacheGetResponse.GetStatusCode
    MISS: MemcacheGetResponse.GetStatusCode
    TRUNCATED: MemcacheGetResponse.GetStatusCode
    DEADLINE_EXCEEDED: MemcacheGetResponse.GetStatusCode
    UNREACHABLE: MemcacheGetResponse.GetStatusCode
    OTHER_ERROR: MemcacheGetResponse.GetStatusCode
    class Item(_message.Message):
        __slots__ = ("key", "value", "flags", "cas_id", "expires_in_seconds", "timestamps", "is_delete_locked")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        FLAGS_FIELD_NUMBER: _ClassVar[int]
        CAS_ID_FIELD_NUMBER: _ClassVar[int]
        EXPIRES_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
        TIMESTAMPS_FIELD_NUMBER: _ClassVar[int]
        IS_DELETE_LOCKED_FIELD_NUMBER: _ClassVar[int]
        key: bytes
        value: bytes
        flags: int
        cas_id: int
        expires_in_seconds: int
        timestamps: ItemTimestamps
        is_delete_locked: bool
        def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ..., flags: _Optional[int] = ..., cas_id: _Optional[int] = ..., expires_in_seconds: _Optional[int] = ..., timestamps: _Optional[_Union[ItemTimestamps, _Mapping]] = ..., is_delete_locked: _Optional[bool] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    GET_STATUS_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[MemcacheGetResponse.Item]
    get_status: _containers.RepeatedScalarFieldContainer[MemcacheGetResponse.GetStatusCode]
    def __init__(self, item: _Optional[_Iterable[_Union[MemcacheGetResponse.Item, _Mapping]]] = ..., get_status: _Optional[_Iterable[_Union[MemcacheGetResponse.GetStatusCode, str]]] = ...) -> None: ...

class MemcacheSetRequest(_message.Message):
    __slots__ = ("item", "name_space", "override")
    class SetPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SET: _ClassVar[MemcacheSetRequest.SetPolicy]
        ADD: _ClassVar[MemcacheSetRequest.SetPolicy]
        REPLACE: _ClassVar[MemcacheSetRequest.SetPolicy]
        CAS: _ClassVar[MemcacheSetRequest.SetPolicy]
    SET: MemcacheSetRequest.SetPolicy
    ADD: MemcacheSetRequest.SetPolicy
    REPLACE: MemcacheSetRequest.SetPolicy
    CAS: MemcacheSetRequest.SetPolicy
    class Item(_message.Message):
        __slots__ = ("key", "value", "flags", "set_policy", "expiration_time", "cas_id", "for_cas")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        FLAGS_FIELD_NUMBER: _ClassVar[int]
        SET_POLICY_FIELD_NUMBER: _ClassVar[int]
        EXPIRATION_TIME_FIELD_NUMBER: _ClassVar[int]
        CAS_ID_FIELD_NUMBER: _ClassVar[int]
        FOR_CAS_FIELD_NUMBER: _ClassVar[int]
        key: bytes
        value: bytes
        flags: int
        set_policy: MemcacheSetRequest.SetPolicy
        expiration_time: int
        cas_id: int
        for_cas: bool
        def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ..., flags: _Optional[int] = ..., set_policy: _Optional[_Union[MemcacheSetRequest.SetPolicy, str]] = ..., expiration_time: _Optional[int] = ..., cas_id: _Optional[int] = ..., for_cas: _Optional[bool] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[MemcacheSetRequest.Item]
    name_space: str
    override: AppOverride
    def __init__(self, item: _Optional[_Iterable[_Union[MemcacheSetRequest.Item, _Mapping]]] = ..., name_space: _Optional[str] = ..., override: _Optional[_Union[AppOverride, _Mapping]] = ...) -> None: ...

class MemcacheSetResponse(_message.Message):
    __slots__ = ("set_status",)
    class SetStatusCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STORED: _ClassVar[MemcacheSetResponse.SetStatusCode]
        NOT_STORED: _ClassVar[MemcacheSetResponse.SetStatusCode]
        ERROR: _ClassVar[MemcacheSetResponse.SetStatusCode]
        EXISTS: _ClassVar[MemcacheSetResponse.SetStatusCode]
        DEADLINE_EXCEEDED: _ClassVar[MemcacheSetResponse.SetStatusCode]
        UNREACHABLE: _ClassVar[MemcacheSetResponse.SetStatusCode]
        OTHER_ERROR: _ClassVar[MemcacheSetResponse.SetStatusCode]
    STORED: MemcacheSetResponse.SetStatusCode
    NOT_STORED: MemcacheSetResponse.SetStatusCode
    ERROR: MemcacheSetResponse.SetStatusCode
    EXISTS: MemcacheSetResponse.SetStatusCode
    DEADLINE_EXCEEDED: MemcacheSetResponse.SetStatusCode
    UNREACHABLE: MemcacheSetResponse.SetStatusCode
    OTHER_ERROR: MemcacheSetResponse.SetStatusCode
    SET_STATUS_FIELD_NUMBER: _ClassVar[int]
    set_status: _containers.RepeatedScalarFieldContainer[MemcacheSetResponse.SetStatusCode]
    def __init__(self, set_status: _Optional[_Iterable[_Union[MemcacheSetResponse.SetStatusCode, str]]] = ...) -> None: ...

class MemcacheDeleteRequest(_message.Message):
    __slots__ = ("item", "name_space", "override")
    class Item(_message.Message):
        __slots__ = ("key", "delete_time")
        KEY_FIELD_NUMBER: _ClassVar[int]
        DELETE_TIME_FIELD_NUMBER: _ClassVar[int]
        key: bytes
        delete_time: int
        def __init__(self, key: _Optional[bytes] = ..., delete_time: _Optional[int] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[MemcacheDeleteRequest.Item]
    name_space: str
    override: AppOverride
    def __init__(self, item: _Optional[_Iterable[_Union[MemcacheDeleteRequest.Item, _Mapping]]] = ..., name_space: _Optional[str] = ..., override: _Optional[_Union[AppOverride, _Mapping]] = ...) -> None: ...

class MemcacheDeleteResponse(_message.Message):
    __slots__ = ("delete_status",)
    class DeleteStatusCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DELETED: _ClassVar[MemcacheDeleteResponse.DeleteStatusCode]
        NOT_FOUND: _ClassVar[MemcacheDeleteResponse.DeleteStatusCode]
        DEADLINE_EXCEEDED: _ClassVar[MemcacheDeleteResponse.DeleteStatusCode]
        UNREACHABLE: _ClassVar[MemcacheDeleteResponse.DeleteStatusCode]
        OTHER_ERROR: _ClassVar[MemcacheDeleteResponse.DeleteStatusCode]
    DELETED: MemcacheDeleteResponse.DeleteStatusCode
    NOT_FOUND: MemcacheDeleteResponse.DeleteStatusCode
    DEADLINE_EXCEEDED: MemcacheDeleteResponse.DeleteStatusCode
    UNREACHABLE: MemcacheDeleteResponse.DeleteStatusCode
    OTHER_ERROR: MemcacheDeleteResponse.DeleteStatusCode
    DELETE_STATUS_FIELD_NUMBER: _ClassVar[int]
    delete_status: _containers.RepeatedScalarFieldContainer[MemcacheDeleteResponse.DeleteStatusCode]
    def __init__(self, delete_status: _Optional[_Iterable[_Union[MemcacheDeleteResponse.DeleteStatusCode, str]]] = ...) -> None: ...

class MemcacheIncrementRequest(_message.Message):
    __slots__ = ("key", "name_space", "delta", "direction", "initial_value", "initial_flags", "override")
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        INCREMENT: _ClassVar[MemcacheIncrementRequest.Direction]
        DECREMENT: _ClassVar[MemcacheIncrementRequest.Direction]
    INCREMENT: MemcacheIncrementRequest.Direction
    DECREMENT: MemcacheIncrementRequest.Direction
    KEY_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    INITIAL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INITIAL_FLAGS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    name_space: str
    delta: int
    direction: MemcacheIncrementRequest.Direction
    initial_value: int
    initial_flags: int
    override: AppOverride
    def __init__(self, key: _Optional[bytes] = ..., name_space: _Optional[str] = ..., delta: _Optional[int] = ..., direction: _Optional[_Union[MemcacheIncrementRequest.Direction, str]] = ..., initial_value: _Optional[int] = ..., initial_flags: _Optional[int] = ..., override: _Optional[_Union[AppOverride, _Mapping]] = ...) -> None: ...

class MemcacheIncrementResponse(_message.Message):
    __slots__ = ("new_value", "increment_status")
    class IncrementStatusCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
        NOT_CHANGED: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
        ERROR: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
        DEADLINE_EXCEEDED: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
        UNREACHABLE: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
        OTHER_ERROR: _ClassVar[MemcacheIncrementResponse.IncrementStatusCode]
    OK: MemcacheIncrementResponse.IncrementStatusCode
    NOT_CHANGED: MemcacheIncrementResponse.IncrementStatusCode
    ERROR: MemcacheIncrementResponse.IncrementStatusCode
    DEADLINE_EXCEEDED: MemcacheIncrementResponse.IncrementStatusCode
    UNREACHABLE: MemcacheIncrementResponse.IncrementStatusCode
    OTHER_ERROR: MemcacheIncrementResponse.IncrementStatusCode
    NEW_VALUE_FIELD_NUMBER: _ClassVar[int]
    INCREMENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    new_value: int
    increment_status: MemcacheIncrementResponse.IncrementStatusCode
    def __init__(self, new_value: _Optional[int] = ..., increment_status: _Optional[_Union[MemcacheIncrementResponse.IncrementStatusCode, str]] = ...) -> None: ...

class MemcacheBatchIncrementRequest(_message.Message):
    __slots__ = ("name_space", "item", "override")
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    name_space: str
    item: _containers.RepeatedCompositeFieldContainer[MemcacheIncrementRequest]
    override: AppOverride
    def __init__(self, name_space: _Optional[str] = ..., item: _Optional[_Iterable[_Union[MemcacheIncrementRequest, _Mapping]]] = ..., override: _Optional[_Union[AppOverride, _Mapping]] = ...) -> None: ...

class MemcacheBatchIncrementResponse(_message.Message):
    __slots__ = ("item",)
    ITEM_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[MemcacheIncrementResponse]
    def __init__(self, item: _Optional[_Iterable[_Union[MemcacheIncrementResponse, _Mapping]]] = ...) -> None: ...

class MemcacheFlushRequest(_message.Message):
    __slots__ = ("override",)
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    override: AppOverride
    def __init__(self, override: _Optional[_Union[AppOverride, _Mapping]] = ...) -> None: ...

class MemcacheFlushResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MemcacheStatsRequest(_message.Message):
    __slots__ = ("override", "max_hotkey_count")
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    MAX_HOTKEY_COUNT_FIELD_NUMBER: _ClassVar[int]
    override: AppOverride
    max_hotkey_count: int
    def __init__(self, override: _Optional[_Union[AppOverride, _Mapping]] = ..., max_hotkey_count: _Optional[int] = ...) -> None: ...

class MergedNamespaceStats(_message.Message):
    __slots__ = ("hits", "misses", "byte_hits", "items", "bytes", "oldest_item_age", "hotkeys")
    HITS_FIELD_NUMBER: _ClassVar[int]
    MISSES_FIELD_NUMBER: _ClassVar[int]
    BYTE_HITS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    OLDEST_ITEM_AGE_FIELD_NUMBER: _ClassVar[int]
    HOTKEYS_FIELD_NUMBER: _ClassVar[int]
    hits: int
    misses: int
    byte_hits: int
    items: int
    bytes: int
    oldest_item_age: int
    hotkeys: _containers.RepeatedCompositeFieldContainer[MemcacheHotKey]
    def __init__(self, hits: _Optional[int] = ..., misses: _Optional[int] = ..., byte_hits: _Optional[int] = ..., items: _Optional[int] = ..., bytes: _Optional[int] = ..., oldest_item_age: _Optional[int] = ..., hotkeys: _Optional[_Iterable[_Union[MemcacheHotKey, _Mapping]]] = ...) -> None: ...

class MemcacheHotKey(_message.Message):
    __slots__ = ("key", "qps", "name_space")
    KEY_FIELD_NUMBER: _ClassVar[int]
    QPS_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    qps: float
    name_space: str
    def __init__(self, key: _Optional[bytes] = ..., qps: _Optional[float] = ..., name_space: _Optional[str] = ...) -> None: ...

class MemcacheStatsResponse(_message.Message):
    __slots__ = ("stats",)
    STATS_FIELD_NUMBER: _ClassVar[int]
    stats: MergedNamespaceStats
    def __init__(self, stats: _Optional[_Union[MergedNamespaceStats, _Mapping]] = ...) -> None: ...
