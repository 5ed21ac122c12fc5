from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class BlobstoreServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[BlobstoreServiceError.ErrorCode]
        INTERNAL_ERROR: _ClassVar[BlobstoreServiceError.ErrorCode]
        URL_TOO_LONG: _ClassVar[BlobstoreServiceError.ErrorCode]
        PERMISSION_DENIED: _ClassVar[BlobstoreServiceError.ErrorCode]
        BLOB_NOT_FOUND: _ClassVar[BlobstoreServiceError.ErrorCode]
        DATA_INDEX_OUT_OF_RANGE: _ClassVar[BlobstoreServiceError.ErrorCode]
        BLOB_FETCH_SIZE_TOO_LARGE: _ClassVar[BlobstoreServiceError.ErrorCode]
        ARGUMENT_OUT_OF_RANGE: _ClassVar[BlobstoreServiceError.ErrorCode]
        INVALID_BLOB_KEY: _ClassVar[BlobstoreServiceError.ErrorCode]
    OK: BlobstoreServiceError.ErrorCode
    INTERNAL_ERROR: BlobstoreServiceError.ErrorCode
    URL_TOO_LONG: BlobstoreServiceError.ErrorCode
    PERMISSION_DENIED: BlobstoreServiceError.ErrorCode
    BLOB_NOT_FOUND: BlobstoreServiceError.ErrorCode
    DATA_INDEX_OUT_OF_RANGE: BlobstoreServiceError.ErrorCode
    BLOB_FETCH_SIZE_TOO_LARGE: BlobstoreServiceError.ErrorCode
    ARGUMENT_OUT_OF_RANGE: BlobstoreServiceError.ErrorCode
    INVALID_BLOB_KEY: BlobstoreServiceError.ErrorCode
    def __init__(self) -> None: ...

class CreateUploadURLRequest(_message.Message):
    __slots__ = ("success_path", "max_upload_size_bytes", "max_upload_size_per_blob_bytes", "gs_bucket_name", "url_expiry_time_seconds")
    SUCCESS_PATH_FIELD_NUMBER: _ClassVar[int]
    MAX_UPLOAD_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_UPLOAD_SIZE_PER_BLOB_BYTES_FIELD_NUMBER: _ClassVar[int]
    GS_BUCKET_NAME_FIELD_NUMBER: _ClassVar[int]
    URL_EXPIRY_TIME_SECONDS_FIELD_NUMBER: _ClassVar[int]
    success_path: str
    max_upload_size_bytes: int
    max_upload_size_per_blob_bytes: int
    gs_bucket_name: str
    url_expiry_time_seconds: int
    def __init__(self, success_path: _Optional[str] = ..., max_upload_size_bytes: _Optional[int] = ..., max_upload_size_per_blob_bytes: _Optional[int] = ..., gs_bucket_name: _Optional[str] = ..., url_expiry_time_seconds: _Optional[int] = ...) -> None: ...

class CreateUploadURLResponse(_message.Message):
    __slots__ = ("url",)
    URL_FIELD_NUMBER: _ClassVar[int]
    url: str
    def __init__(self, url: _Optional[str] = ...) -> None: ...

class DeleteBlobRequest(_message.Message):
    __slots__ = ("blob_key", "token")
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    blob_key: _containers.RepeatedScalarFieldContainer[str]
    token: str
    def __init__(self, blob_key: _Optional[_Iterable[str]] = ..., token: _Optional[str] = ...) -> None: ...

class FetchDataRequest(_message.Message):
    __slots__ = ("blob_key", "start_index", "end_index")
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    START_INDEX_FIELD_NUMBER: _ClassVar[int]
    END_INDEX_FIELD_NUMBER: _ClassVar[int]
    blob_key: str
    start_index: int
    end_index: int
    def __init__(self, blob_key: _Optional[str] = ..., start_index: _Optional[int] = ..., end_index: _Optional[int] = ...) -> None: ...

class FetchDataResponse(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class CloneBlobRequest(_message.Message):
    __slots__ = ("blob_key", "mime_type", "target_app_id")
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    MIME_TYPE_FIELD_NUMBER: _ClassVar[int]
    TARGET_APP_ID_FIELD_NUMBER: _ClassVar[int]
    blob_key: bytes
    mime_type: bytes
    target_app_id: bytes
    def __init__(self, blob_key: _Optional[bytes] = ..., mime_type: _Optional[bytes] = ..., target_app_id: _Optional[bytes] = ...) -> None: ...

class CloneBlobResponse(_message.Message):
    __slots__ = ("blob_key",)
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    blob_key: bytes
    def __init__(self, blob_key: _Optional[bytes] = ...) -> None: ...

class DecodeBlobKeyRequest(_message.Message):
    __slots__ = ("blob_key",)
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    blob_key: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, blob_key: _Optional[_Iterable[str]] = ...) -> None: ...

class DecodeBlobKeyResponse(_message.Message):
    __slots__ = ("decoded",)
    DECODED_FIELD_NUMBER: _ClassVar[int]
    decoded: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, decoded: _Optional[_Iterable[str]] = ...) -> None: ...

class CreateEncodedGoogleStorageKeyRequest(_message.Message):
    __slots__ = ("filename",)
    FILENAME_FIELD_NUMBER: _ClassVar[int]
    filename: str
    def __init__(self, filename: _Optional[str] = ...) -> None: ...

class CreateEncodedGoogleStorageKeyResponse(_message.Message):
    __slots__ = ("blob_key",)
    BLOB_KEY_FIELD_NUMBER: _ClassVar[int]
    blob_key: str
    def __init__(self, blob_key: _Optional[str] = ...) -> None: ...
