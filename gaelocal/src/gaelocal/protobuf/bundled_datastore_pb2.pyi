from gaelocal.protobuf import bundled_action_pb2 as _bundled_action_pb2
from gaelocal.protobuf import bundled_entity_pb2 as _bundled_entity_pb2
from gaelocal.protobuf import bundled_snapshot_pb2 as _bundled_snapshot_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Transaction(_message.Message):
    __slots__ = ("handle", "app", "database_id", "mark_changes", "composite_index")
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    MARK_CHANGES_FIELD_NUMBER: _ClassVar[int]
    COMPOSITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    handle: int
    app: str
    database_id: str
    mark_changes: bool
    composite_index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    def __init__(self, handle: _Optional[int] = ..., app: _Optional[str] = ..., database_id: _Optional[str] = ..., mark_changes: _Optional[bool] = ..., composite_index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ...) -> None: ...

class Query(_message.Message):
    __slots__ = ("app", "database_id", "name_space", "kind", "ancestor", "shallow", "filter", "order", "count", "offset", "limit", "compiled_cursor", "end_compiled_cursor", "composite_index", "keys_only", "transaction", "failover_ms", "strong", "property_name", "group_by_property_name", "distinct", "min_safe_time_seconds", "safe_replica_name", "read_time_us", "read_time_epoch_micros", "hint", "search_query", "require_perfect_plan", "compile", "persist_offset")
    class Hint(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ORDER_FIRST: _ClassVar[Query.Hint]
        ANCESTOR_FIRST: _ClassVar[Query.Hint]
        FILTER_FIRST: _ClassVar[Query.Hint]
    ORDER_FIRST: Query.Hint
    ANCESTOR_FIRST: Query.Hint
    FILTER_FIRST: Query.Hint
    class Filter(_message.Message):
        __slots__ = ("op", "property", "geo_region")
        class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            LESS_THAN: _ClassVar[Query.Filter.Operator]
            LESS_THAN_OR_EQUAL: _ClassVar[Query.Filter.Operator]
            GREATER_THAN: _ClassVar[Query.Filter.Operator]
            GREATER_THAN_OR_EQUAL: _ClassVar[Query.Filter.Operator]
            EQUAL: _ClassVar[Query.Filter.Operator]
            IN: _ClassVar[Query.Filter.Operator]
            EXISTS: _ClassVar[Query.Filter.Operator]
            CONTAINED_IN_REGION: _ClassVar[Query.Filter.Operator]
            NOT_EQUAL: _ClassVar[Query.Filter.Operator]
            NOT_IN: _ClassVar[Query.Filter.Operator]
        LESS_THAN: Query.Filter.Operator
        LESS_THAN_OR_EQUAL: Query.Filter.Operator
        GREATER_THAN: Query.Filter.Operator
        GREATER_THAN_OR_EQUAL: Query.Filter.Operator
        EQUAL: Query.Filter.Operator
        IN: Query.Filter.Operator
        EXISTS: Query.Filter.Operator
        CONTAINED_IN_REGION: Query.Filter.Operator
        NOT_EQUAL: Query.Filter.Operator
        NOT_IN: Query.Filter.Operator
        OP_FIELD_NUMBER: _ClassVar[int]
        PROPERTY_FIELD_NUMBER: _ClassVar[int]
        GEO_REGION_FIELD_NUMBER: _ClassVar[int]
        op: Query.Filter.Operator
        property: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Property]
        geo_region: GeoRegion
        def __init__(self, op: _Optional[_Union[Query.Filter.Operator, str]] = ..., property: _Optional[_Iterable[_Union[_bundled_entity_pb2.Property, _Mapping]]] = ..., geo_region: _Optional[_Union[GeoRegion, _Mapping]] = ...) -> None: ...
    class Order(_message.Message):
        __slots__ = ("property", "direction")
        class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            ASCENDING: _ClassVar[Query.Order.Direction]
            DESCENDING: _ClassVar[Query.Order.Direction]
        ASCENDING: Query.Order.Direction
        DESCENDING: Query.Order.Direction
        PROPERTY_FIELD_NUMBER: _ClassVar[int]
        DIRECTION_FIELD_NUMBER: _ClassVar[int]
        property: str
        direction: Query.Order.Direction
        def __init__(self, property: _Optional[str] = ..., direction: _Optional[_Union[Query.Order.Direction, str]] = ...) -> None: ...
    APP_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ANCESTOR_FIELD_NUMBER: _ClassVar[int]
    SHALLOW_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    COMPILED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    END_COMPILED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    COMPOSITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    KEYS_ONLY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    FAILOVER_MS_FIELD_NUMBER: _ClassVar[int]
    STRONG_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_NAME_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_PROPERTY_NAME_FIELD_NUMBER: _ClassVar[int]
    DISTINCT_FIELD_NUMBER: _ClassVar[int]
    MIN_SAFE_TIME_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SAFE_REPLICA_NAME_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_US_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    SEARCH_QUERY_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_PERFECT_PLAN_FIELD_NUMBER: _ClassVar[int]
    COMPILE_FIELD_NUMBER: _ClassVar[int]
    PERSIST_OFFSET_FIELD_NUMBER: _ClassVar[int]
    app: str
    database_id: str
    name_space: str
    kind: str
    ancestor: _bundled_entity_pb2.Reference
    shallow: bool
    filter: _containers.RepeatedCompositeFieldContainer[Query.Filter]
    order: _containers.RepeatedCompositeFieldContainer[Query.Order]
    count: int
    offset: int
    limit: int
    compiled_cursor: CompiledCursor
    end_compiled_cursor: CompiledCursor
    composite_index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    keys_only: bool
    transaction: Transaction
    failover_ms: int
    strong: bool
    property_name: _containers.RepeatedScalarFieldContainer[str]
    group_by_property_name: _containers.RepeatedScalarFieldContainer[str]
    distinct: bool
    min_safe_time_seconds: int
    safe_replica_name: _containers.RepeatedScalarFieldContainer[str]
    read_time_us: int
    read_time_epoch_micros: int
    hint: Query.Hint
    search_query: str
    require_perfect_plan: bool
    compile: bool
    persist_offset: bool
    def __init__(self, app: _Optional[str] = ..., database_id: _Optional[str] = ..., name_space: _Optional[str] = ..., kind: _Optional[str] = ..., ancestor: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., shallow: _Optional[bool] = ..., filter: _Optional[_Iterable[_Union[Query.Filter, _Mapping]]] = ..., order: _Optional[_Iterable[_Union[Query.Order, _Mapping]]] = ..., count: _Optional[int] = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ..., compiled_cursor: _Optional[_Union[CompiledCursor, _Mapping]] = ..., end_compiled_cursor: _Optional[_Union[CompiledCursor, _Mapping]] = ..., composite_index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ..., keys_only: _Optional[bool] = ..., transaction: _Optional[_Union[Transaction, _Mapping]] = ..., failover_ms: _Optional[int] = ..., strong: _Optional[bool] = ..., property_name: _Optional[_Iterable[str]] = ..., group_by_property_name: _Optional[_Iterable[str]] = ..., distinct: _Optional[bool] = ..., min_safe_time_seconds: _Optional[int] = ..., safe_replica_name: _Optional[_Iterable[str]] = ..., read_time_us: _Optional[int] = ..., read_time_epoch_micros: _Optional[int] = ..., hint: _Optional[_Union[Query.Hint, str]] = ..., search_query: _Optional[str] = ..., require_perfect_plan: _Optional[bool] = ..., compile: _Optional[bool] = ..., persist_offset: _Optional[bool] = ...) -> None: ...

