"""The values in a GQL query: literals, keys, arrays and bindings."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from gaelocal.datastore.errors import invalid_argument
from gaelocal.datastore.protocol.gql.tokens import Token, Tokens, unquoted
from gaelocal.protobuf.datastore_pb2 import Value

_WORDS = {"TRUE", "FALSE", "NULL"}


class Values:
    """Reads values; `gql` is the GqlQuery with the bindings."""

    def __init__(self, tokens: Tokens, gql: Any, partition_id: Any) -> None:
        self._tokens = tokens
        self._gql = gql
        self._partition_id = partition_id
        self._is_in_array = False
        self._functions: dict[str, Callable[[], Any]] = {
            "KEY": self._key,
            "DATETIME": self._datetime,
            "BLOB": self._blob,
            "BLOBKEY": self._blob_key,
            "ARRAY": self._array,
        }

    def is_next(self) -> bool:
        """Return whether the next token is a value, not a property name."""
        token = self._tokens.current
        if token.kind in ("string", "number", "binding"):
            return True
        return token.kind == "name" and (token.text.upper() in _WORDS or self._is_function(token))

    def read(self) -> Any:
        token = self._tokens.current
        if token.kind == "binding":
            self._tokens.take()
            return self._bound(token, "value")
        if token.kind == "name" and self._is_function(token):
            self._tokens.take()
            self._tokens.expect("(")
            value = self._functions[token.text.upper()]()
            self._tokens.expect(")")
            return value
        return self._literal()

    def read_count(self) -> int:
        """Read the number of a LIMIT or OFFSET."""
        value = self.read()
        if value.WhichOneof("value_type") != "integer_value":
            self._tokens.fail("<INTEGER>")
        return int(value.integer_value)

    def read_cursor(self) -> bytes | None:
        """Read a binding to a cursor, or return None where something else is next."""
        token = self._tokens.current
        if token.kind != "binding" or self._parameter(token).WhichOneof("parameter_type") != "cursor":
            return None
        self._tokens.take()
        cursor: bytes = self._bound(token, "cursor")
        return cursor

    def _is_function(self, token: Token) -> bool:
        return token.text.upper() in self._functions and self._tokens.is_word(token.text.upper(), "(")

    def _literal(self) -> Any:
        token = self._tokens.current
        is_word = token.kind == "name" and token.text.upper() in _WORDS
        if token.kind not in ("string", "number") and not is_word:
            self._tokens.fail("a value")
        self._tokens.take()
        if not self._gql.allow_literals:
            raise invalid_argument(f"Disallowed literal: {token.text}.")
        return _literal(token)

    def _parameter(self, token: Token) -> Any:
        name = token.text[1:]
        if not name.isdigit():
            if name not in self._gql.named_bindings:
                raise invalid_argument(f"Absent named binding: {name}.")
            return self._gql.named_bindings[name]
        if not 0 < int(name) <= len(self._gql.positional_bindings):
            raise invalid_argument(f"Absent positional binding: {name}.")
        return self._gql.positional_bindings[int(name) - 1]

    def _bound(self, token: Token, kind: str) -> Any:
        parameter = self._parameter(token)
        if parameter.WhichOneof("parameter_type") != kind:
            raise invalid_argument(f"The binding {token.text} is not a {kind}.")
        return getattr(parameter, kind)

    def _text(self) -> str:
        token = self._tokens.current
        if token.kind != "string":
            self._tokens.fail("a string")
        return unquoted(self._tokens.take())

    def _key(self) -> Any:
        value = Value()
        key = value.key_value
        key.partition_id.CopyFrom(self._partition_id)
        for word, field in (
            ("PROJECT", "project_id"),
            ("DATABASE", "database_id"),
            ("NAMESPACE", "namespace_id"),
        ):
            if self._tokens.take_words(word, "("):
                setattr(key.partition_id, field, self._text())
                self._tokens.expect(")")
                self._tokens.expect(",")
        self._path_element(key)
        while self._tokens.take_words(","):
            self._path_element(key)
        return value

    def _path_element(self, key: Any) -> None:
        token = self._tokens.take()
        if token.kind not in ("name", "quoted", "string"):
            self._tokens.fail("a kind")
        element = key.path.add(kind=token.text if token.kind == "name" else unquoted(token))
        self._tokens.expect(",")
        identifier = self.read()
        if identifier.WhichOneof("value_type") == "integer_value":
            element.id = identifier.integer_value
        else:
            element.name = identifier.string_value

    def _datetime(self) -> Any:
        text = self._text()
        value = Value()
        try:
            value.timestamp_value.FromJsonString(text)  # RFC 3339, with a zone
        except ValueError as error:
            raise invalid_argument(f"Invalid DATETIME literal: {text}.") from error
        return value

    def _blob(self) -> Any:
        text = self._text()
        try:
            return Value(blob_value=base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, ValueError) as error:
            raise invalid_argument(f"Invalid BLOB literal: {text}.") from error

    def _blob_key(self) -> Any:
        return Value(string_value=self._text())

    def _array(self) -> Any:
        if self._is_in_array:
            raise invalid_argument("An ARRAY literal cannot contain another one.")
        self._is_in_array = True
        value = Value()
        value.array_value.values.append(self.read())
        while self._tokens.take_words(","):
            value.array_value.values.append(self.read())
        self._is_in_array = False
        return value


def _literal(token: Token) -> Any:
    if token.kind == "string":
        return Value(string_value=unquoted(token))
    if token.kind == "name":
        word = token.text.upper()
        return Value(null_value="NULL_VALUE") if word == "NULL" else Value(boolean_value=word == "TRUE")
    if token.text.lstrip("+-").isdigit():
        try:
            return Value(integer_value=int(token.text))
        except ValueError as error:
            raise invalid_argument(f"The integer {token.text} is too large.") from error
    return Value(double_value=float(token.text))
