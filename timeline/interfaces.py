"""What the domain needs from outside, as narrow protocols; timeline.gcp satisfies them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, BinaryIO, Protocol, TypeVar

from timeline.settings import Settings

Key = tuple[str, ...]
"""A path of kinds and names from the root of the entity group: ("User", "ana", "Photo", "0v…")."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entity:
    """A row: values are str, int, bool, bytes, None, aware datetimes, or lists and dicts of these.

    Only the properties named in `indexed` can be asked for in a scan; each one more makes every write dearer.
    """

    key: Key
    values: dict[str, Any]
    indexed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A bounded query that needs no composite index: in key order, or in the order of one property.

    With `parent`, an ancestor query: strongly consistent everywhere. Without, a global query: on legacy
    Datastore it may lag behind. `after` continues behind a key (key order), `above` and `below` bound
    `by` exclusively; `equal` asks for one value of `by` and cannot be joined with the others.
    An empty `kind` with a parent means everything below it; the parent itself too, unless `after` is it.
    """

    kind: str
    limit: int
    parent: Key | None = None
    after: Key | None = None
    by: str | None = None
    above: Any = None
    below: Any = None
    equal: Any = None
    keys_only: bool = False


class Transaction(Protocol):
    """Reads see one moment; writes become visible together, or not at all."""

    def get(self, *keys: Key) -> "Sequence[Entity | None]": ...

    def put(self, *entities: Entity) -> None: ...

    def delete(self, *keys: Key) -> None: ...


class Entities(Protocol):
    """Datastore, as the domain sees it. Raises Busy on lasting contention, Unavailable when it is gone."""

    def get(self, *keys: Key) -> "Sequence[Entity | None]":
        """Strongly consistent; one answer per key, in the order asked; at most 1,000 keys."""

    def put(self, *entities: Entity) -> None: ...

    def delete(self, *keys: Key) -> None: ...

    def scan(self, scan: Scan) -> Sequence[Entity]: ...

    def ping(self) -> None:
        """One impatient call. Raises Unavailable."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` until its transaction commits. It may run often: make ids and times outside."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An object of the bucket; `created` is aware."""

    name: str
    size: int
    content_type: str
    created: datetime


class Blobs(Protocol):
    """Cloud Storage, as the domain sees it. Names never change their content."""

    def add(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Store under a fresh name; finding the name taken means that this very call already happened."""

    def begin(self, name: str, content_type: str, size: int, origin: str | None = None) -> str:
        """A URL that takes the bytes of one object, in pieces, for days; of a web page of this origin too."""

    def cancel(self, url: str) -> None:
        """Such a URL takes no more; one that is over already is fine."""

    def find(self, name: str) -> Blob | None: ...

    def read(self, name: str) -> bytes:
        """The whole object. Raises NotFound."""

    def read_range(self, name: str, first: int, last: int) -> bytes:
        """Both ends inclusive. Raises NotFound."""

    def list(self, prefix: str, limit: int, start: str = "") -> Sequence[Blob]:
        """In the order of names, from `start` (inclusive) on."""

    def join(self, name: str, parts: "Sequence[str]", content_type: str) -> None:
        """Store at most 32 objects, one behind the other, under a fresh name. Raises NotFound."""

    def link(self, name: str, seconds: int, save_as: str) -> str:
        """A URL by which anyone who has it can fetch the object for so long, as a file of that name."""

    def ping(self) -> None:
        """One impatient call. Raises Unavailable."""

    def delete(self, names: Iterable[str]) -> None:
        """Names that do not exist are fine."""


class Tasks(Protocol):
    """Cloud Tasks, as the domain sees it."""

    def add(self, task: "Task") -> None:
        """Create the task; a name already used means it was created before. Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A POST of JSON to a path of the application; at most once created per name.

    `due` is a moment, `delay` counts from the creation.
    """

    queue: str
    path: str
    name: str
    body: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    delay: timedelta = timedelta(0)


class Cache(Protocol):
    """memcached, as the domain sees it. Never raises: a broken cache forgets everything."""

    def get(self, key: str) -> bytes | None: ...

    def gets(self, key: str) -> tuple[bytes | None, object]:
        """The value and the token that `cas` wants."""

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        """True only when the key was absent and now is ours."""

    def cas(self, key: str, value: bytes, token: object, seconds: int) -> bool:
        """True only when nobody touched the key since `gets`."""

    def delete(self, *keys: str) -> None: ...

    def incr(self, key: str, seconds: int, by: int = 1) -> int | None:
        """Count so many more, for so long from the first; None when the cache cannot tell."""

    def is_alive(self) -> bool: ...


class Mail(Protocol):
    """The outside mail service."""

    def send(self, message: EmailMessage) -> None:
        """Raises MailRefused (for good), MailUncertain, Unavailable (surely not sent)."""


class Clock(Protocol):
    def now(self) -> datetime:
        """This moment, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Every external service; the first argument of every domain function. Tests replace single fields."""

    settings: Settings
    entities: Entities
    blobs: Blobs
    tasks: Tasks
    cache: Cache
    mail: Mail
    clock: Clock
