"""The tree of commands and flags that gcloud uses for shell completion."""

import functools
import runpy
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

UNLISTED_FLAGS = {
    "--async",
    "--version",
    "--limit",
    "--filter",
    "--sort-by",
    "--order",
    "--header",
    "--project",
}
"""Flags that the tree does not contain."""


@functools.cache
def tree() -> Any:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud is not installed, so its commands cannot be checked")
    data = Path(gcloud).resolve().parent.parent / "data" / "cli" / "gcloud_completions.py"
    if not data.is_file():
        pytest.skip(f"this gcloud has no {data}")
    return runpy.run_path(str(data))["STATIC_COMPLETION_CLI_TREE"]


def mistake_in(command: str) -> str | None:
    """Return what gcloud would refuse in the command, or None."""
    words = shlex.split(command)[1:]
    at, flags = tree(), set(tree()["flags"]) | UNLISTED_FLAGS
    while words and words[0] in at["commands"]:
        at = at["commands"][words.pop(0)]
        flags |= set(at["flags"])
    if at["commands"]:
        return f"gcloud has no such command: {command}"
    named = [word.partition("=")[0] for word in words if word.startswith("--")]
    unknown = [flag for flag in named if flag not in flags and flag.replace("--no-", "--", 1) not in flags]
    return f"gcloud does not know {', '.join(unknown)}: {command}" if unknown else None
