"""What the command line keeps between two calls: below PHOTO_TIMELINE_HOME, readable by its owner only."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "PHOTO_TIMELINE_HOME"
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Place:
    """A JSON file that is replaced whole, so that no kill leaves half of one."""

    file: Path

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, content: dict[str, Any]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.file)

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)


def home() -> Path:
    """As the XDG base directories say, unless the variable names another folder."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "photo-timeline"


def session() -> Place:
    return Place(home() / "session.json")


def pending() -> Place:
    return Place(home() / "pending.json")
