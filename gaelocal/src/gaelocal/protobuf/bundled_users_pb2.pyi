from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class UserServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[UserServiceError.ErrorCode]
        REDIRECT_URL_TOO_LONG: _ClassVar[UserServiceError.ErrorCode]
        NOT_ALLOWED: _ClassVar[UserServiceError.ErrorCode]
        OAUTH_INVALID_TOKEN: _ClassVar[UserServiceError.ErrorCode]
        OAUTH_INVALID_REQUEST: _ClassVar[UserServiceError.ErrorCode]
        OAUTH_ERROR: _ClassVar[UserServiceError.ErrorCode]
    OK: UserServiceError.ErrorCode
    REDIRECT_URL_TOO_LONG: UserServiceError.ErrorCode
    NOT_ALLOWED: UserServiceError.ErrorCode
    OAUTH_INVALID_TOKEN: UserServiceError.ErrorCode
    OAUTH_INVALID_REQUEST: UserServiceError.ErrorCode
    OAUTH_ERROR: UserServiceError.ErrorCode
    def __init__(self) -> None: ...

class CreateLoginURLRequest(_message.Message):
    __slots__ = ("destination_url", "auth_domain", "federated_identity")
    DESTINATION_URL_FIELD_NUMBER: _ClassVar[int]
    AUTH_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FEDERATED_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    destination_url: str
    auth_domain: str
    federated_identity: str
    def __init__(self, destination_url: _Optional[str] = ..., auth_domain: _Optional[str] = ..., federated_identity: _Optional[str] = ...) -> None: ...

class CreateLoginURLResponse(_message.Message):
    __slots__ = ("login_url",)
    LOGIN_URL_FIELD_NUMBER: _ClassVar[int]
    login_url: str
    def __init__(self, login_url: _Optional[str] = ...) -> None: ...

class CreateLogoutURLRequest(_message.Message):
    __slots__ = ("destination_url", "auth_domain")
    DESTINATION_URL_FIELD_NUMBER: _ClassVar[int]
    AUTH_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    destination_url: str
    auth_domain: str
    def __init__(self, destination_url: _Optional[str] = ..., auth_domain: _Optional[str] = ...) -> None: ...

class CreateLogoutURLResponse(_message.Message):
    __slots__ = ("logout_url",)
    LOGOUT_URL_FIELD_NUMBER: _ClassVar[int]
    logout_url: str
    def __init__(self, logout_url: _Optional[str] = ...) -> None: ...

class GetOAuthUserRequest(_message.Message):
    __slots__ = ("scope", "scopes", "request_writer_permission")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_WRITER_PERMISSION_FIELD_NUMBER: _ClassVar[int]
    scope: str
    scopes: _containers.RepeatedScalarFieldContainer[str]
    request_writer_permission: bool
    def __init__(self, scope: _Optional[str] = ..., scopes: _Optional[_Iterable[str]] = ..., request_writer_permission: _Optional[bool] = ...) -> None: ...

class GetOAuthUserResponse(_message.Message):
    __slots__ = ("email", "user_id", "auth_domain", "user_organization", "is_admin", "client_id", "scopes", "is_project_writer")
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AUTH_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    USER_ORGANIZATION_FIELD_NUMBER: _ClassVar[int]
    IS_ADMIN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    IS_PROJECT_WRITER_FIELD_NUMBER: _ClassVar[int]
    email: str
    user_id: str
    auth_domain: str
    user_organization: str
    is_admin: bool
    client_id: str
    scopes: _containers.RepeatedScalarFieldContainer[str]
    is_project_writer: bool
    def __init__(self, email: _Optional[str] = ..., user_id: _Optional[str] = ..., auth_domain: _Optional[str] = ..., user_organization: _Optional[str] = ..., is_admin: _Optional[bool] = ..., client_id: _Optional[str] = ..., scopes: _Optional[_Iterable[str]] = ..., is_project_writer: _Optional[bool] = ...) -> None: ...