class RegionPoint(_message.Message):
    __slots__ = ("latitude", "longitude")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ...) -> None: ...

class CircleRegion(_message.Message):
    __slots__ = ("center", "radius_meters")
    CENTER_FIELD_NUMBER: _ClassVar[int]
    RADIUS_METERS_FIELD_NUMBER: _ClassVar[int]
    center: RegionPoint
    radius_meters: float
    def __init__(self, center: _Optional[_Union[RegionPoint, _Mapping]] = ..., radius_meters: _Optional[float] = ...) -> None: ...

class RectangleRegion(_message.Message):
    __slots__ = ("southwest", "northeast")
    SOUTHWEST_FIELD_NUMBER: _ClassVar[int]
    NORTHEAST_FIELD_NUMBER: _ClassVar[int]
    southwest: RegionPoint
    northeast: RegionPoint
    def __init__(self, southwest: _Optional[_Union[RegionPoint, _Mapping]] = ..., northeast: _Optional[_Union[RegionPoint, _Mapping]] = ...) -> None: ...

class GeoRegion(_message.Message):
    __slots__ = ("circle", "rectangle")
    CIRCLE_FIELD_NUMBER: _ClassVar[int]
    RECTANGLE_FIELD_NUMBER: _ClassVar[int]
    circle: CircleRegion
    rectangle: RectangleRegion
    def __init__(self, circle: _Optional[_Union[CircleRegion, _Mapping]] = ..., rectangle: _Optional[_Union[RectangleRegion, _Mapping]] = ...) -> None: ...

