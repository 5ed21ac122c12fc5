"""Write a file so that a reader, or a restart after a crash, sees all of it or nothing."""

import os
from pathlib import Path

from gaelocal.state_files import make_way


def write_atomically(file: Path, text: str, *, mode: int | None = None) -> None:
    """Replace the file; `mode` are its permissions, from its first moment on."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if mode is not None:
            half.touch(mode)
        half.write_text(text, encoding="utf-8")
        make_way(file)
        half.replace(file)
    except BaseException:
        half.unlink(missing_ok=True)  # what is left of it would fill a full disk further
        raise
