import datetime

from gaelocal.protobuf import type_pb2 as _type_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import wrappers_pb2 as _wrappers_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LookupRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "read_options", "keys", "property_mask", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    READ_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_MASK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    read_options: ReadOptions
    keys: _containers.RepeatedCompositeFieldContainer[Key]
    property_mask: PropertyMask
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., read_options: _Optional[_Union[ReadOptions, _Mapping]] = ..., keys: _Optional[_Iterable[_Union[Key, _Mapping]]] = ..., property_mask: _Optional[_Union[PropertyMask, _Mapping]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class LookupResponse(_message.Message):
    __slots__ = ("found", "missing", "deferred", "transaction", "read_time")
    FOUND_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_FIELD_NUMBER: _ClassVar[int]
    found: _containers.RepeatedCompositeFieldContainer[EntityResult]
    missing: _containers.RepeatedCompositeFieldContainer[EntityResult]
    deferred: _containers.RepeatedCompositeFieldContainer[Key]
    transaction: bytes
    read_time: _timestamp_pb2.Timestamp
    def __init__(self, found: _Optional[_Iterable[_Union[EntityResult, _Mapping]]] = ..., missing: _Optional[_Iterable[_Union[EntityResult, _Mapping]]] = ..., deferred: _Optional[_Iterable[_Union[Key, _Mapping]]] = ..., transaction: _Optional[bytes] = ..., read_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RunQueryRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "partition_id", "read_options", "query", "gql_query", "property_mask", "explain_options", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    PARTITION_ID_FIELD_NUMBER: _ClassVar[int]
    READ_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    GQL_QUERY_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_MASK_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    partition_id: PartitionId
    read_options: ReadOptions
    query: Query
    gql_query: GqlQuery
    property_mask: PropertyMask
    explain_options: ExplainOptions
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., partition_id: _Optional[_Union[PartitionId, _Mapping]] = ..., read_options: _Optional[_Union[ReadOptions, _Mapping]] = ..., query: _Optional[_Union[Query, _Mapping]] = ..., gql_query: _Optional[_Union[GqlQuery, _Mapping]] = ..., property_mask: _Optional[_Union[PropertyMask, _Mapping]] = ..., explain_options: _Optional[_Union[ExplainOptions, _Mapping]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class RunQueryResponse(_message.Message):
    __slots__ = ("batch", "query", "transaction", "explain_metrics")
    BATCH_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_METRICS_FIELD_NUMBER: _ClassVar[int]
    batch: QueryResultBatch
    query: Query
    transaction: bytes
    explain_metrics: ExplainMetrics
    def __init__(self, batch: _Optional[_Union[QueryResultBatch, _Mapping]] = ..., query: _Optional[_Union[Query, _Mapping]] = ..., transaction: _Optional[bytes] = ..., explain_metrics: _Optional[_Union[ExplainMetrics, _Mapping]] = ...) -> None: ...

class RunAggregationQueryRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "partition_id", "read_options", "aggregation_query", "gql_query", "explain_options", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    PARTITION_ID_FIELD_NUMBER: _ClassVar[int]
    READ_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    AGGREGATION_QUERY_FIELD_NUMBER: _ClassVar[int]
    GQL_QUERY_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    partition_id: PartitionId
    read_options: ReadOptions
    aggregation_query: AggregationQuery
    gql_query: GqlQuery
    explain_options: ExplainOptions
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., partition_id: _Optional[_Union[PartitionId, _Mapping]] = ..., read_options: _Optional[_Union[ReadOptions, _Mapping]] = ..., aggregation_query: _Optional[_Union[AggregationQuery, _Mapping]] = ..., gql_query: _Optional[_Union[GqlQuery, _Mapping]] = ..., explain_options: _Optional[_Union[ExplainOptions, _Mapping]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class RunAggregationQueryResponse(_message.Message):
    __slots__ = ("batch", "query", "transaction", "explain_metrics")
    BATCH_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_METRICS_FIELD_NUMBER: _ClassVar[int]
    batch: AggregationResultBatch
    query: AggregationQuery
    transaction: bytes
    explain_metrics: ExplainMetrics
    def __init__(self, batch: _Optional[_Union[AggregationResultBatch, _Mapping]] = ..., query: _Optional[_Union[AggregationQuery, _Mapping]] = ..., transaction: _Optional[bytes] = ..., explain_metrics: _Optional[_Union[ExplainMetrics, _Mapping]] = ...) -> None: ...

class BeginTransactionRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "transaction_options", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    transaction_options: TransactionOptions
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., transaction_options: _Optional[_Union[TransactionOptions, _Mapping]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class BeginTransactionResponse(_message.Message):
    __slots__ = ("transaction",)
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    transaction: bytes
    def __init__(self, transaction: _Optional[bytes] = ...) -> None: ...

class RollbackRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "transaction", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    transaction: bytes
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., transaction: _Optional[bytes] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class RollbackResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CommitRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "mode", "transaction", "single_use_transaction", "mutations", "request_options")
    class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MODE_UNSPECIFIED: _ClassVar[CommitRequest.Mode]
        TRANSACTIONAL: _ClassVar[CommitRequest.Mode]
        NON_TRANSACTIONAL: _ClassVar[CommitRequest.Mode]
    MODE_UNSPECIFIED: CommitRequest.Mode
    TRANSACTIONAL: CommitRequest.Mode
    NON_TRANSACTIONAL: CommitRequest.Mode
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    SINGLE_USE_TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    MUTATIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    mode: CommitRequest.Mode
    transaction: bytes
    single_use_transaction: TransactionOptions
    mutations: _containers.RepeatedCompositeFieldContainer[Mutation]
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., mode: _Optional[_Union[CommitRequest.Mode, str]] = ..., transaction: _Optional[bytes] = ..., single_use_transaction: _Optional[_Union[TransactionOptions, _Mapping]] = ..., mutations: _Optional[_Iterable[_Union[Mutation, _Mapping]]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class CommitResponse(_message.Message):
    __slots__ = ("mutation_results", "index_updates", "commit_time")
    MUTATION_RESULTS_FIELD_NUMBER: _ClassVar[int]
    INDEX_UPDATES_FIELD_NUMBER: _ClassVar[int]
    COMMIT_TIME_FIELD_NUMBER: _ClassVar[int]
    mutation_results: _containers.RepeatedCompositeFieldContainer[MutationResult]
    index_updates: int
    commit_time: _timestamp_pb2.Timestamp
    def __init__(self, mutation_results: _Optional[_Iterable[_Union[MutationResult, _Mapping]]] = ..., index_updates: _Optional[int] = ..., commit_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AllocateIdsRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "keys", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    keys: _containers.RepeatedCompositeFieldContainer[Key]
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., keys: _Optional[_Iterable[_Union[Key, _Mapping]]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class AllocateIdsResponse(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[Key]
    def __init__(self, keys: _Optional[_Iterable[_Union[Key, _Mapping]]] = ...) -> None: ...

class ReserveIdsRequest(_message.Message):
    __slots__ = ("project_id", "database_id", "keys", "request_options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    keys: _containers.RepeatedCompositeFieldContainer[Key]
    request_options: RequestOptions
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., keys: _Optional[_Iterable[_Union[Key, _Mapping]]] = ..., request_options: _Optional[_Union[RequestOptions, _Mapping]] = ...) -> None: ...

class ReserveIdsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Mutation(_message.Message):
    __slots__ = ("insert", "update", "upsert", "delete", "base_version", "update_time", "conflict_resolution_strategy", "property_mask", "property_transforms")
    class ConflictResolutionStrategy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STRATEGY_UNSPECIFIED: _ClassVar[Mutation.ConflictResolutionStrategy]
        SERVER_VALUE: _ClassVar[Mutation.ConflictResolutionStrategy]
        FAIL: _ClassVar[Mutation.ConflictResolutionStrategy]
    STRATEGY_UNSPECIFIED: Mutation.ConflictResolutionStrategy
    SERVER_VALUE: Mutation.ConflictResolutionStrategy
    FAIL: Mutation.ConflictResolutionStrategy
    INSERT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    BASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_RESOLUTION_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_MASK_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_TRANSFORMS_FIELD_NUMBER: _ClassVar[int]
    insert: Entity
    update: Entity
    upsert: Entity
    delete: Key
    base_version: int
    update_time: _timestamp_pb2.Timestamp
    conflict_resolution_strategy: Mutation.ConflictResolutionStrategy
    property_mask: PropertyMask
    property_transforms: _containers.RepeatedCompositeFieldContainer[PropertyTransform]
    def __init__(self, insert: _Optional[_Union[Entity, _Mapping]] = ..., update: _Optional[_Union[Entity, _Mapping]] = ..., upsert: _Optional[_Union[Entity, _Mapping]] = ..., delete: _Optional[_Union[Key, _Mapping]] = ..., base_version: _Optional[int] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., conflict_resolution_strategy: _Optional[_Union[Mutation.ConflictResolutionStrategy, str]] = ..., property_mask: _Optional[_Union[PropertyMask, _Mapping]] = ..., property_transforms: _Optional[_Iterable[_Union[PropertyTransform, _Mapping]]] = ...) -> None: ...

class PropertyTransform(_message.Message):
    __slots__ = ("property", "set_to_server_value", "increment", "maximum", "minimum", "append_missing_elements", "remove_all_from_array")
    class ServerValue(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SERVER_VALUE_UNSPECIFIED: _ClassVar[PropertyTransform.ServerValue]
        REQUEST_TIME: _ClassVar[PropertyTransform.ServerValue]
    SERVER_VALUE_UNSPECIFIED: PropertyTransform.ServerValue
    REQUEST_TIME: PropertyTransform.ServerValue
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    SET_TO_SERVER_VALUE_FIELD_NUMBER: _ClassVar[int]
    INCREMENT_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    APPEND_MISSING_ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_ALL_FROM_ARRAY_FIELD_NUMBER: _ClassVar[int]
    property: str
    set_to_server_value: PropertyTransform.ServerValue
    increment: Value
    maximum: Value
    minimum: Value
    append_missing_elements: ArrayValue
    remove_all_from_array: ArrayValue
    def __init__(self, property: _Optional[str] = ..., set_to_server_value: _Optional[_Union[PropertyTransform.ServerValue, str]] = ..., increment: _Optional[_Union[Value, _Mapping]] = ..., maximum: _Optional[_Union[Value, _Mapping]] = ..., minimum: _Optional[_Union[Value, _Mapping]] = ..., append_missing_elements: _Optional[_Union[ArrayValue, _Mapping]] = ..., remove_all_from_array: _Optional[_Union[ArrayValue, _Mapping]] = ...) -> None: ...

class MutationResult(_message.Message):
    __slots__ = ("key", "version", "create_time", "update_time", "conflict_detected", "transform_results")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_DETECTED_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_RESULTS_FIELD_NUMBER: _ClassVar[int]
    key: Key
    version: int
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    conflict_detected: bool
    transform_results: _containers.RepeatedCompositeFieldContainer[Value]
    def __init__(self, key: _Optional[_Union[Key, _Mapping]] = ..., version: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., conflict_detected: _Optional[bool] = ..., transform_results: _Optional[_Iterable[_Union[Value, _Mapping]]] = ...) -> None: ...

class PropertyMask(_message.Message):
    __slots__ = ("paths",)
    PATHS_FIELD_NUMBER: _ClassVar[int]
    paths: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, paths: _Optional[_Iterable[str]] = ...) -> None: ...

class ReadOptions(_message.Message):
    __slots__ = ("read_consistency", "transaction", "new_transaction", "read_time")
    class ReadConsistency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        READ_CONSISTENCY_UNSPECIFIED: _ClassVar[ReadOptions.ReadConsistency]
        STRONG: _ClassVar[ReadOptions.ReadConsistency]
        EVENTUAL: _ClassVar[ReadOptions.ReadConsistency]
    READ_CONSISTENCY_UNSPECIFIED: ReadOptions.ReadConsistency
    STRONG: ReadOptions.ReadConsistency
    EVENTUAL: ReadOptions.ReadConsistency
    READ_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    NEW_TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_FIELD_NUMBER: _ClassVar[int]
    read_consistency: ReadOptions.ReadConsistency
    transaction: bytes
    new_transaction: TransactionOptions
    read_time: _timestamp_pb2.Timestamp
    def __init__(self, read_consistency: _Optional[_Union[ReadOptions.ReadConsistency, str]] = ..., transaction: _Optional[bytes] = ..., new_transaction: _Optional[_Union[TransactionOptions, _Mapping]] = ..., read_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TransactionOptions(_message.Message):
    __slots__ = ("read_write", "read_only")
    class ReadWrite(_message.Message):
        __slots__ = ("previous_transaction",)
        PREVIOUS_TRANSACTION_FIELD_NUMBER: _ClassVar[int]
        previous_transaction: bytes
        def __init__(self, previous_transaction: _Optional[bytes] = ...) -> None: ...
    class ReadOnly(_message.Message):
        __slots__ = ("read_time",)
        READ_TIME_FIELD_NUMBER: _ClassVar[int]
        read_time: _timestamp_pb2.Timestamp
        def __init__(self, read_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
    READ_WRITE_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    read_write: TransactionOptions.ReadWrite
    read_only: TransactionOptions.ReadOnly
    def __init__(self, read_write: _Optional[_Union[TransactionOptions.ReadWrite, _Mapping]] = ..., read_only: _Optional[_Union[TransactionOptions.ReadOnly, _Mapping]] = ...) -> None: ...

class RequestOptions(_message.Message):
    __slots__ = ("request_tags",)
    REQUEST_TAGS_FIELD_NUMBER: _ClassVar[int]
    request_tags: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_tags: _Optional[_Iterable[str]] = ...) -> None: ...

class AggregationResult(_message.Message):
    __slots__ = ("aggregate_properties",)
    class AggregatePropertiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    AGGREGATE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    aggregate_properties: _containers.MessageMap[str, Value]
    def __init__(self, aggregate_properties: _Optional[_Mapping[str, Value]] = ...) -> None: ...

class AggregationResultBatch(_message.Message):
    __slots__ = ("aggregation_results", "more_results", "read_time")
    AGGREGATION_RESULTS_FIELD_NUMBER: _ClassVar[int]
    MORE_RESULTS_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_FIELD_NUMBER: _ClassVar[int]
    aggregation_results: _containers.RepeatedCompositeFieldContainer[AggregationResult]
    more_results: QueryResultBatch.MoreResultsType
    read_time: _timestamp_pb2.Timestamp
    def __init__(self, aggregation_results: _Optional[_Iterable[_Union[AggregationResult, _Mapping]]] = ..., more_results: _Optional[_Union[QueryResultBatch.MoreResultsType, str]] = ..., read_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EntityResult(_message.Message):
    __slots__ = ("entity", "version", "create_time", "update_time", "cursor")
    class ResultType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RESULT_TYPE_UNSPECIFIED: _ClassVar[EntityResult.ResultType]
        FULL: _ClassVar[EntityResult.ResultType]
        PROJECTION: _ClassVar[EntityResult.ResultType]
        KEY_ONLY: _ClassVar[EntityResult.ResultType]
    RESULT_TYPE_UNSPECIFIED: EntityResult.ResultType
    FULL: EntityResult.ResultType
    PROJECTION: EntityResult.ResultType
    KEY_ONLY: EntityResult.ResultType
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    entity: Entity
    version: int
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    cursor: bytes
    def __init__(self, entity: _Optional[_Union[Entity, _Mapping]] = ..., version: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cursor: _Optional[bytes] = ...) -> None: ...

class Query(_message.Message):
    __slots__ = ("projection", "kind", "filter", "order", "distinct_on", "start_cursor", "end_cursor", "offset", "limit", "find_nearest")
    PROJECTION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    DISTINCT_ON_FIELD_NUMBER: _ClassVar[int]
    START_CURSOR_FIELD_NUMBER: _ClassVar[int]
    END_CURSOR_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    FIND_NEAREST_FIELD_NUMBER: _ClassVar[int]
    projection: _containers.RepeatedCompositeFieldContainer[Projection]
    kind: _containers.RepeatedCompositeFieldContainer[KindExpression]
    filter: Filter
    order: _containers.RepeatedCompositeFieldContainer[PropertyOrder]
    distinct_on: _containers.RepeatedCompositeFieldContainer[PropertyReference]
    start_cursor: bytes
    end_cursor: bytes
    offset: int
    limit: _wrappers_pb2.Int32Value
    find_nearest: FindNearest
    def __init__(self, projection: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ..., kind: _Optional[_Iterable[_Union[KindExpression, _Mapping]]] = ..., filter: _Optional[_Union[Filter, _Mapping]] = ..., order: _Optional[_Iterable[_Union[PropertyOrder, _Mapping]]] = ..., distinct_on: _Optional[_Iterable[_Union[PropertyReference, _Mapping]]] = ..., start_cursor: _Optional[bytes] = ..., end_cursor: _Optional[bytes] = ..., offset: _Optional[int] = ..., limit: _Optional[_Union[_wrappers_pb2.Int32Value, _Mapping]] = ..., find_nearest: _Optional[_Union[FindNearest, _Mapping]] = ...) -> None: ...

class AggregationQuery(_message.Message):
    __slots__ = ("nested_query", "aggregations")
    class Aggregation(_message.Message):
        __slots__ = ("count", "sum", "avg", "alias")
        class Count(_message.Message):
            __slots__ = ("up_to",)
            UP_TO_FIELD_NUMBER: _ClassVar[int]
            up_to: _wrappers_pb2.Int64Value
            def __init__(self, up_to: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...
        class Sum(_message.Message):
            __slots__ = ("property",)
            PROPERTY_FIELD_NUMBER: _ClassVar[int]
            property: PropertyReference
            def __init__(self, property: _Optional[_Union[PropertyReference, _Mapping]] = ...) -> None: ...
        class Avg(_message.Message):
            __slots__ = ("property",)
            PROPERTY_FIELD_NUMBER: _ClassVar[int]
            property: PropertyReference
            def __init__(self, property: _Optional[_Union[PropertyReference, _Mapping]] = ...) -> None: ...
        COUNT_FIELD_NUMBER: _ClassVar[int]
        SUM_FIELD_NUMBER: _ClassVar[int]
        AVG_FIELD_NUMBER: _ClassVar[int]
        ALIAS_FIELD_NUMBER: _ClassVar[int]
        count: AggregationQuery.Aggregation.Count
        sum: AggregationQuery.Aggregation.Sum
        avg: AggregationQuery.Aggregation.Avg
        alias: str
        def __init__(self, count: _Optional[_Union[AggregationQuery.Aggregation.Count, _Mapping]] = ..., sum: _Optional[_Union[AggregationQuery.Aggregation.Sum, _Mapping]] = ..., avg: _Optional[_Union[AggregationQuery.Aggregation.Avg, _Mapping]] = ..., alias: _Optional[str] = ...) -> None: ...
    NESTED_QUERY_FIELD_NUMBER: _ClassVar[int]
    AGGREGATIONS_FIELD_NUMBER: _ClassVar[int]
    nested_query: Query
    aggregations: _containers.RepeatedCompositeFieldContainer[AggregationQuery.Aggregation]
    def __init__(self, nested_query: _Optional[_Union[Query, _Mapping]] = ..., aggregations: _Optional[_Iterable[_Union[AggregationQuery.Aggregation, _Mapping]]] = ...) -> None: ...

class KindExpression(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class PropertyReference(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class Projection(_message.Message):
    __slots__ = ("property",)
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    property: PropertyReference
    def __init__(self, property: _Optional[_Union[PropertyReference, _Mapping]] = ...) -> None: ...

class PropertyOrder(_message.Message):
    __slots__ = ("property", "direction")
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DIRECTION_UNSPECIFIED: _ClassVar[PropertyOrder.Direction]
        ASCENDING: _ClassVar[PropertyOrder.Direction]
        DESCENDING: _ClassVar[PropertyOrder.Direction]
    DIRECTION_UNSPECIFIED: PropertyOrder.Direction
    ASCENDING: PropertyOrder.Direction
    DESCENDING: PropertyOrder.Direction
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    property: PropertyReference
    direction: PropertyOrder.Direction
    def __init__(self, property: _Optional[_Union[PropertyReference, _Mapping]] = ..., direction: _Optional[_Union[PropertyOrder.Direction, str]] = ...) -> None: ...

class Filter(_message.Message):
    __slots__ = ("composite_filter", "property_filter")
    COMPOSITE_FILTER_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FILTER_FIELD_NUMBER: _ClassVar[int]
    composite_filter: CompositeFilter
    property_filter: PropertyFilter
    def __init__(self, composite_filter: _Optional[_Union[CompositeFilter, _Mapping]] = ..., property_filter: _Optional[_Union[PropertyFilter, _Mapping]] = ...) -> None: ...

class CompositeFilter(_message.Message):
    __slots__ = ("op", "filters")
    class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATOR_UNSPECIFIED: _ClassVar[CompositeFilter.Operator]
        AND: _ClassVar[CompositeFilter.Operator]
        OR: _ClassVar[CompositeFilter.Operator]
    OPERATOR_UNSPECIFIED: CompositeFilter.Operator
    AND: CompositeFilter.Operator
    OR: CompositeFilter.Operator
    OP_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    op: CompositeFilter.Operator
    filters: _containers.RepeatedCompositeFieldContainer[Filter]
    def __init__(self, op: _Optional[_Union[CompositeFilter.Operator, str]] = ..., filters: _Optional[_Iterable[_Union[Filter, _Mapping]]] = ...) -> None: ...

class PropertyFilter(_message.Message):
    __slots__ = ("property", "op", "value")
    class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATOR_UNSPECIFIED: _ClassVar[PropertyFilter.Operator]
        LESS_THAN: _ClassVar[PropertyFilter.Operator]
        LESS_THAN_OR_EQUAL: _ClassVar[PropertyFilter.Operator]
        GREATER_THAN: _ClassVar[PropertyFilter.Operator]
        GREATER_THAN_OR_EQUAL: _ClassVar[PropertyFilter.Operator]
        EQUAL: _ClassVar[PropertyFilter.Operator]
        IN: _ClassVar[PropertyFilter.Operator]
        NOT_EQUAL: _ClassVar[PropertyFilter.Operator]
        HAS_ANCESTOR: _ClassVar[PropertyFilter.Operator]
        NOT_IN: _ClassVar[PropertyFilter.Operator]
    OPERATOR_UNSPECIFIED: PropertyFilter.Operator
    LESS_THAN: PropertyFilter.Operator
    LESS_THAN_OR_EQUAL: PropertyFilter.Operator
    GREATER_THAN: PropertyFilter.Operator
    GREATER_THAN_OR_EQUAL: PropertyFilter.Operator
    EQUAL: PropertyFilter.Operator
    IN: PropertyFilter.Operator
    NOT_EQUAL: PropertyFilter.Operator
    HAS_ANCESTOR: PropertyFilter.Operator
    NOT_IN: PropertyFilter.Operator
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    property: PropertyReference
    op: PropertyFilter.Operator
    value: Value
    def __init__(self, property: _Optional[_Union[PropertyReference, _Mapping]] = ..., op: _Optional[_Union[PropertyFilter.Operator, str]] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...

class FindNearest(_message.Message):
    __slots__ = ("vector_property", "query_vector", "distance_measure", "limit", "distance_result_property", "distance_threshold")
    class DistanceMeasure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DISTANCE_MEASURE_UNSPECIFIED: _ClassVar[FindNearest.DistanceMeasure]
        EUCLIDEAN: _ClassVar[FindNearest.DistanceMeasure]
        COSINE: _ClassVar[FindNearest.DistanceMeasure]
        DOT_PRODUCT: _ClassVar[FindNearest.DistanceMeasure]
    DISTANCE_MEASURE_UNSPECIFIED: FindNearest.DistanceMeasure
    EUCLIDEAN: FindNearest.DistanceMeasure
    COSINE: FindNearest.DistanceMeasure
    DOT_PRODUCT: FindNearest.DistanceMeasure
    VECTOR_PROPERTY_FIELD_NUMBER: _ClassVar[int]
    QUERY_VECTOR_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_MEASURE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_RESULT_PROPERTY_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    vector_property: PropertyReference
    query_vector: Value
    distance_measure: FindNearest.DistanceMeasure
    limit: _wrappers_pb2.Int32Value
    distance_result_property: str
    distance_threshold: _wrappers_pb2.DoubleValue
    def __init__(self, vector_property: _Optional[_Union[PropertyReference, _Mapping]] = ..., query_vector: _Optional[_Union[Value, _Mapping]] = ..., distance_measure: _Optional[_Union[FindNearest.DistanceMeasure, str]] = ..., limit: _Optional[_Union[_wrappers_pb2.Int32Value, _Mapping]] = ..., distance_result_property: _Optional[str] = ..., distance_threshold: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...

class GqlQuery(_message.Message):
    __slots__ = ("query_string", "allow_literals", "named_bindings", "positional_bindings")
    class NamedBindingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: GqlQueryParameter
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[GqlQueryParameter, _Mapping]] = ...) -> None: ...
    QUERY_STRING_FIELD_NUMBER: _ClassVar[int]
    ALLOW_LITERALS_FIELD_NUMBER: _ClassVar[int]
    NAMED_BINDINGS_FIELD_NUMBER: _ClassVar[int]
    POSITIONAL_BINDINGS_FIELD_NUMBER: _ClassVar[int]
    query_string: str
    allow_literals: bool
    named_bindings: _containers.MessageMap[str, GqlQueryParameter]
    positional_bindings: _containers.RepeatedCompositeFieldContainer[GqlQueryParameter]
    def __init__(self, query_string: _Optional[str] = ..., allow_literals: _Optional[bool] = ..., named_bindings: _Optional[_Mapping[str, GqlQueryParameter]] = ..., positional_bindings: _Optional[_Iterable[_Union[GqlQueryParameter, _Mapping]]] = ...) -> None: ...

class GqlQueryParameter(_message.Message):
    __slots__ = ("value", "cursor")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    value: Value
    cursor: bytes
    def __init__(self, value: _Optional[_Union[Value, _Mapping]] = ..., cursor: _Optional[bytes] = ...) -> None: ...

class QueryResultBatch(_message.Message):
    __slots__ = ("skipped_results", "skipped_cursor", "entity_result_type", "entity_results", "end_cursor", "more_results", "snapshot_version", "read_time")
    class MoreResultsType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MORE_RESULTS_TYPE_UNSPECIFIED: _ClassVar[QueryResultBatch.MoreResultsType]
        NOT_FINISHED: _ClassVar[QueryResultBatch.MoreResultsType]
        MORE_RESULTS_AFTER_LIMIT: _ClassVar[QueryResultBatch.MoreResultsType]
        NO_MORE_RESULTS: _ClassVar[QueryResultBatch.MoreResultsType]
        MORE_RESULTS_AFTER_CURSOR: _ClassVar[QueryResultBatch.MoreResultsType]
    MORE_RESULTS_TYPE_UNSPECIFIED: QueryResultBatch.MoreResultsType
    NOT_FINISHED: QueryResultBatch.MoreResultsType
    MORE_RESULTS_AFTER_LIMIT: QueryResultBatch.MoreResultsType
    NO_MORE_RESULTS: QueryResultBatch.MoreResultsType
    MORE_RESULTS_AFTER_CURSOR: QueryResultBatch.MoreResultsType
    SKIPPED_RESULTS_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_CURSOR_FIELD_NUMBER: _ClassVar[int]
    ENTITY_RESULT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENTITY_RESULTS_FIELD_NUMBER: _ClassVar[int]
    END_CURSOR_FIELD_NUMBER: _ClassVar[int]
    MORE_RESULTS_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_VERSION_FIELD_NUMBER: _ClassVar[int]
    READ_TIME_FIELD_NUMBER: _ClassVar[int]
    skipped_results: int
    skipped_cursor: bytes
    entity_result_type: EntityResult.ResultType
    entity_results: _containers.RepeatedCompositeFieldContainer[EntityResult]
    end_cursor: bytes
    more_results: QueryResultBatch.MoreResultsType
    snapshot_version: int
    read_time: _timestamp_pb2.Timestamp
    def __init__(self, skipped_results: _Optional[int] = ..., skipped_cursor: _Optional[bytes] = ..., entity_result_type: _Optional[_Union[EntityResult.ResultType, str]] = ..., entity_results: _Optional[_Iterable[_Union[EntityResult, _Mapping]]] = ..., end_cursor: _Optional[bytes] = ..., more_results: _Optional[_Union[QueryResultBatch.MoreResultsType, str]] = ..., snapshot_version: _Optional[int] = ..., read_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PartitionId(_message.Message):
    __slots__ = ("project_id", "database_id", "namespace_id")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_ID_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    database_id: str
    namespace_id: str
    def __init__(self, project_id: _Optional[str] = ..., database_id: _Optional[str] = ..., namespace_id: _Optional[str] = ...) -> None: ...

class Key(_message.Message):
    __slots__ = ("partition_id", "path")
    class PathElement(_message.Message):
        __slots__ = ("kind", "id", "name")
        KIND_FIELD_NUMBER: _ClassVar[int]
        ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        kind: str
        id: int
        name: str
        def __init__(self, kind: _Optional[str] = ..., id: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...
    PARTITION_ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    partition_id: PartitionId
    path: _containers.RepeatedCompositeFieldContainer[Key.PathElement]
    def __init__(self, partition_id: _Optional[_Union[PartitionId, _Mapping]] = ..., path: _Optional[_Iterable[_Union[Key.PathElement, _Mapping]]] = ...) -> None: ...

class ArrayValue(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Value]
    def __init__(self, values: _Optional[_Iterable[_Union[Value, _Mapping]]] = ...) -> None: ...

class Value(_message.Message):
    __slots__ = ("null_value", "boolean_value", "integer_value", "double_value", "timestamp_value", "key_value", "string_value", "blob_value", "geo_point_value", "entity_value", "array_value", "meaning", "exclude_from_indexes")
    NULL_VALUE_FIELD_NUMBER: _ClassVar[int]
    BOOLEAN_VALUE_FIELD_NUMBER: _ClassVar[int]
    INTEGER_VALUE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_VALUE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_VALUE_FIELD_NUMBER: _ClassVar[int]
    KEY_VALUE_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    BLOB_VALUE_FIELD_NUMBER: _ClassVar[int]
    GEO_POINT_VALUE_FIELD_NUMBER: _ClassVar[int]
    ENTITY_VALUE_FIELD_NUMBER: _ClassVar[int]
    ARRAY_VALUE_FIELD_NUMBER: _ClassVar[int]
    MEANING_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FROM_INDEXES_FIELD_NUMBER: _ClassVar[int]
    null_value: _struct_pb2.NullValue
    boolean_value: bool
    integer_value: int
    double_value: float
    timestamp_value: _timestamp_pb2.Timestamp
    key_value: Key
    string_value: str
    blob_value: bytes
    geo_point_value: _type_pb2.LatLng
    entity_value: Entity
    array_value: ArrayValue
    meaning: int
    exclude_from_indexes: bool
    def __init__(self, null_value: _Optional[_Union[_struct_pb2.NullValue, str]] = ..., boolean_value: _Optional[bool] = ..., integer_value: _Optional[int] = ..., double_value: _Optional[float] = ..., timestamp_value: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., key_value: _Optional[_Union[Key, _Mapping]] = ..., string_value: _Optional[str] = ..., blob_value: _Optional[bytes] = ..., geo_point_value: _Optional[_Union[_type_pb2.LatLng, _Mapping]] = ..., entity_value: _Optional[_Union[Entity, _Mapping]] = ..., array_value: _Optional[_Union[ArrayValue, _Mapping]] = ..., meaning: _Optional[int] = ..., exclude_from_indexes: _Optional[bool] = ...) -> None: ...

class Entity(_message.Message):
    __slots__ = ("key", "properties")
    class PropertiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Value, _Mapping]] = ...) -> None: ...
    KEY_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    key: Key
    properties: _containers.MessageMap[str, Value]
    def __init__(self, key: _Optional[_Union[Key, _Mapping]] = ..., properties: _Optional[_Mapping[str, Value]] = ...) -> None: ...

class ExplainOptions(_message.Message):
    __slots__ = ("analyze",)
    ANALYZE_FIELD_NUMBER: _ClassVar[int]
    analyze: bool
    def __init__(self, analyze: _Optional[bool] = ...) -> None: ...

class ExplainMetrics(_message.Message):
    __slots__ = ("plan_summary", "execution_stats")
    PLAN_SUMMARY_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_STATS_FIELD_NUMBER: _ClassVar[int]
    plan_summary: PlanSummary
    execution_stats: ExecutionStats
    def __init__(self, plan_summary: _Optional[_Union[PlanSummary, _Mapping]] = ..., execution_stats: _Optional[_Union[ExecutionStats, _Mapping]] = ...) -> None: ...

class PlanSummary(_message.Message):
    __slots__ = ("indexes_used",)
    INDEXES_USED_FIELD_NUMBER: _ClassVar[int]
    indexes_used: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    def __init__(self, indexes_used: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ...) -> None: ...

class ExecutionStats(_message.Message):
    __slots__ = ("results_returned", "execution_duration", "read_operations", "debug_stats")
    RESULTS_RETURNED_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_DURATION_FIELD_NUMBER: _ClassVar[int]
    READ_OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    DEBUG_STATS_FIELD_NUMBER: _ClassVar[int]
    results_returned: int
    execution_duration: _duration_pb2.Duration
    read_operations: int
    debug_stats: _struct_pb2.Struct
    def __init__(self, results_returned: _Optional[int] = ..., execution_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., read_operations: _Optional[int] = ..., debug_stats: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...
