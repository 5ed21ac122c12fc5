from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ModulesServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[ModulesServiceError.ErrorCode]
        INVALID_MODULE: _ClassVar[ModulesServiceError.ErrorCode]
        INVALID_VERSION: _ClassVar[ModulesServiceError.ErrorCode]
        INVALID_INSTANCES: _ClassVar[ModulesServiceError.ErrorCode]
        TRANSIENT_ERROR: _ClassVar[ModulesServiceError.ErrorCode]
        UNEXPECTED_STATE: _ClassVar[ModulesServiceError.ErrorCode]
    OK: ModulesServiceError.ErrorCode
    INVALID_MODULE: ModulesServiceError.ErrorCode
    INVALID_VERSION: ModulesServiceError.ErrorCode
    INVALID_INSTANCES: ModulesServiceError.ErrorCode
    TRANSIENT_ERROR: ModulesServiceError.ErrorCode
    UNEXPECTED_STATE: ModulesServiceError.ErrorCode
    def __init__(self) -> None: ...

class GetModulesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetModulesResponse(_message.Message):
    __slots__ = ("module",)
    MODULE_FIELD_NUMBER: _ClassVar[int]
    module: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, module: _Optional[_Iterable[str]] = ...) -> None: ...

class GetVersionsRequest(_message.Message):
    __slots__ = ("module",)
    MODULE_FIELD_NUMBER: _ClassVar[int]
    module: str
    def __init__(self, module: _Optional[str] = ...) -> None: ...

class GetVersionsResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, version: _Optional[_Iterable[str]] = ...) -> None: ...

class GetDefaultVersionRequest(_message.Message):
    __slots__ = ("module",)
    MODULE_FIELD_NUMBER: _ClassVar[int]
    module: str
    def __init__(self, module: _Optional[str] = ...) -> None: ...

class GetDefaultVersionResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: str
    def __init__(self, version: _Optional[str] = ...) -> None: ...

class GetNumInstancesRequest(_message.Message):
    __slots__ = ("module", "version")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    module: str
    version: str
    def __init__(self, module: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class GetNumInstancesResponse(_message.Message):
    __slots__ = ("instances",)
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    instances: int
    def __init__(self, instances: _Optional[int] = ...) -> None: ...

class SetNumInstancesRequest(_message.Message):
    __slots__ = ("module", "version", "instances")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    module: str
    version: str
    instances: int
    def __init__(self, module: _Optional[str] = ..., version: _Optional[str] = ..., instances: _Optional[int] = ...) -> None: ...

class SetNumInstancesResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StartModuleRequest(_message.Message):
    __slots__ = ("module", "version")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    module: str
    version: str
    def __init__(self, module: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class StartModuleResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StopModuleRequest(_message.Message):
    __slots__ = ("module", "version")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    module: str
    version: str
    def __init__(self, module: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class StopModuleResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetHostnameRequest(_message.Message):
    __slots__ = ("module", "version", "instance")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    module: str
    version: str
    instance: str
    def __init__(self, module: _Optional[str] = ..., version: _Optional[str] = ..., instance: _Optional[str] = ...) -> None: ...

class GetHostnameResponse(_message.Message):
    __slots__ = ("hostname",)
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    hostname: str
    def __init__(self, hostname: _Optional[str] = ...) -> None: ...
