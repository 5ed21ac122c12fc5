from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AppIdentityServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SUCCESS: _ClassVar[AppIdentityServiceError.ErrorCode]
        UNKNOWN_SCOPE: _ClassVar[AppIdentityServiceError.ErrorCode]
        BLOB_TOO_LARGE: _ClassVar[AppIdentityServiceError.ErrorCode]
        DEADLINE_EXCEEDED: _ClassVar[AppIdentityServiceError.ErrorCode]
        NOT_A_VALID_APP: _ClassVar[AppIdentityServiceError.ErrorCode]
        UNKNOWN_ERROR: _ClassVar[AppIdentityServiceError.ErrorCode]
        GAIAMINT_NOT_INITIAILIZED: _ClassVar[AppIdentityServiceError.ErrorCode]
        NOT_ALLOWED: _ClassVar[AppIdentityServiceError.ErrorCode]
        NOT_IMPLEMENTED: _ClassVar[AppIdentityServiceError.ErrorCode]
    SUCCESS: AppIdentityServiceError.ErrorCode
    UNKNOWN_SCOPE: AppIdentityServiceError.ErrorCode
    BLOB_TOO_LARGE: AppIdentityServiceError.ErrorCode
    DEADLINE_EXCEEDED: AppIdentityServiceError.ErrorCode
    NOT_A_VALID_APP: AppIdentityServiceError.ErrorCode
    UNKNOWN_ERROR: AppIdentityServiceError.ErrorCode
    GAIAMINT_NOT_INITIAILIZED: AppIdentityServiceError.ErrorCode
    NOT_ALLOWED: AppIdentityServiceError.ErrorCode
    NOT_IMPLEMENTED: AppIdentityServiceError.ErrorCode
    def __init__(self) -> None: ...

class SignForAppRequest(_message.Message):
    __slots__ = ("bytes_to_sign",)
    BYTES_TO_SIGN_FIELD_NUMBER: _ClassVar[int]
    bytes_to_sign: bytes
    def __init__(self, bytes_to_sign: _Optional[bytes] = ...) -> None: ...

class SignForAppResponse(_message.Message):
    __slots__ = ("key_name", "signature_bytes")
    KEY_NAME_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_BYTES_FIELD_NUMBER: _ClassVar[int]
    key_name: str
    signature_bytes: bytes
    def __init__(self, key_name: _Optional[str] = ..., signature_bytes: _Optional[bytes] = ...) -> None: ...

class GetPublicCertificateForAppRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PublicCertificate(_message.Message):
    __slots__ = ("key_name", "x509_certificate_pem")
    KEY_NAME_FIELD_NUMBER: _ClassVar[int]
    X509_CERTIFICATE_PEM_FIELD_NUMBER: _ClassVar[int]
    key_name: str
    x509_certificate_pem: str
    def __init__(self, key_name: _Optional[str] = ..., x509_certificate_pem: _Optional[str] = ...) -> None: ...

class GetPublicCertificateForAppResponse(_message.Message):
    __slots__ = ("public_certificate_list", "max_client_cache_time_in_second")
    PUBLIC_CERTIFICATE_LIST_FIELD_NUMBER: _ClassVar[int]
    MAX_CLIENT_CACHE_TIME_IN_SECOND_FIELD_NUMBER: _ClassVar[int]
    public_certificate_list: _containers.RepeatedCompositeFieldContainer[PublicCertificate]
    max_client_cache_time_in_second: int
    def __init__(self, public_certificate_list: _Optional[_Iterable[_Union[PublicCertificate, _Mapping]]] = ..., max_client_cache_time_in_second: _Optional[int] = ...) -> None: ...

class GetServiceAccountNameRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServiceAccountNameResponse(_message.Message):
    __slots__ = ("service_account_name",)
    SERVICE_ACCOUNT_NAME_FIELD_NUMBER: _ClassVar[int]
    service_account_name: str
    def __init__(self, service_account_name: _Optional[str] = ...) -> None: ...

class GetAccessTokenRequest(_message.Message):
    __slots__ = ("scope", "service_account_id", "service_account_name")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ACCOUNT_NAME_FIELD_NUMBER: _ClassVar[int]
    scope: _containers.RepeatedScalarFieldContainer[str]
    service_account_id: int
    service_account_name: str
    def __init__(self, scope: _Optional[_Iterable[str]] = ..., service_account_id: _Optional[int] = ..., service_account_name: _Optional[str] = ...) -> None: ...

class GetAccessTokenResponse(_message.Message):
    __slots__ = ("access_token", "expiration_time")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRATION_TIME_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    expiration_time: int
    def __init__(self, access_token: _Optional[str] = ..., expiration_time: _Optional[int] = ...) -> None: ...

class GetDefaultGcsBucketNameRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetDefaultGcsBucketNameResponse(_message.Message):
    __slots__ = ("default_gcs_bucket_name",)
    DEFAULT_GCS_BUCKET_NAME_FIELD_NUMBER: _ClassVar[int]
    default_gcs_bucket_name: str
    def __init__(self, default_gcs_bucket_name: _Optional[str] = ...) -> None: ...
