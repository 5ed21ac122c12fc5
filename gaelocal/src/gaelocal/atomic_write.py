"""Writes a file so that a reader, or a restart after a crash, sees all of it or nothing."""

import os
from pathlib import Path


def write_atomically(file: Path, text: str) -> None:
    half = file.with_name(f".{file.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(file)
