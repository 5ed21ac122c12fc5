from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MailServiceError(_message.Message):
    __slots__ = ()
    class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OK: _ClassVar[MailServiceError.ErrorCode]
        INTERNAL_ERROR: _ClassVar[MailServiceError.ErrorCode]
        BAD_REQUEST: _ClassVar[MailServiceError.ErrorCode]
        UNAUTHORIZED_SENDER: _ClassVar[MailServiceError.ErrorCode]
        INVALID_ATTACHMENT_TYPE: _ClassVar[MailServiceError.ErrorCode]
        INVALID_HEADER_NAME: _ClassVar[MailServiceError.ErrorCode]
        INVALID_CONTENT_ID: _ClassVar[MailServiceError.ErrorCode]
    OK: MailServiceError.ErrorCode
    INTERNAL_ERROR: MailServiceError.ErrorCode
    BAD_REQUEST: MailServiceError.ErrorCode
    UNAUTHORIZED_SENDER: MailServiceError.ErrorCode
    INVALID_ATTACHMENT_TYPE: MailServiceError.ErrorCode
    INVALID_HEADER_NAME: MailServiceError.ErrorCode
    INVALID_CONTENT_ID: MailServiceError.ErrorCode
    def __init__(self) -> None: ...

class MailAttachment(_message.Message):
    __slots__ = ("FileName", "Data", "ContentID", "DEPRECATED_ContentID_set")
    FILENAME_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CONTENTID_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_CONTENTID_SET_FIELD_NUMBER: _ClassVar[int]
    FileName: str
    Data: bytes
    ContentID: str
    DEPRECATED_ContentID_set: bool
    def __init__(self, FileName: _Optional[str] = ..., Data: _Optional[bytes] = ..., ContentID: _Optional[str] = ..., DEPRECATED_ContentID_set: _Optional[bool] = ...) -> None: ...

class MailHeader(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class MailMessage(_message.Message):
    __slots__ = ("Sender", "ReplyTo", "To", "Cc", "Bcc", "Subject", "TextBody", "HtmlBody", "AmpHtmlBody", "Attachment", "Header")
    SENDER_FIELD_NUMBER: _ClassVar[int]
    REPLYTO_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    CC_FIELD_NUMBER: _ClassVar[int]
    BCC_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXTBODY_FIELD_NUMBER: _ClassVar[int]
    HTMLBODY_FIELD_NUMBER: _ClassVar[int]
    AMPHTMLBODY_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    Sender: str
    ReplyTo: str
    To: _containers.RepeatedScalarFieldContainer[str]
    Cc: _containers.RepeatedScalarFieldContainer[str]
    Bcc: _containers.RepeatedScalarFieldContainer[str]
    Subject: str
    TextBody: str
    HtmlBody: str
    AmpHtmlBody: str
    Attachment: _containers.RepeatedCompositeFieldContainer[MailAttachment]
    Header: _containers.RepeatedCompositeFieldContainer[MailHeader]
    def __init__(self, Sender: _Optional[str] = ..., ReplyTo: _Optional[str] = ..., To: _Optional[_Iterable[str]] = ..., Cc: _Optional[_Iterable[str]] = ..., Bcc: _Optional[_Iterable[str]] = ..., Subject: _Optional[str] = ..., TextBody: _Optional[str] = ..., HtmlBody: _Optional[str] = ..., AmpHtmlBody: _Optional[str] = ..., Attachment: _Optional[_Iterable[_Union[MailAttachment, _Mapping]]] = ..., Header: _Optional[_Iterable[_Union[MailHeader, _Mapping]]] = ...) -> None: ...