class CompiledQuery(_message.Message):
    __slots__ = ("primaryscan", "mergejoinscan", "index_def", "offset", "limit", "keys_only", "property_name", "distinct_infix_size", "key_path_length", "entityfilter", "plan_label")
    class PrimaryScan(_message.Message):
        __slots__ = ("index_name", "start_key", "start_inclusive", "end_key", "end_inclusive", "start_postfix_value", "end_postfix_value", "end_unapplied_log_timestamp_us")
        INDEX_NAME_FIELD_NUMBER: _ClassVar[int]
        START_KEY_FIELD_NUMBER: _ClassVar[int]
        START_INCLUSIVE_FIELD_NUMBER: _ClassVar[int]
        END_KEY_FIELD_NUMBER: _ClassVar[int]
        END_INCLUSIVE_FIELD_NUMBER: _ClassVar[int]
        START_POSTFIX_VALUE_FIELD_NUMBER: _ClassVar[int]
        END_POSTFIX_VALUE_FIELD_NUMBER: _ClassVar[int]
        END_UNAPPLIED_LOG_TIMESTAMP_US_FIELD_NUMBER: _ClassVar[int]
        index_name: str
        start_key: bytes
        start_inclusive: bool
        end_key: bytes
        end_inclusive: bool
        start_postfix_value: _containers.RepeatedScalarFieldContainer[bytes]
        end_postfix_value: _containers.RepeatedScalarFieldContainer[bytes]
        end_unapplied_log_timestamp_us: int
        def __init__(self, index_name: _Optional[str] = ..., start_key: _Optional[bytes] = ..., start_inclusive: _Optional[bool] = ..., end_key: _Optional[bytes] = ..., end_inclusive: _Optional[bool] = ..., start_postfix_value: _Optional[_Iterable[bytes]] = ..., end_postfix_value: _Optional[_Iterable[bytes]] = ..., end_unapplied_log_timestamp_us: _Optional[int] = ...) -> None: ...
    class MergeJoinScan(_message.Message):
        __slots__ = ("index_name", "prefix_value", "value_prefix")
        INDEX_NAME_FIELD_NUMBER: _ClassVar[int]
        PREFIX_VALUE_FIELD_NUMBER: _ClassVar[int]
        VALUE_PREFIX_FIELD_NUMBER: _ClassVar[int]
        index_name: str
        prefix_value: _containers.RepeatedScalarFieldContainer[bytes]
        value_prefix: bool
        def __init__(self, index_name: _Optional[str] = ..., prefix_value: _Optional[_Iterable[bytes]] = ..., value_prefix: _Optional[bool] = ...) -> None: ...
    class EntityFilter(_message.Message):
        __slots__ = ("distinct", "kind", "ancestor")
        DISTINCT_FIELD_NUMBER: _ClassVar[int]
        KIND_FIELD_NUMBER: _ClassVar[int]
        ANCESTOR_FIELD_NUMBER: _ClassVar[int]
        distinct: bool
        kind: str
        ancestor: _bundled_entity_pb2.Reference
        def __init__(self, distinct: _Optional[bool] = ..., kind: _Optional[str] = ..., ancestor: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ...) -> None: ...
    PRIMARYSCAN_FIELD_NUMBER: _ClassVar[int]
    MERGEJOINSCAN_FIELD_NUMBER: _ClassVar[int]
    INDEX_DEF_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    KEYS_ONLY_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_NAME_FIELD_NUMBER: _ClassVar[int]
    DISTINCT_INFIX_SIZE_FIELD_NUMBER: _ClassVar[int]
    KEY_PATH_LENGTH_FIELD_NUMBER: _ClassVar[int]
    ENTITYFILTER_FIELD_NUMBER: _ClassVar[int]
    PLAN_LABEL_FIELD_NUMBER: _ClassVar[int]
    primaryscan: CompiledQuery.PrimaryScan
    mergejoinscan: _containers.RepeatedCompositeFieldContainer[CompiledQuery.MergeJoinScan]
    index_def: _bundled_entity_pb2.Index
    offset: int
    limit: int
    keys_only: bool
    property_name: _containers.RepeatedScalarFieldContainer[str]
    distinct_infix_size: int
    key_path_length: int
    entityfilter: CompiledQuery.EntityFilter
    plan_label: str
    def __init__(self, primaryscan: _Optional[_Union[CompiledQuery.PrimaryScan, _Mapping]] = ..., mergejoinscan: _Optional[_Iterable[_Union[CompiledQuery.MergeJoinScan, _Mapping]]] = ..., index_def: _Optional[_Union[_bundled_entity_pb2.Index, _Mapping]] = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ..., keys_only: _Optional[bool] = ..., property_name: _Optional[_Iterable[str]] = ..., distinct_infix_size: _Optional[int] = ..., key_path_length: _Optional[int] = ..., entityfilter: _Optional[_Union[CompiledQuery.EntityFilter, _Mapping]] = ..., plan_label: _Optional[str] = ...) -> None: ...

