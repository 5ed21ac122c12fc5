"""The messages of `google.datastore.v1` in short, so that no Google client has to be imported.

A line is `Message field=number:type …`, continued on lines that are indented; `*` repeats, `{Type}` is a map
from text, `/name` puts the field into a oneof. Enums travel as int32. A test compares every field with the
types of the installed client.
"""

SCHEMA = """
Timestamp seconds=1:int64 nanos=2:int32
LatLng latitude=1:double longitude=2:double
Int32Value value=1:int32
Int64Value value=1:int64
PartitionId project_id=2:string database_id=3:string namespace_id=4:string
PathElement kind=1:string id=2:int64/id_type name=3:string/id_type
Key partition_id=1:PartitionId path=2:PathElement*
ArrayValue values=1:Value*
Value null_value=11:int32/value_type boolean_value=1:bool/value_type integer_value=2:int64/value_type
  double_value=3:double/value_type timestamp_value=10:Timestamp/value_type key_value=5:Key/value_type
  string_value=17:string/value_type blob_value=18:bytes/value_type geo_point_value=8:LatLng/value_type
  entity_value=6:Entity/value_type array_value=9:ArrayValue/value_type meaning=14:int32
  exclude_from_indexes=19:bool
Entity key=1:Key properties=3:{Value}
PropertyMask paths=1:string*
EntityResult entity=1:Entity version=4:int64 create_time=6:Timestamp update_time=5:Timestamp
  cursor=3:bytes
ReadWrite previous_transaction=1:bytes
ReadOnly read_time=1:Timestamp
TransactionOptions read_write=1:ReadWrite/mode read_only=2:ReadOnly/mode
ReadOptions read_consistency=1:int32/consistency_type transaction=2:bytes/consistency_type
  new_transaction=3:TransactionOptions/consistency_type read_time=4:Timestamp/consistency_type
LookupRequest project_id=8:string database_id=9:string read_options=1:ReadOptions keys=3:Key*
  property_mask=5:PropertyMask
LookupResponse found=1:EntityResult* missing=2:EntityResult* deferred=3:Key* transaction=5:bytes
  read_time=7:Timestamp
PropertyReference name=2:string
Projection property=1:PropertyReference
KindExpression name=1:string
CompositeFilter op=1:int32 filters=2:Filter*
PropertyFilter property=1:PropertyReference op=2:int32 value=3:Value
Filter composite_filter=1:CompositeFilter/filter_type property_filter=2:PropertyFilter/filter_type
PropertyOrder property=1:PropertyReference direction=2:int32
FindNearest vector_property=1:PropertyReference
Query projection=2:Projection* kind=3:KindExpression* filter=4:Filter order=5:PropertyOrder*
  distinct_on=6:PropertyReference* start_cursor=7:bytes end_cursor=8:bytes offset=10:int32
  limit=12:Int32Value find_nearest=13:FindNearest
GqlQuery query_string=1:string
ExplainOptions analyze=1:bool
RunQueryRequest project_id=8:string database_id=9:string partition_id=2:PartitionId
  read_options=1:ReadOptions query=3:Query/query_type gql_query=7:GqlQuery/query_type
  property_mask=10:PropertyMask explain_options=12:ExplainOptions
QueryResultBatch skipped_results=6:int32 skipped_cursor=3:bytes entity_result_type=1:int32
  entity_results=2:EntityResult* end_cursor=4:bytes more_results=5:int32 snapshot_version=7:int64
  read_time=8:Timestamp
RunQueryResponse batch=1:QueryResultBatch query=2:Query transaction=5:bytes
Count up_to=1:Int64Value
Sum property=1:PropertyReference
Avg property=1:PropertyReference
Aggregation count=1:Count/operator sum=2:Sum/operator avg=3:Avg/operator alias=7:string
AggregationQuery nested_query=1:Query/query_type aggregations=3:Aggregation*
AggregationResult aggregate_properties=2:{Value}
AggregationResultBatch aggregation_results=1:AggregationResult* more_results=2:int32
  read_time=3:Timestamp
RunAggregationQueryRequest project_id=8:string database_id=9:string partition_id=2:PartitionId
  read_options=1:ReadOptions aggregation_query=3:AggregationQuery/query_type
  gql_query=7:GqlQuery/query_type explain_options=11:ExplainOptions
RunAggregationQueryResponse batch=1:AggregationResultBatch query=2:AggregationQuery transaction=5:bytes
BeginTransactionRequest project_id=8:string database_id=9:string
  transaction_options=10:TransactionOptions
BeginTransactionResponse transaction=1:bytes
PropertyTransform property=1:string set_to_server_value=2:int32/transform_type
  increment=3:Value/transform_type maximum=4:Value/transform_type minimum=5:Value/transform_type
  append_missing_elements=6:ArrayValue/transform_type remove_all_from_array=7:ArrayValue/transform_type
Mutation insert=4:Entity/operation update=5:Entity/operation upsert=6:Entity/operation
  delete=7:Key/operation base_version=8:int64/conflict_detection_strategy
  update_time=11:Timestamp/conflict_detection_strategy conflict_resolution_strategy=10:int32
  property_mask=9:PropertyMask property_transforms=12:PropertyTransform*
CommitRequest project_id=8:string database_id=9:string mode=5:int32
  transaction=1:bytes/transaction_selector
  single_use_transaction=10:TransactionOptions/transaction_selector mutations=6:Mutation*
MutationResult key=3:Key version=4:int64 create_time=7:Timestamp update_time=6:Timestamp
  conflict_detected=5:bool transform_results=8:Value*
CommitResponse mutation_results=3:MutationResult* index_updates=4:int32 commit_time=8:Timestamp
RollbackRequest project_id=8:string database_id=9:string transaction=1:bytes
RollbackResponse
AllocateIdsRequest project_id=8:string database_id=9:string keys=1:Key*
AllocateIdsResponse keys=1:Key*
ReserveIdsRequest project_id=8:string database_id=9:string keys=1:Key*
ReserveIdsResponse
"""
