"""The log on disk: JSON lines in a file that is rotated by size."""

from pathlib import Path

from gaelocal.state_files import ensure_folder, make_way

LARGEST = 8 * 1024 * 1024
KEPT = 3


class LogFile:
    """`log.jsonl`, and before it `log.1.jsonl` … `log.3.jsonl`, the oldest last."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest

    def append(self, lines: str) -> None:
        ensure_folder(self._folder)
        current = self._path(0)
        make_way(current)
        with current.open("a", encoding="utf-8", errors="replace") as file:
            file.write(lines)
            is_full = file.tell() > self._largest
        if is_full:
            self._rotate()

    def _rotate(self) -> None:
        for number in range(KEPT, 0, -1):
            if self._path(number - 1).exists():
                self._path(number - 1).replace(self._path(number))

    def _path(self, number: int) -> Path:
        return self._folder / (f"log.{number}.jsonl" if number else "log.jsonl")
