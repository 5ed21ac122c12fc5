from gaelocal.protobuf import bundled_capability_config_pb2 as _bundled_capability_config_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class IsEnabledRequest(_message.Message):
    __slots__ = ("package", "capability", "call")
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    package: str
    capability: _containers.RepeatedScalarFieldContainer[str]
    call: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, package: _Optional[str] = ..., capability: _Optional[_Iterable[str]] = ..., call: _Optional[_Iterable[str]] = ...) -> None: ...

class IsEnabledResponse(_message.Message):
    __slots__ = ("summary_status", "time_until_scheduled", "config")
    class SummaryStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[IsEnabledResponse.SummaryStatus]
        ENABLED: _ClassVar[IsEnabledResponse.SummaryStatus]
        SCHEDULED_FUTURE: _ClassVar[IsEnabledResponse.SummaryStatus]
        SCHEDULED_NOW: _ClassVar[IsEnabledResponse.SummaryStatus]
        DISABLED: _ClassVar[IsEnabledResponse.SummaryStatus]
        UNKNOWN: _ClassVar[IsEnabledResponse.SummaryStatus]
    DEFAULT: IsEnabledResponse.SummaryStatus
    ENABLED: IsEnabledResponse.SummaryStatus
    SCHEDULED_FUTURE: IsEnabledResponse.SummaryStatus
    SCHEDULED_NOW: IsEnabledResponse.SummaryStatus
    DISABLED: IsEnabledResponse.SummaryStatus
    UNKNOWN: IsEnabledResponse.SummaryStatus
    SUMMARY_STATUS_FIELD_NUMBER: _ClassVar[int]
    TIME_UNTIL_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    summary_status: IsEnabledResponse.SummaryStatus
    time_until_scheduled: int
    config: _containers.RepeatedCompositeFieldContainer[_bundled_capability_config_pb2.CapabilityConfig]
    def __init__(self, summary_status: _Optional[_Union[IsEnabledResponse.SummaryStatus, str]] = ..., time_until_scheduled: _Optional[int] = ..., config: _Optional[_Iterable[_Union[_bundled_capability_config_pb2.CapabilityConfig, _Mapping]]] = ...) -> None: ...
