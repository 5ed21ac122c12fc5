"""The interfaces of the external services that the domain uses; timeline.gcp implements them."""

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
    """A row. Values are str, int, bool, bytes, None, aware datetimes, or lists and dicts of these.

    Only the properties named in `indexed` can be queried; each one makes every write more expensive.
    """

    key: Key
    values: dict[str, Any]
    indexed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A bounded query that needs no composite index: in key order, or in the order of one property.

    With `parent`, it is a strongly consistent ancestor query. Without, it is a global query: on legacy
    Datastore it may be stale. `after` continues after a key and `until` is the last key (key order),
    `above` and `below` bound `by` exclusively; `equal` selects one value of `by` and excludes the other
    conditions.
    An empty `kind` selects all kinds below the parent, and the parent itself unless `after` is its key.
    """

    kind: str
    limit: int
    parent: Key | None = None
    after: Key | None = None
    until: Key | None = None
    by: str | None = None
    above: Any = None
    below: Any = None
    equal: Any = None
    keys_only: bool = False


class Transaction(Protocol):
    """All reads see the same snapshot; all writes become visible together or not at all."""

    def get(self, *keys: Key) -> "Sequence[Entity | None]": ...

    def put(self, *entities: Entity) -> None: ...

    def delete(self, *keys: Key) -> None: ...


@dataclass(frozen=True, slots=True)
class BegunTransaction:
    """`began` is a time of the monotonic clock: Datastore ends a transaction that is idle for a minute."""

    id: bytes
    began: float


class Entities(Protocol):
    """Datastore. Raises Busy on lasting contention, and Unavailable when it does not respond."""

    def get(self, *keys: Key) -> "Sequence[Entity | None]":
        """Strongly consistent. Return one row or None per key, in the same order; at most 1,000 keys."""

    def put(self, *entities: Entity) -> None: ...

    def add(self, entity: Entity, *changed: Entity) -> bool:
        """Create a row, and replace others that exist, in one call; return whether this was done.

        After False, the row existed, or one of the others did not. A part may have been done, also by this
        call itself, whose first reply was lost.
        """

    def delete(self, *keys: Key) -> None: ...

    def scan(self, scan: Scan) -> Sequence[Entity]: ...

    def ping(self) -> None:
        """Make one call with a short deadline. Raises Unavailable."""

    def begin(self) -> "BegunTransaction":
        """Begin a transaction for `transact` early, beside another call. Unused, it expires by itself."""

    def transact(self, work: Callable[[Transaction], T], begun: "BegunTransaction | None" = None) -> T:
        """Run `work` until its transaction commits. It may run repeatedly: create IDs and times outside."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An object of the bucket; `created` is aware."""

    name: str
    size: int
    content_type: str
    created: datetime


class Blobs(Protocol):
    """Cloud Storage. The content under a name never changes."""

    def add(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Store under a new name; if the name exists, this same call has already succeeded."""

    def begin(self, name: str, content_type: str, size: int, origin: str | None = None) -> str:
        """Return a URL that accepts one object in chunks, for days; with `origin` also from its web pages."""

    def cancel(self, url: str) -> None:
        """Close such a URL. Closing it again is not an error."""

    def find(self, name: str) -> Blob | None: ...

    def read(self, name: str) -> bytes:
        """The whole object. Raises NotFound."""

    def read_range(self, name: str, first: int, last: int) -> bytes:
        """Both ends are inclusive. Raises NotFound."""

    def list(self, prefix: str, limit: int, start: str = "") -> Sequence[Blob]:
        """Return blobs in name order, from `start` (inclusive) on."""

    def join(self, name: str, parts: "Sequence[str]", content_type: str) -> None:
        """Concatenate at most 32 objects under a new name. Raises NotFound."""

    def link(self, name: str, seconds: int, save_as: str) -> str:
        """Return a signed URL that downloads the object as a file named `save_as`, for `seconds`."""

    def ping(self) -> None:
        """Make one call with a short deadline. Raises Unavailable."""

    def delete(self, names: Iterable[str]) -> None:
        """Missing names are ignored."""


class Tasks(Protocol):
    """Cloud Tasks."""

    def add(self, task: "Task") -> None:
        """Create the task; if its name exists, it has already been created. Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A POST of JSON to a path of the application, created at most once per name.

    `due` is a point in time; `delay` counts from the creation.
    """

    queue: str
    path: str
    name: str
    body: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """An addition to a counter that lives `seconds` from its first use.

    `is_new`: the counter may not exist yet. It costs a second command, but no second round trip.
    """

    key: str
    seconds: int
    by: int = 1
    is_new: bool = True


class Cache(Protocol):
    """memcached. Never raises: without a server every key is missing."""

    def get(self, key: str) -> bytes | None: ...

    def gets(self, key: str) -> tuple[bytes | None, object]:
        """Return the value and the token for `cas`."""

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        """Return whether the key was missing and is now set."""

    def cas(self, key: str, value: bytes, token: object, seconds: int) -> bool:
        """Return whether the value was stored: nobody has changed the key since `gets`."""

    def add_and_gets(
        self, key: str, value: bytes, seconds: int, other: str = ""
    ) -> tuple[bytes | None, object, bytes | None]:
        """`add` and then `gets` in one round trip; also return the value of another key."""

    def fill(self, key: str, value: bytes, token: object, seconds: int) -> None:
        """`cas` without waiting for the reply: what matters is that a changed key is not replaced."""

    def delete(self, *keys: str) -> None:
        """Delete all keys in one round trip."""

    def delete_and_set(self, keys: "Sequence[str]", key: str, value: bytes, seconds: int) -> bool:
        """Delete keys and set another one in one round trip; return whether the cache responded."""

    def cas_and_gets(self, key: str, value: bytes, token: object, seconds: int) -> object:
        """`cas` and then `gets` in one round trip; return the new token, None if the value was not stored."""

    def incr(self, *increments: Increment) -> "Sequence[int | None]":
        """Return the new counts, in one round trip; None for each when the cache does not respond."""

    def decr(self, key: str, by: int) -> None:
        """Subtract from a counter, but never below zero; a missing one stays missing."""

    def is_alive(self) -> bool: ...


class Mail(Protocol):
    """The external mail service."""

    def send(self, message: EmailMessage, claim: Callable[[], None]) -> None:
        """Call `claim` when the server is ready for the content; if it raises, nothing is sent.

        Raises MailRefused (permanently), MailUncertain, and Unavailable (certainly not sent).
        """


class Services(Protocol):
    """The other services of the project, over HTTP."""

    def get(self, path: str, trace: str) -> dict[str, Any]:
        """Return the JSON object at a path of the site. Raises Unavailable after a repetition."""


def audience_of_services(settings: Settings) -> str:
    """Return the audience of the ID tokens with which services call each other."""
    return f"services:{settings.google_cloud_project}"


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Every external service; the first argument of every domain function. Tests replace single fields."""

    settings: Settings
    entities: Entities
    blobs: Blobs
    tasks: Tasks
    cache: Cache
    mail: Mail
    services: Services
    clock: Clock
