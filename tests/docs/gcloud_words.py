"""gcloud's own tree of commands and flags, which lies beside it for its completion in shells."""

import functools
import runpy
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

ALSO = {"--async", "--version", "--limit", "--filter", "--sort-by", "--order", "--header", "--project"}
"""Flags that the tree leaves out."""


@functools.cache
def tree() -> Any:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud is not installed: nobody here knows whether it has such words")
    data = Path(gcloud).resolve().parent.parent / "data" / "cli" / "gcloud_completions.py"
    if not data.is_file():
        pytest.skip(f"this gcloud has no {data}")
    return runpy.run_path(str(data))["STATIC_COMPLETION_CLI_TREE"]


def mistake_in(command: str) -> str | None:
    """Tell what gcloud would not understand; None where all words are its own."""
    words = shlex.split(command)[1:]
    at, flags = tree(), set(tree()["flags"]) | ALSO
    while words and words[0] in at["commands"]:
        at = at["commands"][words.pop(0)]
        flags |= set(at["flags"])
    if at["commands"]:
        return f"gcloud has no such command: {command}"
    named = [word.partition("=")[0] for word in words if word.startswith("--")]
    unknown = [flag for flag in named if flag not in flags and flag.replace("--no-", "--", 1) not in flags]
    return f"gcloud does not know {', '.join(unknown)}: {command}" if unknown else None
