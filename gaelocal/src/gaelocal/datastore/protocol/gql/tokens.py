"""The words of a GQL query."""

import re
from typing import NamedTuple, NoReturn

from gaelocal.datastore.errors import invalid_argument

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*")
    |(?P<quoted>`(?:[^`\\]|``|\\.)*`)
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<binding>@[A-Za-z0-9_$]+)
    |(?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
    |(?P<sign><=|>=|!=|[=<>(),*.+])
    )""",
    re.VERBOSE | re.DOTALL,
)
_END = re.compile(r"\s*\Z")
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


class Token(NamedTuple):
    """`kind` is string, quoted, number, binding, name or sign, and empty at the end of the query."""

    kind: str
    text: str
    column: int


class Tokens:
    """Reads the tokens of a query one after the other."""

    def __init__(self, written: str) -> None:
        self._tokens = _split(written)
        self._next = 0

    @property
    def current(self) -> Token:
        return self._tokens[self._next]

    def is_word(self, *words: str) -> bool:
        """Return whether the next tokens are these keywords; quoted names are not keywords."""
        following = self._tokens[self._next : self._next + len(words)]
        found = [token.text.upper() for token in following if token.kind in ("name", "sign")]
        return found == list(words)

    def take_words(self, *words: str) -> bool:
        """Pass over these words, if they are next."""
        if not self.is_word(*words):
            return False
        self._next += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.take_words(*words):
            self.fail(" ".join(words))

    def take(self) -> Token:
        token = self.current
        if token.kind:
            self._next += 1
        return token

    def expect_end(self) -> None:
        if self.current.kind:
            self.fail("<EOF>")

    def fail(self, expected: str) -> NoReturn:
        found = self.current.text or "<EOF>"
        raise invalid_argument(
            f'Encountered "{found}" at line 1, column {self.current.column}. Was expecting: {expected}.'
        )


def unquoted(token: Token) -> str:
    """Return the text of a string or a quoted name without its quotes and escapes."""
    quote = token.text[0]
    text = token.text[1:-1].replace(quote * 2, quote)
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


def _split(written: str) -> list[Token]:
    tokens, place = [], 0
    while not _END.match(written, place):
        match = _TOKEN.match(written, place)
        if match is None or match.lastgroup is None:
            column = place + len(written[place:]) - len(written[place:].lstrip()) + 1
            raise invalid_argument(f"Lexical error at line 1, column {column}.")
        tokens.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        place = match.end()
    tokens.append(Token("", "", len(written) + 1))
    return tokens
