"""A user of a fresh name, and an operation on the services that may be repeated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bench.resilience.services import LocalServices, unique_image
from tests.services.web_frontend.visitors import Person, Site
from timeline.interfaces import Key, Scan

OK = 200
CRON = {"X-Appengine-Cron": "true"}
MOST_FILES = 1000
"""Each operation begins with an empty site."""


@dataclass
class Scene:
    """`values` fill the placeholders of paths: the IDs of what `prepare` created."""

    services: LocalServices
    user: str
    person: Any
    values: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The Idempotency-Key of the only post."""
        return f"key-{self.user}"

    @property
    def photo(self) -> str:
        return self.values["photo"]

    @cached_property
    def browser(self) -> Person:
        """The user's browser, signed in to the website. `prepare` opens it before there are faults."""
        return Site(self.services.web, self.services.cloud).sign_in(self.user)

    def call(self, method: str, path: str, **more: Any) -> Any:
        return self.person.call(method, path, **more)

    def send(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Any:
        """Submit a form of the website; its uploads are created anew for each try."""
        return self.browser.sends(self.filled(path), form, **headers)

    def cron(self, path: str) -> Any:
        return self.services.worker.test_client().get(path, headers=CRON)

    def filled(self, path: str) -> str:
        return path.format(user=self.user, **self.values)

    def rows(self) -> list[Key]:
        """The keys of all rows below the user's."""
        scan = Scan(kind="", parent=("User", self.user), limit=1000, keys_only=True)
        found = self.services.backends.entities.scan(scan)
        return [row.key for row in found if row.key != ("User", self.user)]

    @property
    def is_erased(self) -> bool:
        return not self.rows() and not self.files()

    def files(self) -> set[str]:
        """The names of all files of the user in Cloud Storage."""
        blobs = self.services.backends.blobs.list("", MOST_FILES)
        return {blob.name for blob in blobs if f"/{self.user}/" in blob.name}


def always(_scene: Scene) -> bool:
    return True


def nothing(_scene: Scene) -> None:
    return None


@dataclass(frozen=True)
class Operation:
    """`prepare` runs without faults; `run` returns an answer and may be repeated.

    `routes` are the routes that it covers, as `SERVICE METHOD RULE`. A repeated request may be answered with
    a status of `also_done`, because the first one has removed what it needs.
    """

    name: str
    routes: tuple[str, ...]
    run: Callable[[Scene], Any]
    prepare: Callable[[Scene], Any] = nothing
    photos: int = 1
    """The number of photos of the user afterwards."""
    emails: int = 0
    is_done: Callable[[Scene], bool] = always
    """The effect, once all tasks have run."""
    also_done: tuple[int, ...] = (404,)
    user: str = ""
    """A fixed user instead of a fresh one, such as the administrator."""


@dataclass(frozen=True)
class Read:
    """A GET request without effect; all reads share one user who has everything."""

    route: str
    path: str
    is_cron: bool = False

    @property
    def service(self) -> str:
        return self.route.split()[0]


def reads(service: str, *rules: str, **paths: str) -> tuple[Read, ...]:
    """Return the reads of rules whose path is the rule itself, and of `rule=path` pairs."""
    return tuple(Read(f"{service} GET {rule}", paths.get(rule, rule)) for rule in rules)


def posted(scene: Scene) -> Any:
    """Post the user's photo with the API."""
    return scene.person.post_photo(unique_image(1), key=scene.key)


def has_photo(scene: Scene) -> None:
    """Post a photo and make its renditions."""
    has_processing_photo(scene)
    scene.services.run_tasks()


def has_processing_photo(scene: Scene) -> None:
    scene.values["photo"] = posted(scene).get_json()["id"]


def in_browser(prepare: Callable[[Scene], Any] = nothing) -> Callable[[Scene], None]:
    """Prepare, and sign in to the website."""

    def run(scene: Scene) -> None:
        prepare(scene)
        assert scene.browser

    return run


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in {text[:200]}"
    return match[1]
