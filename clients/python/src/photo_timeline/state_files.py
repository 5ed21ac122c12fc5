"""The command line's state files below PHOTO_TIMELINE_HOME, readable by their owner only."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "PHOTO_TIMELINE_HOME"
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file that is replaced atomically, so that a crash never leaves a part of it."""

    file: Path

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, content: dict[str, Any]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.file)

    def delete(self) -> None:
        self.file.unlink(missing_ok=True)


def home() -> Path:
    """Return the folder named by the variable, or the one of the XDG base directories."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "photo-timeline"


def session() -> JsonFile:
    return JsonFile(home() / "session.json")


def pending() -> JsonFile:
    return JsonFile(home() / "pending.json")
