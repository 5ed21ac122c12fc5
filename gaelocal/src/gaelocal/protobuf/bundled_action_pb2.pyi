from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Action(_message.Message):
    __slots__ = ("transaction_data", "action_rpc_info", "uuid")
    TRANSACTION_DATA_FIELD_NUMBER: _ClassVar[int]
    ACTION_RPC_INFO_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    transaction_data: TransactionData
    action_rpc_info: ActionRpcInfo
    uuid: str
    def __init__(self, transaction_data: _Optional[_Union[TransactionData, _Mapping]] = ..., action_rpc_info: _Optional[_Union[ActionRpcInfo, _Mapping]] = ..., uuid: _Optional[str] = ...) -> None: ...

class TransactionData(_message.Message):
    __slots__ = ("handle", "app_id", "database_id")
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    handle: int
    app_id: str
    database_id: str
    def __init__(self, handle: _Optional[int] = ..., app_id: _Optional[str] = ..., database_id: _Optional[str] = ...) -> None: ...

class ActionRpcInfo(_message.Message):
    __slots__ = ("enqueuing_rpc_global_id", "enqueuing_rpc_start_timestamp_us")
    ENQUEUING_RPC_GLOBAL_ID_FIELD_NUMBER: _ClassVar[int]
    ENQUEUING_RPC_START_TIMESTAMP_US_FIELD_NUMBER: _ClassVar[int]
    enqueuing_rpc_global_id: int
    enqueuing_rpc_start_timestamp_us: int
    def __init__(self, enqueuing_rpc_global_id: _Optional[int] = ..., enqueuing_rpc_start_timestamp_us: _Optional[int] = ...) -> None: ...
