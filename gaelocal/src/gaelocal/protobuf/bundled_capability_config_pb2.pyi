from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CapabilityConfigList(_message.Message):
    __slots__ = ("config", "default_config")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    config: _containers.RepeatedCompositeFieldContainer[CapabilityConfig]
    default_config: CapabilityConfig
    def __init__(self, config: _Optional[_Iterable[_Union[CapabilityConfig, _Mapping]]] = ..., default_config: _Optional[_Union[CapabilityConfig, _Mapping]] = ...) -> None: ...

class CapabilityConfig(_message.Message):
    __slots__ = ("package", "capability", "status", "scheduled_time", "internal_message", "admin_message", "error_message")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[CapabilityConfig.Status]
        ENABLED: _ClassVar[CapabilityConfig.Status]
        SCHEDULED: _ClassVar[CapabilityConfig.Status]
        DISABLED: _ClassVar[CapabilityConfig.Status]
        UNKNOWN: _ClassVar[CapabilityConfig.Status]
    DEFAULT: CapabilityConfig.Status
    ENABLED: CapabilityConfig.Status
    SCHEDULED: CapabilityConfig.Status
    DISABLED: CapabilityConfig.Status
    UNKNOWN: CapabilityConfig.Status
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_TIME_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ADMIN_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    package: str
    capability: str
    status: CapabilityConfig.Status
    scheduled_time: str
    internal_message: str
    admin_message: str
    error_message: str
    def __init__(self, package: _Optional[str] = ..., capability: _Optional[str] = ..., status: _Optional[_Union[CapabilityConfig.Status, str]] = ..., scheduled_time: _Optional[str] = ..., internal_message: _Optional[str] = ..., admin_message: _Optional[str] = ..., error_message: _Optional[str] = ...) -> None: ...