class CompiledCursor(_message.Message):
    __slots__ = ("position", "postfix_position", "absolute_position")
    class Position(_message.Message):
        __slots__ = ("start_key", "indexvalue", "key", "start_inclusive", "before_ascending")
        class IndexValue(_message.Message):
            __slots__ = ("property", "value")
            PROPERTY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            property: str
            value: _bundled_entity_pb2.PropertyValue
            def __init__(self, property: _Optional[str] = ..., value: _Optional[_Union[_bundled_entity_pb2.PropertyValue, _Mapping]] = ...) -> None: ...
        START_KEY_FIELD_NUMBER: _ClassVar[int]
        INDEXVALUE_FIELD_NUMBER: _ClassVar[int]
        KEY_FIELD_NUMBER: _ClassVar[int]
        START_INCLUSIVE_FIELD_NUMBER: _ClassVar[int]
        BEFORE_ASCENDING_FIELD_NUMBER: _ClassVar[int]
        start_key: bytes
        indexvalue: _containers.RepeatedCompositeFieldContainer[CompiledCursor.Position.IndexValue]
        key: _bundled_entity_pb2.Reference
        start_inclusive: bool
        before_ascending: bool
        def __init__(self, start_key: _Optional[bytes] = ..., indexvalue: _Optional[_Iterable[_Union[CompiledCursor.Position.IndexValue, _Mapping]]] = ..., key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., start_inclusive: _Optional[bool] = ..., before_ascending: _Optional[bool] = ...) -> None: ...
    POSITION_FIELD_NUMBER: _ClassVar[int]
    POSTFIX_POSITION_FIELD_NUMBER: _ClassVar[int]
    ABSOLUTE_POSITION_FIELD_NUMBER: _ClassVar[int]
    position: CompiledCursor.Position
    postfix_position: _bundled_entity_pb2.IndexPostfix
    absolute_position: _bundled_entity_pb2.IndexPosition
    def __init__(self, position: _Optional[_Union[CompiledCursor.Position, _Mapping]] = ..., postfix_position: _Optional[_Union[_bundled_entity_pb2.IndexPostfix, _Mapping]] = ..., absolute_position: _Optional[_Union[_bundled_entity_pb2.IndexPosition, _Mapping]] = ...) -> None: ...

