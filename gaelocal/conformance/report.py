"""The result of a suite: the number of passed checks, and one line for each failed one."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`suites` is the folder with the fetched repositories."""

    suites: Path | None = None

    def repository(self, name: str) -> Path:
        """Return the folder of a fetched repository.

        Raises:
            SuiteUnavailable: it is not there.
        """
        if self.suites is None or not (self.suites / name).is_dir():
            raise SuiteUnavailable(f"fetch the repository {name} and name its parent folder with --suites")
        return (self.suites / name).resolve()


class SuiteUnavailable(Exception):
    """A program or a repository that the suite needs is missing."""


@dataclass
class Report:
    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: int = 0
    unavailable: str = ""

    @property
    def total(self) -> int:
        return self.passed + len(self.failures)

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Count a block as one check; an exception in it is the failure."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a failed check is a result
            self.failures.append(f"{name}: {one_line(error)}")
        else:
            self.passed += 1

    def expect(self, name: str, is_right: object, found: object = "") -> None:
        if is_right:
            self.passed += 1
        else:
            self.failures.append(f"{name}: {str(found)[:300]}")

    def refuses(self, name: str, error: type[Exception], call: Callable[[], object]) -> None:
        """Check that a call raises this error."""
        with self.check(name):
            try:
                found = call()
            except error:
                return
            raise AssertionError(f"no {error.__name__}, but {found!r}")

    def lines(self) -> list[str]:
        if self.unavailable:
            return [f"{self.name}: not run: {self.unavailable}"]
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        head = f"{self.name}: {self.passed} of {self.total} passed{skipped}"
        return [head, *(f"  failed  {failure}" for failure in self.failures)]


def one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    place = traceback.extract_tb(error.__traceback__)[-1].lineno if error.__traceback__ else 0
    return f"{type(error).__name__} (line {place}) {text}"[:400]
