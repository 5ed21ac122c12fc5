"""Users: valid names, their claims in an ID token, and the list of recent users."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaelocal.atomic_write import write_atomically
from gaelocal.state_files import describe, read_json

log = logging.getLogger(__name__)
MAIL_DOMAIN = "example.com"
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{1,63}")
ADDRESS_LIMIT = 254  # RFC 5321, with the brackets taken off
REMEMBERED = 500  # more people than a test project has, in a file that is written in a millisecond
POSSIBLE = (
    "a user name has 1 to 64 characters: letters from a to z, digits, dots, dashes and underscores, "
    "no spaces and no accents; or a mail address"
)


class InvalidName(ValueError):
    """Neither a user name nor a mail address."""


@dataclass(frozen=True, slots=True)
class User:
    """A user, identified by the typed name in lower case.

    `Ana`, `ana` and `ana@example.com` are the same user, because phones capitalize the first letter.
    """

    name: str

    @classmethod
    def named(cls, typed: str) -> "User":
        """Parse a name from the page or the command line.

        Raises:
            InvalidName: it is neither a user name nor a mail address.
        """
        name = typed.strip().lower().removesuffix(f"@{MAIL_DOMAIN}")
        if NAME.fullmatch(name) or (ADDRESS.fullmatch(name) and len(name) <= ADDRESS_LIMIT):
            return cls(name)
        raise InvalidName(POSSIBLE)

    @property
    def subject(self) -> str:
        return hashlib.sha256(f"gaelocal:{self.name}".encode()).hexdigest()[:24]

    def claims(self) -> dict[str, str | bool]:
        handle, _, domain = self.name.partition("@")
        words = re.split(r"[._+-]+", handle.strip("._+-") or handle)
        return {
            "sub": self.subject,
            "preferred_username": handle,
            "name": " ".join(word[:1].upper() + word[1:] for word in words),
            "email": f"{handle}@{domain or MAIL_DOMAIN}",
            "email_verified": True,
        }


class KnownUsers:
    """The names that signed in or got a token, the latest first, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._names: list[str] = []

    def load(self) -> None:
        self._names = read_json(self._file, _folded, [])

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._names))

    def add(self, user: User) -> None:
        if self._names[:1] == [user.name]:
            return
        others = [name for name in self._names if name != user.name]
        self._names = [user.name, *others][:REMEMBERED]
        try:
            write_atomically(self._file, json.dumps(self._names))
        except OSError as error:  # the list is a convenience; nobody is kept from signing in
            log.warning("%s %s", self._file, describe(error))


def _folded(names: Any) -> list[str]:
    if not isinstance(names, list):
        raise TypeError("not a list")
    return list(dict.fromkeys(name.lower() for name in names if isinstance(name, str)))
