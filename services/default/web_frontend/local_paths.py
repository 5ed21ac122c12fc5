"""Where to go after signing in: only ever a path of this site."""

import re

LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(wanted: str | None) -> str:
    r"""Give the path if it stays here, else the front page; `//host` and `/\host` would lead away."""
    return wanted if wanted and LOCAL_PATH.fullmatch(wanted) else "/"