class Cursor(_message.Message):
    __slots__ = ("cursor", "app", "database_id")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    cursor: int
    app: str
    database_id: str
    def __init__(self, cursor: _Optional[int] = ..., app: _Optional[str] = ..., database_id: _Optional[str] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        BAD_REQUEST: _ClassVar[Error.ErrorCode]
        CONCURRENT_TRANSACTION: _ClassVar[Error.ErrorCode]
        INTERNAL_ERROR: _ClassVar[Error.ErrorCode]
        NEED_INDEX: _ClassVar[Error.ErrorCode]
        TIMEOUT: _ClassVar[Error.ErrorCode]
        PERMISSION_DENIED: _ClassVar[Error.ErrorCode]
        BIGTABLE_ERROR: _ClassVar[Error.ErrorCode]
        COMMITTED_BUT_STILL_APPLYING: _ClassVar[Error.ErrorCode]
        CAPABILITY_DISABLED: _ClassVar[Error.ErrorCode]
        TRY_ALTERNATE_BACKEND: _ClassVar[Error.ErrorCode]
        SAFE_TIME_TOO_OLD: _ClassVar[Error.ErrorCode]
        RESOURCE_EXHAUSTED: _ClassVar[Error.ErrorCode]
        SNAPSHOT_VERSION_TOO_OLD: _ClassVar[Error.ErrorCode]
        NOT_FOUND: _ClassVar[Error.ErrorCode]
        ALREADY_EXISTS: _ClassVar[Error.ErrorCode]
        FAILED_PRECONDITION: _ClassVar[Error.ErrorCode]
        UNAUTHENTICATED: _ClassVar[Error.ErrorCode]
        ABORTED: _ClassVar[Error.ErrorCode]
    BAD_REQUEST: Error.ErrorCode
    CONCURRENT_TRANSACTION: Error.ErrorCode
    INTERNAL_ERROR: Error.ErrorCode
    NEED_INDEX: Error.ErrorCode
    TIMEOUT: Error.ErrorCode
    PERMISSION_DENIED: Error.ErrorCode
    BIGTABLE_ERROR: Error.ErrorCode
    COMMITTED_BUT_STILL_APPLYING: Error.ErrorCode
    CAPABILITY_DISABLED: Error.ErrorCode
    TRY_ALTERNATE_BACKEND: Error.ErrorCode
    SAFE_TIME_TOO_OLD: Error.ErrorCode
    RESOURCE_EXHAUSTED: Error.ErrorCode
    SNAPSHOT_VERSION_TOO_OLD: Error.ErrorCode
    NOT_FOUND: Error.ErrorCode
    ALREADY_EXISTS: Error.ErrorCode
    FAILED_PRECONDITION: Error.ErrorCode
    UNAUTHENTICATED: Error.ErrorCode
    ABORTED: Error.ErrorCode
    def __init__(self) -> None: ...

class Cost(_message.Message):
    __slots__ = ("index_writes", "index_write_bytes", "entity_writes", "entity_write_bytes", "commitcost", "approximate_storage_delta", "id_sequence_updates")
    class CommitCost(_message.Message):
        __slots__ = ("requested_entity_puts", "requested_entity_deletes")
        REQUESTED_ENTITY_PUTS_FIELD_NUMBER: _ClassVar[int]
        REQUESTED_ENTITY_DELETES_FIELD_NUMBER: _ClassVar[int]
        requested_entity_puts: int
        requested_entity_deletes: int
        def __init__(self, requested_entity_puts: _Optional[int] = ..., requested_entity_deletes: _Optional[int] = ...) -> None: ...
    INDEX_WRITES_FIELD_NUMBER: _ClassVar[int]
    INDEX_WRITE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ENTITY_WRITES_FIELD_NUMBER: _ClassVar[int]
    ENTITY_WRITE_BYTES_FIELD_NUMBER: _ClassVar[int]
    COMMITCOST_FIELD_NUMBER: _ClassVar[int]
    APPROXIMATE_STORAGE_DELTA_FIELD_NUMBER: _ClassVar[int]
    ID_SEQUENCE_UPDATES_FIELD_NUMBER: _ClassVar[int]
    index_writes: int
    index_write_bytes: int
    entity_writes: int
    entity_write_bytes: int
    commitcost: Cost.CommitCost
    approximate_storage_delta: int
    id_sequence_updates: int
    def __init__(self, index_writes: _Optional[int] = ..., index_write_bytes: _Optional[int] = ..., entity_writes: _Optional[int] = ..., entity_write_bytes: _Optional[int] = ..., commitcost: _Optional[_Union[Cost.CommitCost, _Mapping]] = ..., approximate_storage_delta: _Optional[int] = ..., id_sequence_updates: _Optional[int] = ...) -> None: ...

class GetRequest(_message.Message):
    __slots__ = ("key", "transaction", "failover_ms", "strong", "allow_deferred", "read_time_epoch_micros")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    FAILOVER_MS_FIELD_NUMBER: _ClassVar[int]
    STRONG_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DEFERRED_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    transaction: Transaction
    failover_ms: int
    strong: bool
    allow_deferred: bool
    read_time_epoch_micros: int
    def __init__(self, key: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., transaction: _Optional[_Union[Transaction, _Mapping]] = ..., failover_ms: _Optional[int] = ..., strong: _Optional[bool] = ..., allow_deferred: _Optional[bool] = ..., read_time_epoch_micros: _Optional[int] = ...) -> None: ...

class GetResponse(_message.Message):
    __slots__ = ("entity", "deferred", "in_order", "read_time_epoch_micros")
    class Entity(_message.Message):
        __slots__ = ("entity", "key", "version", "update_time_epoch_micros")
        ENTITY_FIELD_NUMBER: _ClassVar[int]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VERSION_FIELD_NUMBER: _ClassVar[int]
        UPDATE_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
        entity: _bundled_entity_pb2.EntityProto
        key: _bundled_entity_pb2.Reference
        version: int
        update_time_epoch_micros: int
        def __init__(self, entity: _Optional[_Union[_bundled_entity_pb2.EntityProto, _Mapping]] = ..., key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., version: _Optional[int] = ..., update_time_epoch_micros: _Optional[int] = ...) -> None: ...
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    IN_ORDER_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    entity: _containers.RepeatedCompositeFieldContainer[GetResponse.Entity]
    deferred: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    in_order: bool
    read_time_epoch_micros: int
    def __init__(self, entity: _Optional[_Iterable[_Union[GetResponse.Entity, _Mapping]]] = ..., deferred: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., in_order: _Optional[bool] = ..., read_time_epoch_micros: _Optional[int] = ...) -> None: ...

class PutRequest(_message.Message):
    __slots__ = ("entity", "transaction", "composite_index", "trusted", "force", "mark_changes", "snapshot", "auto_id_policy", "sequence_number")
    class AutoIdPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CURRENT: _ClassVar[PutRequest.AutoIdPolicy]
        SEQUENTIAL: _ClassVar[PutRequest.AutoIdPolicy]
    CURRENT: PutRequest.AutoIdPolicy
    SEQUENTIAL: PutRequest.AutoIdPolicy
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    COMPOSITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    TRUSTED_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    MARK_CHANGES_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    AUTO_ID_POLICY_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    entity: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.EntityProto]
    transaction: Transaction
    composite_index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    trusted: bool
    force: bool
    mark_changes: bool
    snapshot: _containers.RepeatedCompositeFieldContainer[_bundled_snapshot_pb2.Snapshot]
    auto_id_policy: PutRequest.AutoIdPolicy
    sequence_number: int
    def __init__(self, entity: _Optional[_Iterable[_Union[_bundled_entity_pb2.EntityProto, _Mapping]]] = ..., transaction: _Optional[_Union[Transaction, _Mapping]] = ..., composite_index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ..., trusted: _Optional[bool] = ..., force: _Optional[bool] = ..., mark_changes: _Optional[bool] = ..., snapshot: _Optional[_Iterable[_Union[_bundled_snapshot_pb2.Snapshot, _Mapping]]] = ..., auto_id_policy: _Optional[_Union[PutRequest.AutoIdPolicy, str]] = ..., sequence_number: _Optional[int] = ...) -> None: ...

