import datetime

from gaelocal.protobuf import iam_pb2 as _iam_pb2
from gaelocal.protobuf import rpc_pb2 as _rpc_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListSecretsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "filter")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    filter: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[str] = ...) -> None: ...

class ListSecretsResponse(_message.Message):
    __slots__ = ("secrets", "next_page_token", "total_size")
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    secrets: _containers.RepeatedCompositeFieldContainer[Secret]
    next_page_token: str
    total_size: int
    def __init__(self, secrets: _Optional[_Iterable[_Union[Secret, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class CreateSecretRequest(_message.Message):
    __slots__ = ("parent", "secret_id", "secret")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SECRET_ID_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    parent: str
    secret_id: str
    secret: Secret
    def __init__(self, parent: _Optional[str] = ..., secret_id: _Optional[str] = ..., secret: _Optional[_Union[Secret, _Mapping]] = ...) -> None: ...

class AddSecretVersionRequest(_message.Message):
    __slots__ = ("parent", "payload")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    parent: str
    payload: SecretPayload
    def __init__(self, parent: _Optional[str] = ..., payload: _Optional[_Union[SecretPayload, _Mapping]] = ...) -> None: ...

class EnableManagedRotationRequest(_message.Message):
    __slots__ = ("parent", "cloud_sql_single_user_credentials")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CLOUD_SQL_SINGLE_USER_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    parent: str
    cloud_sql_single_user_credentials: CloudSqlSingleUserCredentials
    def __init__(self, parent: _Optional[str] = ..., cloud_sql_single_user_credentials: _Optional[_Union[CloudSqlSingleUserCredentials, _Mapping]] = ...) -> None: ...

class RotateSecretRequest(_message.Message):
    __slots__ = ("parent",)
    PARENT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    def __init__(self, parent: _Optional[str] = ...) -> None: ...

class GetSecretRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ListSecretVersionsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "filter")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    filter: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[str] = ...) -> None: ...

class ListSecretVersionsResponse(_message.Message):
    __slots__ = ("versions", "next_page_token", "total_size")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[SecretVersion]
    next_page_token: str
    total_size: int
    def __init__(self, versions: _Optional[_Iterable[_Union[SecretVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class GetSecretVersionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class UpdateSecretRequest(_message.Message):
    __slots__ = ("secret", "update_mask")
    SECRET_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    secret: Secret
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, secret: _Optional[_Union[Secret, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class AccessSecretVersionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class AccessSecretVersionResponse(_message.Message):
    __slots__ = ("name", "payload")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    name: str
    payload: SecretPayload
    def __init__(self, name: _Optional[str] = ..., payload: _Optional[_Union[SecretPayload, _Mapping]] = ...) -> None: ...

class DeleteSecretRequest(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DisableSecretVersionRequest(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class EnableSecretVersionRequest(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DestroySecretVersionRequest(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class Secret(_message.Message):
    __slots__ = ("name", "replication", "create_time", "labels", "topics", "expire_time", "ttl", "etag", "rotation", "version_aliases", "annotations", "version_destroy_ttl", "customer_managed_encryption", "tags", "secret_type", "policy_member")
    class SecretType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SECRET_TYPE_UNSPECIFIED: _ClassVar[Secret.SecretType]
        CLOUD_SQL_DB_CREDENTIALS: _ClassVar[Secret.SecretType]
        ACCESS_KEY: _ClassVar[Secret.SecretType]
        CERTIFICATE: _ClassVar[Secret.SecretType]
        OTHER_DB_CREDENTIALS: _ClassVar[Secret.SecretType]
        OTHER: _ClassVar[Secret.SecretType]
    SECRET_TYPE_UNSPECIFIED: Secret.SecretType
    CLOUD_SQL_DB_CREDENTIALS: Secret.SecretType
    ACCESS_KEY: Secret.SecretType
    CERTIFICATE: Secret.SecretType
    OTHER_DB_CREDENTIALS: Secret.SecretType
    OTHER: Secret.SecretType
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class VersionAliasesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class AnnotationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class TagsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    ROTATION_FIELD_NUMBER: _ClassVar[int]
    VERSION_ALIASES_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    VERSION_DESTROY_TTL_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    SECRET_TYPE_FIELD_NUMBER: _ClassVar[int]
    POLICY_MEMBER_FIELD_NUMBER: _ClassVar[int]
    name: str
    replication: Replication
    create_time: _timestamp_pb2.Timestamp
    labels: _containers.ScalarMap[str, str]
    topics: _containers.RepeatedCompositeFieldContainer[Topic]
    expire_time: _timestamp_pb2.Timestamp
    ttl: _duration_pb2.Duration
    etag: str
    rotation: Rotation
    version_aliases: _containers.ScalarMap[str, int]
    annotations: _containers.ScalarMap[str, str]
    version_destroy_ttl: _duration_pb2.Duration
    customer_managed_encryption: CustomerManagedEncryption
    tags: _containers.ScalarMap[str, str]
    secret_type: Secret.SecretType
    policy_member: _iam_pb2.ResourcePolicyMember
    def __init__(self, name: _Optional[str] = ..., replication: _Optional[_Union[Replication, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., topics: _Optional[_Iterable[_Union[Topic, _Mapping]]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., etag: _Optional[str] = ..., rotation: _Optional[_Union[Rotation, _Mapping]] = ..., version_aliases: _Optional[_Mapping[str, int]] = ..., annotations: _Optional[_Mapping[str, str]] = ..., version_destroy_ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., customer_managed_encryption: _Optional[_Union[CustomerManagedEncryption, _Mapping]] = ..., tags: _Optional[_Mapping[str, str]] = ..., secret_type: _Optional[_Union[Secret.SecretType, str]] = ..., policy_member: _Optional[_Union[_iam_pb2.ResourcePolicyMember, _Mapping]] = ...) -> None: ...

class SecretVersion(_message.Message):
    __slots__ = ("name", "create_time", "destroy_time", "state", "replication_status", "etag", "client_specified_payload_checksum", "scheduled_destroy_time", "customer_managed_encryption")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[SecretVersion.State]
        ENABLED: _ClassVar[SecretVersion.State]
        DISABLED: _ClassVar[SecretVersion.State]
        DESTROYED: _ClassVar[SecretVersion.State]
    STATE_UNSPECIFIED: SecretVersion.State
    ENABLED: SecretVersion.State
    DISABLED: SecretVersion.State
    DESTROYED: SecretVersion.State
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DESTROY_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_STATUS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SPECIFIED_PAYLOAD_CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_DESTROY_TIME_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    create_time: _timestamp_pb2.Timestamp
    destroy_time: _timestamp_pb2.Timestamp
    state: SecretVersion.State
    replication_status: ReplicationStatus
    etag: str
    client_specified_payload_checksum: bool
    scheduled_destroy_time: _timestamp_pb2.Timestamp
    customer_managed_encryption: CustomerManagedEncryptionStatus
    def __init__(self, name: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., destroy_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[SecretVersion.State, str]] = ..., replication_status: _Optional[_Union[ReplicationStatus, _Mapping]] = ..., etag: _Optional[str] = ..., client_specified_payload_checksum: _Optional[bool] = ..., scheduled_destroy_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., customer_managed_encryption: _Optional[_Union[CustomerManagedEncryptionStatus, _Mapping]] = ...) -> None: ...

class Replication(_message.Message):
    __slots__ = ("automatic", "user_managed")
    class Automatic(_message.Message):
        __slots__ = ("customer_managed_encryption",)
        CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
        customer_managed_encryption: CustomerManagedEncryption
        def __init__(self, customer_managed_encryption: _Optional[_Union[CustomerManagedEncryption, _Mapping]] = ...) -> None: ...
    class UserManaged(_message.Message):
        __slots__ = ("replicas",)
        class Replica(_message.Message):
            __slots__ = ("location", "customer_managed_encryption")
            LOCATION_FIELD_NUMBER: _ClassVar[int]
            CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
            location: str
            customer_managed_encryption: CustomerManagedEncryption
            def __init__(self, location: _Optional[str] = ..., customer_managed_encryption: _Optional[_Union[CustomerManagedEncryption, _Mapping]] = ...) -> None: ...
        REPLICAS_FIELD_NUMBER: _ClassVar[int]
        replicas: _containers.RepeatedCompositeFieldContainer[Replication.UserManaged.Replica]
        def __init__(self, replicas: _Optional[_Iterable[_Union[Replication.UserManaged.Replica, _Mapping]]] = ...) -> None: ...
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    USER_MANAGED_FIELD_NUMBER: _ClassVar[int]
    automatic: Replication.Automatic
    user_managed: Replication.UserManaged
    def __init__(self, automatic: _Optional[_Union[Replication.Automatic, _Mapping]] = ..., user_managed: _Optional[_Union[Replication.UserManaged, _Mapping]] = ...) -> None: ...

class CustomerManagedEncryption(_message.Message):
    __slots__ = ("kms_key_name",)
    KMS_KEY_NAME_FIELD_NUMBER: _ClassVar[int]
    kms_key_name: str
    def __init__(self, kms_key_name: _Optional[str] = ...) -> None: ...

class ReplicationStatus(_message.Message):
    __slots__ = ("automatic", "user_managed")
    class AutomaticStatus(_message.Message):
        __slots__ = ("customer_managed_encryption",)
        CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
        customer_managed_encryption: CustomerManagedEncryptionStatus
        def __init__(self, customer_managed_encryption: _Optional[_Union[CustomerManagedEncryptionStatus, _Mapping]] = ...) -> None: ...
    class UserManagedStatus(_message.Message):
        __slots__ = ("replicas",)
        class ReplicaStatus(_message.Message):
            __slots__ = ("location", "customer_managed_encryption")
            LOCATION_FIELD_NUMBER: _ClassVar[int]
            CUSTOMER_MANAGED_ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
            location: str
            customer_managed_encryption: CustomerManagedEncryptionStatus
            def __init__(self, location: _Optional[str] = ..., customer_managed_encryption: _Optional[_Union[CustomerManagedEncryptionStatus, _Mapping]] = ...) -> None: ...
        REPLICAS_FIELD_NUMBER: _ClassVar[int]
        replicas: _containers.RepeatedCompositeFieldContainer[ReplicationStatus.UserManagedStatus.ReplicaStatus]
        def __init__(self, replicas: _Optional[_Iterable[_Union[ReplicationStatus.UserManagedStatus.ReplicaStatus, _Mapping]]] = ...) -> None: ...
    AUTOMATIC_FIELD_NUMBER: _ClassVar[int]
    USER_MANAGED_FIELD_NUMBER: _ClassVar[int]
    automatic: ReplicationStatus.AutomaticStatus
    user_managed: ReplicationStatus.UserManagedStatus
    def __init__(self, automatic: _Optional[_Union[ReplicationStatus.AutomaticStatus, _Mapping]] = ..., user_managed: _Optional[_Union[ReplicationStatus.UserManagedStatus, _Mapping]] = ...) -> None: ...

class CustomerManagedEncryptionStatus(_message.Message):
    __slots__ = ("kms_key_version_name",)
    KMS_KEY_VERSION_NAME_FIELD_NUMBER: _ClassVar[int]
    kms_key_version_name: str
    def __init__(self, kms_key_version_name: _Optional[str] = ...) -> None: ...

class Topic(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class Rotation(_message.Message):
    __slots__ = ("next_rotation_time", "rotation_period", "managed_rotation_status")
    class ManagedRotationStatus(_message.Message):
        __slots__ = ("state", "error")
        class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            STATE_UNSPECIFIED: _ClassVar[Rotation.ManagedRotationStatus.State]
            ACTIVE: _ClassVar[Rotation.ManagedRotationStatus.State]
            INACTIVE: _ClassVar[Rotation.ManagedRotationStatus.State]
        STATE_UNSPECIFIED: Rotation.ManagedRotationStatus.State
        ACTIVE: Rotation.ManagedRotationStatus.State
        INACTIVE: Rotation.ManagedRotationStatus.State
        STATE_FIELD_NUMBER: _ClassVar[int]
        ERROR_FIELD_NUMBER: _ClassVar[int]
        state: Rotation.ManagedRotationStatus.State
        error: _rpc_pb2.Status
        def __init__(self, state: _Optional[_Union[Rotation.ManagedRotationStatus.State, str]] = ..., error: _Optional[_Union[_rpc_pb2.Status, _Mapping]] = ...) -> None: ...
    NEXT_ROTATION_TIME_FIELD_NUMBER: _ClassVar[int]
    ROTATION_PERIOD_FIELD_NUMBER: _ClassVar[int]
    MANAGED_ROTATION_STATUS_FIELD_NUMBER: _ClassVar[int]
    next_rotation_time: _timestamp_pb2.Timestamp
    rotation_period: _duration_pb2.Duration
    managed_rotation_status: Rotation.ManagedRotationStatus
    def __init__(self, next_rotation_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rotation_period: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., managed_rotation_status: _Optional[_Union[Rotation.ManagedRotationStatus, _Mapping]] = ...) -> None: ...

class SecretPayload(_message.Message):
    __slots__ = ("data", "data_crc32c")
    DATA_FIELD_NUMBER: _ClassVar[int]
    DATA_CRC32C_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    data_crc32c: int
    def __init__(self, data: _Optional[bytes] = ..., data_crc32c: _Optional[int] = ...) -> None: ...

class CloudSqlSingleUserCredentials(_message.Message):
    __slots__ = ("instance_id", "username", "password")
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    instance_id: str
    username: str
    password: str
    def __init__(self, instance_id: _Optional[str] = ..., username: _Optional[str] = ..., password: _Optional[str] = ...) -> None: ...
