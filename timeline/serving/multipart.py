"""Multipart forms as phones, browsers and command lines send them (RFC 7578)."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

Form = tuple[MultiDict[str, str], MultiDict[str, FileStorage]]

FILE_TYPES = ("image/", "application/octet-stream")
WITHOUT_NAME = '; filename=""'


class TolerantFormParser(FormDataParser):
    """Reads forms whose file names are not in UTF-8, and files without a name; Werkzeug drops such forms.

    curl on Windows sends names in the encoding of the system, and some apps send none.
    """

    def _parse_multipart(
        self,
        stream: IO[bytes],
        mimetype: str,  # noqa: ARG002 - Werkzeug's signature
        content_length: int | None,
        options: dict[str, str],
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        parser = _Parser(
            max_form_memory_size=self.max_form_memory_size, cls=self.cls, max_form_parts=self.max_form_parts
        )
        return stream, *parser.parse(stream, boundary, content_length)


class _Decoder(MultipartDecoder):
    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        headers = super()._parse_headers(data.decode("utf-8", "replace").encode())
        disposition = headers.get("Content-Disposition", "")
        if "filename" not in disposition and headers.get("Content-Type", "").startswith(FILE_TYPES):
            headers["Content-Disposition"] = disposition + WITHOUT_NAME
        return headers


class _Parser(MultiPartParser):
    """Keeps files in memory: App Engine's /tmp is memory too, and the limit of a request is 20 MB."""

    def parse(self, stream: IO[bytes], boundary: bytes, content_length: int | None) -> Form:  # noqa: ARG002 - Werkzeug's signature
        decoder = _Decoder(boundary, self.max_form_memory_size, max_parts=self.max_form_parts)
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        for part, content in self._parts(decoder, stream):
            if isinstance(part, File):
                file = FileStorage(content, part.filename, part.name, headers=part.headers)
                files.append((part.name, file))
            else:
                charset = self.get_part_charset(part.headers)
                fields.append((part.name, content.getvalue().decode(charset, "replace")))
        return self.cls(fields), self.cls(files)

    def _parts(self, decoder: MultipartDecoder, stream: IO[bytes]) -> Iterator[tuple[Field | File, BytesIO]]:
        part: Field | File | None = None
        content = BytesIO()
        for event in _events(decoder, stream, self.buffer_size):
            if isinstance(event, Field | File):
                part, content = event, BytesIO()
            elif isinstance(event, Data) and part is not None:
                content.write(event.data)
                self._check_size(part, content)
                if not event.more_data:
                    content.seek(0)
                    yield part, content

    def _check_size(self, part: Field | File, content: BytesIO) -> None:
        limit = self.max_form_memory_size
        if isinstance(part, Field) and limit is not None and content.tell() > limit:
            raise RequestEntityTooLarge


def _events(decoder: MultipartDecoder, stream: IO[bytes], size: int) -> Iterator[Event]:
    """Raises ValueError if the form is cut off or malformed."""
    data: Any = True
    while data:
        data = stream.read(size)
        decoder.receive_data(data or None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event