class PutResponse(_message.Message):
    __slots__ = ("key", "cost", "version", "update_time_epoch_micros")
    KEY_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    cost: Cost
    version: _containers.RepeatedScalarFieldContainer[int]
    update_time_epoch_micros: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, key: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., cost: _Optional[_Union[Cost, _Mapping]] = ..., version: _Optional[_Iterable[int]] = ..., update_time_epoch_micros: _Optional[_Iterable[int]] = ...) -> None: ...

class TouchRequest(_message.Message):
    __slots__ = ("key", "composite_index", "force", "snapshot")
    KEY_FIELD_NUMBER: _ClassVar[int]
    COMPOSITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    composite_index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    force: bool
    snapshot: _containers.RepeatedCompositeFieldContainer[_bundled_snapshot_pb2.Snapshot]
    def __init__(self, key: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., composite_index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ..., force: _Optional[bool] = ..., snapshot: _Optional[_Iterable[_Union[_bundled_snapshot_pb2.Snapshot, _Mapping]]] = ...) -> None: ...

class TouchResponse(_message.Message):
    __slots__ = ("cost",)
    COST_FIELD_NUMBER: _ClassVar[int]
    cost: Cost
    def __init__(self, cost: _Optional[_Union[Cost, _Mapping]] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ("key", "transaction", "composite_index", "trusted", "force", "mark_changes", "snapshot", "sequence_number")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    COMPOSITE_INDEX_FIELD_NUMBER: _ClassVar[int]
    TRUSTED_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    MARK_CHANGES_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    key: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    transaction: Transaction
    composite_index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    trusted: bool
    force: bool
    mark_changes: bool
    snapshot: _containers.RepeatedCompositeFieldContainer[_bundled_snapshot_pb2.Snapshot]
    sequence_number: int
    def __init__(self, key: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., transaction: _Optional[_Union[Transaction, _Mapping]] = ..., composite_index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ..., trusted: _Optional[bool] = ..., force: _Optional[bool] = ..., mark_changes: _Optional[bool] = ..., snapshot: _Optional[_Iterable[_Union[_bundled_snapshot_pb2.Snapshot, _Mapping]]] = ..., sequence_number: _Optional[int] = ...) -> None: ...

class DeleteResponse(_message.Message):
    __slots__ = ("cost", "version", "delete_time_epoch_micros")
    COST_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DELETE_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    cost: Cost
    version: _containers.RepeatedScalarFieldContainer[int]
    delete_time_epoch_micros: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, cost: _Optional[_Union[Cost, _Mapping]] = ..., version: _Optional[_Iterable[int]] = ..., delete_time_epoch_micros: _Optional[_Iterable[int]] = ...) -> None: ...

class NextRequest(_message.Message):
    __slots__ = ("cursor", "count", "offset", "compile")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    COMPILE_FIELD_NUMBER: _ClassVar[int]
    cursor: Cursor
    count: int
    offset: int
    compile: bool
    def __init__(self, cursor: _Optional[_Union[Cursor, _Mapping]] = ..., count: _Optional[int] = ..., offset: _Optional[int] = ..., compile: _Optional[bool] = ...) -> None: ...

