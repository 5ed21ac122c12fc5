from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PropertyValue(_message.Message):
    __slots__ = ("int64Value", "booleanValue", "stringValue", "doubleValue", "pointvalue", "uservalue", "referencevalue")
    class PointValue(_message.Message):
        __slots__ = ("x", "y")
        X_FIELD_NUMBER: _ClassVar[int]
        Y_FIELD_NUMBER: _ClassVar[int]
        x: float
        y: float
        def __init__(self, x: _Optional[float] = ..., y: _Optional[float] = ...) -> None: ...
    class UserValue(_message.Message):
        __slots__ = ("email", "auth_domain", "nickname", "gaiaid", "obfuscated_gaiaid", "federated_identity", "federated_provider")
        EMAIL_FIELD_NUMBER: _ClassVar[int]
        AUTH_DOMAIN_FIELD_NUMBER: _ClassVar[int]
        NICKNAME_FIELD_NUMBER: _ClassVar[int]
        GAIAID_FIELD_NUMBER: _ClassVar[int]
        OBFUSCATED_GAIAID_FIELD_NUMBER: _ClassVar[int]
        FEDERATED_IDENTITY_FIELD_NUMBER: _ClassVar[int]
        FEDERATED_PROVIDER_FIELD_NUMBER: _ClassVar[int]
        email: str
        auth_domain: str
        nickname: str
        gaiaid: int
        obfuscated_gaiaid: str
        federated_identity: str
        federated_provider: str
        def __init__(self, email: _Optional[str] = ..., auth_domain: _Optional[str] = ..., nickname: _Optional[str] = ..., gaiaid: _Optional[int] = ..., obfuscated_gaiaid: _Optional[str] = ..., federated_identity: _Optional[str] = ..., federated_provider: _Optional[str] = ...) -> None: ...
    class ReferenceValue(_message.Message):
        __slots__ = ("app", "name_space", "pathelement", "database_id")
        class PathElement(_message.Message):
            __slots__ = ("type", "id", "name")
            TYPE_FIELD_NUMBER: _ClassVar[int]
            ID_FIELD_NUMBER: _ClassVar[int]
            NAME_FIELD_NUMBER: _ClassVar[int]
            type: str
            id: int
            name: str
            def __init__(self, type: _Optional[str] = ..., id: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...
        APP_FIELD_NUMBER: _ClassVar[int]
        NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
        PATHELEMENT_FIELD_NUMBER: _ClassVar[int]
        DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
        app: str
        name_space: str
        pathelement: _containers.RepeatedCompositeFieldContainer[PropertyValue.ReferenceValue.PathElement]
        database_id: str
        def __init__(self, app: _Optional[str] = ..., name_space: _Optional[str] = ..., pathelement: _Optional[_Iterable[_Union[PropertyValue.ReferenceValue.PathElement, _Mapping]]] = ..., database_id: _Optional[str] = ...) -> None: ...
    INT64VALUE_FIELD_NUMBER: _ClassVar[int]
    BOOLEANVALUE_FIELD_NUMBER: _ClassVar[int]
    STRINGVALUE_FIELD_NUMBER: _ClassVar[int]
    DOUBLEVALUE_FIELD_NUMBER: _ClassVar[int]
    POINTVALUE_FIELD_NUMBER: _ClassVar[int]
    USERVALUE_FIELD_NUMBER: _ClassVar[int]
    REFERENCEVALUE_FIELD_NUMBER: _ClassVar[int]
    int64Value: int
    booleanValue: bool
    stringValue: bytes
    doubleValue: float
    pointvalue: PropertyValue.PointValue
    uservalue: PropertyValue.UserValue
    referencevalue: PropertyValue.ReferenceValue
    def __init__(self, int64Value: _Optional[int] = ..., booleanValue: _Optional[bool] = ..., stringValue: _Optional[bytes] = ..., doubleValue: _Optional[float] = ..., pointvalue: _Optional[_Union[PropertyValue.PointValue, _Mapping]] = ..., uservalue: _Optional[_Union[PropertyValue.UserValue, _Mapping]] = ..., referencevalue: _Optional[_Union[PropertyValue.ReferenceValue, _Mapping]] = ...) -> None: ...

class Property(_message.Message):
    __slots__ = ("meaning", "meaning_uri", "name", "value", "multiple", "stashed", "computed")
    class Meaning(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NO_MEANING: _ClassVar[Property.Meaning]
        BLOB: _ClassVar[Property.Meaning]
        TEXT: _ClassVar[Property.Meaning]
        BYTESTRING: _ClassVar[Property.Meaning]
        ATOM_CATEGORY: _ClassVar[Property.Meaning]
        ATOM_LINK: _ClassVar[Property.Meaning]
        ATOM_TITLE: _ClassVar[Property.Meaning]
        ATOM_CONTENT: _ClassVar[Property.Meaning]
        ATOM_SUMMARY: _ClassVar[Property.Meaning]
        ATOM_AUTHOR: _ClassVar[Property.Meaning]
        GD_WHEN: _ClassVar[Property.Meaning]
        GD_EMAIL: _ClassVar[Property.Meaning]
        GEORSS_POINT: _ClassVar[Property.Meaning]
        GD_IM: _ClassVar[Property.Meaning]
        GD_PHONENUMBER: _ClassVar[Property.Meaning]
        GD_POSTALADDRESS: _ClassVar[Property.Meaning]
        GD_RATING: _ClassVar[Property.Meaning]
        BLOBKEY: _ClassVar[Property.Meaning]
        ENTITY_PROTO: _ClassVar[Property.Meaning]
        EMPTY_LIST: _ClassVar[Property.Meaning]
        INDEX_VALUE: _ClassVar[Property.Meaning]
    NO_MEANING: Property.Meaning
    BLOB: Property.Meaning
    TEXT: Property.Meaning
    BYTESTRING: Property.Meaning
    ATOM_CATEGORY: Property.Meaning
    ATOM_LINK: Property.Meaning
    ATOM_TITLE: Property.Meaning
    ATOM_CONTENT: Property.Meaning
    ATOM_SUMMARY: Property.Meaning
    ATOM_AUTHOR: Property.Meaning
    GD_WHEN: Property.Meaning
    GD_EMAIL: Property.Meaning
    GEORSS_POINT: Property.Meaning
    GD_IM: Property.Meaning
    GD_PHONENUMBER: Property.Meaning
    GD_POSTALADDRESS: Property.Meaning
    GD_RATING: Property.Meaning
    BLOBKEY: Property.Meaning
    ENTITY_PROTO: Property.Meaning
    EMPTY_LIST: Property.Meaning
    INDEX_VALUE: Property.Meaning
    MEANING_FIELD_NUMBER: _ClassVar[int]
    MEANING_URI_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    STASHED_FIELD_NUMBER: _ClassVar[int]
    COMPUTED_FIELD_NUMBER: _ClassVar[int]
    meaning: Property.Meaning
    meaning_uri: str
    name: str
    value: PropertyValue
    multiple: bool
    stashed: int
    computed: bool
    def __init__(self, meaning: _Optional[_Union[Property.Meaning, str]] = ..., meaning_uri: _Optional[str] = ..., name: _Optional[str] = ..., value: _Optional[_Union[PropertyValue, _Mapping]] = ..., multiple: _Optional[bool] = ..., stashed: _Optional[int] = ..., computed: _Optional[bool] = ...) -> None: ...

class Path(_message.Message):
    __slots__ = ("element",)
    class Element(_message.Message):
        __slots__ = ("type", "id", "name")
        TYPE_FIELD_NUMBER: _ClassVar[int]
        ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        type: str
        id: int
        name: str
        def __init__(self, type: _Optional[str] = ..., id: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    element: _containers.RepeatedCompositeFieldContainer[Path.Element]
    def __init__(self, element: _Optional[_Iterable[_Union[Path.Element, _Mapping]]] = ...) -> None: ...

class Reference(_message.Message):
    __slots__ = ("app", "name_space", "path", "database_id")
    APP_FIELD_NUMBER: _ClassVar[int]
    NAME_SPACE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    app: str
    name_space: str
    path: Path
    database_id: str
    def __init__(self, app: _Optional[str] = ..., name_space: _Optional[str] = ..., path: _Optional[_Union[Path, _Mapping]] = ..., database_id: _Optional[str] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("email", "auth_domain", "nickname", "gaiaid", "obfuscated_gaiaid", "federated_identity", "federated_provider")
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    AUTH_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    GAIAID_FIELD_NUMBER: _ClassVar[int]
    OBFUSCATED_GAIAID_FIELD_NUMBER: _ClassVar[int]
    FEDERATED_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    FEDERATED_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    email: str
    auth_domain: str
    nickname: str
    gaiaid: int
    obfuscated_gaiaid: str
    federated_identity: str
    federated_provider: str
    def __init__(self, email: _Optional[str] = ..., auth_domain: _Optional[str] = ..., nickname: _Optional[str] = ..., gaiaid: _Optional[int] = ..., obfuscated_gaiaid: _Optional[str] = ..., federated_identity: _Optional[str] = ..., federated_provider: _Optional[str] = ...) -> None: ...

class EntityProto(_message.Message):
    __slots__ = ("key", "entity_group", "owner", "kind", "kind_uri", "property", "raw_property")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        GD_CONTACT: _ClassVar[EntityProto.Kind]
        GD_EVENT: _ClassVar[EntityProto.Kind]
        GD_MESSAGE: _ClassVar[EntityProto.Kind]
    GD_CONTACT: EntityProto.Kind
    GD_EVENT: EntityProto.Kind
    GD_MESSAGE: EntityProto.Kind
    KEY_FIELD_NUMBER: _ClassVar[int]
    ENTITY_GROUP_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    KIND_URI_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    RAW_PROPERTY_FIELD_NUMBER: _ClassVar[int]
    key: Reference
    entity_group: Path
    owner: User
    kind: EntityProto.Kind
    kind_uri: str
    property: _containers.RepeatedCompositeFieldContainer[Property]
    raw_property: _containers.RepeatedCompositeFieldContainer[Property]
    def __init__(self, key: _Optional[_Union[Reference, _Mapping]] = ..., entity_group: _Optional[_Union[Path, _Mapping]] = ..., owner: _Optional[_Union[User, _Mapping]] = ..., kind: _Optional[_Union[EntityProto.Kind, str]] = ..., kind_uri: _Optional[str] = ..., property: _Optional[_Iterable[_Union[Property, _Mapping]]] = ..., raw_property: _Optional[_Iterable[_Union[Property, _Mapping]]] = ...) -> None: ...

class EntityMetadata(_message.Message):
    __slots__ = ("created_version", "updated_version")
    CREATED_VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATED_VERSION_FIELD_NUMBER: _ClassVar[int]
    created_version: int
    updated_version: int
    def __init__(self, created_version: _Optional[int] = ..., updated_version: _Optional[int] = ...) -> None: ...

class EntitySummary(_message.Message):
    __slots__ = ("large_raw_property",)
    class PropertySummary(_message.Message):
        __slots__ = ("name", "property_type_for_stats", "size_bytes")
        NAME_FIELD_NUMBER: _ClassVar[int]
        PROPERTY_TYPE_FOR_STATS_FIELD_NUMBER: _ClassVar[int]
        SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
        name: str
        property_type_for_stats: str
        size_bytes: int
        def __init__(self, name: _Optional[str] = ..., property_type_for_stats: _Optional[str] = ..., size_bytes: _Optional[int] = ...) -> None: ...
    LARGE_RAW_PROPERTY_FIELD_NUMBER: _ClassVar[int]
    large_raw_property: _containers.RepeatedCompositeFieldContainer[EntitySummary.PropertySummary]
    def __init__(self, large_raw_property: _Optional[_Iterable[_Union[EntitySummary.PropertySummary, _Mapping]]] = ...) -> None: ...

class CompositeProperty(_message.Message):
    __slots__ = ("index_id", "value")
    INDEX_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    index_id: int
    value: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, index_id: _Optional[int] = ..., value: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Index(_message.Message):
    __slots__ = ("entity_type", "ancestor", "parent", "version", "property")
    class Version(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERSION_UNSPECIFIED: _ClassVar[Index.Version]
        V1: _ClassVar[Index.Version]
        V2: _ClassVar[Index.Version]
        V3: _ClassVar[Index.Version]
    VERSION_UNSPECIFIED: Index.Version
    V1: Index.Version
    V2: Index.Version
    V3: Index.Version
    class Property(_message.Message):
        __slots__ = ("name", "direction", "mode")
        class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            DIRECTION_UNSPECIFIED: _ClassVar[Index.Property.Direction]
            ASCENDING: _ClassVar[Index.Property.Direction]
            DESCENDING: _ClassVar[Index.Property.Direction]
        DIRECTION_UNSPECIFIED: Index.Property.Direction
        ASCENDING: Index.Property.Direction
        DESCENDING: Index.Property.Direction
        class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            MODE_UNSPECIFIED: _ClassVar[Index.Property.Mode]
            GEOSPATIAL: _ClassVar[Index.Property.Mode]
            ARRAY_CONTAINS: _ClassVar[Index.Property.Mode]
        MODE_UNSPECIFIED: Index.Property.Mode
        GEOSPATIAL: Index.Property.Mode
        ARRAY_CONTAINS: Index.Property.Mode
        NAME_FIELD_NUMBER: _ClassVar[int]
        DIRECTION_FIELD_NUMBER: _ClassVar[int]
        MODE_FIELD_NUMBER: _ClassVar[int]
        name: str
        direction: Index.Property.Direction
        mode: Index.Property.Mode
        def __init__(self, name: _Optional[str] = ..., direction: _Optional[_Union[Index.Property.Direction, str]] = ..., mode: _Optional[_Union[Index.Property.Mode, str]] = ...) -> None: ...
    ENTITY_TYPE_FIELD_NUMBER: _ClassVar[int]
    ANCESTOR_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    entity_type: str
    ancestor: bool
    parent: bool
    version: Index.Version
    property: _containers.RepeatedCompositeFieldContainer[Index.Property]
    def __init__(self, entity_type: _Optional[str] = ..., ancestor: _Optional[bool] = ..., parent: _Optional[bool] = ..., version: _Optional[_Union[Index.Version, str]] = ..., property: _Optional[_Iterable[_Union[Index.Property, _Mapping]]] = ...) -> None: ...

class CompositeIndex(_message.Message):
    __slots__ = ("app_id", "database_id", "id", "definition", "state", "workflow_state", "error_message", "only_use_if_required", "disabled_index", "deprecated_read_division_family", "deprecated_write_division_family")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        WRITE_ONLY: _ClassVar[CompositeIndex.State]
        READ_WRITE: _ClassVar[CompositeIndex.State]
        DELETED: _ClassVar[CompositeIndex.State]
        ERROR: _ClassVar[CompositeIndex.State]
    WRITE_ONLY: CompositeIndex.State
    READ_WRITE: CompositeIndex.State
    DELETED: CompositeIndex.State
    ERROR: CompositeIndex.State
    class WorkflowState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PENDING: _ClassVar[CompositeIndex.WorkflowState]
        ACTIVE: _ClassVar[CompositeIndex.WorkflowState]
        COMPLETED: _ClassVar[CompositeIndex.WorkflowState]
    PENDING: CompositeIndex.WorkflowState
    ACTIVE: CompositeIndex.WorkflowState
    COMPLETED: CompositeIndex.WorkflowState
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_STATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ONLY_USE_IF_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    DISABLED_INDEX_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_READ_DIVISION_FAMILY_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_WRITE_DIVISION_FAMILY_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    database_id: str
    id: int
    definition: Index
    state: CompositeIndex.State
    workflow_state: CompositeIndex.WorkflowState
    error_message: str
    only_use_if_required: bool
    disabled_index: bool
    deprecated_read_division_family: _containers.RepeatedScalarFieldContainer[str]
    deprecated_write_division_family: str
    def __init__(self, app_id: _Optional[str] = ..., database_id: _Optional[str] = ..., id: _Optional[int] = ..., definition: _Optional[_Union[Index, _Mapping]] = ..., state: _Optional[_Union[CompositeIndex.State, str]] = ..., workflow_state: _Optional[_Union[CompositeIndex.WorkflowState, str]] = ..., error_message: _Optional[str] = ..., only_use_if_required: _Optional[bool] = ..., disabled_index: _Optional[bool] = ..., deprecated_read_division_family: _Optional[_Iterable[str]] = ..., deprecated_write_division_family: _Optional[str] = ...) -> None: ...

class SearchIndexEntry(_message.Message):
    __slots__ = ("index_id", "write_division_family", "fingerprint_1999", "fingerprint_2011")
    INDEX_ID_FIELD_NUMBER: _ClassVar[int]
    WRITE_DIVISION_FAMILY_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_1999_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_2011_FIELD_NUMBER: _ClassVar[int]
    index_id: int
    write_division_family: str
    fingerprint_1999: int
    fingerprint_2011: int
    def __init__(self, index_id: _Optional[int] = ..., write_division_family: _Optional[str] = ..., fingerprint_1999: _Optional[int] = ..., fingerprint_2011: _Optional[int] = ...) -> None: ...

class IndexPostfix(_message.Message):
    __slots__ = ("index_value", "key", "before", "before_ascending")
    class IndexValue(_message.Message):
        __slots__ = ("property_name", "value")
        PROPERTY_NAME_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        property_name: str
        value: PropertyValue
        def __init__(self, property_name: _Optional[str] = ..., value: _Optional[_Union[PropertyValue, _Mapping]] = ...) -> None: ...
    INDEX_VALUE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ASCENDING_FIELD_NUMBER: _ClassVar[int]
    index_value: _containers.RepeatedCompositeFieldContainer[IndexPostfix.IndexValue]
    key: Reference
    before: bool
    before_ascending: bool
    def __init__(self, index_value: _Optional[_Iterable[_Union[IndexPostfix.IndexValue, _Mapping]]] = ..., key: _Optional[_Union[Reference, _Mapping]] = ..., before: _Optional[bool] = ..., before_ascending: _Optional[bool] = ...) -> None: ...

class IndexPosition(_message.Message):
    __slots__ = ("key", "before", "before_ascending")
    KEY_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ASCENDING_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    before: bool
    before_ascending: bool
    def __init__(self, key: _Optional[bytes] = ..., before: _Optional[bool] = ..., before_ascending: _Optional[bool] = ...) -> None: ...