class QueryResult(_message.Message):
    __slots__ = ("cursor", "result", "skipped_results", "more_results", "keys_only", "index_only", "small_ops", "compiled_query", "compiled_cursor", "index", "version", "update_time_epoch_micros", "read_time_epoch_micros", "result_compiled_cursor", "skipped_results_compiled_cursor")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_RESULTS_FIELD_NUMBER: _ClassVar[int]
    MORE_RESULTS_FIELD_NUMBER: _ClassVar[int]
    KEYS_ONLY_FIELD_NUMBER: _ClassVar[int]
    INDEX_ONLY_FIELD_NUMBER: _ClassVar[int]
    SMALL_OPS_FIELD_NUMBER: _ClassVar[int]
    COMPILED_QUERY_FIELD_NUMBER: _ClassVar[int]
    COMPILED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    RESULT_COMPILED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_RESULTS_COMPILED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    cursor: Cursor
    result: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.EntityProto]
    skipped_results: int
    more_results: bool
    keys_only: bool
    index_only: bool
    small_ops: bool
    compiled_query: CompiledQuery
    compiled_cursor: CompiledCursor
    index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    version: _containers.RepeatedScalarFieldContainer[int]
    update_time_epoch_micros: _containers.RepeatedScalarFieldContainer[int]
    read_time_epoch_micros: int
    result_compiled_cursor: _containers.RepeatedCompositeFieldContainer[CompiledCursor]
    skipped_results_compiled_cursor: CompiledCursor
    def __init__(self, cursor: _Optional[_Union[Cursor, _Mapping]] = ..., result: _Optional[_Iterable[_Union[_bundled_entity_pb2.EntityProto, _Mapping]]] = ..., skipped_results: _Optional[int] = ..., more_results: _Optional[bool] = ..., keys_only: _Optional[bool] = ..., index_only: _Optional[bool] = ..., small_ops: _Optional[bool] = ..., compiled_query: _Optional[_Union[CompiledQuery, _Mapping]] = ..., compiled_cursor: _Optional[_Union[CompiledCursor, _Mapping]] = ..., index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ..., version: _Optional[_Iterable[int]] = ..., update_time_epoch_micros: _Optional[_Iterable[int]] = ..., read_time_epoch_micros: _Optional[int] = ..., result_compiled_cursor: _Optional[_Iterable[_Union[CompiledCursor, _Mapping]]] = ..., skipped_results_compiled_cursor: _Optional[_Union[CompiledCursor, _Mapping]] = ...) -> None: ...

class AllocateIdsRequest(_message.Message):
    __slots__ = ("model_key", "size", "max", "reserve", "trusted")
    MODEL_KEY_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    TRUSTED_FIELD_NUMBER: _ClassVar[int]
    model_key: _bundled_entity_pb2.Reference
    size: int
    max: int
    reserve: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.Reference]
    trusted: bool
    def __init__(self, model_key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., size: _Optional[int] = ..., max: _Optional[int] = ..., reserve: _Optional[_Iterable[_Union[_bundled_entity_pb2.Reference, _Mapping]]] = ..., trusted: _Optional[bool] = ...) -> None: ...

class AllocateIdsResponse(_message.Message):
    __slots__ = ("start", "end", "cost")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    start: int
    end: int
    cost: Cost
    def __init__(self, start: _Optional[int] = ..., end: _Optional[int] = ..., cost: _Optional[_Union[Cost, _Mapping]] = ...) -> None: ...

class CompositeIndices(_message.Message):
    __slots__ = ("index",)
    INDEX_FIELD_NUMBER: _ClassVar[int]
    index: _containers.RepeatedCompositeFieldContainer[_bundled_entity_pb2.CompositeIndex]
    def __init__(self, index: _Optional[_Iterable[_Union[_bundled_entity_pb2.CompositeIndex, _Mapping]]] = ...) -> None: ...

class AddActionsRequest(_message.Message):
    __slots__ = ("transaction", "action")
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    transaction: Transaction
    action: _containers.RepeatedCompositeFieldContainer[_bundled_action_pb2.Action]
    def __init__(self, transaction: _Optional[_Union[Transaction, _Mapping]] = ..., action: _Optional[_Iterable[_Union[_bundled_action_pb2.Action, _Mapping]]] = ...) -> None: ...

class AddActionsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BeginTransactionRequest(_message.Message):
    __slots__ = ("app", "allow_multiple_eg", "database_id", "mode", "previous_transaction")
    class TransactionMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[BeginTransactionRequest.TransactionMode]
        READ_ONLY: _ClassVar[BeginTransactionRequest.TransactionMode]
        READ_WRITE: _ClassVar[BeginTransactionRequest.TransactionMode]
    UNKNOWN: BeginTransactionRequest.TransactionMode
    READ_ONLY: BeginTransactionRequest.TransactionMode
    READ_WRITE: BeginTransactionRequest.TransactionMode
    APP_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MULTIPLE_EG_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    app: str
    allow_multiple_eg: bool
    database_id: str
    mode: BeginTransactionRequest.TransactionMode
    previous_transaction: Transaction
    def __init__(self, app: _Optional[str] = ..., allow_multiple_eg: _Optional[bool] = ..., database_id: _Optional[str] = ..., mode: _Optional[_Union[BeginTransactionRequest.TransactionMode, str]] = ..., previous_transaction: _Optional[_Union[Transaction, _Mapping]] = ...) -> None: ...

class CommitResponse(_message.Message):
    __slots__ = ("cost", "commit_time_epoch_micros", "version")
    class Version(_message.Message):
        __slots__ = ("root_entity_key", "version", "update_time_epoch_micros")
        ROOT_ENTITY_KEY_FIELD_NUMBER: _ClassVar[int]
        VERSION_FIELD_NUMBER: _ClassVar[int]
        UPDATE_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
        root_entity_key: _bundled_entity_pb2.Reference
        version: int
        update_time_epoch_micros: int
        def __init__(self, root_entity_key: _Optional[_Union[_bundled_entity_pb2.Reference, _Mapping]] = ..., version: _Optional[int] = ..., update_time_epoch_micros: _Optional[int] = ...) -> None: ...
    COST_FIELD_NUMBER: _ClassVar[int]
    COMMIT_TIME_EPOCH_MICROS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    cost: Cost
    commit_time_epoch_micros: int
    version: _containers.RepeatedCompositeFieldContainer[CommitResponse.Version]
    def __init__(self, cost: _Optional[_Union[Cost, _Mapping]] = ..., commit_time_epoch_micros: _Optional[int] = ..., version: _Optional[_Iterable[_Union[CommitResponse.Version, _Mapping]]] = ...) -> None: ...

class GetIndicesRequest(_message.Message):
    __slots__ = ("app_id", "database_id")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    database_id: str
    def __init__(self, app_id: _Optional[str] = ..., database_id: _Optional[str] = ...) -> None: ...

class UpdateIndexResponse(_message.Message):
    __slots__ = ("type_url", "value")
    TYPE_URL_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    type_url: str
    value: bytes
    def __init__(self, type_url: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class DatastoreService_3(_message.Message):
    __slots__ = ()
    class Method(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        Get: _ClassVar[DatastoreService_3.Method]
        Put: _ClassVar[DatastoreService_3.Method]
        Touch: _ClassVar[DatastoreService_3.Method]
        Delete: _ClassVar[DatastoreService_3.Method]
        RunQuery: _ClassVar[DatastoreService_3.Method]
        AddActions: _ClassVar[DatastoreService_3.Method]
        Next: _ClassVar[DatastoreService_3.Method]
        DeleteCursor: _ClassVar[DatastoreService_3.Method]
        BeginTransaction: _ClassVar[DatastoreService_3.Method]
        Commit: _ClassVar[DatastoreService_3.Method]
        Rollback: _ClassVar[DatastoreService_3.Method]
        AllocateIds: _ClassVar[DatastoreService_3.Method]
        CreateIndex: _ClassVar[DatastoreService_3.Method]
        UpdateIndex: _ClassVar[DatastoreService_3.Method]
        GetIndices: _ClassVar[DatastoreService_3.Method]
        DeleteIndex: _ClassVar[DatastoreService_3.Method]
    Get: DatastoreService_3.Method
    Put: DatastoreService_3.Method
    Touch: DatastoreService_3.Method
    Delete: DatastoreService_3.Method
    RunQuery: DatastoreService_3.Method
    AddActions: DatastoreService_3.Method
    Next: DatastoreService_3.Method
    DeleteCursor: DatastoreService_3.Method
    BeginTransaction: DatastoreService_3.Method
    Commit: DatastoreService_3.Method
    Rollback: DatastoreService_3.Method
    AllocateIds: DatastoreService_3.Method
    CreateIndex: DatastoreService_3.Method
    UpdateIndex: DatastoreService_3.Method
    GetIndices: DatastoreService_3.Method
    DeleteIndex: DatastoreService_3.Method
    def __init__(self) -> None: ...
